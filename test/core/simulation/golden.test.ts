/** Five hand-made accounts, five scenarios: bills and rates that were worked out by another implementation of the equations. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { Decimal } from '../../../src/core/decimal.ts';
import { tariffOf } from '../../../src/core/simulation/billing.ts';
import { churnByCause, costOf, ratesOf } from '../../../src/core/simulation/outcomes.ts';
import type { Parameters } from '../../../src/core/simulation/parameters.ts';
import { DEFAULT_PARAMETERS } from '../../../src/core/simulation/parameters.ts';
import { ALL_POLICIES, POLICY_NAMES, type PolicyName, type Scenario } from '../../../src/core/simulation/scenario.ts';
import { conversionRate, expectedSums, historiesOf, populationOf, scenarioOf, TIERS } from './support.ts';

const golden = JSON.parse(readFileSync(new URL('golden/five-accounts.json', import.meta.url), 'utf8')) as {
  params: Record<string, number>;
  telemetry: {
    req: number[][];
    egMB: number[][];
    peakDay: number[][];
    tenure: number[];
    cpuSecPerReq: number;
    free: { att: number[]; egPer: number[]; rps: number[] };
  };
  bills: Record<string, number[][][]>;
  expected: Record<string, Record<string, number> & { cause: Record<string, number>; bridge: Record<string, number> }>;
};

/** The golden file's money is in millionths. */
const minorUnit = 6;
const SCENARIOS: Record<string, Scenario> = {
  flat: scenarioOf({ tiers: TIERS.flat, minorUnit }),
  usage: scenarioOf({ tiers: TIERS.usage, minorUnit }),
  hybrid: scenarioOf({ tiers: TIERS.hybrid, policies: POLICY_NAMES, requestsPerSecond: 50, minorUnit }),
  hybridNoPolicy: scenarioOf({
    tiers: TIERS.hybrid,
    policies: POLICY_NAMES.filter((name: PolicyName) => !['notify', 'oneClick', 'credits'].includes(name)),
    requestsPerSecond: 50,
    minorUnit,
  }),
  flatHard: scenarioOf({ tiers: TIERS.flatHard, minorUnit }),
};

const { telemetry } = golden;
const population = populationOf(
  historiesOf({
    firstMonth: 2023 * 12 + 9,
    accounts: ['0', '1', '2', '3', '4'],
    requests: telemetry.req,
    egressBytes: telemetry.egMB.map((row) => row.map((megabytes) => megabytes * 1e6)),
    computeSeconds: telemetry.req.map((row) => row.map((requests) => requests * telemetry.cpuSecPerReq)),
    peakDays: telemetry.peakDay,
    tenures: telemetry.tenure,
  }),
);
const signups = telemetry.free.att.map((attemptedRequests, i) => ({
  id: String(i),
  attemptedRequests,
  egressBytesPerRequest: telemetry.free.egPer[i]! * 1e6,
  peakRequestsPerSecond: telemetry.free.rps[i]!,
}));
const parameters: Parameters = DEFAULT_PARAMETERS;

test('the golden file was made with the default parameters', () => {
  const values = Object.values(golden.params).sort();
  const { priceReaction, migrationShock, migrationFading, migrationTolerance, demandReaction, allowancePull, ...rest } =
    parameters.behaviour;
  // The golden model knows no price that changes: what reacts to one is off.
  expect([priceReaction, migrationShock, demandReaction, allowancePull]).toEqual([0, 0, 0, 0]);
  expect([migrationFading, migrationTolerance]).toEqual([0.5, 0.05]);
  const { freeMonths: _, ...costs } = parameters.costs; // the golden file says nothing of sign-ups who never pay
  const defaults = [...Object.values(rest), ...Object.values(costs)].sort();
  expect(defaults).toEqual(values);
});

