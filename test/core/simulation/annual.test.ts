/** Annual plans: a fee for twelve months, paid at once, and customers who leave when their year ends. */
import { describe, expect, test } from 'vitest';
import { tariffOf } from '../../../src/core/simulation/billing.ts';
import { annualOf, ratesOf } from '../../../src/core/simulation/outcomes.ts';
import { type Behaviour, DEFAULT_PARAMETERS } from '../../../src/core/simulation/parameters.ts';
import type { Population } from '../../../src/core/simulation/population.ts';
import { type EngineChoice, type RunResult, simulateRuns } from '../../../src/core/simulation/run.ts';
import { POLICY_NAMES, type Scenario } from '../../../src/core/simulation/scenario.ts';
import { firstAccounts, historiesOf, populationOf, referencePopulation, scenarioOf, TIERS } from './support.ts';

const { behaviour: shipped, costs } = DEFAULT_PARAMETERS;

/** Customers who decide to leave for no other reason than 2 % a month. */
const CALM: Behaviour = { ...shipped, baseChurn: 0.02, sizeEffect: 0, valueGapChurn: 0, tenureHalving: 1e12 };

const steady = (horizon: number) =>
  populationOf(
    historiesOf({
      ...{ firstMonth: 24_300, accounts: ['a'], tenures: [0] },
      requests: [Array.from({ length: horizon + 4 }, () => 100_000)],
    }),
    horizon,
  );

async function run(
  population: Population,
  scenario: Scenario,
  behaviour = CALM,
  engine: EngineChoice = { kind: 'ev' },
): Promise<RunResult> {
  const tariff = tariffOf(scenario, population);
  const [result] = await simulateRuns(population, [{ tariff, policies: scenario.policies, behaviour }], {
    engine,
    bootstrap: { replicates: 0, seed: 1 },
    inForce: tariff,
  });
  return result!;
}

const flat = (annual?: Scenario['annual'], cost = '10 flat'): Scenario => ({
  ...scenarioOf({ tiers: `p: { cost: ${cost} }` }),
  annual,
});
/** Share that stays for so many months. */
const stay = (months: number) => Math.exp(-0.02 * months);
/** Customers of months 0 to before `months`, added up. */
const there = (months: number) => Array.from({ length: months }, (_, t) => stay(t)).reduce((a, b) => a + b);

describe('half of the customers of a fee of 10 are on an annual plan, 20 % off', () => {
  const half = flat({ share: 0.5, discount: 0.2 });

  test('over a year: as many have left at its end as without, and all of them with its last month', async () => {
    const { sums } = await run(steady(12), half);
    // 12 × 10 × 0.8 = 96 for the year, 8 a month. Whoever decides to leave pays on: 12 months of each annual customer.
    expect(sums.churned).toBeCloseTo(1 - stay(12), 10);
    expect(sums.survivors).toBeCloseTo(stay(12), 10);
    expect(sums.accountMonths).toBeCloseTo(0.5 * there(12) + 0.5 * 12, 10);
    expect(sums.revenue).toBeCloseTo(0.5 * 10 * there(12) + 0.5 * 8 * 12, 10);
    expect(sums.startRevenue).toBe(9);
    expect(sums.endRevenue).toBeCloseTo(9 * stay(12), 10);
    expect(sums.churnedByCause.base).toBeCloseTo(sums.churned, 10);
    expect(sums.accountsByMonth[11]).toBeCloseTo(0.5 * stay(11) + 0.5, 10);
    // Eleven months at 8 from half a customer.
    expect(annualOf(sums)).toEqual({ accounts: 0.5, prepaid: 44 });
  });

  test('over half a year nobody leaves an annual plan', async () => {
    const { sums } = await run(steady(6), half);
    expect(sums.churned).toBeCloseTo(0.5 * (1 - stay(6)), 10);
    expect(sums.churnedByCause.base).toBeCloseTo(sums.churned, 10);
    expect(sums.survivors).toBeCloseTo(0.5 * stay(6) + 0.5, 10);
  });

  test('over two years those who are left at the end of the first decide again', async () => {
    const { sums } = await run(steady(25), flat({ share: 1, discount: 0.2 }));
    expect(sums.accountsByMonth[23]).toBeCloseTo(stay(12), 10);
    expect(sums.accountsByMonth[24]).toBeCloseTo(stay(24), 10);
    expect(sums.survivors).toBeCloseTo(stay(24), 10); // month 24 begins the third year
    expect(sums.churned).toBeCloseTo(1 - stay(24), 10);
  });
});

test('a tier with a fee a year is an annual plan for all of its customers', async () => {
  const { sums } = await run(steady(12), flat(undefined, '96/yr'));
  const offered = await run(steady(12), flat({ share: 1, discount: 0.2 }));
  expect([...sums.values]).toEqual([...offered.sums.values]);
});

test('a tier without a fee has no annual plan', async () => {
  const usage = (annual?: Scenario['annual']) => ({
    ...scenarioOf({ tiers: 'p: { cost: usage, overage: { requests: 1/10k } }' }),
    annual,
  });
  const [without, offered] = [
    await run(steady(12), usage()),
    await run(steady(12), usage({ share: 1, discount: 0.2 })),
  ];
  expect([...offered.sums.values]).toEqual([...without.sums.values]);
});

test('under Monte Carlo a drawn customer who has given notice stays until the year ends', async () => {
  const engine = { kind: 'mc', replicates: 4000, seed: 5 } as const;
  const { sums, replicates } = await run(steady(12), flat({ share: 1, discount: 0.2 }), CALM, engine);
  expect(sums.accountMonths).toBeCloseTo(12, 9);
  // sd of the share that is left: √(0.787 × 0.213 ÷ 4000) = 0.0065
  expect(Math.abs(sums.survivors - stay(12))).toBeLessThan(3 * 0.0065);
  for (const { churned, survivors } of replicates) expect(churned + survivors).toBe(1);
});

test('sixty replicates of Monte Carlo scatter around the expected values, with every policy and two plans', async () => {
  const population = firstAccounts(await referencePopulation(), 100);
  const scenario = {
    ...scenarioOf({ tiers: TIERS.hybrid, policies: POLICY_NAMES }),
    annual: { share: 0.4, discount: 0.15 },
  };
  const expected = ratesOf((await run(population, scenario, shipped)).sums, undefined, costs, scenario.policies);
  const drawn = await run(population, scenario, shipped, { kind: 'mc', replicates: 60, seed: 3 });
  const found = drawn.replicates.map((sums) => ratesOf(sums, undefined, costs, scenario.policies));
  for (const rate of ['monthlyChurn', 'disputeRate', 'grossMargin', 'nrr'] as const) {
    const values = found.map((rates) => rates[rate]);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
    const z = (mean - expected[rate]) / Math.sqrt(variance / values.length);
    expect(Math.abs(z), `${rate}: ${mean} for ${expected[rate]}`).toBeLessThan(3);
  }
});
