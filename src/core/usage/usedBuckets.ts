/** The buckets of a ledger that have rows, numbered in the order in which their first rows come. */
import type { Instant } from '../calendar.ts';
import { type Buckets, bucketEnd, bucketStart } from './buckets.ts';

/** `end`: exclusive. `rows`: undefined for a bucket that has nothing but parts of rows. */
type UsedBucket = { readonly start: Instant; readonly end: Instant; readonly number: number; rows: number | undefined };

export class UsedBuckets {
  private readonly buckets: Buckets;
  private readonly byStart = new Map<Instant, UsedBucket>();
  /** The begin of each bucket, by its number. */
  readonly starts: Instant[] = [];
  /** The bucket that was asked for last: rows come in the order of time, mostly. */
  private latest: UsedBucket | undefined;
  private counted: ReadonlyMap<Instant, number> | undefined;

  constructor(buckets: Buckets) {
    this.buckets = buckets;
  }

  /** The number of the bucket in which an instant is. */
  at(ms: Instant): number {
    return this.bucketAt(ms).number;
  }

  /** Counts rows, 0 or more, that are rows by themselves. */
  addRows(ms: Instant, rows: number): void {
    const bucket = this.bucketAt(ms);
    bucket.rows = (bucket.rows ?? 0) + rows;
    this.counted = undefined;
  }

  /** Rows by the begin of their bucket. */
  get rows(): ReadonlyMap<Instant, number> {
    this.counted ??= new Map(
      [...this.byStart.values()].flatMap(({ start, rows }) => (rows === undefined ? [] : [[start, rows]])),
    );
    return this.counted;
  }

  private bucketAt(ms: Instant): UsedBucket {
    const { latest } = this;
    if (latest && latest.start <= ms && ms < latest.end) return latest;
    const start = bucketStart(this.buckets, ms);
    const known = this.byStart.get(start);
    if (known) {
      this.latest = known;
      return known;
    }
    const number = this.starts.push(start) - 1;
    const bucket = { start, end: bucketEnd(this.buckets, start), number, rows: undefined };
    this.byStart.set(start, bucket);
    this.latest = bucket;
    return bucket;
  }
}
