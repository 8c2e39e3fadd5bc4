/** One shard of the ledger: reads its records back, and adds them up by series for a period. */

import { type Grouping, groupOf } from '../../../core/catalog/grouping.ts';
import type { Meter } from '../../../core/catalog/meter.ts';
import { meets, placeOf } from '../../../core/catalog/rowFilter.ts';
import { contains, type Period } from '../../../core/period.ts';
import { nanosecondsOf } from '../../../core/timestamp.ts';
import {
  HIGH_UNIT,
  KEPT_EXACTLY,
  LIMB,
  PAIR_BEFORE_AT,
  PAIR_VALUE_AT,
  PAIR_WORDS,
  SLAB_RECORDS,
  SLAB_SHIFT,
} from '../../../kernel/contract.ts';
import type { Amount } from './amount.ts';
import { firstNotBefore, type Grouped, grouped, groupedByStart, membersOf } from './grouped.ts';
import { textsOf } from './interner.ts';
import type { LedgerShard } from './ledgerShard.ts';
import { addExact, exactUnit } from './quantities.ts';
import { RecordLayout, SLAB_MASK } from './recordLayout.ts';
import { RunningTotals } from './runningTotals.ts';
import { ShardTotals } from './shardTotals.ts';
import type { DistinctNumbers, UsageShard, ViewOptions } from './usageShard.ts';

/** A shard with one of its ledgers: records that lie in one memory. */
type Shard = Omit<UsageShard, 'ledgers'> & { readonly ledger: LedgerShard };

/** Options of the ledger, with the groupings worked out. */
type ShardOptions = Omit<ViewOptions, 'groupings'> & { readonly groupings: readonly Grouping[] };

export class ShardView {
  readonly sign: 1 | -1;
  /** Number of its customers. */
  readonly customerCount: number;
  private readonly part: Shard;
  private readonly options: ShardOptions;
  private readonly layout: RecordLayout;
  private readonly doubles: readonly Float64Array[];
  private readonly numbers: readonly Int32Array[];
  private readonly counts: readonly Uint16Array[];
  private readonly units: readonly bigint[];
  private readonly isMax: readonly boolean[];
  private readonly isLast: readonly boolean[];
  private readonly valueNumbers: DistinctNumbers;
  private readonly dimensionTexts: readonly string[][];
  private readonly seriesCount: number;
  private readonly seriesByCustomer: Grouped | undefined;
  private readonly whole: ShardTotals;
  /** By meter that does not count all rows: 1 for each series that it counts. */
  private readonly counted: readonly (Uint8Array | undefined)[];
  /** By grouping: the group of each series, as far as it has been asked for. */
  private readonly groups: readonly string[][];
  private recordsBySeries: Grouped | undefined;
  /** By record: where its bucket begins. */
  private recordStarts: Float64Array | undefined;
  private ownTotals: ShardTotals | undefined;
  private running: RunningTotals | undefined;

  constructor(part: Shard, sign: 1 | -1, options: ShardOptions, numbers: DistinctNumbers = []) {
    this.valueNumbers = numbers;
    this.part = part;
    this.sign = sign;
    this.options = options;
    const { ledger } = part;
    this.layout = new RecordLayout({
      aggregations: options.meters.map((meter) => meter.aggregation),
      trace: options.trace,
      wide: ledger.wide,
    });
    const { memory, slabs } = ledger;
    const words = SLAB_RECORDS * this.layout.words;
    this.doubles = slabs.map((at) => new Float64Array(memory, at, words));
    this.numbers = slabs.map((at) => new Int32Array(memory, at, words * 2));
    this.counts = slabs.map((at) => new Uint16Array(memory, at, words * 4));
    this.units = ledger.scales.map(exactUnit);
    this.isMax = options.meters.map((meter) => meter.aggregation === 'max');
    this.isLast = options.meters.map((meter) => meter.aggregation === 'last');
    this.customerCount = part.customers.count;
    this.dimensionTexts = part.dimensions.map(textsOf);
    const { series } = part;
    const width = options.dimensions.length + 1;
    this.seriesCount = series ? series.length / width : part.customers.count;
    if (series) this.seriesByCustomer = grouped(this.seriesCount, part.customers.count, (i) => series[i * width]!);
    this.whole = this.wholeTotals();
    this.counted = options.meters.map((meter) => this.countedSeries(meter));
    this.groups = options.groupings.map(() => []);
  }

