/**
 * The paying customers of a simulation: what each used in every month, with the gaps of real data filled by rule.
 *
 * Month 0 is the month whose revenue retention is measured from; before it lie the months that expectations are formed in,
 * after it `horizon` months. Every rule that made up a number is counted in {@link PopulationReport}.
 */
import { assert } from '../assert.ts';
import type { Decimal } from '../decimal.ts';
import { daysIn, type Period } from '../period.ts';
import { periodOfMonth } from './months.ts';

/** Account-months as they were observed: what `meter usage` writes, or a ledger holds. */
export type Histories = {
  /** Names of the meters, `requests` among them. */
  readonly meters: readonly string[];
  /** The first month, counted from year 0: year × 12 + month − 1. */
  readonly firstMonth: number;
  readonly months: number;
  /** Ascending (UTF-16 code units). */
  readonly accounts: readonly string[];
  /** By account, month and meter; NaN where nothing was reported. */
  readonly quantities: Float64Array;
  /** Quantities that a double does not hold exactly, by position in `quantities`. */
  readonly exact: ReadonlyMap<number, Decimal>;
  /** Requests on the busiest day, by account and month; NaN: unknown. */
  readonly peakDays: Float64Array;
  /** Months since the account came, by account and month; NaN: unknown. */
  readonly tenures: Float64Array;
  /** Accounts with a contract of their own, by index. */
  readonly contracts: ReadonlySet<number>;
};

export type PopulationOptions = {
  /** Months after month 0. */
  readonly horizon: number;
  /** Accounts above so many requests in every month up to month 0 have contracts, and are left out; a burst is no contract. */
  readonly enterpriseRequests: number;
  readonly timezone: string;
};

export type Population = {
  readonly meters: readonly string[];
  readonly accounts: readonly string[];
  /** Months before month 0, at least {@link LEAST_PRE_MONTHS}. */
  readonly pre: number;
  readonly horizon: number;
  /** Calendar months, `pre` + 1 + `horizon` of them. */
  readonly periods: readonly Period[];
  readonly days: readonly number[];
  /** By account, month and meter. */
  readonly quantities: Float64Array;
  readonly exact: ReadonlyMap<number, Decimal>;
  /** By account and month. */
  readonly peakDays: Float64Array;
  /** By account, at month 0. */
  readonly tenures: Float64Array;
  /** Positions in `meters`; −1: not metered. */
  readonly requests: number;
  readonly compute: number;
  readonly egress: number;
  readonly report: PopulationReport;
};

export type PopulationReport = {
  readonly observedMonths: number;
  /** Months at the end that repeat observed ones, because the history is too short. */
  readonly repeatedMonths: number;
  /** Account-months whose usage was made up, of all account-months. */
  readonly imputedShare: number;
  /** Left out because they used nothing in month 0. */
  readonly withoutUsage: number;
  /** Left out because they have contracts. */
  readonly contracts: readonly { readonly account: string; readonly requests: number }[];
  /** Accounts of the cohort whose usage ends before the history does: customers who really left. */
  readonly exits: number;
  /** Exits ÷ months in which an account of the cohort was there; undefined if the history ends at month 0. */
  readonly observedChurn: number | undefined;
  readonly defaults: { readonly tenure: number; readonly peakDay: number; readonly compute: number };
};

export const LEAST_PRE_MONTHS = 3;
const DEFAULT_TENURE = 12;
const COMPUTE_SECONDS_PER_REQUEST = 0.35;
const MOST_MONTHLY_GROWTH = 0.05;

/** Months of history that a simulation over `horizon` months uses in full. */
export function monthsNeeded(horizon: number): number {
  return LEAST_PRE_MONTHS + 1 + horizon;
}

