/** Intervals of next year: what is not known, who the customers will be, and luck. */
import { beforeAll, describe, expect, test } from 'vitest';
import { tariffOf } from '../../../src/core/simulation/billing.ts';
import { ratesOf } from '../../../src/core/simulation/outcomes.ts';
import { drawParameters } from '../../../src/core/simulation/parameterDraws.ts';
import { BEHAVIOUR, DEFAULT_PARAMETERS } from '../../../src/core/simulation/parameters.ts';
import { normalQuantile } from '../../../src/core/simulation/random.ts';
import { simulateRuns } from '../../../src/core/simulation/run.ts';
import { POLICY_NAMES } from '../../../src/core/simulation/scenario.ts';
import { type SimulationInput, simulate } from '../../../src/core/simulation/simulate.ts';
import { type Uncertainty, uncertaintyOf } from '../../../src/core/simulation/uncertainty.ts';
import { firstAccounts, referencePopulation, referenceSignups, scenarioOf, TIERS } from './support.ts';

test.each`
  share    | quantile
  ${0.5}   | ${0}
  ${0.975} | ${1.959964}
  ${0.025} | ${-1.959964}
  ${0.001} | ${-3.090232}
`('$share of a standard normal lie below $quantile', ({ share, quantile }) => {
  expect(normalQuantile(share)).toBeCloseTo(quantile, 6);
});

describe('draws of parameters', () => {
  const inside = (values: readonly number[], [low, high]: readonly [number, number]) =>
    values.filter((value) => value >= low && value <= high).length / values.length;

  test('lie in the plausible range in 95 % of cases', () => {
    const drawn = drawParameters(DEFAULT_PARAMETERS, { count: 4000, seed: 1 });
    // Ranges whose middle is the default on the free scale: 0.015 is about √(0.01 × 0.023).
    for (const name of ['baseChurn', 'tenureHalving', 'ownBudgetShare'] as const) {
      const share = inside(
        drawn.map(({ behaviour }) => behaviour[name]),
        BEHAVIOUR[name].plausible,
      );
      // Standard error √(0.95 × 0.05 ÷ 4000) = 0.0034.
      expect(Math.abs(share - 0.95), name).toBeLessThan(0.015);
    }
  });

  test('leave alone what is switched off', () => {
    for (const { behaviour } of drawParameters(DEFAULT_PARAMETERS, { count: 20, seed: 1 })) {
      const { priceReaction, migrationShock, demandReaction, promptBackfire } = behaviour;
      expect([priceReaction, migrationShock, demandReaction, promptBackfire]).toEqual([0, 0, 0, 0]);
    }
  });

  test('vary together as calibrated parameters do', () => {
    const matrix = [
      [0.04, 0.03],
      [0.03, 0.09],
    ];
    const covariance = { names: ['baseChurn', 'tenureHalving'] as const, matrix };
    const drawn = drawParameters(DEFAULT_PARAMETERS, { count: 4000, seed: 2, covariance });
    // Both are unbounded above or nearly so: their free scale is ln x within a per cent or two.
    const x = drawn.map(({ behaviour }) => Math.log(behaviour.baseChurn / 0.015));
    const y = drawn.map(({ behaviour }) => Math.log(behaviour.tenureHalving / 48));
    const product = (a: readonly number[], b: readonly number[]) =>
      a.reduce((sum, value, i) => sum + value * b[i]!, 0) / a.length;
    // Standard errors of about 0.001 and 0.002.
    expect(Math.abs(product(x, x) - 0.04)).toBeLessThan(0.005);
    expect(Math.abs(product(x, y) - 0.03)).toBeLessThan(0.005);
    expect(Math.abs(product(y, y) - 0.09)).toBeLessThan(0.01);
  });
});

describe('intervals of next year of sixty customers', () => {
  let input: SimulationInput;
  let customers: Awaited<ReturnType<typeof simulate>>;
  let found: Uncertainty;
  beforeAll(async () => {
    input = {
      population: firstAccounts(await referencePopulation(), 60),
      signups: (await referenceSignups()).slice(0, 200),
      scenarios: [
        scenarioOf({ name: 'flat', tiers: TIERS.flat }),
        scenarioOf({ name: 'hybrid', tiers: TIERS.hybrid, policies: POLICY_NAMES, requestsPerSecond: 50 }),
      ],
      ...{ baseline: 'flat', parameters: DEFAULT_PARAMETERS, engine: { kind: 'ev' } },
      bootstrap: { replicates: 200, seed: 1 },
    };
    customers = await simulate(input);
    const rates = customers.outcomes.map((outcome) => outcome.rates);
    found = await uncertaintyOf(input, rates, { draws: 200, seed: 5 });
  }, 60_000);

  test('cover at least 90 % of the years that customers with unknown parameters really have, and those of customers do not', async () => {
    const { population, scenarios } = input;
    const truths = drawParameters(DEFAULT_PARAMETERS, { count: 120, seed: 99 });
    const tariffs = scenarios.map((scenario) => tariffOf(scenario, population));
    const names = ['monthlyChurn', 'nrr', 'disputeRate', 'grossMargin'] as const;
    const hits = { nextYear: 0, customers: 0 };
    for (const [year, { behaviour, costs }] of truths.entries()) {
      const runs = scenarios.map(({ policies }, s) => ({ tariff: tariffs[s]!, policies, behaviour }));
      const engine = { kind: 'mc', replicates: 1, seed: 1000 + year } as const;
      const results = await simulateRuns(population, runs, { engine, bootstrap: { replicates: 0, seed: 0 } });
      for (const [s, { policies }] of scenarios.entries()) {
        const rates = ratesOf(results[s]!.sums, undefined, costs, policies);
        for (const name of names) {
          const covers = ([low, high]: readonly [number, number]) => rates[name] >= low && rates[name] <= high;
          if (covers(found.nextYear[s]![name]!)) hits.nextYear++;
          if (covers(customers.outcomes[s]!.intervals[name]!)) hits.customers++;
        }
      }
    }
    const years = truths.length * scenarios.length * names.length;
    expect(hits.nextYear / years).toBeGreaterThanOrEqual(0.9);
    expect(hits.customers / years).toBeLessThan(0.6);
  }, 60_000);

  test('are wider than those of resampled customers', () => {
    for (const [s, { intervals }] of customers.outcomes.entries()) {
      const width = ([low, high]: readonly [number, number]) => high - low;
      for (const rate of ['conversion', 'grossProfitPerSignup', 'monthlyChurn', 'nrr'] as const)
        expect(width(found.nextYear[s]![rate]!), rate).toBeGreaterThan(width(intervals[rate]!));
    }
  });

  test('are the same for the same seed, and give a certainty to every rate of the ranking', async () => {
    const rates = customers.outcomes.map((outcome) => outcome.rates);
    const [one, same, other] = [
      await uncertaintyOf(input, rates, { draws: 8, seed: 5 }),
      await uncertaintyOf(input, rates, { draws: 8, seed: 5 }),
      await uncertaintyOf(input, rates, { draws: 8, seed: 6 }),
    ];
    expect(same).toEqual(one);
    expect(other).not.toEqual(one);
    expect(found.ranking.map(({ measure, best }) => [measure, best])).toEqual(
      customers.ranking.map(({ measure, best }) => [measure, best]),
    );
    for (const { certainty } of found.ranking) expect(certainty).toBeGreaterThan(0.5);
  });
});
