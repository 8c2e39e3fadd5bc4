/**
 * The ledger that rows are added to: one record of fixed size for each series (customer × values of the kept dimensions)
 * and bucket in use. The kernel keeps the records and finds them; which bucket an instant belongs to, and numbers that do not
 * fit into a record, are kept here.
 */
import { contains, type Period } from '../../../core/period.ts';
import { type Buckets, bucketEnd, bucketStart } from '../../../core/usage/buckets.ts';
import {
  BATCH_ROWS,
  KEPT_EXACTLY,
  LIMB,
  OUT_OF_PERIOD,
  SLAB_RECORDS,
  SLAB_SHIFT,
  WIDE_SCALE,
} from '../../../kernel/contract.ts';
import type { Batch } from '../batch.ts';
import { encodeText } from '../bytes.ts';
import type { Kernel, KernelArray } from '../kernel.ts';
import { DistinctValues } from './distinctValues.ts';
import type { LedgerShard } from './ledgerShard.ts';
import { copyOf, type LedgerTotals, totalsOf, valuesOf } from './ledgerTotals.ts';
import {
  addExact,
  exactQuantity,
  exactUnit,
  fittingQuantity,
  POWERS_OF_TEN,
  type WideQuantity,
  wideQuantity,
} from './quantities.ts';
import { RecordLayout, type RecordShape } from './recordLayout.ts';

export class SlabLedger {
  /** Fraction digits of each meter's quantities. */
  readonly scales: number[];

  /** For each meter; undefined for those whose distinct values are not counted. */
  readonly distinct: readonly (DistinctValues | undefined)[];
  /** For each meter of which the latest quantity counts: not 0 for the rows of a batch that have one, which may be 0. */
  readonly present: readonly (KernelArray<Float64Array> | undefined)[];

  private readonly kernel: Kernel;
  private shape: RecordShape;
  private layout: RecordLayout;
  private readonly buckets: Buckets;
  private readonly period: Period | undefined;
  /** A batch of one row that is not slow, and where the address of its record is then. */
  private readonly single: {
    readonly at: KernelArray<Float64Array>;
    readonly slow: KernelArray<Uint8Array>;
    readonly series: KernelArray<Int32Array>;
    readonly low: KernelArray<Float64Array>;
    readonly high: KernelArray<Float64Array>;
    readonly place: Int32Array;
  };
  private readonly bucketStarts: number[] = [];
  private readonly bucketNumbers = new Map<number, number>();
  private readonly putAside: LedgerShard[] = [];
  private exact = new Map<number, bigint>();
  private countOverflow = new Map<number, number>();

  constructor(kernel: Kernel, recordShape: Omit<RecordShape, 'wide'>, buckets: Buckets, period: Period | undefined) {
    const shape = { ...recordShape, wide: false };
    this.kernel = kernel;
    this.shape = shape;
    this.layout = new RecordLayout(shape);
    this.buckets = buckets;
    this.period = period;
    this.scales = shape.aggregations.map(() => 0);
    this.distinct = shape.aggregations.map((kind) => (kind === 'unique' ? new DistinctValues(kernel) : undefined));
    this.present = shape.aggregations.map((kind) => (kind === 'last' ? kernel.newDoubles(BATCH_ROWS) : undefined));
    const place = kernel.ints(kernel.call.recordsOfRows() >>> 0, 1);
    const [at, low, high] = [kernel.newDoubles(1), kernel.newDoubles(1), kernel.newDoubles(1)];
    this.single = { at, slow: kernel.newBytes(1), series: kernel.newInts(1), low, high, place };
    kernel.call.initLedger(shape.aggregations.length, this.layout.hasInstants, buckets.widthMs);
    kernel.host.locateBucket = (ms) => this.locateBucket(ms);
    kernel.host.carry = (address, meter, sum, times) => this.carry(this.recordAt(address), meter, sum, times);
    kernel.host.overflowCount = (address, which) => {
      const key = this.recordAt(address) * (shape.aggregations.length + 1) + which;
      this.countOverflow.set(key, (this.countOverflow.get(key) ?? 0) + 1);
    };
  }

