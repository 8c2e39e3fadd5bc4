/** Customers of a list in force that changes: who leaves because of it, who is spared, and how use reacts. */
import { beforeAll, describe, expect, test } from 'vitest';
import { armsOf } from '../../../src/core/simulation/arms.ts';
import { tariffOf } from '../../../src/core/simulation/billing.ts';
import { costOf, ratesOf } from '../../../src/core/simulation/outcomes.ts';
import { type Behaviour, DEFAULT_PARAMETERS } from '../../../src/core/simulation/parameters.ts';
import type { Population } from '../../../src/core/simulation/population.ts';
import { type EngineChoice, type RunResult, simulateRuns } from '../../../src/core/simulation/run.ts';
import { POLICY_NAMES, type Policies, type Scenario } from '../../../src/core/simulation/scenario.ts';
import { simulate } from '../../../src/core/simulation/simulate.ts';
import { firstAccounts, historiesOf, populationOf, referencePopulation, scenarioOf, TIERS } from './support.ts';

const { behaviour: shipped, costs } = DEFAULT_PARAMETERS;
const ON = { priceReaction: 0.5, migrationShock: 0.16 };

/** Customers who leave for no other reason than 2 % a month and the change itself. */
const CALM: Behaviour = { ...shipped, ...ON, baseChurn: 0.02, sizeEffect: 0, valueGapChurn: 0, tenureHalving: 1e12 };

/** One account with 100 000 requests in every month, over so many months. */
const steady = (horizon: number) =>
  populationOf(
    historiesOf({
      ...{ firstMonth: 24_300, accounts: ['a'], tenures: [0] },
      requests: [Array.from({ length: horizon + 4 }, () => 100_000)],
    }),
    horizon,
  );
const fee = (amount: number, policies?: Policies): Scenario => {
  const scenario = scenarioOf({ name: `fee ${amount}`, tiers: `p: { cost: ${amount} flat }` });
  return policies ? { ...scenario, policies } : scenario;
};
const unit = (price: string) =>
  scenarioOf({ name: price, tiers: `p: { cost: usage, overage: { requests: ${price} } }` });

async function changed(
  population: Population,
  [before, after]: readonly [Scenario, Scenario],
  behaviour: Behaviour,
  engine: EngineChoice = { kind: 'ev' },
): Promise<RunResult> {
  const inForce = tariffOf(before, population);
  const run = { tariff: tariffOf(after, population), policies: after.policies, behaviour };
  const [result] = await simulateRuns(population, [run], { engine, bootstrap: { replicates: 0, seed: 1 }, inForce });
  return result!;
}

