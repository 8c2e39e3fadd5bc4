/**
 * The ledger that rows are added to: one record of fixed size for each series and bucket in use, in slabs. Finding a record
 * is a small hash table for each bucket, so rows near each other in time find theirs in the processor's cache.
 * How a record lies in memory is in contract.ts.
 */
import { bucketOf, countRows, initBuckets } from './buckets';
import {
  BATCH_ROWS,
  BUCKET_AFTER_SERIES,
  bytesOfRecord,
  COUNTS_AFTER_SERIES,
  FIRST_MS_AT,
  FIRST_NS_AT,
  HIGH_UNIT,
  highsAt as highsAfter,
  INSTANTS_BYTES,
  instantsAt,
  LAST_MS_AT,
  LAST_NS_AT,
  LIMB,
  OUT_OF_PERIOD,
  SLAB_RECORDS,
  seriesAt as seriesAfter,
} from './contract';
import { carry, overflowCount } from './host';
import { allocate, enlarge, release } from './memory';

const FIRST_SLOTS: u32 = 16;
const FIRST_BUCKETS: u32 = 1 << 10;
const FIRST_SLABS: u32 = 1 << 8;

let meters: i32 = 0;
let recordBytes: u32 = 0;
let seriesAt: u32 = 0;
let rowsAt: u32 = 0;
let highsAt: u32 = 0;
let tracesAt: u32 = 0;
let isTraced: bool = false;

let records: u32 = 0;
let slabs: usize = 0;
let slabsHeld: u32 = 0;
let slabCount: u32 = 0;
let slabEnd: usize = 0;
let nextRecord: usize = 0;
let largestSeries: u32 = 0;

/** The hash table of each bucket: its address, its slots, the records in it. A slot holds a record's address, 0 is free. */
let buckets: usize = 0;
const BUCKET_BYTES: u32 = 12;
let bucketCount: u32 = 0;
let bucketsHeld: u32 = 0;

/** For each row of a batch its bucket, −1 for rows that do not count, and the address of its record, 0 for rows that do not count. */
const bucketsOfRows: usize = allocate(BATCH_ROWS * 4);
const places: usize = allocate(BATCH_ROWS * 4);

/** `widthMs`: of a usual bucket, in milliseconds. */
export function initLedger(meterCount: i32, traced: bool, widthMs: f64): void {
  meters = meterCount;
  isTraced = traced;
  initBuckets(widthMs);
  shapeRecords(false);
  slabsHeld = FIRST_SLABS;
  slabs = allocate(slabsHeld * 4);
  bucketsHeld = FIRST_BUCKETS;
  buckets = allocate(bucketsHeld * BUCKET_BYTES);
}

function shapeRecords(isWide: bool): void {
  highsAt = highsAfter(meters);
  tracesAt = instantsAt(meters, isWide);
  seriesAt = seriesAfter(meters, isWide, isTraced);
  rowsAt = seriesAt + COUNTS_AFTER_SERIES;
  recordBytes = bytesOfRecord(meters, isWide, isTraced);
}

/** Gives records room for the high parts of quantities. There must be no records. */
export function widenRecords(): void {
  shapeRecords(true);
}

export function recordCount(): u32 {
  return records;
}

/** Addresses of the slabs, one after another. */
export function slabAddresses(): usize {
  return slabs;
}

/** A new bucket, whose table is as large as that of the one before unless that is mostly empty, so that it seldom grows. */
export function addBucket(): i32 {
  if (bucketCount === bucketsHeld) {
    buckets = enlarge(buckets, bucketsHeld * BUCKET_BYTES, bucketsHeld * BUCKET_BYTES * 2);
    bucketsHeld *= 2;
  }
  const bucket = bucketAt(bucketCount);
  let slots = FIRST_SLOTS;
  if (bucketCount > 0) {
    const before = bucketAt(bucketCount - 1);
    slots = load<u32>(before, 4);
    if (slots > FIRST_SLOTS && load<u32>(before, 8) * 4 < slots) slots >>= 1;
  }
  store<usize>(bucket, allocate(slots * 4));
  store<u32>(bucket, slots, 4);
  return bucketCount++;
}

