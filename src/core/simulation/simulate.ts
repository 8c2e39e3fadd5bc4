/** `meter simulate`: the customers of one population under every scenario, and the differences between the scenarios. */

import type { Cause } from './behaviour.ts';
import { type Tariff, tariffOf } from './billing.ts';
import { BillDistribution } from './bills.ts';
import { Conversions } from './conversions.ts';
import { type DeltaSummary, deltasOf } from './deltas.ts';
import { type Hashes, hashesOf } from './hashes.ts';
import {
  type Alarm,
  alarmOf,
  type CostBreakdown,
  churnByCause,
  costOf,
  disputeBand,
  nrrByMonth,
  type PriceChangeSummary,
  priceChangeOf,
  type RateName,
  type Rates,
  ratesOf,
  survivalByMonth,
} from './outcomes.ts';
import { type PolicyWorth, plannedRuns, policyWorthOf } from './policyWorth.ts';
import type { Population } from './population.ts';
import { type Interval, intervalsOf, type Ranked, rankingOf } from './ranking.ts';
import { type RunObservers, type RunResult, simulateRuns } from './run.ts';
import type { Scenario } from './scenario.ts';
import type { SimulationInput } from './simulationInput.ts';
import type { Sums } from './sums.ts';

export type { SimulationInput } from './simulationInput.ts';

export type ScenarioOutcome = {
  readonly scenario: Scenario;
  readonly rates: Rates;
  /** 95 %: by bootstrap over accounts, or over the replicates of the Monte Carlo engine. */
  readonly intervals: Partial<Record<RateName, Interval>>;
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
  /** Share of replicates in which the cohort's revenue shrinks. */
  readonly chanceOfShrinking: number | undefined;
  readonly planMix: readonly { readonly plan: string; readonly start: number; readonly end: number }[];
  readonly bills: BillSummary;
  readonly deltas: DeltaSummary;
  readonly priceChange: PriceChangeSummary | undefined;
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
  /** Which scenario is best by each rate; rates that are unknown are not among them. */
  readonly ranking: readonly Ranked[];
  /** By scenario, only those with policies. */
  readonly policyWorth: ReadonlyMap<string, readonly PolicyWorth[]>;
  /** By scenario: mean monthly bill of each account while it pays, its probability of staying, and its first plan. */
  readonly accounts: ReadonlyMap<string, AccountOutcomes>;
  readonly hashes: Hashes;
};

export type AccountOutcomes = {
  readonly bills: Float64Array;
  readonly survival: Float64Array;
  readonly plan: Uint8Array;
};

const HISTOGRAM_EDGES = [0, 10, 20, 30, 40, 60, 80, 100, 150, 200, 300, 500, 1000, 2000, 5000] as const;

export async function simulate(input: SimulationInput): Promise<SimulationResult> {
  const { population, scenarios, parameters, engine, bootstrap, progress } = input;
  const tariffs = tariffsOf(scenarios, population);
  const conversions = new Conversions(input, tariffs);
  const { runs, variants } = plannedRuns(input, tariffs);
  const seen = new ScenarioObservers(input, tariffs);
  const inForce = tariffs[scenarios.findIndex(({ name }) => name === input.baseline)];
  const results = await simulateRuns(population, runs, { engine, bootstrap, inForce, progress }, seen);

  const rates = scenarios.map(({ policies, freeTier }, i) =>
    ratesOf(results[i]!.sums, conversions.rate(i, policies, freeTier), parameters.costs, policies),
  );
  const replicates = scenarios.map(({ policies }, i) => {
    const conversion = conversions.replicates(i);
    const all = results[i]!.replicates.map((sums, b) => ratesOf(sums, conversion[b], parameters.costs, policies));
    return { all, conversion };
  });
  const outcomes = scenarios.map((_, i) =>
    outcomeOf(input, i, { result: results[i]!, rates, intervals: intervalsOf(replicates[i]!), seen }),
  );
  const names = scenarios.map(({ name }) => name);
  return {
    input,
    outcomes,
    ranking: rankingOf(
      names,
      rates,
      replicates.map(({ all }) => all),
    ),
    policyWorth: policyWorthOf(input, variants, { results, conversions }),
    accounts: new Map(names.map((name, i) => [name, seen.accounts[i]!])),
    hashes: hashesOf(input),
  };
}