describe('one account whose fee rises from 10 to 20', () => {
  // D = ln((20 + 5) ÷ (10 + 5)) = ln(5/3) = 0.510826. In month t it stays with probability
  // exp(−0.02·(5/3)^0.5 − 0.16·(D − 0.05)·0.5^t); the shocks of three months add up to 1 + 0.5 + 0.25 = 1.75.
  const rise = Math.log(5 / 3);
  const stay = (months: number, shocks: number) =>
    Math.exp(-0.02 * Math.sqrt(5 / 3) * months - 0.16 * (rise - 0.05) * shocks);

  test('leaves by e^(η·D) of its hazards and by a shock that halves every month', async () => {
    const { sums } = await changed(steady(3), [fee(10), fee(20)], CALM);
    expect(sums.survivors).toBeCloseTo(stay(3, 1.75), 12);
    const shock = sums.churnedByCause.migration;
    expect(shock).toBeGreaterThan(0);
    expect(sums.churnedByCause.base + shock).toBeCloseTo(sums.churned, 12);
    expect(sums).toMatchObject({ dearer: 1, cheaper: 0, rise, grandfathered: 0, forgone: 0 });
  });

  test('stays the more willingly when it falls from 20 to 10, and nothing shocks it', async () => {
    const { sums } = await changed(steady(3), [fee(20), fee(10)], CALM);
    // D = ln(3/5): 0.02·(3/5)^0.5 a month.
    expect(sums.survivors).toBeCloseTo(Math.exp(-3 * 0.02 * Math.sqrt(3 / 5)), 12);
    expect(sums).toMatchObject({ dearer: 0, cheaper: 1 });
    expect(sums.churnedByCause.migration).toBe(0);
  });

  test('keeps the old fee for two months and is shocked then, if it is grandfathered', async () => {
    const policies: Policies = { ...fee(20).policies, grandfather: { months: 2, above: 0.25 } };
    const { sums } = await changed(steady(3), [fee(10), fee(20, policies)], CALM);
    // Months 0 and 1: e^−0.02 each. Month 2 is the first of the new list, its shock whole.
    expect(sums.survivors).toBeCloseTo(Math.exp(-0.04) * stay(1, 1), 12);
    expect([...sums.revenueByMonth]).toEqual([
      10,
      expect.closeTo(10 * Math.exp(-0.02), 12),
      expect.closeTo(20 * Math.exp(-0.04), 12),
      expect.closeTo(20 * sums.survivors, 12),
    ]);
    // What the new list would have brought more: 10 in month 0, and 10 from those who are left in month 1.
    expect(sums.forgone).toBeCloseTo(10 + 10 * Math.exp(-0.02), 12);
    expect(sums.grandfathered).toBe(1);
  });

  test('is grandfathered only above the threshold: D is ln 1.667', async () => {
    for (const [above, grandfathered] of [
      [0.66, 1],
      [0.67, 0],
    ] as const) {
      const policies: Policies = { ...fee(20).policies, grandfather: { months: 2, above } };
      const { sums } = await changed(steady(3), [fee(10), fee(20, policies)], CALM);
      expect(sums.grandfathered, `above ${above}`).toBe(grandfathered);
    }
  });

  test('keeps the old fee to the end if that comes first', async () => {
    const policies: Policies = { ...fee(20).policies, grandfather: { months: 9, above: 0.25 } };
    const { sums } = await changed(steady(3), [fee(10), fee(20, policies)], CALM);
    expect(sums.survivors).toBeCloseTo(Math.exp(-0.06), 12);
    expect(sums.endRevenue).toBeCloseTo(10 * Math.exp(-0.06), 11);
    expect(sums.contraction + sums.expansion).toBe(0);
  });
});

describe('use reacts to the mean bill', () => {
  test('a price that doubles lowers use by 2^ε, about: the bills are compared a dollar up', async () => {
    const behaviour = { ...CALM, priceReaction: 0, migrationShock: 0, demandReaction: 0.2 };
    const { sums } = await changed(steady(2), [unit('1/1k'), unit('2/1k')], behaviour);
    // Bills of 100 and 200: f = (201 ÷ 101)^−0.2 = e^(−0.2 × 0.688184) = 0.871417; 87 142 requests cost 174.28.
    expect(sums.requestsAtStart).toBe(87_142);
    expect(sums.startRevenue).toBeCloseTo(174.28, 10);
    expect(sums.requestsInForce).toBe(100_000);
  });

  test('below an allowance use never falls, and is pulled up by the share that is set', async () => {
    const behaviour = { ...CALM, demandReaction: 0.2, allowancePull: 0.1 };
    const bundle = (cost: number, included: string) =>
      scenarioOf({
        tiers: `p: { cost: ${cost} flat, limits: { requests: ${included}/mo }, overage: { requests: 1/1k } }`,
      });
    const requests = async (after: Scenario) =>
      (await changed(steady(2), [unit('1/1k'), after], behaviour)).sums.requestsAtStart;
    // 100 → 300, below the allowance: max(f, 1) × 1.1.
    expect(await requests(bundle(300, '200k'))).toBe(110_000);
    // 100 → 30: f = (31 ÷ 101)^−0.2 = e^(0.2 × 1.181133) = 1.266461; × 1.1 = 1.393107.
    expect(await requests(bundle(30, '200k'))).toBe(139_311);
    // 100 → 250 + 50 with the allowance of 50 000 used up: (301 ÷ 101)^−0.2 = e^(−0.2 × 1.091990) = 0.803806.
    expect(await requests(bundle(250, '50k'))).toBe(80_381);
  });
});

