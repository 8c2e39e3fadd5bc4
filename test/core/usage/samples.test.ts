/** Bounds of totals that are known from a sample. */
import { describe, expect, test } from 'vitest';
import { Decimal } from '../../../src/core/decimal.ts';
import { boundsOf } from '../../../src/core/usage/sample/interval.ts';
import { Random } from '../../telemetry/random.ts';

/** Rows as their size and the number of rows that they stand for. */
function sumsOf(rows: readonly (readonly [size: number, weight: number])[], rate: number) {
  let [total, squares, ownSquares] = [0, 0, 0];
  for (const [size, weight] of rows) {
    total += weight * size;
    squares += (weight * size) ** 2;
    ownSquares += weight * size * size;
  }
  const [a, b, c, d] = [total, squares, ownSquares, rate].map((value) => new Decimal(value));
  return { total: a!, squares: b!, ownSquares: c!, rate: d! };
}

describe('bounds of a total', () => {
  test('by hand: 100 rows of size 1 at 10% are (101.7287 ± 18.6744) ÷ 100 of their estimate', () => {
    const bounds = boundsOf(sumsOf(new Array<[number, number]>(100).fill([1, 1]), 0.1))!;
    // z = 1.96, q = 0.9: z²q ÷ 2 = 1.72872; 1.96 × √(0.9 × 100.86436) = 18.67448
    expect(bounds.lower.toDecimalPlaces(5).toFixed()).toBe('0.83054');
    expect(bounds.upper.toDecimalPlaces(5).toFixed()).toBe('1.20403');
  });

  test('a row that stands for ten is ten times as uncertain as a sample of 10% says', () => {
    const weighted = boundsOf(sumsOf(new Array<[number, number]>(100).fill([1, 10]), 1));
    expect(weighted).toEqual(boundsOf(sumsOf(new Array<[number, number]>(100).fill([1, 1]), 0.1)));
  });

  test('where every row is there, the bounds are the total', () => {
    const { lower, upper } = boundsOf(sumsOf([[5, 1]], 1))!;
    expect([lower.toFixed(), upper.toFixed()]).toEqual(['1', '1']);
  });

  test('of nothing there are none', () => {
    expect(boundsOf(sumsOf([], 0.1))).toBeUndefined();
  });
});

test.each`
  rate    | sizes
  ${0.1}  | ${[1]}
  ${0.01} | ${[1]}
  ${0.5}  | ${[1, 2, 3]}
  ${0.1}  | ${[1, 1, 1, 8]}
`('of a thousand samples of $rate, with sizes $sizes, about 950 contain the true total', ({ rate, sizes }) => {
  const random = new Random(7);
  const all = Array.from({ length: rate === 0.01 ? 4000 : 600 }, (_, i) => (sizes as number[])[i % sizes.length]!);
  const truth = all.reduce((sum, size) => sum + size, 0);
  let inside = 0;
  for (let trial = 0; trial < 1000; trial++) {
    const taken = all.filter(() => random.below(10_000) < rate * 10_000).map((size) => [size, 1] as const);
    const sums = sumsOf(taken, rate);
    const bounds = boundsOf(sums);
    if (!bounds) continue;
    const estimate = sums.total.toNumber() / rate;
    if (bounds.lower.toNumber() * estimate <= truth && truth <= bounds.upper.toNumber() * estimate) inside++;
  }
  expect(inside).toBeGreaterThan(925);
  expect(inside).toBeLessThan(975);
});