/** Applies the data rules. `histories` must hold at least one month; the result may hold no account. */
export function prepare(histories: Histories, options: PopulationOptions): Population {
  const { horizon, enterpriseRequests, timezone } = options;
  const { meters, months: observed } = histories;
  assert(observed > 0 && horizon > 0, () => `${observed} months of history, ${horizon} to simulate`);
  const requests = meters.indexOf('requests');
  assert(requests >= 0, () => `histories without requests: ${meters.join(', ')}`);
  const layout = layoutOf(observed, horizon);
  const months = layout.pre + 1 + horizon;
  const hasCompute = meters.includes('compute');
  const outMeters = hasCompute ? meters : [...meters, 'compute'];

  const cohort: number[] = [];
  const contracts: { account: string; requests: number }[] = [];
  const requestsAt = (account: number, month: number) =>
    histories.quantities[(account * observed + month) * meters.length + requests]!;
  let withoutUsage = 0;
  for (let i = 0; i < histories.accounts.length; i++) {
    const atZero = requestsAt(i, layout.zero);
    if (histories.contracts.has(i) || isSteadilyAbove(i, enterpriseRequests))
      contracts.push({ account: histories.accounts[i]!, requests: atZero });
    else if (atZero > 0) cohort.push(i);
    else withoutUsage++;
  }

  function isSteadilyAbove(account: number, limit: number): boolean {
    for (let o = 0; o <= layout.zero; o++) if (!(requestsAt(account, o) > limit)) return false;
    return true;
  }

  const periods = periodsFrom(histories.firstMonth + layout.shift, months, timezone);
  const population = {
    meters: outMeters,
    accounts: cohort.map((i) => histories.accounts[i]!),
    pre: layout.pre,
    horizon,
    periods,
    days: periods.map((period) => daysIn(period, timezone)),
    quantities: new Float64Array(cohort.length * months * outMeters.length),
    exact: new Map<number, Decimal>(),
    peakDays: new Float64Array(cohort.length * months),
    tenures: new Float64Array(cohort.length),
    requests,
    compute: outMeters.indexOf('compute'),
    egress: outMeters.indexOf('egress'),
  };
  const stayers = stayersRequests(cohort, observed, requestsAt);
  const counts = { imputed: 0, exits: 0, atRisk: 0, tenure: 0, peakDay: 0, compute: 0 };
  for (const [account, source] of cohort.entries()) fillAccount(account, source);

  const accountMonths = cohort.length * months;
  return {
    ...population,
    report: {
      observedMonths: observed,
      repeatedMonths: Math.max(0, months + layout.shift - observed),
      imputedShare: accountMonths === 0 ? 0 : counts.imputed / accountMonths,
      withoutUsage,
      contracts,
      exits: counts.exits,
      observedChurn: counts.atRisk === 0 ? undefined : counts.exits / counts.atRisk,
      defaults: { tenure: counts.tenure, peakDay: counts.peakDay, compute: counts.compute },
    },
  };

  /** Copies what was observed of an account, and makes up the rest. `t` counts the simulation's months, `o` observed ones. */
  function fillAccount(account: number, source: number): void {
    const { quantities, exact, peakDays } = population;
    const width = outMeters.length;
    const at = (t: number) => (account * months + t) * width;
    let last = layout.zero;
    for (let o = layout.zero; o < observed; o++) if (requestsAt(source, o) > 0) last = o;
    const gone = last < observed - 1;
    if (gone) counts.exits++;
    counts.atRisk += last - layout.zero + (gone ? 1 : 0);
    const leaving = gone ? beforeLeaving(last) : undefined;

    for (let t = 0; t < months; t++) {
      const o = t + layout.shift;
      const isPre = t < layout.pre;
      const used = o >= 0 && o < observed && requestsAt(source, o) > 0;
      if ((isPre && !used) || o >= observed) continue; // filled below, from month 0 and from the year before
      if (o <= last) copy(t, o);
      else scale(t, leaving!, o);
    }
    for (let t = 0; t < layout.pre; t++) {
      const o = t + layout.shift;
      if (o >= 0 && requestsAt(source, o) > 0) continue;
      counts.imputed++;
      quantities.copyWithin(at(t), at(layout.pre), at(layout.pre) + width);
      for (let m = 0; m < width; m++) {
        const precise = exact.get(at(layout.pre) + m);
        if (precise) exact.set(at(t) + m, precise);
      }
      peakDays[account * months + t] = peakDays[account * months + layout.pre]!;
    }
    const growth = observed < months + layout.shift ? ownGrowth() : 1;
    for (let t = observed - layout.shift; t < months; t++) repeat(t, growth);
    population.tenures[account] = tenureAtZero();

    function copy(t: number, o: number): void {
      const from = (source * observed + o) * meters.length;
      for (let m = 0; m < meters.length; m++) {
        const quantity = histories.quantities[from + m]!;
        quantities[at(t) + m] = Number.isNaN(quantity) ? 0 : quantity;
        const precise = histories.exact.get(from + m);
        if (precise) exact.set(at(t) + m, precise);
      }
      const used = quantities[at(t) + requests]!;
      if (!hasCompute || Number.isNaN(histories.quantities[from + population.compute])) {
        quantities[at(t) + population.compute] = COMPUTE_SECONDS_PER_REQUEST * used;
        counts.compute++;
      }
      const peak = histories.peakDays[source * observed + o]!;
      if (Number.isNaN(peak)) counts.peakDay++;
      peakDays[account * months + t] = Number.isNaN(peak) ? (2 * used) / population.days[t]! : peak;
    }

    /** The last three full months before a customer left: the month of leaving itself is only part of one. */
    function beforeLeaving(lastUsed: number): number[] {
      const end = lastUsed > 0 && requestsAt(source, lastUsed - 1) > 0 ? lastUsed - 1 : lastUsed;
      const full: number[] = [];
      for (let o = end; o >= 0 && full.length < 3 && requestsAt(source, o) > 0; o--) full.push(o);
      return full;
    }

    /** What a customer who left would have used: its own level before, moved as those who stayed moved since. */
    function scale(t: number, full: readonly number[], o: number): void {
      const before = full.reduce((sum, month) => sum + stayers[month]!, 0) / full.length;
      const factor = before > 0 ? stayers[o]! / before : 1;
      makeUp(t, (read) => (full.reduce((sum, month) => sum + read(month - layout.shift), 0) / full.length) * factor);
    }

    /** A month beyond the history: the one twelve months before (or as many as there are), grown at the account's own rate. */
    function repeat(t: number, monthlyGrowth: number): void {
      const back = Math.min(12, observed);
      makeUp(t, (read) => read(t - back) * monthlyGrowth ** back);
    }

    function ownGrowth(): number {
      const used: number[] = [];
      for (let o = 0; o < observed; o++) {
        const quantity = requestsAt(source, o);
        if (quantity > 0) used.push(quantity);
      }
      if (used.length < 2) return 1;
      const half = Math.floor(used.length / 2);
      const mean = (part: number[]) => part.reduce((sum, quantity) => sum + quantity, 0) / part.length;
      const growth = (mean(used.slice(-half)) / mean(used.slice(0, half))) ** (1 / (used.length - half));
      return Math.min(1 + MOST_MONTHLY_GROWTH, Math.max(1 - MOST_MONTHLY_GROWTH, growth));
    }

    function makeUp(t: number, value: (read: (month: number) => number) => number): void {
      counts.imputed++;
      for (let m = 0; m < width; m++) {
        const made = value((month) => quantities[at(month) + m]!);
        // Whole units, as meters count them; compute seconds may have any digits.
        quantities[at(t) + m] = m === population.compute ? made : Math.round(made);
      }
      peakDays[account * months + t] = value((month) => peakDays[account * months + month]!);
    }

    function tenureAtZero(): number {
      const given = histories.tenures[source * observed + layout.zero]!;
      if (!Number.isNaN(given)) return given;
      let first = 0;
      while (first < layout.zero && !(requestsAt(source, first) > 0)) first++;
      if (first > 0) return layout.zero - first;
      counts.tenure++;
      return DEFAULT_TENURE;
    }
  }
}

