/** Amounts shared out over parts, to the last minor unit. */
import { assert } from '../assert.ts';
import { Decimal, ONE, sum } from '../decimal.ts';
import { Fraction } from '../fraction.ts';
import type { Currency } from '../money.ts';

/**
 * Shares an amount in proportion to weights, in whole minor units, so that the parts add up to it: each part gets its
 * share rounded down (towards −∞), and what is left goes, one unit each, to the largest remainders (equal remainders: to
 * the earlier part). The amount may be below 0, and so may weights; their sum must not be 0. `allocate` is the same for
 * totals and weights that are not negative decimals.
 */
export function shareOut(amount: Decimal, weights: readonly Fraction[], { minorUnit }: Currency): Decimal[] {
  const weight = Fraction.sum(weights);
  assert(!weight.isZero(), () => 'an amount cannot be shared over weights that add up to 0');
  const unit = ONE.div(new Decimal(10).pow(minorUnit));
  const units = Fraction.of(amount.div(unit));
  const shares = weights.map((own) => units.times(own).dividedBy(weight));
  const counts = shares.map((share) => share.negated().ceil().neg());
  const rests = shares.map((share, i) => ({ i, rest: share.minus(Fraction.of(counts[i]!)) }));
  rests.sort((a, b) => b.rest.cmp(a.rest) || a.i - b.i);
  const left = amount.div(unit).minus(sum(counts)).toNumber(); // fewer than there are parts
  for (const { i } of rests.slice(0, left)) counts[i] = counts[i]!.plus(ONE);
  return counts.map((count) => count.times(unit));
}
