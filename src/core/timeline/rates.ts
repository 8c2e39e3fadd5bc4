/**
 * Seconds with more requests than a tier's rate limit admits, by day.
 *
 * Only the seconds of buckets in which more was requested than one second admits have to be looked at, and of those
 * only the ones above the limit are kept. A row counts in the second of its timestamp: rows that sum up more than a
 * second overstate the rate.
 */
import { type CalendarDate, dateAt, daysLater, formatDate, type Instant, startOfDate } from '../calendar.ts';
import type { Meter } from '../catalog/meter.ts';
import { Decimal, ONE, ZERO } from '../decimal.ts';
import type { Period } from '../period.ts';
import type { Stretch } from '../rating/rateStretch.ts';
import { instantOf } from '../timestamp.ts';
import { type Buckets, bucketStart } from '../usage/buckets.ts';
import type { ProbedStep } from '../usage/probe.ts';
import type { RateExcess } from './entry.ts';
import { type Known, knownAt, probedMeters, stepsTogether } from './known.ts';
import type { LedgerQuery } from './ledgerQuery.ts';
import type { StretchView } from './stretchView.ts';

/** The meter that rate limits are about. */
export const RATED_METER = 'requests';
export const SECOND = 1_000_000_000n;
const MINUTE = 60n * SECOND;
const HOUR = 60n * MINUTE;

/** A second with more requests than the limit admits. */
export type RateSecond = {
  /** Its begin, nanoseconds since 1970. */
  readonly at: bigint;
  readonly requests: Decimal;
  /** True if its rows may stand for more time than this second ({@link mayAddUp}). */
  readonly mayAddUp: boolean;
};

/** Requests above the limit on one day of such a time. */
export type RateDay = RateExcess & {
  /** `2026-10-19`, in the zone of the tier file. */
  readonly day: string;
  readonly first: RateSecond;
  /** In all seconds above the limit. */
  readonly requests: Decimal;
  /** The end of the day, or of the time with this limit if that ends on that day. */
  readonly end: Instant;
};

/** Time within a stretch in which one rate limit holds. */
export type RateTime = { readonly period: Period; readonly perSecond: Decimal };

/** The times with a rate limit, in order. Tiers that follow each other with the same limit are one time. */
export function rateTimesOf({ tier, period, parts = [{ tier, period }] }: Pick<Stretch, 'tier' | 'period' | 'parts'>) {
  const times: RateTime[] = [];
  for (const part of parts) {
    const perSecond = part.tier.rateLimit?.perSecond;
    const before = times.at(-1);
    if (!perSecond) continue;
    if (before?.period.end === part.period.start && before.perSecond.eq(perSecond))
      times[times.length - 1] = { perSecond, period: { start: before.period.start, end: part.period.end } };
    else times.push({ perSecond, period: part.period });
  }
  return times;
}

/** The days of one time with a rate limit, from its seconds above the limit: in any order, each of them once. */
export class RateDays {
  private readonly limit: { readonly perSecond: Decimal; readonly time: Period; readonly timezone: string };
  private readonly byDay = new Map<string, RateDay>();

  /** `time` is that in which the limit holds. */
  constructor(limit: { perSecond: Decimal; time: Period; timezone: string }) {
    this.limit = limit;
  }

  add(second: RateSecond): void {
    const { perSecond, time } = this.limit;
    const date = dateAt(instantIn(second.at, time.start), this.limit.timezone);
    const day = formatDate(date);
    const known = this.byDay.get(day);
    this.byDay.set(day, {
      day,
      end: known?.end ?? this.endOf(date),
      first: !known || second.at < known.first.at ? second : known.first,
      seconds: (known?.seconds ?? 0) + 1,
      unsure: (known?.unsure ?? 0) + (second.mayAddUp ? 1 : 0),
      requests: (known?.requests ?? ZERO).plus(second.requests),
      above: (known?.above ?? ZERO).plus(second.requests).minus(perSecond),
    });
  }

  private endOf(date: CalendarDate): Instant {
    return Math.min(this.limit.time.end, startOfDate(daysLater(date, 1), this.limit.timezone));
  }

