import { fileURLToPath } from 'node:url';
import { loadRateCard } from '../../../src/config/loadRateCard.ts';
import type { Meter } from '../../../src/core/catalog/meter.ts';
import { Bills, rateAccounts, tariffOf } from '../../../src/core/simulation/billing.ts';
import { conversionOf, expectedBills, mean, type Signup } from '../../../src/core/simulation/conversion.ts';
import { Expectation } from '../../../src/core/simulation/expectation.ts';
import type { Parameters } from '../../../src/core/simulation/parameters.ts';
import { type Histories, type Population, prepare } from '../../../src/core/simulation/population.ts';
import { isFree, NO_POLICIES, type PolicyName, type Scenario } from '../../../src/core/simulation/scenario.ts';
import { Sums } from '../../../src/core/simulation/sums.ts';
import { Walker } from '../../../src/core/simulation/walk.ts';
import { readHistories } from '../../../src/telemetry/history/readHistories.ts';
import { readSignups } from '../../../src/telemetry/history/readSignups.ts';

/** A scenario from the text of its `pricing_tiers`; money is rounded to `minorUnit` digits. */
export function scenarioOf({
  name = 'test',
  tiers,
  policies = [],
  requestsPerSecond = 10,
  minorUnit = 2,
}: {
  name?: string;
  tiers: string;
  policies?: readonly PolicyName[];
  requestsPerSecond?: number;
  minorUnit?: number;
}): Scenario {
  const { rateCard, problems } = loadRateCard(`pricing_tiers:\n${tiers.replace(/^/gm, '  ')}`);
  if (!rateCard) throw new Error(problems.map(({ message }) => message).join('\n'));
  return {
    name,
    rateCard: { ...rateCard, currency: { ...rateCard.currency, minorUnit } },
    plans: [...rateCard.tiers.values()].flatMap((tier) => (tier.kind === 'listed' && !isFree(tier) ? [tier] : [])),
    freeTier: { requests: 50_000, requestsPerSecond },
    policies: { ...NO_POLICIES, ...Object.fromEntries(policies.map((policy) => [policy, true])) },
    leftOut: [],
  };
}

/** Histories from columns by account and month. */
export function historiesOf({
  firstMonth,
  accounts,
  requests,
  egressBytes,
  computeSeconds,
  peakDays,
  tenures,
}: {
  firstMonth: number;
  accounts: readonly string[];
  requests: readonly (readonly number[])[];
  egressBytes?: readonly (readonly number[])[];
  computeSeconds?: readonly (readonly number[])[];
  peakDays?: readonly (readonly number[])[];
  tenures?: readonly number[];
}): Histories {
  const months = requests[0]?.length ?? 0;
  const quantities = new Float64Array(accounts.length * months * 3);
  for (const [a, row] of requests.entries()) {
    for (const [t, used] of row.entries()) {
      const at = (a * months + t) * 3;
      quantities[at] = used;
      quantities[at + 1] = computeSeconds?.[a]?.[t] ?? Number.NaN;
      quantities[at + 2] = egressBytes?.[a]?.[t] ?? Number.NaN;
    }
  }
  return {
    meters: ['requests', 'compute', 'egress'],
    firstMonth,
    months,
    accounts,
    quantities,
    exact: new Map(),
    peakDays: Float64Array.from(requests.flatMap((row, a) => row.map((_, t) => peakDays?.[a]?.[t] ?? Number.NaN))),
    tenures: Float64Array.from(requests.flatMap((row, a) => row.map(() => tenures?.[a] ?? Number.NaN))),
    contracts: new Set(),
  };
}

export function populationOf(histories: Histories, horizon = 12): Population {
  return prepare(histories, { horizon, enterpriseRequests: 20_000_000, timezone: 'UTC' });
}

/** Sums over a population by the expected-value engine, one account after the other. */
export function expectedSums(population: Population, scenario: Scenario, { behaviour }: Parameters): Sums {
  const tariff = tariffOf(scenario, population);
  const walker = new Walker({ tariff, behaviour, policies: scenario.policies }, population);
  const plans = scenario.plans.length;
  const bills = new Bills({ accounts: 1, months: population.periods.length, plans });
  const total = new Sums({ horizon: population.horizon, plans });
  for (const [index, tenure] of population.tenures.entries()) {
    rateAccounts(tariff, population, { from: index, to: index + 1 }, bills);
    total.add(walker.walkAccount({ index, tenure, bills, row: 0 }, new Expectation(plans)), 1);
  }
  return total;
}

export function conversionRate(
  population: Population,
  signups: readonly Signup[],
  scenario: Scenario,
  { behaviour }: Parameters,
): number {
  const tariff = tariffOf(scenario, population);
  const { pre: month } = population;
  const bills = expectedBills(signups, tariff, month, behaviour, population);
  const { policies, freeTier } = scenario;
  return mean(conversionOf({ signups, bills, tariff, month, behaviour, policies, freeTier }))!;
}

export const TIERS = {
  flat: 'flat: { cost: 29 flat, limits: { requests: 500k/mo }, overage: { requests: 0.58/10k } }',
  usage: 'payg: { cost: usage, overage: { requests: 0.95/10k, egress: 0.05/GB } }',
  hybrid: `production: { cost: 19 + usage, limits: { requests: 200k/mo, egress: 50GB }, overage: { requests: 0.40/10k, egress: 0.05/GB } }
scale: { cost: 79 flat, limits: { requests: 2M/mo, egress: 200GB }, overage: { requests: 0.25/10k, egress: 0.03/GB } }`,
  flatHard: 'flat: { cost: 29 flat, limits: { requests: 500k/mo }, overage: null }',
} as const;

export const METERS: readonly Meter[] = [
  { name: 'requests', field: 'requests', unit: 'request', family: 'count', aggregation: 'sum' },
  { name: 'compute', field: 'compute_seconds', unit: 's', family: 'time', aggregation: 'sum' },
  { name: 'egress', field: 'egress_bytes', unit: 'B', family: 'bytes', aggregation: 'sum' },
];

/** The cohort of `fixtures/pricing-models`. */
export async function referencePopulation(): Promise<Population> {
  const sources = [fixture('history.csv.gz')];
  return populationOf((await readHistories({ sources, meters: METERS, contractTiers: new Set() })).histories!);
}

export async function referenceSignups(): Promise<readonly Signup[]> {
  return (await readSignups(fixture('signups.csv.gz'))).signups;
}

function fixture(name: string) {
  const path = fileURLToPath(new URL(`../../../fixtures/pricing-models/${name}`, import.meta.url));
  return { kind: 'file', name, path } as const;
}

/** A smaller population, for tests that go over it many times. */
export function firstAccounts(population: Population, count: number): Population {
  const months = population.periods.length;
  return {
    ...population,
    accounts: population.accounts.slice(0, count),
    quantities: population.quantities.slice(0, count * months * population.meters.length),
    peakDays: population.peakDays.slice(0, count * months),
    tenures: population.tenures.slice(0, count),
  };
}
