/**
 * The ledger that rows are added to: one record of fixed size for each series (customer × values of the kept dimensions)
 * and bucket in use, in slabs that never move. Finding a record is a small hash table for each bucket, so rows near each
 * other in time find theirs in the processor's cache.
 */
import type { Aggregation } from '../../core/catalog/meter.ts';
import { contains, type Period } from '../../core/period.ts';
import { type Buckets, bucketEnd, bucketStart } from '../../core/usage/buckets.ts';
import { BATCH_ROWS, type Batch } from './batch.ts';
import { grownTo } from './interner.ts';
import { exactUnit, LIMB, POWERS_OF_TEN } from './quantities.ts';

export const SLAB_SHIFT = 15;
const SLAB_RECORDS = 1 << SLAB_SHIFT;
export const SLAB_MASK: number = SLAB_RECORDS - 1;

export type RecordShape = {
  readonly aggregations: readonly Aggregation[];
  readonly trace: boolean;
};

/**
 * A record: for each meter a quantity (8 bytes); if traced, for each meter first and last instant as milliseconds and
 * nanoseconds (32 bytes); series and bucket (4 bytes each); number of rows, and for each meter of those that are not 0
 * (2 bytes each, the overflow elsewhere).
 */
export class RecordLayout {
  /** In units of 8, 4 and 2 bytes. */
  readonly words: number;
  readonly quarters: number;
  readonly halves: number;
  readonly traceAt: number;
  readonly seriesAt: number;
  readonly rowsAt: number;

  constructor({ aggregations, trace }: RecordShape) {
    const meters = aggregations.length;
    this.traceAt = meters;
    const doubles = meters * (trace ? 5 : 1);
    this.seriesAt = doubles * 2;
    this.rowsAt = doubles * 4 + 4;
    this.words = doubles + 1 + Math.ceil((meters + 1) / 4);
    this.quarters = this.words * 2;
    this.halves = this.words * 4;
  }
}

/** What a ledger holds, in a form that can be handed to another thread. */
export type LedgerPart = {
  readonly records: number;
  readonly slabs: readonly ArrayBuffer[];
  /** Fraction digits of each meter's quantities. */
  readonly scales: readonly number[];
  readonly bucketStarts: readonly number[];
  /** By record × meters + meter: what did not fit into the double, see quantities.ts. For `max` the largest of those. */
  readonly exact: ReadonlyMap<number, bigint>;
  /** By record × (meters + 1) + place: multiples of 65 536 that the counts overflowed by. */
  readonly countOverflow: ReadonlyMap<number, number>;
};

const NO_TABLE = new Int32Array(0);
const NO_DOUBLES = new Float64Array(0);
const NO_COUNTS = new Uint16Array(0);
const OUT_OF_PERIOD = -1;
/** Buckets that are found by their place in time: seven years of hours. */
const WHOLE_BUCKETS = 1 << 16;

export class SlabLedger {
  /** Fraction digits of each meter's quantities. */
  readonly scales: number[];
  outOfPeriod = 0;
  rated = 0;

  private readonly shape: RecordShape;
  private readonly layout: RecordLayout;
  private readonly buckets: Buckets;
  private readonly period: Period | undefined;

  private records = 0;
  private largestSeries = 0;
  private readonly slabs: ArrayBuffer[] = [];
  private readonly doubles: Float64Array[] = [];
  private readonly numbers: Int32Array[] = [];
  private readonly counts: Uint16Array[] = [];

  private readonly bucketStarts: number[] = [];
  private readonly bucketNumbers = new Map<number, number>();
  /** For each bucket: record + 1 by series, open addressing. */
  private readonly tables: Int32Array<ArrayBuffer>[] = [];
  private readonly recordsIn: number[] = [];

  /** The stretch that the last row's bucket, or what lies outside the period, covers. */
  private bucketFrom = 0;
  private bucketUntil = 0;
  private bucket = OUT_OF_PERIOD;
  /** Bucket + 1 by its place in time, for those that no cut or end of the period makes shorter. */
  private wholeBuckets = NO_TABLE;
  private wholeFrom = 0;

  private readonly exact = new Map<number, bigint>();
  private readonly countOverflow = new Map<number, number>();
  private readonly bucketsOfRows = new Int32Array(BATCH_ROWS);
  private readonly places = new Int32Array(BATCH_ROWS);

  constructor(shape: RecordShape, buckets: Buckets, period: Period | undefined) {
    this.shape = shape;
    this.layout = new RecordLayout(shape);
    this.buckets = buckets;
    this.period = period;
    this.scales = shape.aggregations.map(() => 0);
  }

