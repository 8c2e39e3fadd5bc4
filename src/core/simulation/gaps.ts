/**
 * The data rules: account-months that the history does not hold are made up, one account after the other, and counted.
 *
 * `t` counts the simulation's months and `o` the observed ones; o = t + shift.
 */
import type { Decimal } from '../decimal.ts';
import type { Steps } from '../pauses.ts';
import {
  COMPUTE_SECONDS_PER_REQUEST,
  MONTHS_BEFORE_LEAVING,
  MOST_MONTHLY_GROWTH,
  PEAK_DAY_OVER_MEAN_DAY,
  TENURE_MONTHS,
} from './defaults.ts';
import type { Histories, Population } from './histories.ts';

/** `zero`: observed month that is month 0. `shift` is negative where months before the history are made up. */
export type MonthLayout = { readonly pre: number; readonly zero: number; readonly shift: number };

/** A population whose accounts are being filled. */
export type FilledPopulation = Omit<Population, 'report' | 'exact'> & { readonly exact: Map<number, Decimal> };

/** Accounts that are gone through between two pauses. */
export const ACCOUNTS_AT_ONCE = 4096;

/** Months of history that a made-up month repeats: a year, so that the season is right. */
const SEASON_MONTHS = 12;

export class GapFiller {
  /** Account-months made up in full, and facts that defaults stand for. */
  readonly counts = { imputed: 0, exits: 0, atRisk: 0, partial: 0, held: 0, tenure: 0, peakDay: 0, compute: 0 };
  private readonly histories: Histories;
  private readonly population: FilledPopulation;
  private readonly layout: MonthLayout;
  /** Requests of the accounts of the cohort that were there in every month, by observed month. */
  private readonly stayers: Float64Array;

  /** `stayers`: as {@link stayersRequests} gives them. */
  constructor({
    histories,
    population,
    layout,
    stayers,
  }: {
    readonly histories: Histories;
    readonly population: FilledPopulation;
    readonly layout: MonthLayout;
    readonly stayers: Float64Array;
  }) {
    this.histories = histories;
    this.population = population;
    this.layout = layout;
    this.stayers = stayers;
  }

  /** Copies the observed months of account `source` of the history into `account` of the population, and makes up the rest. */
  fill(account: number, source: number): void {
    const { histories, population, layout, counts } = this;
    const { months: observed } = histories;
    const last = lastMonthOf(histories, source);
    const gone = last < observed - 1;
    if (gone) counts.exits++;
    counts.atRisk += last - layout.zero + (gone ? 1 : 0);
    const leaving = gone ? this.monthsBeforeLeaving(source, last) : undefined;

    const months = population.days.length;
    // Whoever came after the history began may have come in the middle of a month.
    const first = firstMonthOf(histories, source);
    const isPartial = first > 0 && first < layout.zero && first >= layout.shift;
    if (isPartial) counts.partial++;
    const isUsed = (o: number) =>
      o >= 0 && o < observed && requestsAt(histories, source, o) > 0 && !(isPartial && o === first);
    for (let t = 0; t < months; t++) {
      const o = t + layout.shift;
      const used = isUsed(o);
      if ((t < layout.pre && !used) || o >= observed) continue; // from month 0 and from the year before, below
      if (o <= last) this.copy({ account, source, t });
      else this.followStayers({ account, t, full: leaving! });
    }
    for (let t = 0; t < layout.pre; t++) {
      if (!isUsed(t + layout.shift)) this.copyMonthZero(account, t);
    }
    const growth = observed < months + layout.shift ? this.ownGrowth(source) : 1;
    const back = Math.min(SEASON_MONTHS, observed);
    for (let t = observed - layout.shift; t < months; t++)
      this.makeUp(account, t, (read) => read(t - back) * growth ** back);
    population.tenures[account] = this.tenureAtZero(source);
  }

  /** Position of an account-month's first quantity. */
  private at(account: number, t: number): number {
    const { days, meters } = this.population;
    return (account * days.length + t) * meters.length;
  }

  private copy({ account, source, t }: { account: number; source: number; t: number }): void {
    const { histories, counts } = this;
    const { quantities, exact, peakDays, days, compute, requests } = this.population;
    const observedAt = source * histories.months + t + this.layout.shift;
    const [to, from] = [this.at(account, t), observedAt * histories.meters.length];
    for (let m = 0; m < histories.meters.length; m++) {
      const quantity = histories.quantities[from + m]!;
      quantities[to + m] = Number.isNaN(quantity) ? 0 : quantity;
      const precise = histories.exact.get(from + m);
      if (precise) exact.set(to + m, precise);
    }
    const used = quantities[to + requests]!;
    if (compute >= histories.meters.length || Number.isNaN(histories.quantities[from + compute])) {
      quantities[to + compute] = COMPUTE_SECONDS_PER_REQUEST * used;
      counts.compute++;
    }
    const peak = histories.peakDays[observedAt]!;
    if (Number.isNaN(peak)) counts.peakDay++;
    peakDays[account * days.length + t] = Number.isNaN(peak) ? (PEAK_DAY_OVER_MEAN_DAY * used) / days[t]! : peak;
  }

