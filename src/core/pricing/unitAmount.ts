/** An amount for so many units, charged linearly: the rung from which unit prices and steps are made. */
import type { Decimal } from '../decimal.ts';
import { Fraction } from '../fraction.ts';
import type { CostPart } from './model.ts';

export type UnitAmount = {
  readonly amount: Decimal;
  /** In meter units, > 0. */
  readonly per: Decimal;
  /** `0.40/10k`. */
  readonly text: string;
};

/** amount × quantity ÷ per, exact, as a part of a cost. */
export function linearPart({ amount, per }: UnitAmount, quantity: Fraction): CostPart {
  return { of: 'units', amount, per, count: quantity.dividedBy(Fraction.of(per)) };
}