function bucketAt(bucket: u32): usize {
  return buckets + bucket * BUCKET_BYTES;
}

/** Stops the debug build unless a record begins at an address, and there is such a meter. */
export function assertRecord(record: usize, meter: i32): void {
  if (!ASC_NO_ASSERT) {
    assert(meter >= 0 && meter < meters, 'no such meter');
    assert(isRecord(record), 'no record');
  }
}

function isRecord(record: usize): bool {
  for (let i: u32 = 0; i < slabCount; i++) {
    const at = record - usize(load<u32>(slabs + (i << 2)));
    if (at < SLAB_RECORDS * recordBytes) return at % recordBytes === 0;
  }
  return false;
}

/** Finds the record of each row of a batch that counts, and counts the row. */
export function findRecords(at: usize, slow: usize, series: usize, rows: i32): void {
  guessRecords(at, slow, series, rows);
  for (let row = 0; row < rows; row++) {
    const bucket = load<i32>(bucketsOfRows + (row << 2));
    if (bucket < 0) continue;
    const own = load<u32>(series + (row << 2));
    let record = usize(load<u32>(places + (row << 2)));
    if (record === 0 || load<u32>(record + seriesAt) !== own) {
      record = findRecord(bucket, own);
      store<u32>(places + (row << 2), u32(record));
    }
    assertRecord(record, 0);
    const count = load<u16>(record + rowsAt) + 1;
    store<u16>(record + rowsAt, count);
    if (count === 0) overflowCount(record, 0);
  }
}

/** Address of the first and last instant of a meter in a record. */
export function instantsOf(record: usize, meter: i32): usize {
  return record + tracesAt + meter * INSTANTS_BYTES;
}

/** Address of the array of each row's record that {@link findRecords} writes; 0 for rows that do not count. */
export function recordsOfRows(): usize {
  return places;
}

/**
 * Writes each row's bucket, and where its record should be: the first slot of its series. Nothing here waits for a record,
 * so that for rows in no order, which miss the processor's cache at every stride, the misses overlap.
 */
function guessRecords(at: usize, slow: usize, series: usize, rows: i32): void {
  let rated = 0;
  let outside = 0;
  let known = OUT_OF_PERIOD;
  let table: usize = 0;
  let mask: u32 = 0;
  for (let row = 0; row < rows; row++) {
    let bucket = OUT_OF_PERIOD;
    let record: u32 = 0;
    if (load<u8>(slow + row) === 0) {
      bucket = bucketOf(load<f64>(at + (row << 3)));
      if (bucket < 0) outside++;
      else {
        rated++;
        if (bucket !== known) {
          known = bucket;
          const found = bucketAt(bucket);
          table = load<usize>(found);
          mask = load<u32>(found, 4) - 1;
        }
        record = load<u32>(table + ((load<u32>(series + (row << 2)) & mask) << 2));
      }
    }
    store<i32>(bucketsOfRows + (row << 2), bucket);
    store<u32>(places + (row << 2), record);
  }
  countRows(rated, outside);
}

/** The record of a series in a bucket, a new one if there is none. */
export function findRecord(bucket: u32, series: u32): usize {
  assert(bucket < bucketCount);
  const found = bucketAt(bucket);
  // As long as every series has a slot of its own, all may be taken; the first that has none needs a free one.
  if (series >= load<u32>(found, 4) && isCrowded(found)) grow(found);
  const table = load<usize>(found);
  const mask = load<u32>(found, 4) - 1;
  let slot = series & mask;
  while (true) {
    const record = usize(load<u32>(table + (slot << 2)));
    if (record === 0) break;
    if (load<u32>(record + seriesAt) === series) return record;
    slot = (slot + 1) & mask;
  }
  largestSeries = max(largestSeries, series);
  const record = addRecord(bucket, series);
  store<u32>(table + (slot << 2), u32(record));
  store<u32>(found, load<u32>(found, 8) + 1, 8);
  if (largestSeries > mask && isCrowded(found)) grow(found);
  return record;
}

