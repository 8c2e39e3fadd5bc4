/**
 * The paying customers of a simulation: usage of each in every month, with the gaps of real data filled by rule.
 *
 * Month 0 is the month whose revenue retention is measured from; before it lie the months that expectations are formed in,
 * after it `horizon` months. Every rule that made up a number is counted in {@link PopulationReport}.
 */
import { assert } from '../assert.ts';
import { periodOfMonth } from '../months.ts';
import { atOnce, type Steps } from '../pauses.ts';
import { daysIn } from '../period.ts';
import { LEAST_PRE_MONTHS } from './defaults.ts';
import {
  ACCOUNTS_AT_ONCE,
  type FilledPopulation,
  firstMonthOf,
  GapFiller,
  lastMonthOf,
  type MonthLayout,
  requestsAt,
  stayersRequests,
} from './gaps.ts';
import type { Histories, Population, PopulationOptions, PopulationReport } from './histories.ts';
import { sharedNumbers } from './sharedNumbers.ts';

export type { Histories, Population, PopulationOptions, PopulationReport } from './histories.ts';

/** Months of history that a simulation over `horizon` months uses in full. */
export function monthsNeeded(horizon: number): number {
  return LEAST_PRE_MONTHS + 1 + horizon;
}

/** Applies the data rules. `histories` must hold at least one month; the result may hold no account. */
export function prepare(histories: Histories, options: PopulationOptions): Population {
  return atOnce(preparing(histories, options));
}

/** The same, step by step. */
export function* preparing(histories: Histories, options: PopulationOptions): Steps<Population> {
  const { horizon, timezone } = options;
  const { meters, months: observed } = histories;
  assert(observed > 0 && horizon > 0, () => `${observed} months of history, ${horizon} to simulate`);
  assert(meters.includes('requests'), () => `histories without requests: ${meters.join(', ')}`);
  const layout = layoutOf(observed, horizon);
  const { cohort, ...others } = yield* cohortOf(histories, layout, options);
  const population = emptyPopulation({ histories, cohort, layout, horizon, timezone });
  const stayers = yield* stayersRequests(histories, cohort);
  const filler = new GapFiller({ histories, population, layout, stayers });
  for (const [account, source] of cohort.entries()) {
    filler.fill(account, source);
    if (account % ACCOUNTS_AT_ONCE === 0) yield account / cohort.length;
  }

  const { counts } = filler;
  const months = population.periods.length;
  const accountMonths = cohort.length * months;
  return {
    ...population,
    report: {
      observedMonths: observed,
      repeatedMonths: Math.max(0, months + layout.shift - observed),
      imputedShare: accountMonths === 0 ? 0 : counts.imputed / accountMonths,
      ...others,
      partialMonths: counts.partial,
      heldGrowth: counts.held,
      exits: counts.exits,
      observedChurn: counts.atRisk === 0 ? undefined : counts.exits / counts.atRisk,
      defaults: { tenure: counts.tenure, peakDay: counts.peakDay, compute: counts.compute },
    },
  };
}

/** Accounts of the history by index: those with usage in month 0 and without a contract. */
type Cohort = Pick<PopulationReport, 'withoutUsage' | 'leftBefore' | 'cameInMonthZero' | 'contracts'> & {
  readonly cohort: readonly number[];
};

function* cohortOf(
  histories: Histories,
  { zero }: MonthLayout,
  { enterpriseRequests }: PopulationOptions,
): Steps<Cohort> {
  const cohort: number[] = [];
  const contracts: { account: string; requests: number }[] = [];
  let [withoutUsage, leftBefore, cameInMonthZero] = [0, 0, 0];
  for (const [i, account] of histories.accounts.entries()) {
    if (i % ACCOUNTS_AT_ONCE === 0) yield 0;
    const atZero = requestsAt(histories, i, zero);
    if (histories.contracts.has(i) || isSteadilyAbove(i, enterpriseRequests))
      contracts.push({ account, requests: atZero });
    else if (atZero > 0 && zero > 0 && firstMonthOf(histories, i) === zero) cameInMonthZero++;
    else if (atZero > 0) cohort.push(i);
    else {
      withoutUsage++;
      if (lastMonthOf(histories, i) < zero) leftBefore++;
    }
  }
  return { cohort, contracts, withoutUsage, leftBefore, cameInMonthZero };

  function isSteadilyAbove(account: number, limit: number): boolean {
    for (let o = 0; o <= zero; o++) if (!(requestsAt(histories, account, o) > limit)) return false;
    return true;
  }
}

function emptyPopulation({
  histories,
  cohort,
  layout,
  horizon,
  timezone,
}: Pick<PopulationOptions, 'horizon' | 'timezone'> & {
  readonly histories: Histories;
  readonly cohort: readonly number[];
  readonly layout: MonthLayout;
}): FilledPopulation {
  const months = layout.pre + 1 + horizon;
  const first = histories.firstMonth + layout.shift;
  const periods = Array.from({ length: months }, (_, t) => periodOfMonth(first + t, timezone));
  const meters = histories.meters.includes('compute') ? histories.meters : [...histories.meters, 'compute'];
  return {
    meters,
    accounts: cohort.map((i) => histories.accounts[i]!),
    pre: layout.pre,
    horizon,
    periods,
    days: periods.map((period) => daysIn(period, timezone)),
    quantities: sharedNumbers(cohort.length * months * meters.length),
    exact: new Map(),
    peakDays: sharedNumbers(cohort.length * months),
    tenures: sharedNumbers(cohort.length),
    requests: meters.indexOf('requests'),
    compute: meters.indexOf('compute'),
    egress: meters.indexOf('egress'),
  };
}

function layoutOf(observed: number, horizon: number): MonthLayout {
  if (observed >= monthsNeeded(horizon)) {
    const pre = observed - 1 - horizon;
    return { pre, zero: pre, shift: 0 };
  }
  const zero = Math.min(LEAST_PRE_MONTHS, observed - 1);
  return { pre: LEAST_PRE_MONTHS, zero, shift: zero - LEAST_PRE_MONTHS };
}
