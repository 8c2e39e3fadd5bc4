/** `meter simulate`: the customers of one population under every scenario, and the differences between the scenarios. */

import { withPauses } from '../pauses.ts';
import { type Alarm, alarmOf } from './alarm.ts';
import { type Arm, type Arms, armsOf } from './arms.ts';
import type { Cause } from './behaviour.ts';
import { type Tariff, tariffOf } from './billing.ts';
import type { BillDistribution } from './bills.ts';
import type { AccountOutcomes } from './collect.ts';
import { Conversions } from './conversions.ts';
import { type DeltaSummary, deltasOf } from './deltas.ts';
import { type Hashes, hashing, termsText } from './hashes.ts';
import { ArmMeasures, type MeasuredArm } from './measures.ts';
import {
  type AnnualSummary,
  annualOf,
  type CostBreakdown,
  churnByCause,
  costOf,
  disputeBand,
  nrrByMonth,
  type PriceChangeSummary,
  priceChangeOf,
  survivalByMonth,
} from './outcomes.ts';
import type { Population } from './population.ts';
import { type Measures, type Ranked, rankingOf } from './ranking.ts';
import { type CollectedRuns, type RunResult, simulateCollecting } from './run.ts';
import type { FreeTier, Policies, Scenario } from './scenario.ts';
import { toldShare } from './shares.ts';
import { SignupWorth } from './signupWorth.ts';
import type { SimulationInput } from './simulationInput.ts';
import type { Sums } from './sums.ts';
import { type Verdict, verdictOf } from './verdict.ts';

export type { SimulationInput } from './simulationInput.ts';

export type ScenarioOutcome = {
  readonly scenario: Scenario;
  readonly rates: Measures;
  /** 95 %: by bootstrap over accounts, or over the replicates of the Monte Carlo engine. */
  readonly intervals: MeasuredArm['intervals'];
  /** Share of those who pay that no account is like, within a factor of 2; undefined without sign-ups. */
  readonly farShare: number | undefined;
  /** Against the baseline; 0 for the baseline itself. */
  readonly disputeReduction: number;
  readonly ticketReduction: number;
  readonly disputeBand: 'low' | 'medium' | 'high';
  /** Money for each account-month. */
  readonly arpa: number;
  readonly costs: CostBreakdown;
  readonly overageShare: number;
  readonly churnByCause: Record<Cause, number>;
  readonly bridge: Record<'start' | 'churned' | 'contraction' | 'expansion' | 'end', number>;
  readonly nrrByMonth: readonly number[];
  readonly survivalByMonth: readonly number[];
  readonly alarm: Alarm | undefined;
  /** Share of replicates in which the cohort's revenue shrinks, as far as their number tells. */
  readonly chanceOfShrinking: number | undefined;
  readonly planMix: readonly { readonly plan: string; readonly start: number; readonly end: number }[];
  readonly bills: BillSummary;
  readonly deltas: DeltaSummary;
  readonly priceChange: PriceChangeSummary | undefined;
  /** Undefined where nobody is on an annual plan in month 0. */
  readonly annual: AnnualSummary | undefined;
  /** Customers who are still there in the last month. */
  readonly survivors: number;
};

export type BillSummary = {
  readonly quantiles: Readonly<Record<'p10' | 'p25' | 'median' | 'p75' | 'p90' | 'p99', number>>;
  /** Share of account-months by bill, in bins from each edge to the next; the last bin is open. */
  readonly histogram: { readonly edges: readonly number[]; readonly shares: readonly number[] };
};

export type SimulationResult = {
  readonly input: SimulationInput;
  readonly outcomes: readonly ScenarioOutcome[];
  /** Which scenario is best by each measure; measures that are unknown are not among them. */
  readonly ranking: readonly Ranked[];
  readonly verdict: Verdict;
  /** The price lists alone, all under the same policies. */
  readonly equal: EqualTerms;
  /** By scenario: its price list with every policy on, and with one of them off. */
  readonly policyWorth: ReadonlyMap<string, PolicyWorth>;
  /** By scenario: mean monthly bill of each account, its probability of staying, and its first plan. */
  readonly accounts: ReadonlyMap<string, AccountOutcomes>;
  readonly hashes: Hashes;
};