  /** Adds the rows of a batch that are not slow. `present`: the meters that the export has at all. */
  addBatch(batch: Batch, series: KernelArray<Int32Array>, present: readonly number[]): void {
    const { call } = this.kernel;
    const { rows, at, slow, quantities, highs, nanoseconds } = batch;
    call.findRecords(at.address, slow.address, series.address, rows);
    for (const meter of present) {
      const { address } = quantities[meter]!;
      const latest = this.present[meter];
      if (latest) {
        call.keepLatest(address, latest.address, meter, at.address, nanoseconds.address, rows);
        continue;
      }
      const distinct = this.distinct[meter];
      const high = this.isWide(meter) ? highs[meter]!.address : 0;
      if (distinct) distinct.addRows(address, meter, rows);
      else if (high !== 0) this.addWide(address, high, meter, rows);
      else if (this.shape.aggregations[meter] === 'max') call.raiseQuantities(address, meter, rows);
      else call.addQuantities(address, meter, rows);
      if (this.shape.trace) call.traceQuantities(address, high, meter, at.address, nanoseconds.address, rows);
    }
  }

  /** Adds quantities of two parts to the records of the rows that were placed last. */
  private addWide(lows: number, highs: number, meter: number, rows: number): void {
    const { call } = this.kernel;
    if (this.shape.aggregations[meter] === 'max') call.raiseWideQuantities(lows, highs, meter, rows);
    else call.addWideQuantities(lows, highs, meter, rows);
  }

  /** The record for one row, which counts as one, or undefined outside the period. Its events are then added one by one. */
  addRow(ms: number, series: number): number | undefined {
    const { at, slow, series: own, place } = this.single;
    at.values[0] = ms;
    own.values[0] = series;
    this.kernel.call.findRecords(at.address, slow.address, own.address, 1);
    const record = place[0]! >>> 0;
    return record === 0 ? undefined : record;
  }

  /** Counts a row of a customer who is billed for a period of its own; otherwise like {@link addRow}. */
  addRowWithin(period: Period, ms: number, series: number): number | undefined {
    const { call } = this.kernel;
    if (!contains(period, ms)) {
      call.countRows(0, 1);
      return undefined;
    }
    const record = call.findRecord(this.bucketAt(bucketStart(this.buckets, ms)), series) >>> 0;
    call.countRows(1, 0);
    call.countOne(record, 0);
    return record;
  }

  /** A checked quantity as {@link addEvent} takes it: in units of the meter's scale or, where that is not enough, in exact ones. */
  quantityOf(text: string, meter: number): number | WideQuantity | bigint {
    return this.isWide(meter) ? (wideQuantity(text) ?? exactQuantity(text)) : this.narrowQuantityOf(text, meter);
  }

  private narrowQuantityOf(text: string, meter: number): number | bigint {
    return fittingQuantity(text, this.scales[meter]!) ?? exactQuantity(text);
  }

  /** Keeps a text of a row in a record, for meters of which values are kept rather than added up. */
  keepValue(record: number, meter: number, text: string, at: { ms: number; ns: number }): void {
    const { call } = this.kernel;
    const distinct = this.distinct[meter];
    if (distinct) distinct.addOne(record, distinct.numberOf(encodeText(text)), meter);
    else this.keepLatest(record, meter, this.narrowQuantityOf(text, meter), at);
    call.countOne(record, 1 + meter);
    if (this.shape.trace) call.traceOne(record, meter, at.ms, at.ns);
  }

