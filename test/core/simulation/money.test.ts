/** What scenarios earn, what a sign-up is worth, and what a comparison comes to. */
import { beforeAll, describe, expect, test } from 'vitest';
import { tariffOf } from '../../../src/core/simulation/billing.ts';
import { DonorSearch } from '../../../src/core/simulation/donors.ts';
import { bestBySignups } from '../../../src/core/simulation/money.ts';
import { type Behaviour, DEFAULT_PARAMETERS, type Parameters } from '../../../src/core/simulation/parameters.ts';
import type { Population } from '../../../src/core/simulation/population.ts';
import { RandomStream } from '../../../src/core/simulation/random.ts';
import { POLICY_NAMES, type Scenario } from '../../../src/core/simulation/scenario.ts';
import { signupYearsOf } from '../../../src/core/simulation/signupYears.ts';
import { type SimulationInput, simulate } from '../../../src/core/simulation/simulate.ts';
import {
  conversionRate,
  firstAccounts,
  historiesOf,
  populationOf,
  referencePopulation,
  referenceSignups,
  scenarioOf,
  TIERS,
} from './support.ts';

/** Nobody leaves, disputes or writes; an account costs 0.50 a month, a million requests 2.00. */
const calm = (behaviour: Behaviour): Behaviour => ({
  ...behaviour,
  ...{ baseChurn: 0, valueGapChurn: 0, unpredictabilityChurn: 0, surpriseChurn: 0, throttleChurn: 0 },
  ...{ baseDisputes: 0, surpriseDisputes: 0, surpriseTickets: 0 },
});
const zero = Object.fromEntries(Object.keys(DEFAULT_PARAMETERS.costs).map((name) => [name, 0]));
const PARAMETERS: Parameters = {
  behaviour: calm(DEFAULT_PARAMETERS.behaviour),
  costs: {
    ...(zero as Parameters['costs']),
    ...{ staticUtilisation: 1, autoscaledUtilisation: 1, account: 0.5, millionRequests: 2, freeMonths: 3 },
  },
};
const steady = Array.from({ length: 16 }, () => 100_000);
const three = populationOf(
  historiesOf({ firstMonth: 24_300, accounts: ['a', 'b', 'c'], requests: [steady, steady, steady] }),
);
const signup = { id: 's', attemptedRequests: 20_000, egressBytesPerRequest: 0, peakRequestsPerSecond: 5 };
const flat = scenarioOf({ name: 'flat', tiers: TIERS.flat });

const run = (scenarios: readonly Scenario[], more: Partial<SimulationInput> = {}) =>
  simulate({
    ...{ population: three, signups: [signup], scenarios, baseline: scenarios[0]!.name, parameters: PARAMETERS },
    ...{ engine: { kind: 'ev' }, bootstrap: { replicates: 0, seed: 1 } },
    ...more,
  });

