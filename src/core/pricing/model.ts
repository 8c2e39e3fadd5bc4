/** What every price model is: how it is written, how it is read, and what a quantity costs under it. */
import type { z } from 'zod';
import type { Decimal } from '../decimal.ts';
import { Fraction } from '../fraction.ts';

export type RatingContext = {
  /** Rows with a quantity other than 0 behind the priced quantity: what a fee per event counts. */
  readonly events: number;
  /** The tier includes something of the meter. Then the first step is entered by the first unit beyond that. */
  readonly isPartlyIncluded: boolean;
};

/** A part of what a step costs that has one price: `count` × `amount`. */
export type CostPart = {
  /** What is counted: portions of `per` meter units, whole packages of them, flat amounts, or rows. */
  readonly of: 'units' | 'packages' | 'flat' | 'events';
  readonly amount: Decimal;
  readonly count: Fraction;
  /** Meter units that the amount is for; only of units and packages. */
  readonly per?: Decimal;
};

/** What parts cost together, exact. */
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
  /** What `exact` is made of; the parts' cost is `exact`. Empty: it is free. */
  readonly parts: readonly CostPart[];
  /** The price as it is written on the invoice: `0.40/10k`. */
  readonly price: string;
};

/** Turns the texts of a price into numbers, in the unit of its meter and the currency of its file; what is wrong becomes a problem. */
export type PriceReader = {
  /** The meter's own unit: `request`, `B`. */
  readonly unit: string;
  money(text: string, ...path: PathSegment[]): Decimal | undefined;
  quantity(text: string, ...path: PathSegment[]): Decimal | undefined;
  /** `1.5%` → 0.015. */
  share(text: string, ...path: PathSegment[]): Decimal | undefined;
  problem(problem: { code: string; message: string; hint?: string }, ...path: PathSegment[]): void;
};
export type PathSegment = string | number;

export type PriceModel<Name extends string, Text, Price extends { readonly model: Name }> = {
  readonly name: Name;
  /** The long form in a tier file, scalars as text. */
  readonly schema: z.ZodType<Text> & z.core.$ZodTypeDiscriminable;
  /** Undefined if a problem was reported. */
  read(text: Text, reader: PriceReader): Price | undefined;
  /**
   * What `quantity` (≥ 0, in meter units, after the included quantity) costs. Exact; rounding comes later, line by line.
   * Never fails on a price that {@link read} gave.
   */
  rate(price: Price, quantity: Fraction, context: RatingContext): RatedStep[];
  /** What is allowed but surprises people, for `meter validate`. */
  cautions?(price: Price): string[];
};