  /** Adds the rows of a batch that are not odd. `present` tells which meters the export has at all. */
  addBatch(batch: Batch, series: Int32Array, present: readonly number[]): void {
    this.findBuckets(batch);
    this.findRecords(batch, series);
    for (const meter of present) {
      if (this.shape.aggregations[meter] === 'max') this.raise(batch, meter);
      else this.add(batch, meter);
    }
    if (this.shape.trace) for (const meter of present) this.traceBatch(batch, meter);
  }

  /** Writes to `bucketsOfRows` the bucket of each row that counts. */
  private findBuckets({ rows, at, odd }: Batch): void {
    const { bucketsOfRows } = this;
    const { widthMs } = this.buckets;
    let { bucketFrom, bucketUntil, bucket, wholeBuckets, wholeFrom } = this;
    for (let row = 0; row < rows; row++) {
      const ms = at[row]!;
      if (odd[row] !== 0) {
        bucketsOfRows[row] = OUT_OF_PERIOD;
        continue;
      }
      if (ms < bucketFrom || ms >= bucketUntil) {
        const place = Math.floor(ms / widthMs) - wholeFrom;
        const whole = place >= 0 && place < wholeBuckets.length ? wholeBuckets[place]! - 1 : OUT_OF_PERIOD;
        if (whole >= 0) {
          bucket = whole;
          bucketFrom = (place + wholeFrom) * widthMs;
          bucketUntil = bucketFrom + widthMs;
        } else {
          this.findBucket(ms);
          ({ bucketFrom, bucketUntil, bucket, wholeBuckets, wholeFrom } = this);
        }
      }
      bucketsOfRows[row] = bucket;
      if (bucket < 0) this.outOfPeriod++;
      else this.rated++;
    }
    this.bucketFrom = bucketFrom;
    this.bucketUntil = bucketUntil;
    this.bucket = bucket;
  }

  /**
   * Writes to `places` the record of each row that counts, and counts the row. In two passes, the first of which only
   * looks where the record should be: rows in no order miss the cache at every step, and so the misses overlap.
   */
  private findRecords({ rows }: Batch, series: Int32Array): void {
    const { bucketsOfRows, places, tables, numbers, counts } = this;
    const { rowsAt, halves, quarters, seriesAt } = this.layout;
    // Most rows have the bucket of the row before, and their records in its slab.
    let bucketNow = OUT_OF_PERIOD;
    let table = NO_TABLE;
    let mask = -1;
    for (let row = 0; row < rows; row++) {
      const bucket = bucketsOfRows[row]!;
      if (bucket < 0) continue;
      if (bucket !== bucketNow) {
        bucketNow = bucket;
        table = tables[bucket]!;
        mask = table.length - 1;
      }
      places[row] = table[series[row]! & mask]! - 1;
    }
    let slab = -1;
    let slabNumbers: Int32Array = NO_TABLE;
    let slabCounts: Uint16Array = NO_COUNTS;
    for (let row = 0; row < rows; row++) {
      const bucket = bucketsOfRows[row]!;
      if (bucket < 0) {
        places[row] = OUT_OF_PERIOD;
        continue;
      }
      let record = places[row]!;
      if (record < 0 || record >>> SLAB_SHIFT !== slab) {
        if (record < 0) record = this.find(bucket, series[row]!);
        slab = record >>> SLAB_SHIFT;
        slabNumbers = numbers[slab]!;
        slabCounts = counts[slab]!;
      }
      if (slabNumbers[(record & SLAB_MASK) * quarters + seriesAt] !== series[row]) {
        record = this.find(bucket, series[row]!);
        slab = record >>> SLAB_SHIFT;
        slabNumbers = numbers[slab]!;
        slabCounts = counts[slab]!;
      }
      places[row] = record;
      const place = (record & SLAB_MASK) * halves + rowsAt;
      const count = slabCounts[place]! + 1;
      slabCounts[place] = count;
      if (count === 65_536) this.overflowCount(record, 0);
    }
  }