  /** The ids of its customers, by number. */
  customers(): string[] {
    return textsOf(this.part.customers);
  }

  /** Totals of all records. */
  private wholeTotals(): ShardTotals {
    const { ledger } = this.part;
    const meters = this.units.length;
    const whole = new ShardTotals(this.seriesCount, meters, { hasInstants: false, wide: ledger.wide }, ledger.totals);
    for (const [place, more] of ledger.totals.exact) whole.exact.set(place, more);
    for (const [key, times] of ledger.countOverflow) {
      const which = key % (meters + 1);
      const series = this.number((key - which) / (meters + 1), 0);
      if (which === 0) whole.rows[series]! += times * 65_536;
      else whole.events[series * meters + which - 1]! += times * 65_536;
    }
    for (const [key, more] of ledger.exact) {
      const m = key % meters;
      addExact(whole.exact, this.number((key - m) / meters, 0) * meters + m, more, this.isMax[m]!);
    }
    return whole;
  }

  /** Rows of each customer, signed; and of each bucket, added to what is there. */
  rowsByCustomer(rowsByBucket: Map<number, number>): Float64Array {
    const { ledger, series } = this.part;
    const width = this.options.dimensions.length + 1;
    const bySeries = this.whole.rows.map((rows) => this.sign * rows);
    const byBucket = ledger.totals.rowsByBucket.map((rows) => this.sign * rows);
    for (const [key, times] of ledger.countOverflow) {
      if (key % (this.units.length + 1) !== 0) continue;
      byBucket[this.number(key / (this.units.length + 1), 1)]! += this.sign * times * 65_536;
    }
    for (const [bucket, start] of ledger.bucketStarts.entries()) {
      rowsByBucket.set(start, (rowsByBucket.get(start) ?? 0) + (byBucket[bucket] ?? 0));
    }
    if (!series) return bySeries;
    const byCustomer = new Float64Array(this.customerCount);
    for (let i = 0; i < this.seriesCount; i++) byCustomer[series[i * width]!]! += bySeries[i]!;
    return byCustomer;
  }

  /** True if a customer is a series: there are no dimensions. */
  get isSeries(): boolean {
    return this.seriesByCustomer === undefined;
  }

  seriesOf(customer: number): Int32Array {
    return this.seriesByCustomer ? membersOf(this.seriesByCustomer, customer) : Int32Array.of(customer);
  }

  dimension(series: number, dimension: number): string {
    const width = this.options.dimensions.length + 1;
    return this.dimensionTexts[dimension]![this.part.series![series * width + 1 + dimension]!]!;
  }

  /** The name of the group that a series belongs to in a grouping. */
  group(series: number, grouping: number): string {
    const { places } = this.options.groupings[grouping]!;
    if (places.length === 1) return this.dimension(series, places[0]!);
    const groups = this.groups[grouping]!;
    groups[series] ??= groupOf(places.map((place) => this.dimension(series, place)));
    return groups[series];
  }

  /** True if a meter counts the rows of a series: all of them agree in every kept dimension. */
  countsRowsOf(series: number, meter: number): boolean {
    return this.counted[meter]?.[series] !== 0;
  }

  private countedSeries({ where }: Meter): Uint8Array | undefined {
    if (!where) return undefined;
    const { series } = this.part;
    const width = this.options.dimensions.length + 1;
    const counted = new Uint8Array(this.seriesCount).fill(1);
    for (const condition of where) {
      const place = placeOf(condition, this.options.dimensions);
      const met = this.dimensionTexts[place]!.map((value) => meets(condition, value));
      for (let i = 0; i < counted.length; i++) if (!met[series![i * width + 1 + place]!]) counted[i] = 0;
    }
    return counted;
  }