describe.each(Object.keys(golden.bills))('%s', (name) => {
  test('bills are the golden ones, to the millionth', () => {
    const { billers } = tariffOf(SCENARIOS[name]!, population);
    for (const [plan, rows] of golden.bills[name]!.entries()) {
      for (const [requests, megabytes, expected] of rows as [number, number, number][]) {
        const biller = billers[plan]![0]!;
        const quantities = population.meters.map((meter) => ({ requests, egress: megabytes * 1e6 })[meter] ?? 0);
        expect(biller.fee + biller.usageCharges(quantities, 0), `${requests} requests`).toBe(expected);
        const exact = new Map(quantities.map((quantity, i) => [i, new Decimal(quantity)]));
        expect(biller.fee + biller.usageCharges(quantities, 0, exact)).toBe(expected);
      }
    }
  });
});

/**
 * Where the golden file was rounded on its way: nodes and weights of the integral behind conversion have fewer digits, and a
 * megabyte behind a hard cap was lost to a quotient.
 */
const tolerance = (what: string) => (what === 'conversion' ? 1e-4 : /margin|infra/.test(what) ? 1e-7 : 1e-9);

describe.each(Object.keys(golden.expected))('%s', (name) => {
  const expected = golden.expected[name]!;
  const scenario = SCENARIOS[name]!;
  const sums = expectedSums(population, scenario, parameters);
  const conversion = conversionRate(population, signups, scenario, parameters);
  const rates = ratesOf(sums, conversion, parameters.costs, scenario.policies);
  const costs = costOf(sums, parameters.costs, scenario.policies);
  const mass = sums.accountMonths;
  const { prompt, ...causes } = churnByCause(sums);

  test.each`
    what                  | found                                                     | golden
    ${'conversion'}       | ${rates.conversion}                                       | ${expected.conv}
    ${'churn'}            | ${rates.monthlyChurn}                                     | ${expected.churn}
    ${'disputes'}         | ${rates.disputeRate}                                      | ${expected.disp}
    ${'tickets'}          | ${rates.ticketsPerAccountMonth}                           | ${expected.tick}
    ${'margin'}           | ${rates.grossMargin}                                      | ${expected.margin}
    ${'nrr'}              | ${rates.nrr}                                              | ${expected.nrr}
    ${'grr'}              | ${rates.grr}                                              | ${expected.grr}
    ${'survivors'}        | ${sums.survivors / 5}                                     | ${expected.surv}
    ${'arpa'}             | ${sums.revenue / mass}                                    | ${expected.arpa}
    ${'infrastructure'}   | ${(costs.compute + costs.requests + costs.egress) / mass} | ${expected.infra}
    ${'support'}          | ${(costs.tickets + costs.disputes) / mass}                | ${expected.sup}
    ${'surprise'}         | ${sums.surprise / mass}                                   | ${expected.S}
    ${'unpredictability'} | ${sums.unpredictability / mass}                           | ${expected.R}
    ${'value gap'}        | ${sums.valueGap / mass}                                   | ${expected.V}
    ${'throttling'}       | ${sums.throttling / mass}                                 | ${expected.T}
    ${'start'}            | ${sums.startRevenue}                                      | ${expected.bridge.start}
    ${'churned'}          | ${sums.churnedRevenue}                                    | ${expected.bridge.churned}
    ${'contraction'}      | ${sums.contraction}                                       | ${expected.bridge.contraction}
    ${'expansion'}        | ${sums.expansion}                                         | ${expected.bridge.expansion}
    ${'end'}              | ${sums.endRevenue}                                        | ${expected.bridge.end}
    ${'upgrades'}         | ${sums.upgrades / 5}                                      | ${expected.upg}
  `('$what is the golden one', ({ what, found, golden: wanted }: { what: string; found: number; golden: number }) => {
    if (wanted === 0) expect(found).toBe(0);
    else expect(Math.abs(found / wanted - 1), `${found} for ${wanted}`).toBeLessThan(tolerance(what));
  });

  test('churn has the golden causes', () => {
    expect(prompt).toBe(0);
    for (const [cause, wanted] of Object.entries(expected.cause))
      expect(causes[cause as keyof typeof causes], cause).toBeCloseTo(wanted, 12);
  });
});

test('all policies are on in the hybrid scenario', () => {
  expect(SCENARIOS.hybrid!.policies).toEqual(ALL_POLICIES);
});