  private add(batch: Batch, meter: number): void {
    const quantities = batch.quantities[meter]!;
    const { places, doubles, counts } = this;
    const { words, halves, rowsAt } = this.layout;
    const rows = batch.rows;
    const countAt = rowsAt + 1 + meter;
    // Rows near each other in time mostly have their records in one slab.
    let slab = -1;
    let sums: Float64Array = NO_DOUBLES;
    let slabCounts: Uint16Array = NO_COUNTS;
    for (let row = 0; row < rows; row++) {
      const record = places[row]!;
      const quantity = quantities[row]!;
      if (record < 0 || quantity === 0) continue;
      if (record >>> SLAB_SHIFT !== slab) {
        slab = record >>> SLAB_SHIFT;
        sums = doubles[slab]!;
        slabCounts = counts[slab]!;
      }
      const within = record & SLAB_MASK;
      let sum = sums[within * words + meter]! + quantity;
      if (sum >= LIMB) sum = this.carry(record, meter, sum);
      sums[within * words + meter] = sum;
      const count = slabCounts[within * halves + countAt]! + 1;
      slabCounts[within * halves + countAt] = count;
      if (count === 65_536) this.overflowCount(record, 1 + meter);
    }
  }

  private raise(batch: Batch, meter: number): void {
    const quantities = batch.quantities[meter]!;
    for (let row = 0; row < batch.rows; row++) {
      const record = this.places[row]!;
      const quantity = quantities[row]!;
      if (record < 0 || quantity === 0) continue;
      const place = (record & SLAB_MASK) * this.layout.words + meter;
      const values = this.doubles[record >>> SLAB_SHIFT]!;
      if (quantity > values[place]!) values[place] = quantity;
      this.countEvent(record, meter);
    }
  }

  private traceBatch(batch: Batch, meter: number): void {
    for (let row = 0; row < batch.rows; row++) {
      const record = this.places[row]!;
      if (record >= 0 && batch.quantities[meter]![row] !== 0) {
        this.traceRow(record, meter, batch.at[row]!, batch.nanoseconds[row]!);
      }
    }
  }

  private traceRow(record: number, meter: number, ms: number, ns: number): void {
    const doubles = this.doubles[record >>> SLAB_SHIFT]!;
    const at = (record & SLAB_MASK) * this.layout.words + this.layout.traceAt + meter * 4;
    // Before the row's own event is counted there is none yet: instants of an empty record are NaN.
    if (!(doubles[at]! <= ms) || (doubles[at] === ms && ns < doubles[at + 1]!)) {
      doubles[at] = ms;
      doubles[at + 1] = ns;
    }
    if (!(doubles[at + 2]! >= ms) || (doubles[at + 2] === ms && ns > doubles[at + 3]!)) {
      doubles[at + 2] = ms;
      doubles[at + 3] = ns;
    }
  }

  /** The record for one row, which counts as one, or undefined outside the period. Its events are then added one by one. */
  addRow(ms: number, series: number): number | undefined {
    if (ms < this.bucketFrom || ms >= this.bucketUntil) this.findBucket(ms);
    if (this.bucket < 0) {
      this.outOfPeriod++;
      return undefined;
    }
    return this.countRow(this.bucket, series);
  }

  /** The same for a row of a customer who is billed for a period of its own. */
  addRowWithin(period: Period, ms: number, series: number): number | undefined {
    if (contains(period, ms)) return this.countRow(this.bucketAt(bucketStart(this.buckets, ms)), series);
    this.outOfPeriod++;
    return undefined;
  }

  private countRow(bucket: number, series: number): number {
    this.rated++;
    const record = this.find(bucket, series);
    this.bump(record, 0);
    return record;
  }

  /** A quantity that is not 0, in units of its scale or, where that is not enough, in exact ones. */
  addEvent(record: number, meter: number, quantity: number | bigint, at: { ms: number; ns: number }): void {
    const isMax = this.shape.aggregations[meter] === 'max';
    if (typeof quantity === 'bigint') {
      const key = record * this.shape.aggregations.length + meter;
      const known = this.exact.get(key) ?? 0n;
      this.exact.set(key, isMax ? (quantity > known ? quantity : known) : known + quantity);
    } else {
      const doubles = this.doubles[record >>> SLAB_SHIFT]!;
      const place = (record & SLAB_MASK) * this.layout.words + meter;
      const sum = doubles[place]! + quantity;
      if (isMax) doubles[place] = Math.max(doubles[place]!, quantity);
      else doubles[place] = sum < LIMB ? sum : this.carry(record, meter, sum);
    }
    this.countEvent(record, meter);
    if (this.shape.trace) this.traceRow(record, meter, at.ms, at.ns);
  }

  private countEvent(record: number, meter: number): void {
    this.bump(record, 1 + meter);
  }

