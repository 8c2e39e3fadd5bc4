/** Words for results that rest on a sample. */
import type { Decimal } from '../core/decimal.ts';
import type { Invoice } from '../core/invoice/invoice.ts';
import { formatMoney } from '../core/money.ts';
import { formatQuantity, groupDigits } from '../core/quantity.ts';
import type { Sample } from '../core/usage/rowTerms.ts';
import type { InvoiceReport } from './invoice/report.ts';

/** `estimate from a 10% sample`. */
export function sampleText({ rate, hasWeights }: Sample): string {
  const share = rate.eq(1) ? '' : `${percent(rate)} `;
  return `estimate from a ${share}sample${hasWeights ? ' with weights' : ''}`;
}

/** Fields of a sample in results for machines. */
export function sampleObject({ rate, hasWeights }: Sample): Record<string, unknown> {
  return { rate: rate.toFixed(), weights: hasWeights };
}

/** What an invoice is uncertain about; none where it is measured. */
export function estimateTexts(
  { estimate, currency }: Invoice,
  { notes, meters }: Pick<InvoiceReport, 'notes' | 'meters'>,
): string[] {
  if (!estimate || !notes.sample) return [];
  const { lower, upper } = estimate.total;
  const money = (amount: Decimal) => groupDigits(formatMoney(amount, currency));
  const usage = [...estimate.usage].map(([name, bounds]) => {
    const { unit } = meters.get(name)!;
    const [from, to] = [bounds.lower, bounds.upper].map((quantity) => formatQuantity(quantity, unit));
    return `${name} ${from} to ${to}`;
  });
  return [
    `${sampleText(notes.sample)}; 95% bounds, binomial: total ${money(lower)} to ${money(upper)}`,
    ...usage.map((text) => `  ${text}`),
  ];
}

function percent(share: Decimal): string {
  return `${share.times(100).toFixed()}%`;
}
