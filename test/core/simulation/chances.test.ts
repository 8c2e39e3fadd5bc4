/** How likely a parameter is beyond a value, and how often a scenario leads. */
import { expect, test } from 'vitest';
import { priorOf } from '../../../src/core/simulation/calibration/prior.ts';
import { chanceBeyond } from '../../../src/core/simulation/parameterDraws.ts';
import { BEHAVIOUR, DEFAULT_PARAMETERS } from '../../../src/core/simulation/parameters.ts';
import { normalShare } from '../../../src/core/simulation/random.ts';
import { leadingShares, type Measures } from '../../../src/core/simulation/ranking.ts';

test.each`
  x            | share
  ${0}         | ${0.5}
  ${1}         | ${0.8413447}
  ${-1.959964} | ${0.025}
  ${-3}        | ${0.0013499}
`('of a standard normal variable $share lies below $x', ({ x, share }) => {
  expect(Math.abs(normalShare(x) - share)).toBeLessThan(1e-7);
});

const spec = BEHAVIOUR.baseChurn;
const from = DEFAULT_PARAMETERS.behaviour.baseChurn;
const { toFree, fromFree } = priorOf('baseChurn', spec, from);

test('a calibrated parameter is 1.96 standard errors away, or farther, in 2.5 of 100 cases', () => {
  const covariance = {
    names: ['sizeEffect', 'baseChurn'] as const,
    matrix: [
      [1, 0.1],
      [0.1, 0.04],
    ],
  };
  for (const side of [-1, 1]) {
    const value = fromFree(toFree(from) + side * 1.959964 * 0.2); // √0.04
    expect(chanceBeyond('baseChurn', spec, { from, value }, covariance)).toBeCloseTo(0.025, 6);
  }
});

test('another parameter is half its plausible range away in 2.5 of 100 cases', () => {
  const [low, high] = spec.plausible.map(toFree) as [number, number];
  const value = fromFree(toFree(from) + (high - low) / 2);
  expect(chanceBeyond('baseChurn', spec, { from, value }, undefined)).toBeCloseTo(0.025, 4);
});

test('what is switched off has no chance', () => {
  expect(chanceBeyond('migrationShock', BEHAVIOUR.migrationShock, { from: 0, value: 0.1 }, undefined)).toBeUndefined();
});

test('a scenario leads in the replicates in which it is best; equals share one', () => {
  const of = (...churn: number[]) => churn.map((monthlyChurn) => ({ monthlyChurn }) as Measures);
  // Less is better: a, b, both, a.
  expect(leadingShares('monthlyChurn', [of(1, 3, 2, 1), of(2, 1, 2, 4)])).toEqual([2.5 / 4, 1.5 / 4]);
  expect(leadingShares('grossProfit', [of(1), of(2)])).toBeUndefined();
});