export type EqualTerms = {
  /** True if the scenarios as given differ by their price lists alone. */
  readonly isGiven: boolean;
  readonly policies: Policies;
  readonly requestsPerSecond: FreeTier['requestsPerSecond'];
  /** In the order of the scenarios. */
  readonly measured: readonly MeasuredArm[];
  readonly ranking: readonly Ranked[];
  readonly verdict: Verdict;
};

/** A scenario under some policies; `survivors`: customers who are still there in the last month. */
export type WorthMeasured = { readonly measures: Measures; readonly survivors: number };

export type PolicyWorth = {
  readonly full: WorthMeasured & { readonly priceChange: PriceChangeSummary | undefined };
  /** The policy that is switched off; `none`: all of them are; `freeTier`: the free tier admits 10 requests/s. */
  readonly without: readonly (WorthMeasured & { readonly without: string })[];
};

const HISTOGRAM_EDGES = [0, 10, 20, 30, 40, 60, 80, 100, 150, 200, 300, 500, 1000, 2000, 5000] as const;

export async function simulate(input: SimulationInput): Promise<SimulationResult> {
  const { population, signups, scenarios, parameters, engine, bootstrap, progress, crew } = input;
  const tariffs = tariffsOf(scenarios, population);
  const worth = signups && new SignupWorth({ population, signups, parameters, bootstrap });
  const arms = armsOf({ scenarios, tariffs, behaviour: parameters.behaviour, newcomers: worth?.newcomers });
  const baseline = scenarios.findIndex(({ name }) => name === input.baseline);
  const inForce = tariffs[baseline];
  const newcomers = armsByNewcomers(arms);
  const { results, collected: asWalked } = await simulateCollecting(
    population,
    arms.runs,
    { engine, bootstrap, inForce, progress, crew },
    {
      minorUnits: tariffs.map(({ minorUnits }) => minorUnits),
      newcomers: [...newcomers].map(([run, own]) => ({
        ...{ run, costs: parameters.costs },
        policies: own.map((arm) => arm.policies),
      })),
    },
  );
  const collected = { ...asWalked, accounts: comparable(asWalked.accounts, tariffs, baseline) };
  for (const [n, own] of [...newcomers.values()].entries())
    for (const [a, arm] of own.entries()) worth!.take(arm, collected.gains[n]![a]!);

  const measures = new ArmMeasures(input, { results, conversions: new Conversions(input, tariffs), worth });
  const names = scenarios.map(({ name }) => name);
  const judge = (measured: readonly MeasuredArm[]) => {
    const own = measured.map((arm) => arm.measures);
    const replicates = measured.map((arm) => arm.replicates);
    const ranking = rankingOf(names, own, replicates);
    const { length: accounts } = population.accounts;
    const months = population.report.observedMonths;
    return { measured, ranking, verdict: verdictOf({ names, measures: own, ranking, accounts, months }) };
  };
  const pause = async () => progress?.(1);
  const measured = async (own: readonly Arm[]) => {
    const found: MeasuredArm[] = [];
    for (const arm of own) found.push(await withPauses(measures.ofReplicated(arm), pause));
    return found;
  };
  const given = judge(await measured(arms.given));
  const isGiven = arms.equal === arms.given;
  const equal = isGiven ? given : judge(await measured(arms.equal));
  const { policies, freeTier } = arms.equal[0]!;
  return {
    input,
    outcomes: scenarios.map((_, i) => outcomeOf(input, i, { results, measured: given.measured, collected })),
    ranking: given.ranking,
    verdict: given.verdict,
    equal: { isGiven, policies, requestsPerSecond: freeTier.requestsPerSecond, ...equal },
    policyWorth: new Map(names.map((name, s) => [name, policyWorthOf(s, arms, { results, measures })])),
    accounts: new Map(names.map((name, i) => [name, collected.accounts[i]!])),
    hashes: await withPauses(hashing(input), pause),
  };
}

function policyWorthOf(
  s: number,
  { full, variants }: Arms,
  { results, measures }: { readonly results: readonly RunResult[]; readonly measures: ArmMeasures },
): PolicyWorth {
  const measured = (arm: Arm) => ({ measures: measures.of(arm), survivors: results[arm.run]!.sums.survivors });
  const { sums } = results[full[s]!.run]!;
  return {
    full: { ...measured(full[s]!), priceChange: priceChangeOf(sums, sums.accounts) },
    without: variants
      .filter(({ scenario }) => scenario === s)
      .map((arm) => ({ without: arm.without, ...measured(arm) })),
  };
}

