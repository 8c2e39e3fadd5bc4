/**
 * Steps: the rungs that graduated, volume and stairstep prices share.
 *
 * A step is written with its upper end alone, and begins where the one before it ends: two written bounds would leave
 * holes into which a fractional quantity falls and costs nothing.
 */
import type { Decimal } from '../decimal.ts';
import { Fraction } from '../fraction.ts';
import { type CostPart, flatParts, type RatingContext } from './model.ts';
import type { UnitAmount } from './unitAmount.ts';

export type Step = {
  /** Inclusive, in meter units after the included quantity; undefined: open, only on the last step. */
  readonly upTo?: Decimal;
  readonly unit?: UnitAmount;
  /** Added once when the step is entered: see {@link flatOf}. */
  readonly flat: Decimal;
  readonly text: string;
};

/**
 * The flat of a step in which `quantity` is. The first step is entered without any usage where the tier includes nothing
 * of the meter: a price list that begins with `flat` is then a base price. Where the tier includes some, usage within
 * that is paid for by the fee and enters no step.
 */
export function flatOf({ flat }: Step, quantity: Fraction, { isPartlyIncluded }: RatingContext): CostPart[] {
  return isPartlyIncluded && quantity.isZero() ? [] : flatParts(flat);
}

/** The step, counted from 0, in which a total falls: the first whose inclusive end is not below it. */
export function stepOf(steps: readonly Step[], total: Fraction): number {
  return steps.findIndex((step) => !step.upTo || total.cmp(Fraction.of(step.upTo)) <= 0);
}
