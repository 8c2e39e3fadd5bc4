/**
 * The stretches of time within which a ledger does not tell rows apart: an hour, or a quarter of one in a zone whose
 * days begin on the half-hour, cut further where a period or a customer's tier begins inside one.
 */
import { assert } from '../assert.ts';
import { HOUR_MS, hasWholeHourOffsets, type Instant } from '../calendar.ts';

export type Buckets = {
  /** Divides a UTC day evenly. */
  readonly widthMs: number;
  /** Ascending; instants inside a bucket at which another one begins. */
  readonly cuts: readonly Instant[];
};

/** Buckets on whose edges the days of `zone` and all of `boundaries` lie. */
export function bucketsFor(zone: string, boundaries: Iterable<Instant> = []): Buckets {
  const widthMs = hasWholeHourOffsets(zone) ? HOUR_MS : HOUR_MS / 4;
  const cuts = [...new Set(boundaries)].filter((instant) => instant % widthMs !== 0).sort((a, b) => a - b);
  return { widthMs, cuts };
}

/** The instant at which the bucket begins that `instant` falls in. */
export function bucketStart({ widthMs, cuts }: Buckets, instant: Instant): Instant {
  let start = Math.floor(instant / widthMs) * widthMs;
  for (const cut of cuts) if (cut > start && cut <= instant) start = cut;
  return start;
}

/** The instant at which the bucket ends that begins at `start`. */
export function bucketEnd({ widthMs, cuts }: Buckets, start: Instant): Instant {
  const end = (Math.floor(start / widthMs) + 1) * widthMs;
  return cuts.find((cut) => cut > start && cut < end) ?? end;
}

/** Stops where rows on either side of `instant` would not be told apart. */
export function assertOnEdge(buckets: Buckets, instant: Instant): void {
  assert(bucketStart(buckets, instant) === instant, () => `${instant} lies inside a ledger bucket`);
}
