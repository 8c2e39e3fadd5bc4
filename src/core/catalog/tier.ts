import type { Decimal } from '../decimal.ts';
import { Fraction } from '../fraction.ts';
import { billingMonths, daysIn, type Period } from '../period.ts';
import type { Price } from '../pricing/index.ts';
import { valuesIn } from '../usage/grouping.ts';

/** A plan that a customer is on, as the tier file tells it. */
export type Tier = {
  readonly name: string;
  readonly fee: Fee;
  /** By meter name; a meter without a limit has none. */
  readonly limits: ReadonlyMap<string, Limit>;
  /** By meter name; `negotiated`: they must come from the customer's contract. */
  readonly charges: ReadonlyMap<string, Charge> | 'negotiated';
  readonly rateLimit?: { readonly perSecond: Decimal; readonly text: string };
  /** Floor and ceiling of the usage charges of a billing month. */
  readonly minimum?: Decimal;
  readonly maximum?: Decimal;
  /** Off usage charges: 10 % is 0.1. */
  readonly discount?: { readonly share: Decimal; readonly text: string };
  readonly features: readonly string[];
  readonly purpose?: string;
};

/** A fee for each billing month; `custom` has no list price: a customer on it needs its own. */
export type Fee =
  | { readonly kind: 'fixed'; readonly amount: Decimal; readonly text: string }
  | { readonly kind: 'none' }
  | { readonly kind: 'custom' };

/** The quantity that the fee includes. */
export type Limit = {
  readonly quantity: Decimal;
  /** What the quantity is for. `period`: the billing period, however long. */
  readonly per: LimitBase;
  /** As written, without a monthly base: `200k`, `50GB`, `1M/day`. */
  readonly text: string;
};
export type LimitBase = 'period' | 'day' | 'week' | 'month' | 'year';

/** What one meter's usage beyond its limit costs: one price, or one for each value of a dimension of the telemetry, or for each combination of several. */
export type Charge = SingleCharge | DimensionCharge;
export type SingleCharge = { readonly kind: 'single'; readonly price: Price };
export type DimensionCharge = {
  readonly kind: 'byDimension';
  /** For instance `region`, or `region` and `cache`. */
  readonly dimensions: readonly string[];
  /** Name of their grouping in a ledger, and by group the prices: see core/usage/grouping.ts. */
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
 * How much a limit includes in a whole billing period: so much a period, or a day × days, a week × days ÷ 7, a month ×
 * billing months, a year × billing months ÷ 12.
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
