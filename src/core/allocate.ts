import { assert } from './assert.ts';
import { type Decimal, ONE, sum, ZERO } from './decimal.ts';

/**
 * Spreads `total` over parts in proportion to `weights`, in whole multiples of `unit`, so that the parts add up to the
 * total: every part gets its share rounded down, and what is left goes, one unit each, to the largest remainders (equal
 * remainders: to the earlier part). `total` must be a multiple of `unit` and not negative; weights must not be negative
 * and not all be zero. Origin: the largest remainder (Hamilton) method.
 */
export function allocate({
  total,
  weights,
  unit,
}: {
  total: Decimal;
  weights: readonly Decimal[];
  unit: Decimal;
}): Decimal[] {
  const weight = sum(weights);
  const units = total.div(unit);
  assert(weight.gt(ZERO), () => 'a total cannot be spread over weights that add up to 0');
  assert(units.isInteger() && !units.isNegative(), () => `${total} is not a multiple of ${unit}`);

  // Every share is over the same weight, so remainders can be told apart without dividing.
  const counts = weights.map((part) => units.times(part).divToInt(weight));
  const remainders = weights.map((part, i) => ({ i, rest: units.times(part).minus(counts[i]!.times(weight)) }));
  remainders.sort((a, b) => b.rest.cmp(a.rest) || a.i - b.i);
  const left = units.minus(sum(counts)).toNumber(); // fewer than there are parts
  for (const { i } of remainders.slice(0, left)) counts[i] = counts[i]!.plus(ONE);
  return counts.map((count) => count.times(unit));
}
