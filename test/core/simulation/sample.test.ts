/** Samples of a population: one account from each stratum of sizes. */
import { expect, test } from 'vitest';
import { stratifiedSample } from '../../../src/core/simulation/sample.ts';
import { historiesOf, populationOf } from './support.ts';

/** Accounts of 1, 2, 3 … million requests in every month, the largest first. */
const population = populationOf(
  historiesOf({
    firstMonth: 24_300,
    accounts: Array.from({ length: 10 }, (_, a) => `a${a}`),
    requests: Array.from({ length: 10 }, (_, a) => new Array(5).fill((10 - a) * 1e6)),
    tenures: Array.from({ length: 10 }, (_, a) => a),
  }),
  1,
);
const sizeOf = (sample: typeof population, account: number) =>
  sample.quantities[(account * sample.periods.length + sample.pre) * sample.meters.length + sample.requests]! / 1e6;

test.each([1, 2, 3, 7])('seed %i: four of ten accounts come from the strata 1–2, 3–5, 6–7 and 8–10', (seed) => {
  // Strata end at ⌊10 ÷ 4⌋ = 2, ⌊20 ÷ 4⌋ = 5, ⌊30 ÷ 4⌋ = 7 and 10.
  const sample = stratifiedSample(population, 4, seed);
  const sizes = sample.accounts.map((_, account) => sizeOf(sample, account)).sort((a, b) => a - b);
  for (const [s, [from, to]] of [
    [1, 2],
    [3, 5],
    [6, 7],
    [8, 10],
  ].entries()) {
    expect(sizes[s]).toBeGreaterThanOrEqual(from!);
    expect(sizes[s]).toBeLessThanOrEqual(to!);
  }
});

test('an account brings its usage and its tenure, in the order of names', () => {
  const sample = stratifiedSample(population, 5, 7);
  expect(sample.accounts).toEqual([...sample.accounts].sort());
  for (const [account, name] of sample.accounts.entries()) {
    const number = Number(name.slice(1));
    expect(sizeOf(sample, account)).toBe(10 - number);
    expect(sample.tenures[account]).toBe(number);
  }
});

test('the same seed draws the same accounts; a population that is small enough is its own sample', () => {
  expect(stratifiedSample(population, 5, 7).accounts).toEqual(stratifiedSample(population, 5, 7).accounts);
  expect(stratifiedSample(population, 10, 7)).toBe(population);
});