function isCrowded(bucket: usize): bool {
  return load<u32>(bucket, 8) * 3 > load<u32>(bucket, 4) * 2;
}

function addRecord(bucket: u32, series: u32): usize {
  if (nextRecord === slabEnd) addSlab();
  const record = nextRecord;
  nextRecord += recordBytes;
  records++;
  store<u32>(record + seriesAt, series);
  store<u32>(record + seriesAt, bucket, BUCKET_AFTER_SERIES);
  // Instants of a record without events are NaN, which no instant is before or after.
  if (isTraced) for (let i = 0; i < meters * 4; i++) store<f64>(record + tracesAt + (i << 3), NaN);
  return record;
}

function addSlab(): void {
  if (slabCount === slabsHeld) {
    slabs = enlarge(slabs, slabsHeld * 4, slabsHeld * 8);
    slabsHeld *= 2;
  }
  nextRecord = allocate(SLAB_RECORDS * recordBytes);
  slabEnd = nextRecord + SLAB_RECORDS * recordBytes;
  store<u32>(slabs + (slabCount << 2), u32(nextRecord));
  slabCount++;
}

function grow(bucket: usize): void {
  const table = load<usize>(bucket);
  const slots = load<u32>(bucket, 4);
  // A table with a slot of its own for every series is the fastest, so it gets that as soon as it is well used.
  const direct: u32 = largestSeries === 0 ? 1 : u32(1) << (32 - clz(largestSeries));
  const size = direct <= slots * 8 ? max(direct, slots * 2) : slots * 2;
  const larger = allocate(size * 4);
  const mask = size - 1;
  for (let i: u32 = 0; i < slots; i++) {
    const record = load<u32>(table + (i << 2));
    if (record === 0) continue;
    let slot = load<u32>(record + seriesAt) & mask;
    while (load<u32>(larger + (slot << 2)) !== 0) slot = (slot + 1) & mask;
    store<u32>(larger + (slot << 2), record);
  }
  release(table, slots * 4);
  store<usize>(bucket, larger);
  store<u32>(bucket, size, 4);
}

/** Forgets all records and gives back what they took; buckets keep their numbers. */
export function clearLedger(): void {
  for (let i: u32 = 0; i < slabCount; i++) release(load<u32>(slabs + (i << 2)), SLAB_RECORDS * recordBytes);
  for (let i: u32 = 0; i < bucketCount; i++) {
    const bucket = bucketAt(i);
    release(load<usize>(bucket), load<u32>(bucket, 4) * 4);
    store<usize>(bucket, allocate(FIRST_SLOTS * 4));
    store<u32>(bucket, FIRST_SLOTS, 4);
    store<u32>(bucket, 0, 8);
  }
  records = 0;
  slabCount = 0;
  slabEnd = 0;
  nextRecord = 0;
}

/** Adds a meter's quantities, in units of its scale, to the records of the rows that were placed last. */
export function addQuantities(quantities: usize, meter: i32, rows: i32): void {
  const countAt = rowsAt + 2 + meter * 2;
  for (let row = 0; row < rows; row++) {
    const record = usize(load<u32>(places + (row << 2)));
    const quantity = load<f64>(quantities + (row << 3));
    if (record === 0 || quantity === 0) continue;
    assertRecord(record, meter);
    assert(quantity > 0 && quantity < LIMB);
    const place = record + (meter << 3);
    let sum = load<f64>(place) + quantity;
    if (sum >= LIMB) {
      carry(record, meter, sum, 1);
      sum = 0;
    }
    store<f64>(place, sum);
    const count = load<u16>(record + countAt) + 1;
    store<u16>(record + countAt, count);
    if (count === 0) overflowCount(record, 1 + meter);
  }
}

/** Raises a meter's quantities in the records of the rows that were found last, if those of the rows are larger. */
export function raiseQuantities(quantities: usize, meter: i32, rows: i32): void {
  for (let row = 0; row < rows; row++) {
    const record = usize(load<u32>(places + (row << 2)));
    const quantity = load<f64>(quantities + (row << 3));
    if (record === 0 || quantity === 0) continue;
    assertRecord(record, meter);
    assert(quantity > 0 && quantity < LIMB);
    const place = record + (meter << 3);
    if (quantity > load<f64>(place)) store<f64>(place, quantity);
    countOne(record, 1 + meter);
  }
}

