import { describe, expect, test } from 'vitest';
import { interval95, tail } from '../../../../src/core/simulation/calibration/negativeBinomial.ts';

describe('counts that are predicted', () => {
  test('Poisson of mean 1', () => {
    // P(X ≤ 0) = 0.3679, P(X ≤ 2) = 0.9197, P(X ≤ 3) = 0.9810
    expect(interval95({ mean: 1, variance: 1 })).toEqual([0, 3]);
    expect(tail({ mean: 1, variance: 1 }, 0)).toBeCloseTo(0.3679, 4);
    expect(tail({ mean: 1, variance: 1 }, 3)).toBeCloseTo(1 - 0.9197, 4);
  });

  test('negative binomial of mean 1 and variance 2 is geometric', () => {
    // size 1, P(X = k) = ½^(k + 1), P(X ≤ k) = 1 − ½^(k + 1): 0.96875 at 4, 0.984 at 5
    expect(interval95({ mean: 1, variance: 2 })).toEqual([0, 5]);
    expect(tail({ mean: 1, variance: 2 }, 6)).toBeCloseTo(1 / 64, 10);
  });

  test('large counts are near normal, and their start does not vanish', () => {
    const [low, high] = interval95({ mean: 20_000, variance: 40_000 });
    expect(low).toBeCloseTo(20_000 - 1.96 * 200, -1);
    expect(high).toBeCloseTo(20_000 + 1.96 * 200, -1);
  });

  test('nothing expected and nothing seen is in range; something seen is not', () => {
    expect(interval95({ mean: 0, variance: 0 })).toEqual([0, 0]);
    expect(tail({ mean: 0, variance: 0 }, 0)).toBe(1);
    expect(tail({ mean: 0, variance: 0 }, 1)).toBe(0);
  });
});
