/** The interface of every price model: the cost of a quantity under it. Tier files write it as config/prices says. */
import type { Decimal } from '../decimal.ts';
import { Fraction } from '../fraction.ts';

export type RatingContext = {
  /** Rows with a quantity other than 0 behind the priced quantity; a fee per event is owed for each. */
  readonly events: number;
  /** The tier includes something of the meter. Then the first step is entered by the first unit beyond that. */
  readonly isPartlyIncluded: boolean;
};

/** A part of what a step costs that has one price: `count` × `amount`. */
export type CostPart = {
  /** Unit of `count`: portions of `per` meter units, whole packages of them, flat amounts, or rows. */
  readonly of: 'units' | 'packages' | 'flat' | 'events';
  readonly amount: Decimal;
  readonly count: Fraction;
  /** Meter units that the amount is for; only of units and packages. */
  readonly per?: Decimal;
};

/** Exact cost of the parts together. */
export function costOf(parts: readonly CostPart[]): Fraction {
  return Fraction.sum(parts.map(({ amount, count }) => count.times(Fraction.of(amount))));
}

/** A flat amount, owed once; none if it is 0. */
export function flatParts(amount: Decimal): CostPart[] {
  return amount.isZero() ? [] : [{ of: 'flat', amount, count: Fraction.ONE }];
}

/** One usage line of an invoice to be: a part of the priced quantity and what it costs, not yet rounded. */
export type RatedStep = {
  /** The step's number, from 1, for prices that have steps. */
  readonly step?: number;
  /** In the meter's own unit. The steps of a price add up to the priced quantity. */
  readonly quantity: Fraction;
  readonly exact: Fraction;
  /** Parts of `exact`; their costs add up to it. Empty: it is free. */
  readonly parts: readonly CostPart[];
  /** The price as it is written on the invoice: `0.40/10k`. */
  readonly price: string;
};

export type PriceModel<Price extends { readonly model: string }> = {
  /**
   * Cost of `quantity` (≥ 0, in meter units, after the included quantity). Exact; rounding comes later, line by line.
   * Never fails on a checked price.
   */
  rate(price: Price, quantity: Fraction, context: RatingContext): RatedStep[];
  /** True if more usage can cost less. Instants at which an amount is reached are then searched edge by edge, not by halving. */
  readonly costMayFall: boolean;
};