/** Adds quantities of two parts (see quantities.ts) to the records of the rows that were placed last. */
export function addWideQuantities(lows: usize, highs: usize, meter: i32, rows: i32): void {
  for (let row = 0; row < rows; row++) {
    const record = usize(load<u32>(places + (row << 2)));
    const low = load<f64>(lows + (row << 3));
    let high = load<f64>(highs + (row << 3));
    if (record === 0 || (low === 0 && high === 0)) continue;
    assertRecord(record, meter);
    assert(low >= 0 && low < HIGH_UNIT && high >= 0);
    const place = record + (meter << 3);
    let sum = load<f64>(place) + low;
    if (sum >= HIGH_UNIT) {
      sum -= HIGH_UNIT;
      high += 1;
    }
    store<f64>(place, sum);
    high += load<f64>(place + highsAt);
    if (high >= LIMB) {
      carry(record, meter, high, HIGH_UNIT);
      high = 0;
    }
    store<f64>(place + highsAt, high);
    countOne(record, 1 + meter);
  }
}

/** Raises wide quantities in the records of the rows that were found last, if those of the rows are larger. */
export function raiseWideQuantities(lows: usize, highs: usize, meter: i32, rows: i32): void {
  for (let row = 0; row < rows; row++) {
    const record = usize(load<u32>(places + (row << 2)));
    const low = load<f64>(lows + (row << 3));
    const high = load<f64>(highs + (row << 3));
    if (record === 0 || (low === 0 && high === 0)) continue;
    assertRecord(record, meter);
    assert(low >= 0 && low < HIGH_UNIT && high >= 0);
    const place = record + (meter << 3);
    const knownHigh = load<f64>(place + highsAt);
    if (high > knownHigh || (high === knownHigh && low > load<f64>(place))) {
      store<f64>(place, low);
      store<f64>(place + highsAt, high);
    }
    countOne(record, 1 + meter);
  }
}

/** Counts one row, or one event of a meter (1 + its place). */
export function countOne(record: usize, which: i32): void {
  assertRecord(record, which === 0 ? 0 : which - 1);
  const place = record + rowsAt + which * 2;
  const count = load<u16>(place) + 1;
  store<u16>(place, count);
  if (count === 0) overflowCount(record, which);
}

/** Lets the traces of a meter reach to the instants of the rows that were placed last. `highs`: 0 if no quantity has a high part. */
export function traceQuantities(
  quantities: usize,
  highs: usize,
  meter: i32,
  at: usize,
  nanoseconds: usize,
  rows: i32,
): void {
  for (let row = 0; row < rows; row++) {
    const record = usize(load<u32>(places + (row << 2)));
    if (record === 0) continue;
    if (load<f64>(quantities + (row << 3)) === 0 && (highs === 0 || load<f64>(highs + (row << 3)) === 0)) continue;
    traceOne(record, meter, load<f64>(at + (row << 3)), load<u32>(nanoseconds + (row << 2)));
  }
}

export function traceOne(record: usize, meter: i32, ms: f64, nanoseconds: u32): void {
  assertRecord(record, meter);
  assert(isTraced && nanoseconds < 1_000_000);
  const trace = instantsOf(record, meter);
  const ns = f64(nanoseconds);
  const firstMs = load<f64>(trace, FIRST_MS_AT);
  if (!(firstMs <= ms) || (firstMs === ms && ns < load<f64>(trace, FIRST_NS_AT))) {
    store<f64>(trace, ms, FIRST_MS_AT);
    store<f64>(trace, ns, FIRST_NS_AT);
  }
  const lastMs = load<f64>(trace, LAST_MS_AT);
  if (!(lastMs >= ms) || (lastMs === ms && ns > load<f64>(trace, LAST_NS_AT))) {
    store<f64>(trace, ms, LAST_MS_AT);
    store<f64>(trace, ns, LAST_NS_AT);
  }
}
