import type { Decimal } from '../decimal.ts';
import type { Fraction } from '../fraction.ts';
import type { Period } from '../period.ts';

/**
 * `threshold`: a share of a limit is reached, below or above the whole. `limit`: all of it is used; overage begins, or
 * a hard cap begins to block. `credit_pack_started`, `credit_exhausted`: the first of a grant is drawn, the last of it;
 * at the period's end, where the minimum is charged, if that draws it. `rate_limit`: the first second of a day with
 * more requests than the tier admits. `rate_limit_day`: the requests of
 * such a day above the limit, reported at its end.
 *
 * An entry depends on rows up to its `at` alone: up to the end of that second or hour where `at` is the begin of one.
 * So the entry is the same whatever rows come later. Where all months with rows are billed, a month has entries once a
 * row lies in it or behind it.
 */
export const ENTRY_KINDS = [
  'threshold',
  'limit',
  'credit_pack_started',
  'credit_exhausted',
  'rate_limit_day',
  'rate_limit',
] as const;
export type EntryKind = (typeof ENTRY_KINDS)[number];

/** Precision of `at`: to the nanosecond, or the begin of the second or of the ledger's hour in which it was. */
export type Resolution = 'exact' | 'second' | 'hour';

/** An event in a customer's billing period: a threshold, a limit, a credit or a rate limit was reached. */
export type TimelineEntry = {
  /** Nanoseconds since 1970. */
  readonly at: bigint;
  readonly resolution: Resolution;
  readonly kind: EntryKind;
  readonly customer: string;
  readonly tier: string;
  /** The billing period, and the part of it on that tier. */
  readonly period: Period;
  readonly stretch: Period;
  /** Absent for credits. */
  readonly meter?: string;
  /** Share of the limit that was reached: 0.8, 1. Only of `threshold` and `limit`. */
  readonly threshold?: Decimal;
  /**
   * The day or week of the stretch in which it was reached, where the limit is for one. Only of `threshold` and
   * `limit`.
   */
  readonly window?: Period;
  /**
   * In the stretch or window, up to and including `at` (where `at` is not exact: to the end of that hour); of a credit,
   * the money drawn in the period; of a rate limit, the requests of that second, or of all such seconds of that day.
   */
  readonly used: Decimal;
  /**
   * Included quantity of the stretch or window; for a credit its balance before the period; for a rate limit the
   * requests admitted a second.
   */
  readonly limit: Fraction;
  /** True for a limit without a price: usage beyond it is blocked. */
  readonly isCapped?: boolean;
  readonly forecast: Forecast;
  readonly upgradeUrl?: string;
  /** `more_room`: the tier of the link does not cost less, but has more room. Absent: it is the recommended one. */
  readonly upgradeReason?: 'more_room';
  readonly credit?: { readonly id: string; readonly pack?: string };
  /** Day of a rate limit's entry: `2026-10-19`, in the zone of the tier file. */
  readonly day?: string;
  /** `summed_rows`: rows may add up more than a second, so that the rate may be overstated. Only of rate limits. */
  readonly caveat?: 'summed_rows';
  /** Only of `rate_limit_day`. */
  readonly rate?: RateExcess;
};

/** Requests of a day above a rate limit. */
export type RateExcess = {
  readonly seconds: number;
  /** Seconds among them whose rows may add up more time than a second. */
  readonly unsure: number;
  /** Requests above the limit, over all those seconds. */
  readonly above: Decimal;
};

/** Projection of an entry, if usage goes on as it has since the stretch began. */
export type Forecast = {
  /**
   * At the stretch's end: of the meter (absent for credits), and what it will be charged beyond its included quantity
   * (for credits: all meters).
   */
  readonly projected?: { readonly used?: Decimal; readonly overage: Decimal };
  /** The cheapest tier at the projected usage of all meters, and by how much; absent if none is cheaper. */
  readonly recommend?: { readonly tier: string; readonly saves: Decimal };
  /**
   * Set where the tier would block usage and none that serves all of it is cheaper: the cheapest of those, and how much
   * more it costs.
   */
  readonly unblock?: { readonly tier: string; readonly costs: Decimal };
};

/** An entry by what happened, whatever rows say when: no two entries of a run have the same. */
export type EntryEvent = Pick<
  TimelineEntry,
  'customer' | 'stretch' | 'kind' | 'meter' | 'threshold' | 'window' | 'credit' | 'day'
>;

export function eventKey({ customer, stretch, kind, meter, threshold, window, credit, day }: EntryEvent): string {
  return JSON.stringify([customer, stretch.start, kind, meter, threshold?.toFixed(), window?.start, credit?.id, day]);
}

/** Orders entries by time, customer, stretch, meter, threshold, kind and credit: no two entries of a run are equal. */
export function compareEntries(a: TimelineEntry, b: TimelineEntry): number {
  return (
    compare(a.at, b.at) ||
    compare(a.customer, b.customer) ||
    compare(a.stretch.start, b.stretch.start) ||
    compare(a.meter ?? '', b.meter ?? '') ||
    (a.threshold && b.threshold ? a.threshold.cmp(b.threshold) : 0) ||
    compare(ENTRY_KINDS.indexOf(a.kind), ENTRY_KINDS.indexOf(b.kind)) ||
    compare(a.credit?.id ?? '', b.credit?.id ?? '')
  );
}

function compare<T extends number | string | bigint>(a: T, b: T): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
