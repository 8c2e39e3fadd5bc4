/** A simulation as JSON: rates are numbers to six digits, money is text. Fields may be added, and never change their meaning. */
import { formatInstant } from '../../core/calendar.ts';
import { RATE_NAMES, type Rates } from '../../core/simulation/outcomes.ts';
import { BEHAVIOUR_NAMES, COST_NAMES, writtenName } from '../../core/simulation/parameters.ts';
import type { ScenarioOutcome } from '../../core/simulation/simulate.ts';
import type { Uncertainty } from '../../core/simulation/uncertainty.ts';
import { outcomeObjects } from '../checks.ts';
import { FORMAT_VERSION } from '../machine.ts';
import { safeJson } from '../safeText.ts';
import type { SimulationFormat, SimulationReport } from './report.ts';
import { moneyText, populationNotes, verdicts } from './words.ts';

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
    ranking: Object.fromEntries(
      result.ranking.map(({ rate, best, certainty }) => [rate, { best, certainty: certainty ?? null }]),
    ),
    verdicts: verdicts(report),
    policyWorth: Object.fromEntries(
      [...result.policyWorth].map(([name, worth]) => {
        const own = outcomes.find(({ scenario }) => scenario.name === name)!.rates;
        return [name, Object.fromEntries(worth.map(({ without, rates }) => [without, differences(rates, own)]))];
      }),
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
        parameters: sensitivity.effects.map(({ parameter, low, high }) => ({
          parameter,
          ...Object.fromEntries(
            (['low', 'high'] as const).map((end) => {
              const { value, rates } = { low, high }[end];
              const changes = outcomes.map(({ scenario }, s) => [
                scenario.name,
                differences(rates[s]!, sensitivity.rates[s]!),
              ]);
              return [end, { value, changes: Object.fromEntries(changes) }];
            }),
          ),
        })),
        flips: sensitivity.flips.map((flip) => ({ ...flip, value: rounded(flip.value) })),
      },
    }),
    population: {
      observedMonths: population.report.observedMonths,
      repeatedMonths: population.report.repeatedMonths,
      imputedShare: rounded(population.report.imputedShare),
      withoutUsage: population.report.withoutUsage,
      contracts: population.report.contracts.map(({ account, requests }) => ({ account, requests: String(requests) })),
      exits: population.report.exits,
      observedChurn: rounded(population.report.observedChurn),
    },
    warnings: report.warnings.map(({ code, message }) => ({ code, message })),
    assumptions: [...report.assumptions, ...populationNotes(report)],
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
      ...rateObject(rates),
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
      intervals: Object.fromEntries(Object.entries(intervals).map(([name, ends]) => [name, ends.map(rounded)])),
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
      policies: outcome.scenario.policies,
      freeTier: outcome.scenario.freeTier,
      plans: outcome.scenario.plans.map(({ name }) => name),
      leftOut: outcome.scenario.leftOut,
      currency: currency.code,
    };
  }
}

/** Both kinds of intervals beside each other, and the ranking by the draws of next year. */
function uncertaintyObject({ draws, nextYear, ranking }: Uncertainty, { result }: SimulationReport) {
  const ends = (intervals: ScenarioOutcome['intervals']) =>
    Object.fromEntries(Object.entries(intervals).map(([rate, interval]) => [rate, interval.map(rounded)]));
  return {
    draws,
    scenarios: Object.fromEntries(
      result.outcomes.map(({ scenario, intervals }, s) => [
        scenario.name,
        { customers: ends(intervals), nextYear: ends(nextYear[s]!) },
      ]),
    ),
    ranking: Object.fromEntries(
      ranking.map(({ rate, best, certainty }) => [rate, { best, certainty: certainty ?? null }]),
    ),
  };
}

function rateObject(rates: Rates): Record<string, number | null> {
  return Object.fromEntries(RATE_NAMES.map((name) => [name, rounded(rates[name])]));
}

function differences(rates: Rates, own: Rates): Record<string, number | null> {
  return Object.fromEntries(
    RATE_NAMES.map((name) => {
      const [there, here] = [rates[name], own[name]];
      return [name, there === undefined || here === undefined ? null : rounded(there - here)];
    }),
  );
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
