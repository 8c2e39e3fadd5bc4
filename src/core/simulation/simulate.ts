/** `meter simulate`: the same customers under every scenario, and what tells the scenarios apart. */

import type { Cause } from './behaviour.ts';
import { type Tariff, tariffOf } from './billing.ts';
import { BillDistribution } from './bills.ts';
import type { Signup } from './conversion.ts';
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
  type RateName,
  type Rates,
  ratesOf,
  survivalByMonth,
} from './outcomes.ts';
import type { Parameters } from './parameters.ts';
import type { Population } from './population.ts';
import { type Interval, intervalsOf, type Ranked, rankingOf } from './ranking.ts';
import { type EngineChoice, type Run, type RunResult, simulateRuns } from './run.ts';
import { COST_POLICIES, NO_POLICIES, POLICY_NAMES, type Policies, type Scenario } from './scenario.ts';
import { planIndex, SUM } from './sums.ts';

export type SimulationInput = {
  readonly population: Population;
  /** Absent: conversion is unknown. */
  readonly signups: readonly Signup[] | undefined;
  readonly scenarios: readonly Scenario[];
  readonly baseline: string;
  readonly parameters: Parameters;
  readonly engine: EngineChoice;
  readonly bootstrap: { readonly replicates: number; readonly seed: number };
  /** Called now and then with the share of the work that is done; may pause the run. */
  readonly progress?: ((done: number) => Promise<void>) | undefined;
};

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
};

export type BillSummary = {
  readonly quantiles: Readonly<Record<'p10' | 'p25' | 'median' | 'p75' | 'p90' | 'p99', number>>;
  /** Share of account-months by bill, in bins from each edge to the next; the last bin is open. */
  readonly histogram: { readonly edges: readonly number[]; readonly shares: readonly number[] };
};

