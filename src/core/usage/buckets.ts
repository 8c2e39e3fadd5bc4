/**
 * Buckets: the smallest parts of time for which a ledger has totals: an hour, or a quarter of one in a zone whose
 * days begin on the half-hour, cut further where a period or a customer's tier begins inside one.
 */
import { assert } from '../assert.ts';
import { HOUR_MS, hasWholeHourOffsets, type Instant } from '../calendar.ts';
import type { Period } from '../period.ts';

export type Buckets = {
  /** Divides a UTC day evenly. */
  readonly widthMs: number;
  /** Ascending; instants inside a bucket at which another one begins. */
  readonly cuts: readonly Instant[];
};

/** Buckets on whose edges the days of all zones and all of `boundaries` lie. */
export function bucketsFor(zones: string | Iterable<string>, boundaries: Iterable<Instant> = []): Buckets {
  const all = typeof zones === 'string' ? [zones] : [...zones];
  const widthMs = all.every(hasWholeHourOffsets) ? HOUR_MS : HOUR_MS / 4;
  const cuts = [...new Set(boundaries)].filter((instant) => instant % widthMs !== 0).sort((a, b) => a - b);
  return { widthMs, cuts };
}

/** The instant at which the bucket begins that `instant` falls in. */
export function bucketStart({ widthMs, cuts }: Buckets, instant: Instant): Instant {
  const start = Math.floor(instant / widthMs) * widthMs;
  return Math.max(start, cuts[cutsUpTo(cuts, instant) - 1] ?? start);
}

/** The instant at which the bucket ends that begins at `start`. */
export function bucketEnd({ widthMs, cuts }: Buckets, start: Instant): Instant {
  const end = (Math.floor(start / widthMs) + 1) * widthMs;
  return Math.min(end, cuts[cutsUpTo(cuts, start)] ?? end);
}

/** From the begin of the first of these buckets to the end of the last; undefined without any. */
export function spanOf(starts: Iterable<Instant>, buckets: Buckets): Period | undefined {
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const start of starts) {
    first = Math.min(first, start);
    last = Math.max(last, start);
  }
  return first > last ? undefined : { start: first, end: bucketEnd(buckets, last) };
}

/** Number of cuts at or before `instant`. */
function cutsUpTo(cuts: readonly Instant[], instant: Instant): number {
  let [low, high] = [0, cuts.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (cuts[middle]! <= instant) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Fails with a Bug if `instant` lies inside a bucket, so that rows on either side of it are in one total. */
export function assertOnEdge(buckets: Buckets, instant: Instant): void {
  assert(bucketStart(buckets, instant) === instant, () => `${instant} lies inside a ledger bucket`);
}
