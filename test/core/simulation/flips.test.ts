/** Where another scenario becomes the best: against crossings that are known. */
import { expect, test } from 'vitest';
import { flipsOf } from '../../../src/core/simulation/flips.ts';
import type { Measures } from '../../../src/core/simulation/ranking.ts';

/** Measures that are all unknown but the gross profit. */
const earning = (grossProfit: number): Measures => ({
  ...{ conversion: undefined, monthlyChurn: Number.NaN, disputeRate: Number.NaN, ticketsPerAccountMonth: Number.NaN },
  ...{ grossMargin: Number.NaN, nrr: Number.NaN, grr: Number.NaN, runRate: Number.NaN },
  ...{ grossProfit, grossProfitPerSignup: undefined, total: undefined },
});
const flip = async (earned: readonly ((x: number) => number)[], end: number) => {
  const at = (value: number) => earned.map((of) => earning(of(value)));
  const found = await flipsOf({ value: end, measures: at(end) }, { value: 1, measures: at(1) }, async (x) => at(x));
  return found.map(({ value, from, to }) => [Number(value.toPrecision(3)), from, to]);
};

test('the value is the crossing and not a point between the ends: 1000 ÷ x³ falls below 1 at 10', async () => {
  expect(await flip([(x) => 1000 / x ** 3, () => 1], 100)).toEqual([[10, 0, 1]]);
  expect(await flip([(x) => x ** 3, () => 0.001], 0.01)).toEqual([[0.1, 0, 1]]);
});

test('the first to overtake is named, though another one is best at the end', async () => {
  // 100 − x is overtaken by 10x at 100 ÷ 11, and by x² ÷ 2 only at 13.18; at 50 the latter is best.
  expect(await flip([(x) => 100 - x, (x) => 10 * x, (x) => x ** 2 / 2], 50)).toEqual([[9.09, 0, 1]]);
});

test('where the best one stays the best there is none', async () => {
  expect(await flip([() => 2, (x) => 1 / x], 50)).toEqual([]);
});