export type PolicyWorth = {
  /** The policy that is switched off; `none`: all of them are; `freeTier`: the free tier admits 10 requests/s. */
  readonly without: string;
  readonly rates: Rates;
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
const REFERENCE_FREE_RATE = 10;

export async function simulate(input: SimulationInput): Promise<SimulationResult> {
  const { population, scenarios, parameters, engine } = input;
  const { behaviour, costs } = parameters;
  const tariffs = tariffsOf(scenarios, population);
  const conversions = new Conversions(input, tariffs);
  const runs: Run[] = scenarios.map(({ policies }, i) => ({ tariff: tariffs[i]!, policies, behaviour }));
  const variants = scenarios.flatMap((scenario, i) => variantsOf(scenario).map((variant) => ({ i, ...variant })));
  // Cost policies change no customer's behaviour: the sums of the scenario's own run serve them.
  const variantRuns = variants.map(({ i, policies }) => {
    if (sameBehaviour(policies, scenarios[i]!.policies)) return i;
    const known = runs.findIndex((run) => run.tariff === tariffs[i] && sameBehaviour(run.policies, policies));
    return known >= 0 ? known : runs.push({ tariff: tariffs[i]!, policies, behaviour }) - 1;
  });

  const accountOutcomes = scenarios.map(() => ({
    bills: new Float64Array(population.accounts.length),
    survival: new Float64Array(population.accounts.length),
    plan: new Uint8Array(population.accounts.length),
  }));
  const distributions = tariffs.map((tariff) => new BillDistribution(tariff.minorUnits));
  const results = await simulateRuns(
    population,
    runs,
    runs.map((_, i) => i < scenarios.length),
    { engine, bootstrap: input.bootstrap, progress: input.progress },
    {
      account: (run, account, sums) => {
        const own = accountOutcomes[run];
        if (!own) return;
        own.bills[account] = sums[SUM.mass]! > 0 ? sums[SUM.revenue]! / sums[SUM.mass]! : 0;
        own.survival[account] = sums[SUM.survivors]!;
        own.plan[account] = likeliestPlan(sums, population.horizon, scenarios[run]!.plans.length);
      },
      bill: (run, bill, weight) => distributions[run]?.add(bill, weight),
    },
  );

  const baseline = scenarios.findIndex(({ name }) => name === input.baseline);
  const rates = scenarios.map(({ policies, freeTier }, i) =>
    ratesOf(results[i]!.sums, conversions.rate(i, policies, freeTier), costs, policies),
  );
  const replicates = scenarios.map(({ policies }, i) => {
    const conversion = conversions.replicates(i);
    const all = results[i]!.replicates.map((sums, b) => ratesOf(sums, conversion[b], costs, policies));
    return { all, conversion };
  });
  const outcomes = scenarios.map((scenario, i): ScenarioOutcome => {
    const { sums } = results[i]!;
    const { horizon } = population;
    return {
      scenario,
      rates: rates[i]!,
      intervals: intervalsOf(replicates[i]!),
      disputeReduction: 1 - rates[i]!.disputeRate / rates[baseline]!.disputeRate,
      ticketReduction: 1 - rates[i]!.ticketsPerAccountMonth / rates[baseline]!.ticketsPerAccountMonth,
      disputeBand: disputeBand(rates[i]!.disputeRate),
      arpa: sums[SUM.revenue]! / sums[SUM.mass]!,
      costs: costOf(sums, costs, scenario.policies),
      overageShare: sums[SUM.overage]! / sums[SUM.revenue]!,
      churnByCause: churnByCause(sums),
      bridge: {
        start: sums[SUM.startRevenue]!,
        churned: sums[SUM.churnedRevenue]!,
        contraction: sums[SUM.contraction]!,
        expansion: sums[SUM.expansion]!,
        end: sums[SUM.endRevenue]!,
      },
      nrrByMonth: nrrByMonth(sums, horizon),
      survivalByMonth: survivalByMonth(sums, horizon),
      alarm: alarmOf(sums, horizon),
      chanceOfShrinking: shareBelowOne(results[i]!),
      planMix: planMixOf(sums, horizon, scenario),
      bills: summaryOf(distributions[i]!),
      deltas: deltasOf(population.accounts, accountOutcomes[baseline]!.bills, accountOutcomes[i]!.bills, behaviour),
    };
  });

  const policyWorth = new Map<string, PolicyWorth[]>();
  for (const [v, { i, without, policies, freeTier }] of variants.entries()) {
    const { name } = scenarios[i]!;
    const worth = policyWorth.get(name) ?? [];
    policyWorth.set(name, worth);
    const conversion = conversions.rate(i, policies, freeTier);
    worth.push({ without, rates: ratesOf(results[variantRuns[v]!]!.sums, conversion, costs, policies) });
  }
  return {
    input,
    outcomes,
    ranking: rankingOf(
      scenarios.map(({ name }) => name),
      rates,
      replicates.map(({ all }) => all),
    ),
    policyWorth,
    accounts: new Map(scenarios.map(({ name }, i) => [name, accountOutcomes[i]!])),
    hashes: hashesOf(input),
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

type Variant = { readonly without: string; readonly policies: Policies; readonly freeTier: Scenario['freeTier'] };

/** Each policy of a scenario off alone, a free tier that admits less, and the tariff alone. */
function variantsOf({ policies, freeTier }: Scenario): Variant[] {
  const on = POLICY_NAMES.filter((name) => policies[name]);
  const variants: Variant[] = on.map((name) => ({ without: name, policies: { ...policies, [name]: false }, freeTier }));
  const isGenerous = freeTier.requestsPerSecond > REFERENCE_FREE_RATE;
  const lesser = isGenerous ? { ...freeTier, requestsPerSecond: REFERENCE_FREE_RATE } : freeTier;
  if (isGenerous) variants.push({ without: 'freeTier', policies, freeTier: lesser });
  if (on.length > 0) variants.push({ without: 'none', policies: NO_POLICIES, freeTier: lesser });
  return variants;
}

function sameBehaviour(a: Policies, b: Policies): boolean {
  return POLICY_NAMES.every((name) => COST_POLICIES.includes(name) || a[name] === b[name]);
}

function likeliestPlan(sums: Float64Array, horizon: number, plans: number): number {
  let best = 0;
  for (let plan = 1; plan < plans; plan++) {
    if (sums[planIndex(horizon, plans, plan, 'start')]! > sums[planIndex(horizon, plans, best, 'start')]!) best = plan;
  }
  return best;
}

function planMixOf(sums: Float64Array, horizon: number, { plans }: Scenario): ScenarioOutcome['planMix'] {
  const share = (plan: number, at: 'start' | 'end') => {
    const mass = plans.map((_, p) => sums[planIndex(horizon, plans.length, p, at)]!);
    return mass[plan]! / mass.reduce((sum, weight) => sum + weight, 0);
  };
  return plans.map(({ name }, plan) => ({ plan: name, start: share(plan, 'start'), end: share(plan, 'end') }));
}

function shareBelowOne({ replicates }: RunResult): number | undefined {
  if (replicates.length < 2) return undefined;
  const shrinking = replicates.filter((sums) => sums[SUM.endRevenue]! < sums[SUM.startRevenue]!);
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
