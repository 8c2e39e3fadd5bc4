/** A simulation as JSON: rates are numbers to six digits, money is text. Fields may be added, and never change their meaning. */
import { formatInstant } from '../../core/calendar.ts';
import type { MeasuredArm } from '../../core/simulation/measures.ts';
import { MONEY_NAMES, type MoneyName } from '../../core/simulation/money.ts';
import { RATE_NAMES } from '../../core/simulation/outcomes.ts';
import { BEHAVIOUR_NAMES, COST_NAMES, writtenName } from '../../core/simulation/parameters.ts';
import type { Measures, Ranked } from '../../core/simulation/ranking.ts';
import type { ScenarioOutcome } from '../../core/simulation/simulate.ts';
import type { Uncertainty } from '../../core/simulation/uncertainty.ts';
import type { Verdict } from '../../core/simulation/verdict.ts';
import { outcomeObjects } from '../checks.ts';
import { FORMAT_VERSION } from '../machine.ts';
import { safeJson } from '../safeText.ts';
import type { SimulationFormat, SimulationReport } from './report.ts';
import { verdicts } from './verdictWords.ts';
import { annualNotes, moneyText, populationNotes, sampleNotes } from './words.ts';

export const simulationJson: SimulationFormat = function* (report) {
  yield `${safeJson(simulationObject(report), 2)}\n`;
};