  /** Adds a quantity to a record; 0 is no event. */
  addEvent(
    record: number,
    meter: number,
    quantity: number | WideQuantity | bigint,
    at: { ms: number; ns: number },
  ): void {
    const { call } = this.kernel;
    if (typeof quantity === 'object' ? quantity.low === 0 && quantity.high === 0 : !quantity) return;
    if (this.shape.trace) call.traceOne(record, meter, at.ms, at.ns);
    if (typeof quantity === 'object') {
      const { low, high, place } = this.single;
      place[0] = record;
      low.values[0] = quantity.low;
      high.values[0] = quantity.high;
      this.addWide(low.address, high.address, meter, 1);
      return;
    }
    const isMax = this.shape.aggregations[meter] === 'max';
    if (typeof quantity === 'bigint') this.addExact(this.recordAt(record), meter, quantity);
    else {
      const place = this.kernel.doubles(record + meter * 8, 1);
      const sum = place[0]! + quantity;
      if (isMax) place[0] = Math.max(place[0]!, quantity);
      else if (sum < LIMB) place[0] = sum;
      else {
        this.carry(this.recordAt(record), meter, sum, 1);
        place[0] = 0;
      }
    }
    call.countOne(record, 1 + meter);
  }

  private keepLatest(record: number, meter: number, quantity: number | bigint, at: { ms: number; ns: number }): void {
    const isExact = typeof quantity === 'bigint';
    const order = this.kernel.call.keepLatestOne(record, meter, isExact ? KEPT_EXACTLY : quantity, at.ms, at.ns);
    if (!isExact || order < 0) return;
    const key = this.recordAt(record) * this.shape.aggregations.length + meter;
    const place = this.kernel.doubles(record + meter * 8, 1);
    const known = place[0]! < 0 ? (this.exact.get(key) ?? 0n) : this.exactly(meter, place[0]!);
    if (order === 0 && quantity <= known) return;
    place[0] = KEPT_EXACTLY;
    this.exact.set(key, quantity);
  }

  private addExact(record: number, meter: number, quantity: bigint): void {
    const { aggregations } = this.shape;
    const isSum = aggregations[meter] !== 'max' && aggregations[meter] !== 'last';
    addExact(this.exact, record * aggregations.length + meter, quantity, !isSum);
  }

  private exactly(meter: number, quantity: number): bigint {
    return BigInt(quantity) * exactUnit(this.scales[meter]!);
  }

  /** Takes over a sum that is about to outgrow the double, `sum` × `times`, or the rival of a quantity that is kept exactly. */
  private carry(record: number, meter: number, sum: number, times: number): void {
    this.addExact(record, meter, BigInt(times) * this.exactly(meter, sum));
  }

  private isWide(meter: number): boolean {
    return this.scales[meter] === WIDE_SCALE;
  }

  /** False for meters of which the latest quantity counts: those that need two parts are kept exactly. */
  canBeWide(meter: number): boolean {
    return !this.present[meter];
  }

  /**
   * Makes a meter wide, so that its quantities have two parts. Records of before are put aside: they have another scale, and
   * maybe no room for high parts. `series`: how many there are.
   */
  makeWide(meter: number, series: number): void {
    this.putRecordsAside(series);
    this.scales[meter] = WIDE_SCALE;
    if (this.shape.wide) return;
    this.shape = { ...this.shape, wide: true };
    this.layout = new RecordLayout(this.shape);
    this.kernel.call.widenRecords();
  }

  /** Makes room for more fraction digits of a meter. */
  widen(meter: number, scale: number): void {
    const { words } = this.layout;
    const factor = POWERS_OF_TEN[scale - this.scales[meter]!]!;
    const records = this.kernel.call.recordCount();
    for (const [slab, address] of this.slabs().entries()) {
      const doubles = this.kernel.doubles(address, SLAB_RECORDS * words);
      const first = slab << SLAB_SHIFT;
      for (let i = 0; i < SLAB_RECORDS && first + i < records; i++) {
        const place = i * words + meter;
        const widened = doubles[place]! * factor;
        if (this.present[meter]) {
          if (widened >= LIMB)
            this.exact.set((first + i) * this.scales.length + meter, this.exactly(meter, doubles[place]!));
          doubles[place] = widened >= 0 && widened < LIMB ? widened : KEPT_EXACTLY;
          continue;
        }
        if (widened >= LIMB) this.carry(first + i, meter, doubles[place]!, 1);
        doubles[place] = widened < LIMB ? widened : 0;
      }
    }
    this.scales[meter] = scale;
  }