/** `shift`: observed month of the simulation's first month, negative where months before the history are made up. */
function layoutOf(observed: number, horizon: number): { pre: number; zero: number; shift: number } {
  if (observed >= monthsNeeded(horizon)) {
    const pre = observed - 1 - horizon;
    return { pre, zero: pre, shift: 0 };
  }
  const zero = Math.min(LEAST_PRE_MONTHS, observed - 1);
  return { pre: LEAST_PRE_MONTHS, zero, shift: zero - LEAST_PRE_MONTHS };
}

/** Requests of those who used the service in every observed month: season and growth, free of arrivals and departures. */
function stayersRequests(
  cohort: readonly number[],
  observed: number,
  requestsAt: (account: number, month: number) => number,
): Float64Array {
  const sums = new Float64Array(observed);
  for (const account of cohort) {
    let stays = true;
    for (let o = 0; o < observed && stays; o++) stays = requestsAt(account, o) > 0;
    if (!stays) continue;
    for (let o = 0; o < observed; o++) sums[o]! += requestsAt(account, o);
  }
  return sums.some((sum) => sum === 0) ? sums.fill(1) : sums;
}

function periodsFrom(firstMonth: number, months: number, timezone: string): Period[] {
  return Array.from({ length: months }, (_, i) => periodOfMonth(firstMonth + i, timezone));
}