/** What `--format json` prints, as a value: also what checks are about. */
export function simulationObject(report: SimulationReport): Record<string, unknown> {
  const { result, sensitivity, weekly } = report;
  const { input, outcomes } = result;
  const { population } = input;
  const { engine } = input;
  const money = moneyText(report);
  return {
    formatVersion: FORMAT_VERSION,
    currency: report.currency.code,
    months: population.horizon,
    firstMonth: formatInstant(population.periods[population.pre]!.start),
    accounts: population.accounts.length,
    signups: input.signups?.length ?? null,
    engine: engine.kind,
    ...(engine.kind === 'mc' && { replicates: engine.replicates, seed: engine.seed }),
    bootstrap: input.bootstrap,
    baseline: input.baseline,
    scenarios: Object.fromEntries(outcomes.map((outcome) => [outcome.scenario.name, outcomeObject(outcome, report)])),
    ranking: rankingObject(result.ranking, money),
    verdict: verdictObject(result.verdict),
    verdicts: verdicts(report).map(({ label, text }) => `${label}: ${text}`),
    equalPolicies: {
      isGiven: result.equal.isGiven,
      policies: result.equal.policies,
      freeTierRequestsPerSecond: result.equal.requestsPerSecond,
      scenarios: Object.fromEntries(
        result.equal.measured.map(({ measures, intervals }, s) => [
          outcomes[s]!.scenario.name,
          { ...measuresObject(measures, money), intervals: intervalsObject(intervals, money) },
        ]),
      ),
      ranking: rankingObject(result.equal.ranking, money),
      verdict: verdictObject(result.equal.verdict),
    },
    policyWorth: Object.fromEntries(
      [...result.policyWorth].map(([name, { full, without: variants }]) => [
        name,
        Object.fromEntries(
          variants.map(({ without, measures }) => [without, differences(measures, full.measures, money)]),
        ),
      ]),
    ),
    ...(report.uncertainty && { uncertainty: uncertaintyObject(report.uncertainty, report) }),
    ...(weekly && {
      weeklyNrr: Object.fromEntries(
        [...weekly].map(([name, { weeks, alarm }]) => [
          name,
          { alarm, weeks: weeks.map(({ end, nrr }) => ({ end: formatInstant(end), nrr: rounded(nrr) })) },
        ]),
      ),
    }),
    ...(sensitivity && {
      sensitivity: {
        ...(sensitivity.sample && { sample: sensitivity.sample }),
        parameters: sensitivity.effects.map(({ parameter, low, high }) => ({
          parameter,
          ...Object.fromEntries(
            (['low', 'high'] as const).map((end) => {
              const { value, rates } = { low, high }[end];
              const changes = outcomes.map(({ scenario }, s) => [
                scenario.name,
                differences(rates[s]!, sensitivity.rates[s]!, money),
              ]);
              return [end, { value, changes: Object.fromEntries(changes) }];
            }),
          ),
        })),
        flips: sensitivity.flips.map((flip) => ({
          ...{ ...flip, value: rounded(flip.value), chance: rounded(flip.chance) },
        })),
      },
    }),
    population: {
      observedMonths: population.report.observedMonths,
      repeatedMonths: population.report.repeatedMonths,
      imputedShare: rounded(population.report.imputedShare),
      withoutUsage: population.report.withoutUsage,
      leftBefore: population.report.leftBefore,
      cameInMonthZero: population.report.cameInMonthZero,
      partialMonths: population.report.partialMonths,
      heldGrowth: population.report.heldGrowth,
      contracts: population.report.contracts.map(({ account, requests }) => ({ account, requests: String(requests) })),
      exits: population.report.exits,
      observedChurn: rounded(population.report.observedChurn),
    },
    warnings: report.warnings.map(({ code, message }) => ({ code, message })),
    assumptions: [...report.assumptions, ...annualNotes(report), ...sampleNotes(report), ...populationNotes(report)],
    parameters: {
      behaviour: written(BEHAVIOUR_NAMES, input.parameters.behaviour),
      costs: written(COST_NAMES, input.parameters.costs),
    },
    hashes: result.hashes,
    ...(report.checks.length > 0 && { checks: outcomeObjects(report.checks) }),
  };

  function outcomeObject(outcome: ScenarioOutcome, { currency }: SimulationReport): Record<string, unknown> {
    const { rates, costs, bridge, deltas, bills, intervals } = outcome;
    const perUnit = rates.grossMargin < 1 ? costs.total / (1 - rates.grossMargin) : 0;
    const amounts = (table: Record<string, number>) =>
      Object.fromEntries(Object.entries(table).map(([key, amount]) => [key, money(amount)]));
    return {
      ...measuresObject(rates, money),
      farShare: rounded(outcome.farShare),
      disputeReduction: rounded(outcome.disputeReduction),
      disputeBand: outcome.disputeBand,
      ticketReduction: rounded(outcome.ticketReduction),
      arpa: money(outcome.arpa),
      medianBill: money(bills.quantiles.median),
      overageShare: rounded(outcome.overageShare),
      churnByCause: roundedTable(outcome.churnByCause),
      bridge: amounts(bridge),
      nrrByMonth: outcome.nrrByMonth.map(rounded),
      survivalByMonth: outcome.survivalByMonth.map(rounded),
      alarm: outcome.alarm ? { code: outcome.alarm.code, months: outcome.alarm.months } : null,
      intervals: intervalsObject(intervals, money),
      chanceOfShrinking: rounded(outcome.chanceOfShrinking),
      costs: amounts(costs),
      // What each kind of cost takes from the margin.
      marginByCause: roundedTable(
        Object.fromEntries(Object.entries(costs).map(([key, cost]) => [key, perUnit > 0 ? -cost / perUnit : 0])),
      ),
      bills: {
        ...amounts(bills.quantiles),
        histogram: { from: bills.histogram.edges, shares: bills.histogram.shares.map(rounded) },
      },
      planMix: outcome.planMix.map(({ plan, start, end }) => ({ plan, start: rounded(start), end: rounded(end) })),
      deltas: {
        winners: deltas.winners,
        losers: deltas.losers,
        unchanged: deltas.unchanged,
        grandfather: deltas.grandfather,
        grandfatherCost: money(deltas.grandfatherCost),
        largest: Object.fromEntries(
          (['winners', 'losers'] as const).map((kind) => [
            kind,
            deltas.largest[kind].map(({ account, before, after }) => ({
              account,
              before: money(before),
              after: money(after),
            })),
          ]),
        ),
      },
      ...(outcome.priceChange && {
        priceChange: {
          dearer: Math.round(outcome.priceChange.dearer),
          cheaper: Math.round(outcome.priceChange.cheaper),
          meanRise: rounded(outcome.priceChange.meanRise),
          usageChange: rounded(outcome.priceChange.usageChange),
          grandfathered: Math.round(outcome.priceChange.grandfathered),
          forgone: money(outcome.priceChange.forgone),
        },
      }),
      ...annualObject(outcome, money),
      policies: outcome.scenario.policies,
      freeTier: outcome.scenario.freeTier,
      plans: outcome.scenario.plans.map(({ name }) => name),
      leftOut: outcome.scenario.leftOut,
      currency: currency.code,
    };
  }
}