  /** Bytes that {@link totalsOfAll} allocates. */
  get bytesOfTotals(): number {
    const { records, distinct } = this.part.ledger;
    const chained = records * distinct.filter((values) => values !== undefined).length;
    return (this.seriesCount * (1 + this.units.length * (this.layout.hasInstants ? 6 : 2)) + chained) * 8;
  }

  totalsOfAll(period: Period): ShardTotals {
    const isWithin = Uint8Array.from(this.part.ledger.bucketStarts, (start) => Number(contains(period, start)));
    if (!this.needsRecords && !isWithin.includes(0)) return this.whole;
    const totals = this.newTotals();
    for (let record = 0; record < this.part.ledger.records; record++) {
      if (isWithin[this.number(record, 1)] !== 0) this.addRecord(totals, record);
    }
    return totals;
  }

  /** Totals that hold for this customer only, and only until the next call. */
  totalsOfCustomer(customer: number, period: Period): ShardTotals {
    this.ownTotals ??= this.newTotals();
    const totals = this.ownTotals;
    const running = this.runningTotals();
    running?.turnTo(customer);
    for (const series of this.seriesOf(customer)) {
      const records = this.recordsOf(series);
      const from = firstNotBefore(this.recordStarts!, records, period.start);
      const to = firstNotBefore(this.recordStarts!, records, period.end);
      totals.clear(series);
      if (running?.write(totals, series, { records, from, to })) continue;
      for (let i = from; i < to; i++) this.addRecord(totals, records[i]!);
    }
    return totals;
  }

  /** Undefined unless all usage is quantities that add up, each of them one double. */
  private runningTotals(): RunningTotals | undefined {
    const { wide, exact, countOverflow } = this.part.ledger;
    if (wide || exact.size > 0 || countOverflow.size > 0 || this.needsRecords || this.isMax.includes(true))
      return undefined;
    const { layout, doubles, counts } = this;
    this.running ??= new RunningTotals({ layout, doubles, counts, meters: this.units.length });
    return this.running;
  }

  /** A customer's records by series, each with the begin of its bucket. */
  *recordsOfCustomer(customer: number): Generator<{ series: number; record: number; start: number }> {
    for (const series of this.seriesOf(customer))
      for (const record of this.recordsOf(series)) yield { series, record, start: this.recordStarts![record]! };
  }

  /** Totals that hold for this series of one record only, and only until the next call. */
  totalsOfRecord(series: number, record: number): ShardTotals {
    this.ownTotals ??= this.newTotals();
    this.ownTotals.clear(series);
    this.addRecord(this.ownTotals, record);
    return this.ownTotals;
  }

  /** Visits a customer's records: where the bucket begins, and how many rows there are, signed. */
  eachCountOfCustomer(customer: number, visit: (bucketStart: number, rows: number) => void): void {
    for (const series of this.seriesOf(customer)) {
      for (const record of this.recordsOf(series)) {
        visit(this.recordStarts![record]!, this.sign * this.count(record, 0));
      }
    }
  }

  /** The records of a series, in the order of their buckets. */
  private recordsOf(series: number): Int32Array {
    this.recordsBySeries ??= this.groupRecords();
    return membersOf(this.recordsBySeries, series);
  }

  private groupRecords(): Grouped {
    const { records, bucketStarts } = this.part.ledger;
    const { quarters, seriesAt } = this.layout;
    const startsOfBuckets = Float64Array.from(bucketStarts);
    const starts = new Float64Array(records);
    const series = new Int32Array(records);
    for (const [slab, numbers] of this.numbers.entries()) {
      const first = slab << SLAB_SHIFT;
      const end = Math.min(records, first + SLAB_RECORDS);
      for (let record = first, at = seriesAt; record < end; record++, at += quarters) {
        series[record] = numbers[at]!;
        starts[record] = startsOfBuckets[numbers[at + 1]!]!;
      }
    }
    this.recordStarts = starts;
    return groupedByStart(starts, series, this.seriesCount);
  }