describe('three customers who pay 29.00 a month and stay', () => {
  test('bring revenue less cost, in twelve months and at the rate of the last one', async () => {
    const { outcomes } = await run([flat]);
    // 36 bills of 29 = 1044; 36 × 0.50 = 18 for accounts; 3.6M requests × 2.00 = 7.20.
    expect(outcomes[0]!.rates.grossProfit).toBeCloseTo(1044 - 18 - 7.2, 9);
    // 12 × (3 × 29 − 3 × 0.50 − 0.3M × 2.00) = 12 × 84.90
    expect(outcomes[0]!.rates.runRate).toBeCloseTo(1018.8, 9);
  });

  test('stand for a sign-up, who pays as they do or costs three months on the free tier', async () => {
    const { outcomes } = await run([flat], { signupsPerMonth: 10 });
    const pays = conversionRate(three, [signup], flat, PARAMETERS);
    // 28.30 a month for twelve months; else 3 × (0.50 + 20 000 requests × 2.00 a million = 0.04)
    const { grossProfitPerSignup, grossProfit, total } = outcomes[0]!.rates;
    expect(grossProfitPerSignup).toBeCloseTo(pays * 339.6 - (1 - pays) * 1.62, 9);
    // Ten in each of twelve months, with 12, 11 … 1 months left: 78 months; free for 1 + 2 + 10 × 3 = 33 months.
    expect(total! - grossProfit).toBeCloseTo(10 * (pays * 28.3 * 78 - (1 - pays) * 0.54 * 33), 8);
  });

  test('stand for the sign-ups of drawn years, of whom only luck says how many pay', async () => {
    const names = [...'abcdefghijkl'];
    const population = populationOf(
      historiesOf({ firstMonth: 24_300, accounts: names, requests: names.map(() => steady) }),
    );
    const signups = Array.from({ length: 300 }, (_, i) => ({ ...signup, id: `s${i}` }));
    const input: SimulationInput = {
      ...{ population, signups, scenarios: [flat], baseline: 'flat', parameters: PARAMETERS },
      ...{ engine: { kind: 'ev' }, bootstrap: { replicates: 0, seed: 1 } },
    };
    const drawn = Array.from({ length: 40 }, () => PARAMETERS);
    const [years] = (await signupYearsOf(input, { drawn, seed: 3, tariffs: [tariffOf(flat, population)] }))!;
    expect(years).toHaveLength(40);
    for (const { conversion, worth } of years!) {
      // As above: 339.60 from each who pays and 1.62 for each who does not, and one a month.
      expect(worth.each).toBeCloseTo(conversion * 339.6 - (1 - conversion) * 1.62, 9);
      expect(worth.monthly).toBeCloseTo(conversion * 28.3 * 78 - (1 - conversion) * 0.54 * 33, 8);
    }
    const shares = years!.map(({ conversion }) => conversion);
    const pays = conversionRate(population, [signup], flat, PARAMETERS);
    // Standard error √(pays × (1 − pays) ÷ 12 000), below 0.005.
    expect(Math.abs(shares.reduce((sum, share) => sum + share, 0) / 40 - pays)).toBeLessThan(0.02);
    expect(new Set(shares).size).toBeGreaterThan(5);
  });

  test('bring more at a higher price, as long as nobody reacts to it', async () => {
    const dearer = scenarioOf({ name: 'dearer', tiers: TIERS.flat.replace('29 flat', '31 flat') });
    const { outcomes } = await run([flat, dearer]);
    expect(outcomes[1]!.rates.grossProfit - outcomes[0]!.rates.grossProfit).toBeCloseTo(36 * 2, 9);
  });

  test('carry no verdict', async () => {
    const { verdict } = await run([flat, scenarioOf({ name: 'usage', tiers: TIERS.usage })]);
    expect(verdict).toMatchObject({ state: 'none', best: [] });
  });
});

test('the accounts nearest to a usage are those that a search through all of them finds', () => {
  const random = new RandomStream(5, 'donors');
  const sizes = Float64Array.from({ length: 200 }, () => Math.floor(random.next() * 60)); // with many equal ones
  const search = new DonorSearch(sizes);
  for (const usage of [-3, 0, 7, 29.5, 30, 59, 400]) {
    const distance = (a: number) => Math.abs(sizes[a]! - usage);
    const wanted = [...sizes.keys()].sort((a, b) => distance(a) - distance(b) || a - b).slice(0, 20);
    expect(search.nearest(usage), String(usage)).toEqual(wanted);
  }
  expect(new DonorSearch(Float64Array.of(5, 1)).nearest(3)).toEqual([0, 1]);
  expect([search.isFar(30, search.nearest(30)[0]!), search.isFar(400, search.nearest(400)[0]!)]).toEqual([false, true]);
});

test('who earns most by sign-ups: the upper edge of lines', () => {
  const lines = [
    { name: 'base', base: 100, perSignup: 1 },
    { name: 'middle', base: 90, perSignup: 2 },
    { name: 'steep', base: 0, perSignup: 5 },
    { name: 'never', base: 50, perSignup: 2 },
  ];
  // 100 + n = 90 + 2n at 10; 90 + 2n = 5n at 30.
  expect(bestBySignups(lines)).toEqual([
    { name: 'base', from: 0 },
    { name: 'middle', from: 10 },
    { name: 'steep', from: 30 },
  ]);
  expect(bestBySignups([lines[0]!, { name: 'worse', base: 99, perSignup: 1 }])).toEqual([{ name: 'base', from: 0 }]);
});

