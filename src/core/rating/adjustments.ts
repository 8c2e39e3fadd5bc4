/**
 * What acts on the usage charges of an invoice as a whole, in this order: a percentage discount, a maximum, a minimum.
 *
 * The maximum comes after the discount, so that a spend cap caps what is really paid; the minimum comes last, so that
 * neither of the others can push the charge below it (the tier file refuses a minimum above the maximum).
 *
 * Maximum and minimum are for a billing month, as the fee is: twelve times as high for a year, and of a part of a month
 * that share.
 */
import type { Tier } from '../catalog/tier.ts';
import { type Decimal, sum } from '../decimal.ts';
import { Fraction } from '../fraction.ts';
import { type InvoiceLine, type LineKind, lineKey } from '../invoice/invoice.ts';
import { type Currency, roundToMinorUnit } from '../money.ts';

export function adjust({
  usageLines,
  stretch,
  tier,
  billingMonths,
  currency,
}: {
  /** Rounded. */
  usageLines: readonly InvoiceLine[];
  /** Position of the stretch. */
  stretch: number;
  tier: Tier;
  /** Those of the stretch, and how descriptions put them: ` × 13/31`, ` × 12`. Asked only where a bound needs them. */
  billingMonths: () => { months: Fraction; monthsText: string };
  currency: Currency;
}): InvoiceLine[] {
  const lines: InvoiceLine[] = [];
  if (!tier.discount && !tier.maximum && !tier.minimum) return lines;
  let charged: Decimal = sum(usageLines.map((line) => line.amount));

  const add = (kind: Extract<LineKind, 'discount' | 'maximum' | 'minimum'>, description: string, exact: Fraction) => {
    const line = {
      key: lineKey({ kind, stretch }),
      stretch,
      kind,
      description,
      exact,
      amount: roundToMinorUnit(exact, currency),
    };
    lines.push(line);
    charged = charged.plus(line.amount);
  };

  if (tier.discount && !charged.isZero()) {
    add('discount', `${tier.discount.text} off usage`, Fraction.of(charged.times(tier.discount.share).neg()));
  }
  if (!tier.maximum && !tier.minimum) return lines;
  const { months, monthsText } = billingMonths();
  const [maximum, minimum] = [tier.maximum, tier.minimum].map((bound) => bound && Fraction.of(bound).times(months));
  if (tier.maximum && maximum && Fraction.of(charged).cmp(maximum) > 0) {
    add('maximum', `usage capped at ${tier.maximum.toFixed()}${monthsText}`, maximum.minus(Fraction.of(charged)));
  }
  if (tier.minimum && minimum && Fraction.of(charged).cmp(minimum) < 0) {
    add('minimum', `up to the minimum of ${tier.minimum.toFixed()}${monthsText}`, minimum.minus(Fraction.of(charged)));
  }
  return lines;
}
