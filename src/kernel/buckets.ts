/** Which bucket of time each row belongs to, and how many rows are in one. */
import { OUT_OF_PERIOD } from './contract';
import { locateBucket } from './host';
import { allocate } from './memory';

/** Buckets that are found by their place in time: seven years of hours. */
const WHOLE_BUCKETS: i32 = 1 << 16;

/** The stretch of time that the last row's bucket, or what lies outside the period, covers. */
let currentFrom: f64 = 0;
let currentUntil: f64 = 0;
let current: i32 = OUT_OF_PERIOD;
/** Bucket + 1 by its place in time, for those that no cut or end of the period makes shorter. */
let wholeBuckets: usize = 0;
let wholeFrom: f64 = 0;
let width: f64 = 1;

let rated: f64 = 0;
let outOfPeriod: f64 = 0;

/** `widthMs`: of a usual bucket, in milliseconds. */
export function initBuckets(widthMs: f64): void {
  width = widthMs;
}

export function ratedRows(): f64 {
  return rated;
}

export function rowsOutOfPeriod(): f64 {
  return outOfPeriod;
}

/** Counts rows in buckets, and outside the period. */
export function countRows(inside: i32, outside: i32): void {
  rated += inside;
  outOfPeriod += outside;
}

/** Counts the rows of a batch that are not slow, by their instants, and does no more with them. */
export function countWithin(at: usize, slow: usize, rows: i32): void {
  let inside = 0;
  let outside = 0;
  for (let row = 0; row < rows; row++) {
    if (load<u8>(slow + row) !== 0) continue;
    if (bucketOf(load<f64>(at + (row << 3))) < 0) outside++;
    else inside++;
  }
  countRows(inside, outside);
}

/** Makes a bucket the current one for the instants from `from` to `until`; −1: they are outside the period. */
export function setCurrentBucket(bucket: i32, from: f64, until: f64): void {
  current = bucket;
  currentFrom = from;
  currentUntil = until;
}

export function isCurrent(ms: f64): bool {
  return ms >= currentFrom && ms < currentUntil;
}

/** Lets a bucket that is as wide as usual be found by its place in time, unless that is far from all others. */
export function noteWholeBucket(place: f64, bucket: i32): void {
  if (wholeBuckets === 0) {
    wholeBuckets = allocate(WHOLE_BUCKETS * 4);
    wholeFrom = place - f64(WHOLE_BUCKETS / 2);
  }
  const at = place - wholeFrom;
  if (at >= 0 && at < f64(WHOLE_BUCKETS)) store<i32>(wholeBuckets + (u32(at) << 2), bucket + 1);
}

/** The bucket of an instant, which becomes the current one; −1 outside the period. */
export function bucketOf(ms: f64): i32 {
  if (!isCurrent(ms)) locate(ms);
  return current;
}

function locate(ms: f64): void {
  if (wholeBuckets !== 0) {
    const place = Math.floor(ms / width) - wholeFrom;
    if (place >= 0 && place < f64(WHOLE_BUCKETS)) {
      const whole = load<i32>(wholeBuckets + (u32(place) << 2)) - 1;
      if (whole >= 0) {
        current = whole;
        currentFrom = (place + wholeFrom) * width;
        currentUntil = currentFrom + width;
        return;
      }
    }
  }
  locateBucket(ms);
}