  /** A month before month 0 in which the account used nothing: month 0 stands for it. */
  private copyMonthZero(account: number, t: number): void {
    const { quantities, exact, peakDays, days, meters, pre } = this.population;
    const [to, from] = [this.at(account, t), this.at(account, pre)];
    this.counts.imputed++;
    quantities.copyWithin(to, from, from + meters.length);
    for (let m = 0; m < meters.length; m++) {
      const precise = exact.get(from + m);
      if (precise) exact.set(to + m, precise);
    }
    peakDays[account * days.length + t] = peakDays[account * days.length + pre]!;
  }

  /** The last full observed months before a customer left, latest first; the month of leaving is only part of one. */
  private monthsBeforeLeaving(source: number, lastUsed: number): number[] {
    const used = (o: number) => requestsAt(this.histories, source, o) > 0;
    const end = lastUsed > 0 && used(lastUsed - 1) ? lastUsed - 1 : lastUsed;
    const full: number[] = [];
    for (let o = end; o >= 0 && full.length < MONTHS_BEFORE_LEAVING && used(o); o--) full.push(o);
    return full;
  }

  /** A month after a customer left: its level in its last full months, moved as the usage of those who stayed moved since. */
  private followStayers({ account, t, full }: { account: number; t: number; full: readonly number[] }): void {
    const { stayers } = this;
    const { shift } = this.layout;
    const before = full.reduce((sum, month) => sum + stayers[month]!, 0) / full.length;
    const factor = before > 0 ? stayers[t + shift]! / before : 1;
    this.makeUp(account, t, (read) => (full.reduce((sum, o) => sum + read(o - shift), 0) / full.length) * factor);
  }

  /** Monthly growth of an account: mean of the later half of its months ÷ mean of the earlier half, within bounds. */
  private ownGrowth(source: number): number {
    const used: number[] = [];
    for (let o = 0; o < this.histories.months; o++) {
      const quantity = requestsAt(this.histories, source, o);
      if (quantity > 0) used.push(quantity);
    }
    if (used.length < 2) return 1;
    const half = Math.floor(used.length / 2);
    const mean = (part: number[]) => part.reduce((sum, quantity) => sum + quantity, 0) / part.length;
    const growth = (mean(used.slice(-half)) / mean(used.slice(0, half))) ** (1 / (used.length - half));
    const held = Math.min(1 + MOST_MONTHLY_GROWTH, Math.max(1 - MOST_MONTHLY_GROWTH, growth));
    if (held !== growth) this.counts.held++;
    return held;
  }

  /** Writes a month from other months of the account: `read` gives one quantity of a month of the simulation. */
  private makeUp(account: number, t: number, value: (read: (month: number) => number) => number): void {
    const { quantities, peakDays, meters, compute, days } = this.population;
    this.counts.imputed++;
    for (let m = 0; m < meters.length; m++) {
      const made = value((month) => quantities[this.at(account, month) + m]!);
      // Whole units, as meters count them; compute seconds may have any digits.
      quantities[this.at(account, t) + m] = m === compute ? made : Math.round(made);
    }
    peakDays[account * days.length + t] = value((month) => peakDays[account * days.length + month]!);
  }

  private tenureAtZero(source: number): number {
    const { histories, layout } = this;
    const given = histories.tenures[source * histories.months + layout.zero]!;
    if (!Number.isNaN(given)) return given;
    const first = firstMonthOf(histories, source);
    if (first > 0) return layout.zero - first;
    this.counts.tenure++;
    return TENURE_MONTHS;
  }
}

/** Requests of an account of the history in an observed month; NaN where nothing was reported. */
export function requestsAt({ quantities, meters, months }: Histories, account: number, month: number): number {
  return quantities[(account * months + month) * meters.length + meters.indexOf('requests')]!;
}

/** The first observed month in which an account used anything; the number of months if there is none. */
export function firstMonthOf(histories: Histories, account: number): number {
  let first = 0;
  while (first < histories.months && !(requestsAt(histories, account, first) > 0)) first++;
  return first;
}

/** The last observed month in which an account used anything; −1 if there is none. */
export function lastMonthOf(histories: Histories, account: number): number {
  let last = histories.months - 1;
  while (last >= 0 && !(requestsAt(histories, account, last) > 0)) last--;
  return last;
}

/**
 * Requests of those who used the service in every observed month, step by step: season and growth, free of arrivals and departures.
 * `cohort`: accounts of the history, by index.
 */
export function* stayersRequests(histories: Histories, cohort: readonly number[]): Steps<Float64Array> {
  const { months } = histories;
  const sums = new Float64Array(months);
  for (const [i, account] of cohort.entries()) {
    if (i % ACCOUNTS_AT_ONCE === 0) yield 0;
    let stays = true;
    for (let o = 0; o < months && stays; o++) stays = requestsAt(histories, account, o) > 0;
    if (!stays) continue;
    for (let o = 0; o < months; o++) sums[o]! += requestsAt(histories, account, o);
  }
  return sums.some((sum) => sum === 0) ? sums.fill(1) : sums;
}
