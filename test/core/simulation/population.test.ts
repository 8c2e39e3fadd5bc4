/** How gaps in real histories are filled, and that every filled number is counted. */
import { describe, expect, test } from 'vitest';
import { prepare } from '../../../src/core/simulation/population.ts';
import { historiesOf, populationOf } from './support.ts';

const MONTHS = 16;
const FIRST = 2025 * 12;
const steady = (requests: number, months = MONTHS) => new Array<number>(months).fill(requests);
const requestsOf = (population: ReturnType<typeof populationOf>, account: number) => {
  const months = population.periods.length;
  return Array.from(
    { length: months },
    (_, t) => population.quantities[(account * months + t) * population.meters.length]!,
  );
};

test('sixteen months are three before month 0, month 0, and twelve after it', () => {
  const population = populationOf(historiesOf({ firstMonth: FIRST, accounts: ['a'], requests: [steady(100)] }));
  expect(population).toMatchObject({ pre: 3, horizon: 12, accounts: ['a'] });
  expect(population.report).toMatchObject({ observedMonths: 16, repeatedMonths: 0, imputedShare: 0 });
});

test('more months than needed all form expectations', () => {
  const population = populationOf(historiesOf({ firstMonth: FIRST, accounts: ['a'], requests: [steady(100, 20)] }));
  expect(population.pre).toBe(7);
});

test('an account without usage in month 0 is not in the cohort', () => {
  const late = [...steady(0, 4), ...steady(50, 12)];
  const population = populationOf(
    historiesOf({ firstMonth: FIRST, accounts: ['a', 'late'], requests: [steady(100), late] }),
  );
  expect(population.accounts).toEqual(['a']);
  expect(population.report.withoutUsage).toBe(1);
});

test('months before an account came, and its first one, which may be part of a month, are filled with its month 0', () => {
  const came = [0, 0, 70, ...steady(90, 13)];
  const population = populationOf(historiesOf({ firstMonth: FIRST, accounts: ['a'], requests: [came] }));
  expect(requestsOf(population, 0).slice(0, 4)).toEqual([90, 90, 90, 90]);
  expect(population.report).toMatchObject({ imputedShare: 3 / 16, partialMonths: 1 });
  expect(population.tenures[0]).toBe(1); // it came in the month before month 0
});

test('an account that came in month 0 is left out: a part of a month is no start for retention', () => {
  const came = [0, 0, 0, 10, ...steady(90, 12)];
  const left = [50, 50, ...steady(0, 14)];
  const population = populationOf(
    historiesOf({ firstMonth: FIRST, accounts: ['a', 'came', 'left'], requests: [steady(100), came, left] }),
  );
  expect(population.accounts).toEqual(['a']);
  expect(population.report).toMatchObject({ cameInMonthZero: 1, withoutUsage: 1, leftBefore: 1, partialMonths: 0 });
});

test('usage of an account that left is carried on at its own level, as those who stayed moved', () => {
  const grows = [...steady(100, 8), ...steady(200, 8)];
  const leaves = [...steady(60, 7), 6, ...steady(0, 8)]; // gone during its eighth month
  const population = populationOf(
    historiesOf({ firstMonth: FIRST, accounts: ['gone', 'stays'], requests: [leaves, grows] }),
  );
  expect(requestsOf(population, 0)).toEqual([...steady(60, 7), 6, ...steady(120, 8)]);
  expect(population.report).toMatchObject({ exits: 1, imputedShare: 8 / 32 });
});

describe('a history that is too short', () => {
  test('repeats its months at the growth of each account, five percent a month at most', () => {
    const population = populationOf(
      historiesOf({
        firstMonth: FIRST,
        accounts: ['a', 'b'],
        requests: [steady(100, 14), [...Array(14)].map((_, i) => 100 * 2 ** i)],
      }),
    );
    expect(population.report).toMatchObject({ repeatedMonths: 2, heldGrowth: 1 });
    expect(requestsOf(population, 0)).toEqual(steady(100));
    expect(requestsOf(population, 1)[14]).toBe(Math.round(400 * 1.05 ** 12));
  });

  test('may be a single month', () => {
    const population = populationOf(historiesOf({ firstMonth: FIRST, accounts: ['a'], requests: [[100]] }));
    expect(requestsOf(population, 0)).toEqual(steady(100));
    expect(population.periods[3]!.start).toBe(Date.UTC(2025, 0, 1));
  });
});

test('accounts above the enterprise limit in every month up to month 0 are left out and listed; a burst is none', () => {
  const burst = [...steady(100, 3), 30_000_000, ...steady(100, 12)];
  const population = populationOf(
    historiesOf({ firstMonth: FIRST, accounts: ['big', 'burst'], requests: [steady(30_000_000), burst] }),
  );
  expect(population.accounts).toEqual(['burst']);
  expect(population.report.contracts).toEqual([{ account: 'big', requests: 30_000_000 }]);
});

test('what was not metered gets its usual value', () => {
  const { days, quantities, peakDays, tenures, report } = populationOf(
    historiesOf({ firstMonth: FIRST, accounts: ['a'], requests: [steady(3100)] }),
  );
  expect([days[0], quantities[1], peakDays[0], tenures[0]]).toEqual([31, 0.35 * 3100, 200, 12]);
  expect(report.defaults).toEqual({ tenure: 1, peakDay: 16, compute: 16 });
});

test('months are those of the timezone', () => {
  const histories = historiesOf({ firstMonth: FIRST, accounts: ['a'], requests: [steady(1)] });
  const { periods } = prepare(histories, { horizon: 12, enterpriseRequests: 1e9, timezone: 'America/Los_Angeles' });
  expect(new Date(periods[0]!.start).toISOString()).toBe('2025-01-01T08:00:00.000Z');
});