describe('on customers of the reference cohort', () => {
  let population: Population;
  let shipped: Partial<SimulationInput>;
  beforeAll(async () => {
    population = firstAccounts(await referencePopulation(), 120);
    const signups = (await referenceSignups()).slice(0, 100);
    shipped = { population, signups, parameters: DEFAULT_PARAMETERS, bootstrap: { replicates: 100, seed: 1 } };
  });

  test('a price list under two names is a tie in every line', async () => {
    const twice = [flat, scenarioOf({ name: 'copy', tiers: TIERS.flat })];
    const { verdict, ranking, outcomes, equal } = await run(twice, shipped);
    expect([verdict.state, equal.verdict.state]).toEqual(['tie', 'tie']);
    for (const { measure, best } of ranking) expect(best, measure).toEqual(['flat', 'copy']);
    expect(outcomes[1]!.deltas).toMatchObject({ winners: 0, unchanged: 120, losers: 0 });
    expect(outcomes[1]!.rates).toEqual(outcomes[0]!.rates);
  });

  test('policies change nobody’s price: with alerts nobody wins or loses', async () => {
    const alerting = scenarioOf({ name: 'alerting', tiers: TIERS.flat, policies: ['notify'] });
    const { outcomes, equal } = await run([flat, alerting], shipped);
    expect(outcomes[1]!.deltas).toMatchObject({ winners: 0, unchanged: 120, losers: 0 });
    expect(outcomes[1]!.rates.grossProfit).toBeGreaterThan(outcomes[0]!.rates.grossProfit);
    expect(equal).toMatchObject({ isGiven: false, verdict: { state: 'tie' } });
  });

  test('nor do they on a ladder, where alerts keep other customers on another plan', async () => {
    const plain = scenarioOf({ name: 'plain', tiers: TIERS.hybrid });
    const alerting = scenarioOf({ name: 'alerting', tiers: TIERS.hybrid, policies: ['notify'] });
    const { outcomes, accounts } = await run([plain, alerting], { ...shipped, signups: undefined });
    expect(outcomes[1]!.deltas).toMatchObject({ winners: 0, unchanged: 120, losers: 0 });
    expect(outcomes[1]!.survivors).toBeGreaterThan(outcomes[0]!.survivors);
    expect(accounts.get('alerting')!.bills).toEqual(accounts.get('plain')!.bills);
  });

  test('who earns most is told with its lead and how far the lead may be off', async () => {
    const names = ['flat', 'usage', 'hybrid'] as const;
    const lists = names.map((name) => scenarioOf({ name, tiers: TIERS[name], policies: POLICY_NAMES }));
    const { ranking, outcomes } = await run(lists, shipped);
    const { best, next } = ranking.find(({ measure }) => measure === 'grossProfit')!;
    expect([best, next!.name]).toEqual([['usage'], 'flat']);
    expect(next!.gap).toBeCloseTo(outcomes[1]!.rates.grossProfit - outcomes[0]!.rates.grossProfit, 6);
    expect(next!.interval![0]).toBeLessThan(next!.gap);
    expect(next!.interval![1]).toBeGreaterThan(next!.gap);
  });

  test('the bridge and what is kept add up under Monte Carlo, too', async () => {
    const hybrid = scenarioOf({ name: 'hybrid', tiers: TIERS.hybrid, policies: POLICY_NAMES });
    const engine = { kind: 'mc', replicates: 3, seed: 4 } as const;
    const { outcomes } = await run([hybrid], { ...shipped, signups: undefined, engine });
    const { bridge, rates, nrrByMonth } = outcomes[0]!;
    const { start, churned, contraction, expansion, end } = bridge;
    expect(start - churned - contraction + expansion).toBeCloseTo(end, 6);
    expect((start - churned - contraction) / start).toBeCloseTo(rates.grr, 9);
    expect([nrrByMonth[0], nrrByMonth.at(-1)]).toEqual([1, rates.nrr]);
  });
});