  private bump(record: number, which: number): void {
    const counts = this.counts[record >>> SLAB_SHIFT]!;
    const place = (record & SLAB_MASK) * this.layout.halves + this.layout.rowsAt + which;
    const count = counts[place]! + 1;
    counts[place] = count;
    if (count === 65_536) this.overflowCount(record, which);
  }

  private overflowCount(record: number, which: number): void {
    const key = record * (this.shape.aggregations.length + 1) + which;
    this.countOverflow.set(key, (this.countOverflow.get(key) ?? 0) + 1);
  }

  /** Moves a sum that is about to outgrow the double to the exact numbers, and starts again at 0. */
  private carry(record: number, meter: number, sum: number): number {
    const key = record * this.shape.aggregations.length + meter;
    this.exact.set(key, (this.exact.get(key) ?? 0n) + BigInt(sum) * exactUnit(this.scales[meter]!));
    return 0;
  }

  /** Makes room for more fraction digits of a meter. */
  widen(meter: number, scale: number): void {
    const { words } = this.layout;
    const factor = POWERS_OF_TEN[scale - this.scales[meter]!]!;
    for (let record = 0; record < this.records; record++) {
      const doubles = this.doubles[record >>> SLAB_SHIFT]!;
      const place = (record & SLAB_MASK) * words + meter;
      const widened = doubles[place]! * factor;
      if (widened < LIMB) doubles[place] = widened;
      else {
        const key = record * this.shape.aggregations.length + meter;
        const exact = BigInt(doubles[place]!) * exactUnit(this.scales[meter]!);
        const known = this.exact.get(key) ?? 0n;
        const isMax = this.shape.aggregations[meter] === 'max';
        this.exact.set(key, isMax ? (exact > known ? exact : known) : known + exact);
        doubles[place] = 0;
      }
    }
    this.scales[meter] = scale;
  }

  private find(bucket: number, series: number): number {
    const table = this.tables[bucket]!;
    const mask = table.length - 1;
    const { numbers } = this;
    const { quarters, seriesAt } = this.layout;
    let slot = series & mask;
    for (;;) {
      const record = table[slot]! - 1;
      if (record < 0) break;
      if (numbers[record >>> SLAB_SHIFT]![(record & SLAB_MASK) * quarters + seriesAt] === series) return record;
      slot = (slot + 1) & mask;
    }
    if (series > this.largestSeries) this.largestSeries = series;
    const record = this.records++;
    const slab = record >>> SLAB_SHIFT;
    if (slab === this.slabs.length) this.addSlab();
    const place = (record & SLAB_MASK) * quarters + seriesAt;
    numbers[slab]![place] = series;
    numbers[slab]![place + 1] = bucket;
    table[slot] = record + 1;
    this.recordsIn[bucket]!++;
    if (this.recordsIn[bucket]! * 3 > table.length * 2) this.grow(bucket);
    return record;
  }

  private addSlab(): void {
    const { words, traceAt } = this.layout;
    const slab = new ArrayBuffer(SLAB_RECORDS * words * 8);
    const doubles = new Float64Array(slab);
    if (this.shape.trace) {
      const traced = this.shape.aggregations.length * 4;
      for (let at = traceAt; at < doubles.length; at += words) doubles.fill(Number.NaN, at, at + traced);
    }
    this.slabs.push(slab);
    this.doubles.push(doubles);
    this.numbers.push(new Int32Array(slab));
    this.counts.push(new Uint16Array(slab));
  }

  private grow(bucket: number): void {
    const table = this.tables[bucket]!;
    // A table with a slot of its own for every series is the fastest, so it gets that as soon as it is well used.
    const direct = 2 ** (32 - Math.clz32(this.largestSeries));
    const size = direct <= table.length * 8 ? Math.max(direct, table.length * 2) : table.length * 2;
    const larger = new Int32Array(size);
    const mask = size - 1;
    const { quarters, seriesAt } = this.layout;
    for (const entry of table) {
      if (entry === 0) continue;
      const record = entry - 1;
      let slot = this.numbers[record >>> SLAB_SHIFT]![(record & SLAB_MASK) * quarters + seriesAt]! & mask;
      while (larger[slot] !== 0) slot = (slot + 1) & mask;
      larger[slot] = entry;
    }
    this.tables[bucket] = larger;
  }

