/**
 * Seconds with more requests than a tier's rate limit admits, by day.
 *
 * Only the seconds of buckets in which more was requested than one second admits have to be looked at, and of those only
 * the ones above the limit are kept. A row counts in the second of its timestamp: rows that sum up more than a second
 * overstate the rate.
 */
import { dateAt, formatDate, type Instant } from '../calendar.ts';
import { type Decimal, ZERO } from '../decimal.ts';
import type { Period } from '../period.ts';
import type { Stretch } from '../rating/rateStretch.ts';
import { instantOf } from '../timestamp.ts';
import type { RateExcess } from './entry.ts';
import type { Question } from './question.ts';
import type { StretchView } from './stretchView.ts';

/** The meter that rate limits are about. */
export const RATED_METER = 'requests';
export const SECOND = 1_000_000_000n;

/** What was above the limit on one day of such a time. */
export type RateDay = RateExcess & {
  /** The first such second, nanoseconds since 1970, and the requests in it. */
  readonly first: bigint;
  readonly used: Decimal;
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
  private readonly limit: { readonly perSecond: Decimal; readonly start: Instant; readonly timezone: string };
  private readonly byDay = new Map<string, RateDay>();

  /** `start` is that of the time with this limit. */
  constructor(limit: { perSecond: Decimal; start: Instant; timezone: string }) {
    this.limit = limit;
  }

  add(second: bigint, requests: Decimal): void {
    const { perSecond, timezone } = this.limit;
    const day = formatDate(dateAt(instantIn(second, this.limit.start), timezone));
    const known = this.byDay.get(day);
    const isFirst = !known || second < known.first;
    this.byDay.set(day, {
      day,
      first: isFirst ? second : known.first,
      used: isFirst ? requests : known.used,
      seconds: (known?.seconds ?? 0) + 1,
      above: (known?.above ?? ZERO).plus(requests).minus(perSecond),
    });
  }

  /** In time order. */
  days(): RateDay[] {
    return [...this.byDay.values()].sort((a, b) => (a.first < b.first ? -1 : 1));
  }
}

/** An instant of a second in a stretch of time. Of a second that a change of tier cuts in two, either has its own part. */
export function instantIn(second: bigint, start: Instant): Instant {
  return Math.max(start, instantOf(second));
}

/**
 * Asks for the seconds above the limit in each bucket that may hold some. Buckets are found by halving the time, so that
 * what is quiet is left out early.
 */
export function* rateQuestions(
  view: StretchView,
  perSecond: Decimal,
  days: RateDays,
  within: Period,
): Generator<Question> {
  const [before, after] = [within.start, within.end].map((edge) => view.usageBefore(edge).get(RATED_METER)!);
  if (after!.quantity.minus(before!.quantity).lte(perSecond)) return;
  const bucket = view.bucketAt(within.start);
  if (bucket.end < within.end) {
    const middle = view.bucketAt(Math.floor((within.start + within.end) / 2));
    const edge = middle.start > within.start ? middle.start : middle.end;
    yield* rateQuestions(view, perSecond, days, { start: within.start, end: edge });
    yield* rateQuestions(view, perSecond, days, { start: edge, end: within.end });
    return;
  }
  const [from, to] = [BigInt(bucket.start) * 1_000_000n, BigInt(bucket.end) * 1_000_000n];
  yield {
    watch: { customer: view.customer, meter: RATED_METER, from, to, step: SECOND, above: perSecond },
    cost: Math.max(1, Math.min(after!.events - before!.events, Number((to - from) / SECOND) + 2)),
    answer: (steps) => {
      for (const { at, quantity } of steps) days.add(at, quantity);
      return undefined;
    },
  };
}