  private newTotals(): ShardTotals {
    const { hasInstants } = this.layout;
    return new ShardTotals(this.seriesCount, this.options.meters.length, { hasInstants, wide: this.part.ledger.wide });
  }

  /** True if the totals of all records do not say all. */
  private get needsRecords(): boolean {
    return this.layout.hasInstants || this.part.ledger.distinct.some((values) => values !== undefined);
  }

  private addRecord(totals: ShardTotals, record: number): void {
    const { exact, scales } = this.part.ledger;
    const meters = this.units.length;
    const series = this.number(record, 0);
    const doubles = this.doubles[record >>> SLAB_SHIFT]!;
    const at = (record & SLAB_MASK) * this.layout.words;
    totals.rows[series]! += this.count(record, 0);
    for (let m = 0; m < meters; m++) {
      const events = this.count(record, 1 + m);
      if (events === 0) continue;
      const place = series * meters + m;
      const value = doubles[at + m]!;
      if (this.part.ledger.distinct[m]) {
        const chains = totals.chains.get(place);
        if (chains) chains.push(value);
        else totals.chains.set(place, [value]);
      } else if (this.isLast[m]) {
        const order = this.laterThan(totals, place, doubles, at + this.layout.traceAt + m * 4);
        const kept = value === KEPT_EXACTLY ? exact.get(record * scales.length + m)! : BigInt(value) * this.units[m]!;
        const isKept = order > 0 || (order === 0 && kept > totals.exact.get(place)!);
        if (isKept) totals.exact.set(place, kept);
      }
      if (totals.traces) this.addTrace(totals, place, doubles, at + this.layout.traceAt + m * 4);
      totals.events[place]! += events;
      if (this.isLast[m] || this.part.ledger.distinct[m]) continue;
      if (this.layout.highsAt > 0) this.addWide(totals, place, m, value, doubles[at + this.layout.highsAt + m]!);
      else if (this.isMax[m]) totals.limbs[place] = Math.max(totals.limbs[place]!, value);
      else {
        const sum = totals.limbs[place]! + value;
        totals.limbs[place] = sum < LIMB ? sum : 0;
        if (sum >= LIMB) totals.exact.set(place, (totals.exact.get(place) ?? 0n) + BigInt(sum) * this.units[m]!);
      }
      const more = exact.size === 0 ? undefined : exact.get(record * scales.length + m);
      if (more === undefined) continue;
      addExact(totals.exact, place, more, this.isMax[m]!);
    }
  }

  /** Above 0 if a record's last instant is later than that of the totals, or there is none; 0 if it is the same. */
  private laterThan({ traces, events }: ShardTotals, place: number, doubles: Float64Array, at: number): number {
    if (events[place] === 0) return 1;
    return doubles[at + 2]! - traces![place * 4 + 2]! || doubles[at + 3]! - traces![place * 4 + 3]!;
  }

  /** Adds a quantity of two parts to the total at a place, or raises that. The total's low part is below {@link HIGH_UNIT}. */
  private addWide({ limbs, highs, exact }: ShardTotals, place: number, meter: number, low: number, high: number): void {
    if (this.isMax[meter]) {
      if (high < highs[place]! || (high === highs[place] && low <= limbs[place]!)) return;
      limbs[place] = low;
      highs[place] = high;
      return;
    }
    let sumLow = limbs[place]! + low;
    let sumHigh = highs[place]! + high;
    while (sumLow >= HIGH_UNIT) {
      sumLow -= HIGH_UNIT;
      sumHigh += 1;
    }
    limbs[place] = sumLow;
    highs[place] = sumHigh < LIMB ? sumHigh : 0;
    if (sumHigh >= LIMB) addExact(exact, place, BigInt(sumHigh) * BigInt(HIGH_UNIT) * this.units[meter]!, false);
  }