function armsByNewcomers({ given, equal, full, variants }: Arms): Map<number, Arm[]> {
  const byRun = new Map<number, Arm[]>();
  for (const arm of new Set([...given, ...equal, ...full, ...variants]))
    if (arm.newcomers !== undefined) byRun.set(arm.newcomers, [...(byRun.get(arm.newcomers) ?? []), arm]);
  return byRun;
}

type Found = {
  readonly results: readonly RunResult[];
  readonly measured: readonly MeasuredArm[];
  readonly collected: CollectedRuns;
};

function outcomeOf(input: SimulationInput, i: number, { results, measured, collected }: Found): ScenarioOutcome {
  const { population, scenarios, parameters } = input;
  const scenario = scenarios[i]!;
  const result = results[i]!;
  const { sums } = result;
  const { measures: own, intervals, farShare } = measured[i]!;
  const baseline = scenarios.findIndex(({ name }) => name === input.baseline);
  const reference = measured[baseline]!.measures;
  return {
    scenario,
    ...{ rates: own, intervals, farShare },
    disputeReduction: 1 - own.disputeRate / reference.disputeRate,
    ticketReduction: 1 - own.ticketsPerAccountMonth / reference.ticketsPerAccountMonth,
    disputeBand: disputeBand(own.disputeRate),
    arpa: sums.revenue / sums.accountMonths,
    costs: costOf(sums, parameters.costs, scenario.policies),
    overageShare: sums.overage / sums.revenue,
    churnByCause: churnByCause(sums),
    bridge: {
      start: sums.startRevenue,
      churned: sums.churnedRevenue,
      contraction: sums.contraction,
      expansion: sums.expansion,
      end: sums.endRevenue,
    },
    nrrByMonth: nrrByMonth(sums),
    survivalByMonth: survivalByMonth(sums),
    alarm: alarmOf(sums, result.replicates),
    chanceOfShrinking: shareBelowOne(result),
    planMix: planMixOf(sums, scenario),
    bills: summaryOf(collected.bills[i]!),
    deltas: deltasOf(population.accounts, {
      before: collected.accounts[baseline]!.bills,
      after: collected.accounts[i]!.bills,
      behaviour: parameters.behaviour,
    }),
    survivors: sums.survivors,
    priceChange: priceChangeOf(sums, population.accounts.length),
    annual: annualOf(sums),
  };
}

/** One tariff for all scenarios with the same price terms, so that variants are rated once, and lists under two names are one. */
export function tariffsOf(scenarios: readonly Scenario[], population: Population): Tariff[] {
  const known = new Map<string, Tariff>();
  return scenarios.map((scenario) => {
    const terms = termsText(scenario);
    const tariff = known.get(terms) ?? tariffOf(scenario, population);
    known.set(terms, tariff);
    return tariff;
  });
}

/**
 * Accounts by scenario, with bills that can be compared. A scenario with the baseline's price list has the baseline's bills: policies
 * keep other customers on another plan, and change nobody's price.
 */
function comparable(accounts: readonly AccountOutcomes[], tariffs: readonly Tariff[], baseline: number) {
  const { bills } = accounts[baseline]!;
  return accounts.map((own, s) => (tariffs[s] === tariffs[baseline] ? { ...own, bills } : own));
}

function planMixOf({ startByPlan, endByPlan }: Sums, { plans }: Scenario): ScenarioOutcome['planMix'] {
  const share = (accounts: Float64Array, plan: number) =>
    accounts[plan]! / accounts.reduce((sum, weight) => sum + weight, 0);
  return plans.map(({ name }, plan) => ({ plan: name, start: share(startByPlan, plan), end: share(endByPlan, plan) }));
}

function shareBelowOne({ replicates }: RunResult): number | undefined {
  if (replicates.length < 2) return undefined;
  const shrinking = replicates.filter(({ startRevenue, endRevenue }) => endRevenue < startRevenue);
  return toldShare(shrinking.length, replicates.length);
}

function summaryOf(distribution: BillDistribution): BillSummary {
  const [p10, p25, median, p75, p90, p99] = distribution.quantiles([0.1, 0.25, 0.5, 0.75, 0.9, 0.99]) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const shares = distribution.histogram(HISTOGRAM_EDGES);
  return { quantiles: { p10, p25, median, p75, p90, p99 }, histogram: { edges: HISTOGRAM_EDGES, shares } };
}