describe('the reference cohort', () => {
  let population: Population;
  beforeAll(async () => {
    population = await referencePopulation();
  });
  const flat = scenarioOf({ name: 'flat', tiers: TIERS.flat });
  const usage = scenarioOf({ name: 'usage', tiers: TIERS.usage });
  const hybrid = scenarioOf({ name: 'hybrid', tiers: TIERS.hybrid, policies: POLICY_NAMES });

  /** Effects of the change from `flat` as an independent model found them. */
  test.each`
    after     | more                       | churn        | nrr      | profit
    ${usage}  | ${{}}                      | ${0.0483}    | ${0.823} | ${1_566_000}
    ${hybrid} | ${{}}                      | ${0.01}      | ${1.097} | ${undefined}
    ${usage}  | ${{ demandReaction: 0.2 }} | ${undefined} | ${0.831} | ${1_435_000}
    ${hybrid} | ${{ demandReaction: 0.2 }} | ${undefined} | ${1.099} | ${1_145_000}
  `('from flat to $after.name with $more', async ({ after, more, churn, nrr, profit }) => {
    const { sums } = await changed(population, [flat, after], { ...shipped, ...ON, ...more });
    const rates = ratesOf(sums, undefined, costs, after.policies);
    if (churn !== undefined) expect(Math.abs(rates.monthlyChurn - churn)).toBeLessThan(0.00005);
    expect(Math.abs(rates.nrr - nrr)).toBeLessThan(0.0006);
    if (profit !== undefined)
      expect(Math.abs(sums.revenue - costOf(sums, costs, after.policies).total - profit)).toBeLessThan(500);
  });

  test.each`
    after     | profit
    ${usage}  | ${1_508_000}
    ${hybrid} | ${1_139_000}
  `('from flat to $after.name where use alone reacts', async ({ after, profit }) => {
    const { sums } = await changed(population, [flat, after], { ...shipped, demandReaction: 0.2 });
    expect(Math.abs(sums.revenue - costOf(sums, costs, after.policies).total - profit)).toBeLessThan(500);
  });

  test('without reactions the list in force changes nothing, bit for bit', async () => {
    const few = firstAccounts(population, 60);
    for (const after of [flat, usage, hybrid]) {
      const run = { tariff: tariffOf(after, few), policies: after.policies, behaviour: shipped };
      const alone = await simulateRuns(few, [run], { engine: { kind: 'ev' }, bootstrap: { replicates: 0, seed: 1 } });
      expect((await changed(few, [flat, after], shipped)).sums.values).toEqual(alone[0]!.sums.values);
    }
  });

  test('the list in force under another name has D = 0 and every number of the list itself, bit for bit', async () => {
    const few = firstAccounts(population, 60);
    const reacting = { ...shipped, ...ON, demandReaction: 0.2 };
    for (const before of [flat, usage, scenarioOf({ tiers: TIERS.hybrid, policies: ['notify'] })]) {
      const twin = {
        ...before,
        name: 'twin',
        policies: { ...before.policies, grandfather: { months: 6, above: 0.25 } },
      };
      const { sums } = await changed(few, [before, twin], reacting);
      const run = { tariff: tariffOf(before, few), policies: before.policies, behaviour: reacting };
      const alone = await simulateRuns(few, [run], { engine: { kind: 'ev' }, bootstrap: { replicates: 0, seed: 1 } });
      expect(sums).toMatchObject({ rise: 0, dearer: 0, cheaper: 0, grandfathered: 0, forgone: 0 });
      expect(sums.requestsAtStart).toBe(sums.requestsInForce);
      // Usage before and after is only noted where there is a change; every other sum is the same.
      [sums.requestsAtStart, sums.requestsInForce] = [0, 0];
      expect(sums.values).toEqual(alone[0]!.sums.values);
    }
  });

  test('sixty replicates of Monte Carlo scatter around the expected values, with every reaction and a grandfathering', async () => {
    const few = firstAccounts(population, 150);
    const reacting = { ...shipped, ...ON, demandReaction: 0.2 };
    for (const after of [usage, hybrid]) {
      const policies: Policies = { ...after.policies, grandfather: { months: 4, above: 0.25 } };
      const change = [flat, { ...after, policies }] as const;
      const wanted = ratesOf((await changed(few, change, reacting)).sums, undefined, costs, policies);
      const { replicates } = await changed(few, change, reacting, { kind: 'mc', replicates: 60, seed: 3 });
      const found = replicates.map((sums) => ratesOf(sums, undefined, costs, policies));
      for (const rate of ['monthlyChurn', 'disputeRate', 'grossMargin', 'nrr'] as const) {
        const values = found.map((rates) => rates[rate]);
        const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
        const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
        const z = (mean - wanted[rate]) / Math.sqrt(variance / values.length);
        expect(Math.abs(z), `${after.name} ${rate}: ${mean} for ${wanted[rate]}`).toBeLessThan(3);
      }
    }
  });

  test('what grandfathering is worth is the difference to a run without it', async () => {
    const few = firstAccounts(population, 150);
    const policies: Policies = { ...usage.policies, grandfather: { months: 6, above: 0.25 } };
    const input = {
      ...{ population: few, signups: undefined, baseline: 'flat', engine: { kind: 'ev' } as const },
      ...{ bootstrap: { replicates: 0, seed: 1 }, parameters: { costs, behaviour: { ...shipped, ...ON } } },
    };
    const spared = await simulate({ ...input, scenarios: [flat, { ...usage, policies }] });
    const plain = await simulate({ ...input, scenarios: [flat, usage] });
    const { full, without } = spared.policyWorth.get('usage')!;
    const worth = without.find((variant) => variant.without === 'grandfather');
    expect(worth!.measures).toEqual(plain.policyWorth.get('usage')!.full.measures);
    const { priceChange, survivors } = full;
    expect(priceChange!.grandfathered).toBeGreaterThan(10);
    expect(priceChange!.forgone).toBeGreaterThan(0);
    expect(survivors).toBeGreaterThan(worth!.survivors);
    expect(spared.outcomes[0]!.priceChange).toBeUndefined();
  });
});

