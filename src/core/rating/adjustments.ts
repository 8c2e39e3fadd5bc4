/**
 * Adjusts the usage charges of an invoice as a whole, in this order: a percentage discount, a maximum, a minimum.
 *
 * The maximum comes after the discount, so that a spend cap caps what is really paid; the minimum comes last, so that
 * neither of the others can push the charge below it (the tier file refuses a minimum above the maximum).
 *
 * Maximum and minimum are for a billing month, as the fee is: twelve times as high for a year, and of a part of a month
 * that share.
 */
import type { ListedTier } from '../catalog/tier.ts';
import { type Decimal, sum } from '../decimal.ts';
import { Fraction } from '../fraction.ts';
import { type Currency, roundToMinorUnit } from '../money.ts';
import type { BoundLine, DiscountLine, LineAmount, UsageLine } from './line.ts';

export function adjust({
  usageLines,
  stretch,
  tier,
  billingMonths,
  currency,
}: {
  /** Rounded. */
  usageLines: readonly UsageLine[];
  /** Position of the stretch. */
  stretch: number;
  tier: ListedTier;
  /**
   * Billing months of the stretch, and their text in descriptions: ` × 13/31`, ` × 12`. Called only where a bound needs
   * them.
   */
  billingMonths: () => { months: Fraction; monthsText: string };
  currency: Currency;
}): (DiscountLine | BoundLine)[] {
  const lines: (DiscountLine | BoundLine)[] = [];
  if (!tier.discount && !tier.maximum && !tier.minimum) return lines;
  let charged: Decimal = sum(usageLines.map((line) => line.amount));

  const add = (detail: Detail<DiscountLine> | Detail<BoundLine>, description: string, exact: Fraction) => {
    const line = { stretch, description, exact, amount: roundToMinorUnit(exact, currency), ...detail };
    lines.push(line);
    charged = charged.plus(line.amount);
  };

  if (tier.discount && !charged.isZero()) {
    const { share: rate, text } = tier.discount;
    add({ kind: 'discount', base: charged, rate }, `${text} off usage`, Fraction.of(charged.times(rate).neg()));
  }
  if (!tier.maximum && !tier.minimum) return lines;
  const { months, monthsText } = billingMonths();
  const [maximum, minimum] = [tier.maximum, tier.minimum].map((bound) => bound && Fraction.of(bound).times(months));
  if (tier.maximum && maximum && Fraction.of(charged).cmp(maximum) > 0) {
    const detail = { kind: 'maximum', base: charged, quantity: months, unitPrice: tier.maximum } as const;
    add(detail, `usage capped at ${tier.maximum.toFixed()}${monthsText}`, maximum.minus(Fraction.of(charged)));
  }
  if (tier.minimum && minimum && Fraction.of(charged).cmp(minimum) < 0) {
    const detail = { kind: 'minimum', base: charged, quantity: months, unitPrice: tier.minimum } as const;
    add(detail, `up to the minimum of ${tier.minimum.toFixed()}${monthsText}`, minimum.minus(Fraction.of(charged)));
  }
  return lines;
}

/** The fields of a line that are its kind's own. */
type Detail<Line extends DiscountLine | BoundLine> = Omit<Line, 'stretch' | keyof LineAmount>;