  /** Addresses of the slabs that hold records. */
  private slabs(): number[] {
    const { call } = this.kernel;
    const count = Math.ceil(call.recordCount() / SLAB_RECORDS);
    return Array.from(this.kernel.ints(call.slabAddresses() >>> 0, count), (address) => address >>> 0);
  }

  /** The number of the record at an address. */
  private recordAt(address: number): number {
    const bytes = this.layout.words * 8;
    const slabs = this.slabs();
    const slab = slabs.findIndex((start) => address >= start && address < start + SLAB_RECORDS * bytes);
    return (slab << SLAB_SHIFT) + (address - slabs[slab]!) / bytes;
  }

  /** Makes the bucket of an instant the current one; remembers for which other instants that holds. */
  private locateBucket(ms: number): void {
    const { period } = this;
    const { call } = this.kernel;
    if (period && ms < period.start) {
      call.setCurrentBucket(OUT_OF_PERIOD, Number.NEGATIVE_INFINITY, period.start);
      return;
    }
    if (period && ms >= period.end) {
      call.setCurrentBucket(OUT_OF_PERIOD, period.end, Number.POSITIVE_INFINITY);
      return;
    }
    const start = bucketStart(this.buckets, ms);
    const end = bucketEnd(this.buckets, start);
    const from = period ? Math.max(start, period.start) : start;
    const until = period ? Math.min(end, period.end) : end;
    const bucket = this.bucketAt(start);
    call.setCurrentBucket(bucket, from, until);
    const isWhole = end - start === this.buckets.widthMs && from === start && until === end;
    if (isWhole) call.noteWholeBucket(start / this.buckets.widthMs, bucket);
  }

  /** The number of the bucket that begins at `start`. */
  private bucketAt(start: number): number {
    const known = this.bucketNumbers.get(start);
    if (known !== undefined) return known;
    const bucket = this.kernel.call.addBucket();
    this.bucketStarts.push(start);
    this.bucketNumbers.set(start, bucket);
    return bucket;
  }

  /** Moves all records out of the kernel's memory, which is not for more than it can address. */
  putRecordsAside(series: number): void {
    if (this.kernel.call.recordCount() === 0) return;
    const bytes = SLAB_RECORDS * this.layout.words * 8;
    const slabs = this.slabs();
    const memory = new SharedArrayBuffer(slabs.length * bytes);
    const copy = new Uint8Array(memory);
    for (const [i, address] of slabs.entries()) copy.set(this.kernel.bytes(address, bytes), i * bytes);
    const moved = slabs.map((_, i) => i * bytes);
    const totals = this.totals(series);
    const part = this.part(copyOf(totals));
    this.putAside.push({ ...part, memory, slabs: moved, distinct: this.distinct.map((values) => values?.moveAway()) });
    const { rowsBySeries, rowsByBucket, limbs, highs, events } = totals;
    for (const array of [rowsBySeries, rowsByBucket, limbs, highs, events]) this.kernel.release(array);
    this.kernel.call.clearLedger();
    this.exact = new Map();
    this.countOverflow = new Map();
  }

  private part(totals: LedgerTotals): LedgerShard {
    const { scales, bucketStarts, exact, countOverflow } = this;
    return {
      records: this.kernel.call.recordCount(),
      memory: this.kernel.buffer,
      slabs: this.slabs(),
      wide: this.shape.wide,
      scales: [...scales],
      bucketStarts,
      exact,
      countOverflow,
      totals,
      distinct: this.distinct.map((values) => values?.part()),
    };
  }

  private totals(series: number) {
    return totalsOf(this.kernel, {
      ...this.shape,
      series,
      buckets: this.bucketStarts.length,
      scales: this.scales,
      slabs: this.slabs(),
    });
  }

  /** All that was added; what was put aside first. `series`: how many there are. */
  finish(series: number): LedgerShard[] {
    return [...this.putAside, this.part(valuesOf(this.totals(series)))];
  }

  get rated(): number {
    return this.kernel.call.ratedRows();
  }

  get outOfPeriod(): number {
    return this.kernel.call.rowsOutOfPeriod();
  }
}