  private addTrace({ traces, events }: ShardTotals, place: number, doubles: Float64Array, at: number): void {
    const isFirst = events[place] === 0;
    const to = place * 4;
    if (isFirst || isBefore(doubles, at, traces!, to)) {
      traces![to] = doubles[at]!;
      traces![to + 1] = doubles[at + 1]!;
    }
    if (isFirst || isBefore(traces!, to + 2, doubles, at + 2)) {
      traces![to + 2] = doubles[at + 2]!;
      traces![to + 3] = doubles[at + 3]!;
    }
  }

  /** Adds what a series used of a meter. */
  addTo(amount: Amount, totals: ShardTotals, series: number, meter: number): void {
    const place = series * this.units.length + meter;
    const { traces } = totals;
    const at = place * 4;
    amount.events += this.sign * totals.events[place]!;
    let exact = totals.exact.size === 0 ? 0n : (totals.exact.get(place) ?? 0n);
    const limb = totals.limbs[place]!;
    const high = totals.highs[place] ?? 0;
    // The row that a repeated delivery repeats has the same value at the same instant, so taking off the repetition's changes nothing.
    if (this.part.ledger.distinct[meter]) {
      if (this.sign > 0) for (const chain of totals.chains.get(place)!) this.addChain(amount, meter, chain);
    } else if (this.isLast[meter]) {
      if (this.sign > 0) amount.keepLatest(exact, nanosecondsOf({ ms: traces![at + 2]!, ns: traces![at + 3]! }));
    } else if (this.isMax[meter]) {
      if (this.sign > 0) amount.raise((BigInt(limb) + BigInt(high) * BigInt(HIGH_UNIT)) * this.units[meter]!, exact);
    } else {
      if (high !== 0) exact += BigInt(high) * BigInt(HIGH_UNIT) * this.units[meter]!;
      amount.add(this.sign * limb, this.part.ledger.scales[meter]!, this.units[meter]!);
      if (exact !== 0n) amount.exact += this.sign < 0 ? -exact : exact;
    }
    if (traces && this.options.trace && this.sign > 0) {
      amount.trace(traces![at]!, traces![at + 1]!, traces![at + 2]!, traces![at + 3]!);
    }
  }

  /** Adds the values of a record, from the place of its latest pair. */
  private addChain(amount: Amount, meter: number, latest: number): void {
    const { pairs } = this.part.ledger.distinct[meter]!;
    const numbers = this.valueNumbers[meter]!;
    amount.values ??= [];
    for (let next = latest; next !== 0; ) {
      const pair = (next - 1) * PAIR_WORDS;
      amount.values.push(numbers[pairs[pair + PAIR_VALUE_AT / 4]!]!);
      next = pairs[pair + PAIR_BEFORE_AT / 4]! >>> 0;
    }
  }

  /** Rows (0), or events of a meter (1 + its place). */
  private count(record: number, which: number): number {
    const counts = this.counts[record >>> SLAB_SHIFT]!;
    const count = counts[(record & SLAB_MASK) * this.layout.halves + this.layout.rowsAt + which]!;
    const { countOverflow } = this.part.ledger;
    if (countOverflow.size === 0) return count;
    return count + 65_536 * (countOverflow.get(record * (this.units.length + 1) + which) ?? 0);
  }

  /** Its series (0) or its bucket (1). */
  private number(record: number, which: number): number {
    const numbers = this.numbers[record >>> SLAB_SHIFT]!;
    return numbers[(record & SLAB_MASK) * this.layout.quarters + this.layout.seriesAt + which]!;
  }
}

/** Compares two instants, each as milliseconds and nanoseconds. */
function isBefore(a: Float64Array, i: number, b: Float64Array, j: number): boolean {
  return a[i]! < b[j]! || (a[i] === b[j] && a[i + 1]! < b[j + 1]!);
}
