/**
 * Bills for many customers on one tier and period: what `issueInvoice` charges for it, without the lines.
 *
 * A simulation needs millions of bills and no line of them. Where the quantities are whole, the same arithmetic – subtract the
 * included quantity, price, round each line half away from zero – is done on integers (wholeCharge.ts). Everything else goes through
 * `issueInvoice` itself: percentages, prices by dimension, and tiers with a discount, a minimum or a maximum. A test holds both to
 * the same amounts.
 */

import { groupOf } from '../catalog/grouping.ts';
import type { RateCard } from '../catalog/rateCard.ts';
import { includedIn, type ListedTier, limitOf, monthlyFee } from '../catalog/tier.ts';
import { Decimal } from '../decimal.ts';
import { Fraction } from '../fraction.ts';
import { issueInvoice } from '../invoice/issueInvoice.ts';
import { roundToMinorUnit } from '../money.ts';
import { billingMonths, type Period } from '../period.ts';
import { type WholeCharge, wholeCharge } from './wholeCharge.ts';

export type BillerContext = {
  readonly rateCard: Pick<RateCard, 'currency' | 'timezone'>;
  readonly tier: ListedTier;
  readonly period: Period;
  /** Names of the meters, in the order in which quantities are given. */
  readonly meters: readonly string[];
};

export type TierBiller = {
  /** Fee of the period, in minor units of the currency: a whole number. Of an annual fee a twelfth for each month. */
  readonly fee: number;
  /** What the fee includes of each meter, in its own unit; 0 where the tier has no limit. */
  readonly included: readonly number[];
  /** By meter: the most that is served, where a limit is a hard cap; otherwise infinite. */
  readonly caps: readonly number[];
  /**
   * Usage charges of the period, discount, maximum and minimum included, in minor units. `quantities` are in the meters' own
   * units, from `offset` on; `exact` holds those that a double cannot.
   */
  usageCharges(quantities: ArrayLike<number>, offset: number, exact?: ExactQuantities): number;
};

/** Quantities with more digits than a double carries, by position in the array of quantities. */
export type ExactQuantities = ReadonlyMap<number, Decimal>;

export function billerFor(context: BillerContext): TierBiller {
  const { rateCard, tier, period, meters } = context;
  const minor = 10 ** rateCard.currency.minorUnit;
  const months = billingMonths(period, rateCard.timezone);
  const feeAmount = roundToMinorUnit(months.times(monthlyFee(tier.fee)), rateCard.currency);
  const included = meters.map((meter) => {
    const limit = tier.limits.get(meter);
    return limit ? includedIn(limit, period, rateCard.timezone) : undefined;
  });
  const whole = wholeCharges(context, included);
  const slow = (quantities: ArrayLike<number>, offset: number, exact?: ExactQuantities) =>
    slowUsageCharges(context, quantities, offset, exact);

  return {
    fee: feeAmount.times(minor).toNumber(),
    included: included.map((quantity) => (quantity ? toNumber(quantity) : 0)),
    caps: meters.map((meter, i) =>
      included[i] && limitOf(tier, meter)?.beyond === 'blocked' ? toNumber(included[i]) : Number.POSITIVE_INFINITY,
    ),
    usageCharges: whole
      ? (quantities, offset, exact) => {
          let total = 0;
          for (let i = 0; i < whole.length; i++) {
            const charge = whole[i]!;
            const used = quantities[offset + charge.meter]!;
            if (!Number.isSafeInteger(used) || exact?.has(offset + charge.meter))
              return slow(quantities, offset, exact);
            total += charge.amountFor(used);
          }
          return total;
        }
      : slow,
  };
}

type MeterCharge = { readonly meter: number; readonly amountFor: WholeCharge };

/** The tier's charges if whole quantities can be billed with integers; undefined if some price needs more than that. */
function wholeCharges(
  { tier, meters, rateCard }: BillerContext,
  included: readonly (Fraction | undefined)[],
): MeterCharge[] | undefined {
  if (tier.discount || tier.maximum || tier.minimum) return undefined;
  const charges: MeterCharge[] = [];
  for (const [name, charge] of tier.charges) {
    const meter = meters.indexOf(name);
    if (meter < 0) continue; // nothing is known of that meter: nothing of it is billed
    if (charge.kind !== 'single') return undefined;
    const { minorUnit } = rateCard.currency;
    const amountFor = wholeCharge(charge.price, { included: included[meter] ?? Fraction.ZERO, minorUnit });
    if (!amountFor) return undefined;
    charges.push({ meter, amountFor });
  }
  return charges;
}

function slowUsageCharges(
  { rateCard, tier, period, meters }: BillerContext,
  quantities: ArrayLike<number>,
  offset: number,
  exact: ExactQuantities | undefined,
): number {
  const none = new Map();
  const usage = new Map(
    meters.map((meter, i) => {
      const quantity = exact?.get(offset + i) ?? new Decimal(quantities[offset + i]!);
      return [
        meter,
        { quantity, events: quantity.isZero() ? 0 : 1, by: withoutDimensions(tier, meter, quantity) ?? none },
      ];
    }),
  );
  const invoice = issueInvoice({
    rateCard: { ...rateCard, creditPacks: new Map() },
    customer: 'simulated',
    period,
    stretches: [{ tier, period, usage }],
  });
  const fee = invoice.lines.find((line) => line.kind === 'fee');
  const charges = fee ? invoice.subtotal.minus(fee.amount) : invoice.subtotal;
  return charges.times(10 ** rateCard.currency.minorUnit).toNumber();
}

/** Where a price depends on a dimension that is not known, all usage counts under the value '' (billed at the default price). */
function withoutDimensions(tier: ListedTier, meter: string, quantity: Decimal) {
  const charge = tier.charges.get(meter);
  if (charge?.kind !== 'byDimension' || quantity.isZero()) return undefined;
  const unknown = groupOf(charge.dimensions.map(() => ''));
  return new Map([[charge.dimension, new Map([[unknown, { quantity, events: 1 }]])]]);
}

function toNumber(value: Fraction): number {
  return value.terminates ? value.numerator.toNumber() : Number(value.toString());
}