  /** In time order. */
  days(): RateDay[] {
    return [...this.byDay.values()].sort((a, b) => (a.first.at < b.first.at ? -1 : 1));
  }
}

/**
 * True if the rows of a second may add up more time than it, so that its rate may be overstated. Telemetry has no
 * column for the time that a row covers; two signs are taken for it. A single row stands for more requests than a
 * second admits. Or all of the second's rows carry the time of a whole minute, and so do the customer's rows before it,
 * back to the begin of the hour: that is what exports by the minute or the hour look like.
 */
export function mayAddUp({ at, usage, previous }: ProbedStep, perSecond: Decimal): boolean {
  const { largest, latest } = usage.get(RATED_METER)!;
  if (largest!.gt(Decimal.max(perSecond, ONE))) return true;
  const isOnMinute = (instant: bigint) => instant % MINUTE === 0n;
  return isOnMinute(at) && latest === at && (previous === undefined || isOnMinute(previous));
}

/**
 * An instant of a second in a stretch of time. Of a second that a change of tier cuts in two, either has its own part.
 */
export function instantIn(second: bigint, start: Instant): Instant {
  return Math.max(start, instantOf(second));
}

/**
 * Asks for the seconds above the limit in each bucket that may hold some. Buckets are found by halving the time, so
 * that what is quiet is left out early.
 */
export function* rateQueries(
  view: StretchView,
  perSecond: Decimal,
  days: RateDays,
  within: Period,
): Generator<LedgerQuery> {
  const [before, after] = [within.start, within.end].map((edge) => view.usageBefore(edge).get(RATED_METER)!);
  if (after!.quantity.minus(before!.quantity).lte(perSecond)) return;
  const bucket = view.bucketAt(within.start);
  if (bucket.end < within.end) {
    const middle = view.bucketAt(Math.floor((within.start + within.end) / 2));
    const edge = middle.start > within.start ? middle.start : middle.end;
    yield* rateQueries(view, perSecond, days, { start: within.start, end: edge });
    yield* rateQueries(view, perSecond, days, { start: edge, end: within.end });
    return;
  }
  const [from, to] = [BigInt(bucket.start) * 1_000_000n, BigInt(bucket.end) * 1_000_000n];
  const meters = [RATED_METER];
  yield {
    probe: {
      customer: view.customer,
      meters,
      byDimension: false,
      byRow: true,
      from,
      to,
      step: SECOND,
      above: perSecond,
    },
    cost: Math.max(1, Math.min(after!.events - before!.events, Number((to - from) / SECOND) + 2)),
    answer: (steps) => {
      for (const step of steps) {
        const requests = step.usage.get(RATED_METER)!.quantity;
        days.add({ at: step.at, requests, mayAddUp: mayAddUp(step, perSecond) });
      }
      return undefined;
    },
  };
}

/** The end of a second, or of the time with a rate limit if that ends within it; and the bucket's edge before that. */
export function endOfSecond(second: bigint, time: Period, buckets: Buckets): { at: bigint; edge: Instant } {
  const timeEnd = BigInt(time.end) * 1_000_000n;
  const at = second + SECOND < timeEnd ? second + SECOND : timeEnd;
  return { at, edge: Math.max(time.start, bucketStart(buckets, instantOf(at - 1n))) };
}

/** Asks what was used of all meters up to the end of a second, as {@link endOfSecond} has it. */
export function knownAfterSecond(
  view: StretchView,
  { at, edge }: { readonly at: bigint; readonly edge: Instant },
  { meters, settle }: { readonly meters: ReadonlyMap<string, Meter>; readonly settle: (known: Known) => void },
): LedgerQuery {
  const probed = {
    meters: probedMeters(meters),
    byDimension: true,
    byRow: false,
    from: BigInt(edge) * 1_000_000n,
    to: at,
    step: HOUR,
  };
  return {
    probe: { customer: view.customer, ...probed },
    cost: meters.size,
    answer: (steps) => {
      settle(knownAt(view, { edge, at, found: stepsTogether(steps, meters) }, meters));
      return undefined;
    },
  };
}
