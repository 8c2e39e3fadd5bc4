/** The lines of the estimated invoice in words, and the limits beside them. */
import type { Decimal } from '../../core/decimal.ts';
import type { Estimate } from '../../core/estimate/estimate.ts';
import type { LimitForecast } from '../../core/estimate/limits.ts';
import { formatQuantity } from '../../core/quantity.ts';
import { shortCount, shortDuration } from './words.ts';

export type BillLine = { readonly label: string; readonly calculation: string; readonly amount: Decimal };

/** Fee, usage, adjustments and tax that are not 0 (the fee always): they add up to the total. */
export function billLines({ invoice, rateCard }: Estimate): BillLine[] {
  const lines = invoice.lines
    .filter((line) => line.kind === 'fee' || !line.amount.isZero())
    .map((line): BillLine => {
      const { description: label, amount } = line;
      if (line.kind !== 'usage') return { label, calculation: '', amount };
      const quantity = formatQuantity(line.quantity.round(3), rateCard.meters.get(line.meter)!.unit);
      return { label, calculation: `${quantity} at ${line.price}`, amount };
    });
  if (!invoice.creditsApplied.isZero())
    lines.push({ label: 'credits', calculation: '', amount: invoice.creditsApplied.neg() });
  if (!invoice.tax.isZero()) lines.push({ label: 'tax', calculation: rateCard.tax?.text ?? '', amount: invoice.tax });
  return lines;
}

/** `200k`, `50 h`, `2 TB`: what a limit includes in the whole period. */
export function limitQuantity({ meter, limit }: LimitForecast, { rateCard }: Estimate): string {
  const { unit, family } = rateCard.meters.get(meter)!;
  if (family === 'time') return shortDuration(limit.round(3));
  return family === 'count' ? shortCount(limit.round(0)) : formatQuantity(limit.round(0), unit);
}