  /** Makes the bucket of an instant the current one; remembers for which other instants that holds. */
  private findBucket(ms: number): void {
    const { period } = this;
    if (period && ms < period.start) {
      this.bucketFrom = Number.NEGATIVE_INFINITY;
      this.bucketUntil = period.start;
      this.bucket = OUT_OF_PERIOD;
      return;
    }
    if (period && ms >= period.end) {
      this.bucketFrom = period.end;
      this.bucketUntil = Number.POSITIVE_INFINITY;
      this.bucket = OUT_OF_PERIOD;
      return;
    }
    const start = bucketStart(this.buckets, ms);
    const end = bucketEnd(this.buckets, start);
    this.bucketFrom = period ? Math.max(start, period.start) : start;
    this.bucketUntil = period ? Math.min(end, period.end) : end;
    const bucket = this.bucketAt(start);
    this.bucket = bucket;
    const isWhole = end - start === this.buckets.widthMs && this.bucketFrom === start && this.bucketUntil === end;
    if (isWhole) this.noteWhole(start / this.buckets.widthMs, bucket);
  }

  /** The number of the bucket that begins at `start`. */
  private bucketAt(start: number): number {
    const known = this.bucketNumbers.get(start);
    if (known !== undefined) return known;
    const bucket = this.bucketStarts.push(start) - 1;
    this.bucketNumbers.set(start, bucket);
    // As large as the one before, unless that is mostly empty, so that it seldom has to grow.
    const size = this.tables[bucket - 1]?.length ?? 16;
    const isTooLarge = size > 16 && this.recordsIn[bucket - 1]! * 4 < size;
    this.tables.push(new Int32Array(isTooLarge ? size / 2 : size));
    this.recordsIn.push(0);
    return bucket;
  }

  /** Lets the bucket be found by its place in time, unless that is far from all others. */
  private noteWhole(place: number, bucket: number): void {
    if (this.wholeBuckets.length === 0) this.wholeFrom = place - WHOLE_BUCKETS / 2;
    const at = place - this.wholeFrom;
    if (at >= 0 && at < WHOLE_BUCKETS) {
      if (this.wholeBuckets.length === 0) this.wholeBuckets = new Int32Array(WHOLE_BUCKETS);
      this.wholeBuckets[at] = bucket + 1;
    }
  }

  /** Ends adding: what is there, and the tables for finding it are let go. */
  finish(): LedgerPart {
    this.tables.fill(NO_TABLE);
    const { records, slabs, scales, bucketStarts, exact, countOverflow } = this;
    return { records, slabs, scales, bucketStarts, exact, countOverflow };
  }
}

/** Numbers for tuples of numbers: a customer and the values of the kept dimensions. */
export class SeriesTable {
  count = 0;
  /** Tuples one after another. */
  tuples: Int32Array<ArrayBuffer>;
  private readonly width: number;
  private slots = new Int32Array(1 << 9);

  constructor(width: number) {
    this.width = width;
    this.tuples = new Int32Array(width << 8);
  }

  /** Writes to `out` the number of each row's tuple. */
  numberColumns(columns: readonly Int32Array[], rows: number, out: Int32Array): void {
    const { width } = this;
    for (let row = 0; row < rows; row++) {
      let hash = 0;
      for (let i = 0; i < width; i++) hash = Math.imul(hash ^ columns[i]![row]!, 0x9e3779b1) ^ (hash >>> 15);
      hash ^= hash >>> 16;
      const mask = this.slots.length - 1;
      let slot = hash & mask;
      for (;;) {
        const number = this.slots[slot]! - 1;
        if (number < 0) {
          out[row] = this.add(columns, row, slot);
          break;
        }
        let i = 0;
        while (i < width && this.tuples[number * width + i] === columns[i]![row]) i++;
        if (i === width) {
          out[row] = number;
          break;
        }
        slot = (slot + 1) & mask;
      }
    }
  }

  private add(columns: readonly Int32Array[], row: number, slot: number): number {
    const { width } = this;
    const number = this.count++;
    if (this.count * width > this.tuples.length) this.tuples = grownTo(this.tuples, this.tuples.length * 2);
    for (let i = 0; i < width; i++) this.tuples[number * width + i] = columns[i]![row]!;
    this.slots[slot] = number + 1;
    if (this.count * 2 > this.slots.length) this.rehash();
    return number;
  }

  private rehash(): void {
    const { width, tuples } = this;
    const slots = new Int32Array(this.slots.length * 2);
    const mask = slots.length - 1;
    for (let number = 0; number < this.count; number++) {
      let hash = 0;
      for (let i = 0; i < width; i++) hash = Math.imul(hash ^ tuples[number * width + i]!, 0x9e3779b1) ^ (hash >>> 15);
      hash ^= hash >>> 16;
      let slot = hash & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = number + 1;
    }
    this.slots = slots;
  }
}