function annualObject({ annual, scenario }: ScenarioOutcome, money: MoneyText): Record<string, unknown> {
  if (!annual) return {};
  const { share, discount } = scenario.annual ?? {};
  const terms = scenario.annual && { share: rounded(share), discount: rounded(discount) };
  return { annual: { ...terms, accounts: rounded(annual.accounts), prepaid: money(annual.prepaid) } };
}

/** Both kinds of intervals beside each other, and the ranking by the draws of next year. */
function uncertaintyObject({ draws, nextYear, ranking, leads }: Uncertainty, report: SimulationReport) {
  const money = moneyText(report);
  return {
    draws,
    scenarios: Object.fromEntries(
      report.result.outcomes.map(({ scenario, intervals }, s) => [
        scenario.name,
        { customers: intervalsObject(intervals, money), nextYear: intervalsObject(nextYear[s]!, money) },
      ]),
    ),
    ranking: rankingObject(ranking, money),
    // By measure and scenario, the share of next years in which it is the best one.
    leads: Object.fromEntries(
      leads.map(({ measure, shares }) => [
        measure,
        Object.fromEntries(report.result.outcomes.map(({ scenario }, s) => [scenario.name, rounded(shares[s])])),
      ]),
    ),
  };
}

type MoneyText = (amount: number) => string;

function measuresObject(measures: Measures, money: MoneyText): Record<string, number | string | null> {
  const amounts = MONEY_NAMES.map((name) => [name, amountOf(measures[name], money)] as const);
  const rates = RATE_NAMES.map((name) => [name, rounded(measures[name])] as const);
  return Object.fromEntries([...rates, ...amounts]);
}

function intervalsObject(intervals: MeasuredArm['intervals'], money: MoneyText): Record<string, unknown> {
  const shown = (name: string) => (end: number) => (isMoney(name) ? money(end) : rounded(end));
  return Object.fromEntries(Object.entries(intervals).map(([name, ends]) => [name, ends.map(shown(name))]));
}

function differences(measures: Measures, own: Measures, money: MoneyText): Record<string, number | string | null> {
  return Object.fromEntries(
    [...RATE_NAMES, ...MONEY_NAMES].map((name) => {
      const [there, here] = [measures[name], own[name]];
      if (there === undefined || here === undefined) return [name, null];
      return [name, isMoney(name) ? money(there - here) : rounded(there - here)];
    }),
  );
}

function rankingObject(ranking: readonly Ranked[], money: MoneyText): Record<string, unknown> {
  return Object.fromEntries(
    ranking.map(({ measure, best, certainty, next }) => {
      const shown = (value: number) => (isMoney(measure) ? money(value) : rounded(value));
      return [
        measure,
        {
          best: best.length === 1 ? best[0] : null,
          tied: best.length === 1 ? [] : best,
          certainty: certainty ?? null,
          next: next?.name ?? null,
          gap: next ? shown(next.gap) : null,
          gapInterval: next?.interval ? next.interval.map(shown) : null,
        },
      ];
    }),
  );
}

function verdictObject({ state, best, by, bySignups }: Verdict): Record<string, unknown> {
  return {
    state,
    best: best.length === 1 ? best[0] : null,
    tied: best.length === 1 ? [] : best,
    by,
    bySignups: bySignups.map(({ name, from }) => ({ best: name, fromSignups: Math.ceil(from) })),
    breakEvenSignups: bySignups[1] ? Math.ceil(bySignups[1].from) : null,
  };
}

function isMoney(name: string): boolean {
  return MONEY_NAMES.includes(name as MoneyName);
}

function amountOf(amount: number | undefined, money: MoneyText): string | null {
  return amount === undefined || !Number.isFinite(amount) ? null : money(amount);
}

function rounded(value: number | undefined): number | null {
  if (value === undefined || !Number.isFinite(value)) return null;
  const number = Math.round(value * 1e6) / 1e6;
  return number === 0 ? 0 : number; // not −0
}

function roundedTable(table: Record<string, number>): Record<string, number | null> {
  return Object.fromEntries(Object.entries(table).map(([key, value]) => [key, rounded(value)]));
}

function written<Name extends string>(names: readonly Name[], table: Readonly<Record<Name, number>>) {
  return Object.fromEntries(names.map((name) => [writtenName(name), table[name]]));
}
