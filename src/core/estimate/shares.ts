/**
 * Amounts of several owners over one denominator: sums stay exact without reducing a fraction for each owner.
 *
 * `tops[i] / bottom` is what owner i has; `bottom` is above 0.
 */
import { assert } from '../assert.ts';
import type { Decimal } from '../decimal.ts';

export type Shares = { readonly tops: readonly bigint[]; readonly bottom: bigint };

export function nothingFor(owners: number): Shares {
  return { tops: new Array<bigint>(owners).fill(0n), bottom: 1n };
}

/** `amount`, a whole number, in proportion to `weights`, which are not negative. Undefined if all of them are 0. */
export function inProportion(amount: bigint, weights: readonly bigint[]): Shares | undefined {
  const bottom = weights.reduce((all, weight) => all + weight, 0n);
  return bottom === 0n ? undefined : { tops: weights.map((weight) => amount * weight), bottom };
}

export function addShares(a: Shares, b: Shares): Shares {
  if (a.bottom === b.bottom) return { tops: a.tops.map((top, i) => top + b.tops[i]!), bottom: a.bottom };
  return {
    tops: a.tops.map((top, i) => top * b.bottom + b.tops[i]! * a.bottom),
    bottom: a.bottom * b.bottom,
  };
}

/**
 * `total`, a whole number, in whole numbers: each owner has the whole part of its share, and what is left goes, one each,
 * to the largest remainders; equal remainders: to the earlier owner. The shares add up to more than `total` - 1 and less
 * than `total` + 1, so that each result is less than 1 from its share.
 */
export function wholeShares({ tops, bottom }: Shares, total: bigint): bigint[] {
  const wholes = tops.map((top) => floorOf(top, bottom));
  const rests = tops.map((top, i) => ({ i, rest: top - wholes[i]! * bottom }));
  rests.sort((a, b) => (a.rest === b.rest ? a.i - b.i : a.rest > b.rest ? -1 : 1));
  const left = total - wholes.reduce((all, whole) => all + whole, 0n);
  const receivers = rests.slice(0, Number(left));
  assert(
    left >= 0n && receivers.length === Number(left) && receivers.every(({ rest }) => rest > 0n),
    () => `${total} is not what the shares of ${tops.length} owners add up to`,
  );
  for (const { i } of receivers) wholes[i] = wholes[i]! + 1n;
  return wholes;
}

/** Decimals as whole numbers in the same proportion. */
export function wholeWeights(weights: readonly Decimal[]): bigint[] {
  const digits = Math.max(0, ...weights.map((weight) => weight.decimalPlaces()));
  return weights.map((weight) => BigInt(weight.toFixed(digits).replace('.', '')));
}

function floorOf(top: bigint, bottom: bigint): bigint {
  const whole = top / bottom;
  return whole * bottom > top ? whole - 1n : whole;
}