/** Collects accounts and bills of the scenarios' own runs, which come before the variants' runs. */
class ScenarioObservers implements RunObservers {
  readonly accounts: readonly AccountOutcomes[];
  readonly bills: readonly BillDistribution[];

  constructor({ scenarios, population }: SimulationInput, tariffs: readonly Tariff[]) {
    const { length } = population.accounts;
    this.accounts = scenarios.map(() => ({
      bills: new Float64Array(length),
      survival: new Float64Array(length),
      plan: new Uint8Array(length),
    }));
    this.bills = tariffs.map((tariff) => new BillDistribution(tariff.minorUnits));
  }

  account(run: number, account: number, sums: Sums): void {
    const own = this.accounts[run];
    if (!own) return;
    own.bills[account] = sums.accountMonths > 0 ? sums.revenue / sums.accountMonths : 0;
    own.survival[account] = sums.survivors;
    own.plan[account] = likeliestPlan(sums);
  }

  bill(run: number, bill: number, weight: number): void {
    this.bills[run]?.add(bill, weight);
  }
}

type Found = {
  readonly result: RunResult;
  readonly rates: readonly Rates[];
  readonly intervals: ScenarioOutcome['intervals'];
  readonly seen: ScenarioObservers;
};

function outcomeOf(input: SimulationInput, i: number, { result, rates, intervals, seen }: Found): ScenarioOutcome {
  const { population, scenarios, parameters } = input;
  const scenario = scenarios[i]!;
  const { sums } = result;
  const own = rates[i]!;
  const baseline = scenarios.findIndex(({ name }) => name === input.baseline);
  const reference = rates[baseline]!;
  return {
    scenario,
    rates: own,
    intervals,
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
    alarm: alarmOf(sums),
    chanceOfShrinking: shareBelowOne(result),
    planMix: planMixOf(sums, scenario),
    bills: summaryOf(seen.bills[i]!),
    deltas: deltasOf(population.accounts, {
      before: seen.accounts[baseline]!.bills,
      after: seen.accounts[i]!.bills,
      behaviour: parameters.behaviour,
    }),
    survivors: sums.survivors,
    priceChange: priceChangeOf(sums, population.accounts.length),
  };
}

/** One tariff for all scenarios with the same price terms, so that variants are rated once. */
export function tariffsOf(scenarios: readonly Scenario[], population: Population): Tariff[] {
  const known = new Map<Scenario['rateCard'], Tariff>();
  return scenarios.map((scenario) => {
    const tariff = known.get(scenario.rateCard) ?? tariffOf(scenario, population);
    known.set(scenario.rateCard, tariff);
    return tariff;
  });
}

function likeliestPlan({ startByPlan }: Sums): number {
  let best = 0;
  for (let plan = 1; plan < startByPlan.length; plan++) if (startByPlan[plan]! > startByPlan[best]!) best = plan;
  return best;
}

function planMixOf({ startByPlan, endByPlan }: Sums, { plans }: Scenario): ScenarioOutcome['planMix'] {
  const share = (accounts: Float64Array, plan: number) =>
    accounts[plan]! / accounts.reduce((sum, weight) => sum + weight, 0);
  return plans.map(({ name }, plan) => ({ plan: name, start: share(startByPlan, plan), end: share(endByPlan, plan) }));
}

function shareBelowOne({ replicates }: RunResult): number | undefined {
  if (replicates.length < 2) return undefined;
  const shrinking = replicates.filter(({ startRevenue, endRevenue }) => endRevenue < startRevenue);
  return shrinking.length / replicates.length;
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
