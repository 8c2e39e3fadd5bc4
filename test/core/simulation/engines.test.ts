/** The expected-value engine gives the expectation of what the Monte Carlo engine draws. */
import { beforeAll, describe, expect, test } from 'vitest';
import { tariffOf } from '../../../src/core/simulation/billing.ts';
import { ratesOf } from '../../../src/core/simulation/outcomes.ts';
import { DEFAULT_PARAMETERS } from '../../../src/core/simulation/parameters.ts';
import type { Population } from '../../../src/core/simulation/population.ts';
import { simulateRuns } from '../../../src/core/simulation/run.ts';
import { POLICY_NAMES, type Scenario } from '../../../src/core/simulation/scenario.ts';
import { simulate } from '../../../src/core/simulation/simulate.ts';
import { firstAccounts, historiesOf, populationOf, referencePopulation, scenarioOf, TIERS } from './support.ts';

const SCENARIOS: readonly Scenario[] = [
  scenarioOf({ name: 'flat', tiers: TIERS.flat }),
  scenarioOf({ name: 'usage', tiers: TIERS.usage }),
  scenarioOf({ name: 'hybrid', tiers: TIERS.hybrid, policies: POLICY_NAMES }),
  scenarioOf({ name: 'capped', tiers: TIERS.flatHard }),
];
const { behaviour, costs } = DEFAULT_PARAMETERS;
let population: Population;
beforeAll(async () => {
  population = firstAccounts(await referencePopulation(), 150);
});

const runsOf = () =>
  SCENARIOS.map((scenario) => ({ tariff: tariffOf(scenario, population), policies: scenario.policies, behaviour }));

describe('sixty replicates of the Monte Carlo engine', () => {
  test('scatter around the expected values within their standard error', async () => {
    const runs = runsOf();
    const bootstrap = { replicates: 0, seed: 3 };
    const expected = await simulateRuns(population, runs, { engine: { kind: 'ev' }, bootstrap });
    const drawn = await simulateRuns(population, runs, {
      engine: { kind: 'mc', replicates: 60, seed: 3 },
      bootstrap,
    });
    for (const [i, { name, policies }] of SCENARIOS.entries()) {
      const wanted = ratesOf(expected[i]!.sums, undefined, costs, policies);
      const found = drawn[i]!.replicates.map((sums) => ratesOf(sums, undefined, costs, policies));
      for (const rate of ['monthlyChurn', 'disputeRate', 'grossMargin', 'nrr'] as const) {
        const values = found.map((rates) => rates[rate]);
        const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
        const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
        const z = (mean - wanted[rate]) / Math.sqrt(variance / values.length);
        expect(Math.abs(z), `${name} ${rate}: ${mean} for ${wanted[rate]}`).toBeLessThan(3);
      }
    }
  });

  test('are the same for the same seed, and others for another', async () => {
    const runs = runsOf();
    const draw = async (seed: number) => {
      const options = { engine: { kind: 'mc', replicates: 2, seed }, bootstrap: { replicates: 0, seed } } as const;
      return (await simulateRuns(population, runs, options)).map(({ sums }) => [...sums.values]);
    };
    const [once, again, other] = [await draw(5), await draw(5), await draw(6)];
    expect(again).toEqual(once);
    expect(other).not.toEqual(once);
  });
});

test('drawn customers have bills: the median of a flat fee that covers all usage is the fee', async () => {
  // 100 requests a month of 500 000 included: every bill is 29.00, whoever stays.
  const months = Array.from({ length: 16 }, () => 100);
  const few = populationOf(historiesOf({ firstMonth: 24_300, accounts: ['a', 'b'], requests: [months, months] }));
  for (const engine of [{ kind: 'ev' }, { kind: 'mc', replicates: 4, seed: 1 }] as const) {
    const { outcomes } = await simulate({
      ...{ population: few, signups: undefined, scenarios: [SCENARIOS[0]!], baseline: 'flat' },
      ...{ parameters: DEFAULT_PARAMETERS, engine, bootstrap: { replicates: 0, seed: 1 } },
    });
    expect(outcomes[0]!.bills.quantiles, engine.kind).toMatchObject({ p10: 29, median: 29, p99: 29 });
    expect(outcomes[0]!.bills.histogram.shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
  }
});

test('a replicate of the bootstrap draws the same customers for every scenario', async () => {
  const input = {
    population,
    signups: undefined,
    scenarios: SCENARIOS,
    baseline: 'flat',
    parameters: DEFAULT_PARAMETERS,
  };
  const engine = { kind: 'ev' } as const;
  const result = await simulate({ ...input, engine, bootstrap: { replicates: 50, seed: 1 } });
  const churn = result.ranking.find(({ measure }) => measure === 'monthlyChurn')!;
  expect(churn).toMatchObject({ best: ['hybrid'], certainty: 1 });
  for (const { rates, intervals } of result.outcomes) {
    expect(intervals.monthlyChurn![0]).toBeLessThan(rates.monthlyChurn);
    expect(intervals.monthlyChurn![1]).toBeGreaterThan(rates.monthlyChurn);
  }
});

test('what each policy is worth is the difference to a run without it', async () => {
  const input = { population, signups: undefined, baseline: 'hybrid', parameters: DEFAULT_PARAMETERS };
  const options = { engine: { kind: 'ev' }, bootstrap: { replicates: 0, seed: 1 } } as const;
  const { policyWorth } = await simulate({ ...input, scenarios: [SCENARIOS[2]!], ...options });
  for (const name of POLICY_NAMES) {
    const without = { ...SCENARIOS[2]!, policies: { ...SCENARIOS[2]!.policies, [name]: false } };
    const { outcomes } = await simulate({ ...input, scenarios: [without], ...options });
    expect(policyWorth.get('hybrid')!.without.find((worth) => worth.without === name)!.measures, name).toEqual(
      outcomes[0]!.rates,
    );
  }
});
