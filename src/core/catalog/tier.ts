import type { Decimal } from '../decimal.ts';
import { Fraction } from '../fraction.ts';
import { billingMonths, daysIn, type Period } from '../period.ts';
import type { Price } from '../pricing/index.ts';
import { valuesIn } from './grouping.ts';

/** A plan of a tier file. Only a {@link ListedTier} can be billed: the loaders see to it that no customer is on another. */
export type Tier = ListedTier | ContractTier;

/** A plan with a fee and prices of its own, from the tier file or with what a customer's contract adds. */
export type ListedTier = Plan & {
  readonly kind: 'listed';
  readonly fee: Fee;
  readonly charges: Charges;
};

/** A plan whose fee or prices, or both, each customer's contract has to give: `cost: custom`, `overage: negotiated`. */
export type ContractTier = Plan & {
  readonly kind: 'contract';
  readonly fee?: Fee;
  readonly charges?: Charges;
};

/** Prices of the usage beyond the limits, by meter name. */
export type Charges = ReadonlyMap<string, Charge>;

export type Plan = {
  readonly name: string;
  /** By meter name; a meter without a limit has none. */
  readonly limits: ReadonlyMap<string, Limit>;
  readonly rateLimit?: { readonly perSecond: Decimal; readonly text: string };
  /** Floor and ceiling of the usage charges of a billing month. */
  readonly minimum?: Decimal;
  readonly maximum?: Decimal;
  /** Off usage charges: 10 % is 0.1. */
  readonly discount?: { readonly share: Decimal; readonly text: string };
  readonly features: readonly string[];
  readonly purpose?: string;
};

/** The tier with this fee and these charges: a contract tier where one of them is not given. */
export function tierOf({ fee, charges, ...plan }: Omit<ContractTier, 'kind'>): Tier {
  if (fee && charges) return { kind: 'listed', ...plan, fee, charges };
  return { kind: 'contract', ...plan, ...(fee && { fee }), ...(charges && { charges }) };
}

/**
 * `fixed`: so much for each billing month. `annual`: so much for twelve months, paid at once when they begin, in whole
 * minor units.
 */
export type Fee =
  | { readonly kind: 'fixed' | 'annual'; readonly amount: Decimal; readonly text: string }
  | { readonly kind: 'none' };

/** Amount of a fee for a billing month: of an annual fee a twelfth, exact. */
export function monthlyFee(fee: Fee): Fraction {
  if (fee.kind === 'none') return Fraction.ZERO;
  return fee.kind === 'annual' ? Fraction.of(fee.amount, 12) : Fraction.of(fee.amount);
}

/** The quantity that the fee includes. */
export type Limit = {
  readonly quantity: Decimal;
  /** Time for which the quantity is granted. `period`: the billing period, however long. */
  readonly per: LimitBase;
  /** Text in the tier file, without a monthly base: `200k`, `50GB`, `1M/day`. */
  readonly text: string;
};
export type LimitBase = 'period' | 'day' | 'week' | 'month' | 'year';

/** Treatment of usage beyond a limit. `blocked`: the limit is a hard cap. */
export type Beyond = 'priced' | 'blocked';

/**
 * A meter's limit on a tier; undefined where it has none. A limit without a price is a hard cap, except where a contract
 * has to give the prices: there usage beyond it is `priced`.
 */
export function limitOf({ limits, charges }: Tier, meter: string): { included: Limit; beyond: Beyond } | undefined {
  const included = limits.get(meter);
  return included && { included, beyond: !charges || charges.has(meter) ? 'priced' : 'blocked' };
}

/**
 * Price of one meter's usage beyond its limit: one price, or one for each value of a dimension of the telemetry, or for
 * each combination of several.
 */
export type Charge = SingleCharge | DimensionCharge;
export type SingleCharge = { readonly kind: 'single'; readonly price: Price };
export type DimensionCharge = {
  readonly kind: 'byDimension';
  /** For instance `region`, or `region` and `cache`. */
  readonly dimensions: readonly string[];
  /** Name of their grouping in a ledger, and by group the prices: see core/catalog/grouping.ts. */
  readonly dimension: string;
  readonly prices: ReadonlyMap<string, Price>;
  /** For every other value or combination; without it an unlisted one is an error, never free. */
  readonly otherwise?: Price;
};

/** A group's values by dimension, in the order of the price. */
export function dimensionValues({ dimensions }: DimensionCharge, group: string): { name: string; value: string }[] {
  const values = valuesIn(group, dimensions);
  return dimensions.map((name, d) => ({ name, value: values[d]! }));
}

/**
 * Quantity that a limit includes in a whole billing period: its quantity a period, or a day × days, a week × days ÷ 7,
 * a month × billing months, a year × billing months ÷ 12.
 */
export function includedIn(limit: Limit, period: Period, zone: string): Fraction {
  const quantity = Fraction.of(limit.quantity);
  switch (limit.per) {
    case 'period':
      return quantity;
    case 'day':
      return quantity.times(Fraction.of(daysIn(period, zone)));
    case 'week':
      return quantity.times(Fraction.of(daysIn(period, zone), 7));
    case 'month':
      return quantity.times(billingMonths(period, zone));
    case 'year':
      return quantity.times(billingMonths(period, zone)).dividedBy(Fraction.of(12));
  }
}