describe('beside the comparison of price lists', () => {
  test('newcomers know no other list, and have been there for no month', async () => {
    const population = steady(3);
    const [inForce, tariff] = [tariffOf(fee(10), population), tariffOf(fee(20), population)];
    const run = {
      tariff,
      policies: fee(20).policies,
      behaviour: { ...CALM, tenureHalving: 12 },
      newcomers: Uint8Array.of(1),
    };
    const options = { engine: { kind: 'ev' }, bootstrap: { replicates: 0, seed: 1 }, inForce } as const;
    const [result] = await simulateRuns({ ...population, tenures: Float64Array.of(60) }, [run], options);
    // 2 % × 12 ÷ (12 + tenure) a month, whatever the fee was before, with tenures of 0, 1 and 2 months.
    expect(result!.sums.survivors).toBeCloseTo(Math.exp(-0.02 * (1 + 12 / 13 + 12 / 14)), 12);
    expect(result!.sums).toMatchObject({ dearer: 0, rise: 0, requestsInForce: 0 });
  });

  test('grandfathering is part of the equal terms only where all scenarios have the same', () => {
    const grandfather = { months: 6, above: 0.25 };
    const spared: Scenario = { ...fee(20), policies: { ...fee(20).policies, grandfather } };
    const both: Scenario = { ...fee(10), policies: { ...fee(10).policies, grandfather } };
    const armsFor = (scenarios: readonly Scenario[]) => {
      const tariffs = scenarios.map((scenario) => tariffOf(scenario, steady(3)));
      return armsOf({ scenarios, tariffs, behaviour: CALM, newcomers: undefined });
    };
    const { given, equal, full, variants } = armsFor([fee(10), spared]);
    expect(equal).not.toBe(given);
    expect(equal.map(({ policies }) => policies.grandfather)).toEqual([undefined, undefined]);
    expect(full.map(({ policies }) => policies.grandfather)).toEqual([undefined, grandfather]);
    const without = variants.filter((variant) => variant.without === 'grandfather');
    expect(without).toMatchObject([{ scenario: 1, run: equal[1]!.run }]);
    expect(without[0]!.run).not.toBe(full[1]!.run);
    const same = armsFor([both, spared]);
    expect(same.equal).toBe(same.given);
  });
});
