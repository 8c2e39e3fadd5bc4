/**
 * Seconds with more requests than a tier's rate limit admits, by day.
 *
 * Only the seconds of buckets in which more was requested than one second admits have to be looked at, and of those only
 * the ones above the limit are kept. A row counts in the second of its timestamp: rows that sum up more than a second
 * overstate the rate.
 */
import { dateAt, formatDate, type Instant } from '../calendar.ts';
import type { Decimal } from '../decimal.ts';
import { ZERO } from '../decimal.ts';
import type { Period } from '../period.ts';
import type { WatchedStep } from '../usage/watch.ts';
import type { RateExcess } from './entry.ts';
import type { Question } from './question.ts';
import type { StretchView } from './stretchView.ts';

/** The meter that rate limits are about. */
export const RATED_METER = 'requests';
export const SECOND = 1_000_000_000n;

/** What was above the limit on one day of a stretch. */
export type RateDay = {
  readonly view: StretchView;
  readonly excess: RateExcess;
  /** The first such second, nanoseconds since 1970, and the requests in it. */
  readonly first: bigint;
  readonly used: Decimal;
};

/** Collects the seconds above the limit of one stretch. */
export class RateWatch {
  readonly view: StretchView;
  readonly perSecond: Decimal;
  private readonly timezone: string;
  private readonly byDay = new Map<string, RateDay>();

  constructor(view: StretchView, perSecond: Decimal, timezone: string) {
    this.view = view;
    this.perSecond = perSecond;
    this.timezone = timezone;
  }

  /** For each bucket that may hold seconds above the limit, found by halving the time: what is quiet is left out early. */
  *questions(within: Period = this.view.stretch.period): Generator<Question> {
    const [before, after] = [within.start, within.end].map((edge) => this.view.usageBefore(edge).get(RATED_METER)!);
    if (after!.quantity.minus(before!.quantity).lte(this.perSecond)) return;
    const bucket = this.view.bucketAt(within.start);
    if (bucket.end < within.end) {
      const middle = this.view.bucketAt(Math.floor((within.start + within.end) / 2));
      const edge = middle.start > within.start ? middle.start : middle.end;
      yield* this.questions({ start: within.start, end: edge });
      yield* this.questions({ start: edge, end: within.end });
      return;
    }
    const [from, to] = [BigInt(bucket.start) * 1_000_000n, BigInt(bucket.end) * 1_000_000n];
    const seconds = Number((to - from) / SECOND) + 2;
    yield {
      watch: { customer: this.view.customer, meter: RATED_METER, from, to, step: SECOND, above: this.perSecond },
      cost: Math.max(1, Math.min(after!.events - before!.events, seconds)),
      answer: (steps) => {
        for (const step of steps) this.add(step);
        return undefined;
      },
    };
  }

  /** A second above the limit; seconds may come in any order, but each only once. */
  add({ at, quantity }: Pick<WatchedStep, 'at' | 'quantity'>): void {
    // A second that a tier change cuts in two belongs, with the part of its rows, to either tier's stretch.
    const { start } = this.view.stretch.period;
    const instant = Math.max(start, Number(at / 1_000_000n));
    const day = formatDate(dateAt(instant, this.timezone));
    const known = this.byDay.get(day);
    const isFirst = !known || at < known.first;
    this.byDay.set(day, {
      view: this.view,
      first: isFirst ? at : known.first,
      used: isFirst ? quantity : known.used,
      excess: {
        day,
        seconds: (known?.excess.seconds ?? 0) + 1,
        above: (known?.excess.above ?? ZERO).plus(quantity).minus(this.perSecond),
      },
    });
  }

  /** In time order. */
  days(): RateDay[] {
    return [...this.byDay.values()].sort((a, b) => (a.first < b.first ? -1 : 1));
  }
}

/** The bucket in which a second lies. */
export function bucketOfSecond(view: StretchView, second: bigint): Period {
  const instant: Instant = Math.max(view.stretch.period.start, Number(second / 1_000_000n));
  return view.bucketAt(instant);
}
