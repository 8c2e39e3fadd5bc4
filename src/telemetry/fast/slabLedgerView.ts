/** Answers a ledger's questions from the slabs that one or more threads have filled. */

import { type Grouping, groupingsOf, groupOf, type KeptDimensions } from '../../core/catalog/grouping.ts';
import type { Meter } from '../../core/catalog/meter.ts';
import { meets, placeOf } from '../../core/catalog/rowFilter.ts';
import { Decimal, ZERO } from '../../core/decimal.ts';
import { contains, type Period } from '../../core/period.ts';
import { assertOnEdge, type Buckets, bucketEnd } from '../../core/usage/buckets.ts';
import type { DimensionUsage, MeteredUsage, MeterUsage, Usage, UsageLedger } from '../../core/usage/ledger.ts';
import type { RowsByBucket } from '../../core/usage/rowTimes.ts';
import {
  HIGH_UNIT,
  KEPT_EXACTLY,
  LIMB,
  PAIR_BEFORE_AT,
  PAIR_VALUE_AT,
  PAIR_WORDS,
  SLAB_RECORDS,
  SLAB_SHIFT,
} from '../../kernel/contract.ts';
import { type InternedTexts, textsOf } from './interner.ts';
import { lastNotAfter } from './lastNotAfter.ts';
import type { LedgerPart } from './ledgerPart.ts';
import type { LedgerTotals } from './ledgerTotals.ts';
import { addExact, EXACT_SCALE, exactUnit, POWERS_OF_TEN } from './quantities.ts';
import { RecordLayout, SLAB_MASK } from './recordLayout.ts';
import { valueNumbers } from './valueNumbers.ts';

/** What one thread has added up. */
export type UsagePart = {
  readonly ledgers: readonly LedgerPart[];
  readonly customers: InternedTexts;
  readonly dimensions: readonly InternedTexts[];
  /** Customer and dimension values of each series; absent if there are no dimensions: a series is a customer then. */
  readonly series: Int32Array | undefined;
};

/** The same with records that are in one place. */
type Part = Omit<UsagePart, 'ledgers'> & { readonly ledger: LedgerPart };

export type ViewOptions = KeptDimensions & {
  readonly meters: readonly Meter[];
  readonly buckets: Buckets;
  readonly trace: boolean;
};

/** Periods that are added up for all customers at once as soon as they are asked for; for more, customer by customer. */
const MOST_KEPT_PERIODS = 8;
/** Bytes of the totals that are kept, at most, but for the first period: a run often bills no other. */
const KEPT_BYTES = 1 << 26;

export class SlabLedgerView implements UsageLedger {
  readonly customers: readonly string[];
  readonly span: Period | undefined;
  readonly rowsByBucket: RowsByBucket;
  private readonly options: ViewOptions;
  private readonly groupings: readonly Grouping[];
  private readonly parts: readonly PartView[];
  /** Customers by id: each has a place, and for each part a number there (place × parts + part), −1 if it does not occur. */
  private readonly places = new Map<string, number>();
  private readonly numbers: Int32Array;
  private last: { readonly period: Period; readonly totals: readonly PartTotals[] | undefined } | undefined;
  /** Totals of whole periods, for each part. */
  private readonly kept = new Map<string, readonly PartTotals[]>();

  /** `taken` are rows to be taken off again: repeated deliveries that `added` contains. */
  constructor(added: readonly UsagePart[], taken: readonly UsagePart[], options: ViewOptions) {
    this.options = options;
    this.groupings = groupingsOf(options);
    const numbers = distinctNumbers(added, options.meters);
    const viewsOf = (usage: UsagePart, sign: 1 | -1) =>
      usage.ledgers
        .filter((ledger) => ledger.records > 0)
        .map(
          (ledger) =>
            new PartView({ ...usage, ledger }, sign, { ...options, groupings: this.groupings }, numbers.get(ledger)),
        );
    this.parts = [...added.flatMap((usage) => viewsOf(usage, 1)), ...taken.flatMap((usage) => viewsOf(usage, -1))];
    const most = this.parts.reduce((sum, part) => sum + part.customers.length, 0);
    const rows = new Float64Array(most);
    const rowsByBucket = new Map<number, number>();
    this.numbers = new Int32Array(most * this.parts.length).fill(-1);
    for (const [p, part] of this.parts.entries()) {
      const inPart = part.rowsByCustomer(rowsByBucket);
      for (const [number, customer] of part.customers.entries()) {
        if (inPart[number] === 0) continue;
        let place = this.places.get(customer);
        if (place === undefined) {
          place = this.places.size;
          this.places.set(customer, place);
        }
        rows[place]! += inPart[number]!;
        this.numbers[place * this.parts.length + p] = number;
      }
    }
    let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const [start, count] of rowsByBucket) {
      if (count === 0) {
        rowsByBucket.delete(start); // repeated deliveries were all that it had
        continue;
      }
      first = Math.min(first, start);
      last = Math.max(last, start);
    }
    this.rowsByBucket = rowsByBucket;
    this.customers = [...this.places]
      .filter(([, place]) => rows[place]! > 0)
      .map(([customer]) => customer)
      .sort();
    this.span = first > last ? undefined : { start: first, end: bucketEnd(options.buckets, last) };
  }

  hasRows(customer: string, period: Period): boolean {
    return this.rowsOf(customer, period) > 0;
  }

  rowsOf(customer: string, period: Period): number {
    let rows = 0;
    this.eachSeries(customer, period, (part, totals, series) => {
      rows += part.sign * totals.rows[series]!;
    });
    return rows;
  }

  periodsWithRows(customer: string, periods: readonly Period[]): readonly Period[] {
    const place = this.places.get(customer);
    if (place === undefined) return [];
    const starts = periods.map((period) => period.start);
    const rowsByPeriod = new Map<number, number>();
    for (let p = 0; p < this.parts.length; p++) {
      const number = this.numbers[place * this.parts.length + p]!;
      if (number < 0) continue;
      this.parts[p]!.eachCountOfCustomer(number, (bucketStart, rows) => {
        const nearest = lastNotAfter(starts, bucketStart);
        const period = periods[nearest];
        if (period && contains(period, bucketStart)) {
          rowsByPeriod.set(nearest, (rowsByPeriod.get(nearest) ?? 0) + rows);
        }
      });
    }
    const used = [...rowsByPeriod].filter(([, rows]) => rows > 0).sort(([a], [b]) => a - b);
    return used.map(([i]) => periods[i]!);
  }

  usageOf(customer: string, period: Period): Usage {
    const { meters } = this.options;
    const { groupings } = this;
    const totals = meters.map(() => new Amount());
    const byGroup = groupings.length === 0 ? [] : meters.map(() => groupings.map(() => new Map<string, Amount>()));
    this.eachSeries(customer, period, (part, found, series) => {
      for (let m = 0; m < meters.length; m++) {
        if (!found.hasEvents(series, m) || !part.countsRowsOf(series, m)) continue;
        part.addTo(totals[m]!, found, series, m);
        for (let g = 0; g < groupings.length; g++) {
          const group = part.group(series, g);
          const amounts = byGroup[m]![g]!;
          let amount = amounts.get(group);
          if (!amount) {
            amount = new Amount();
            amounts.set(group, amount);
          }
          part.addTo(amount, found, series, m);
        }
      }
    });
    const usage = new Map<string, MeteredUsage>();
    for (let m = 0; m < meters.length; m++) {
      const by = new Map<string, Map<string, MeterUsage>>();
      for (const [g, { name }] of groupings.entries()) by.set(name, usageByGroup(byGroup[m]![g]!));
      usage.set(meters[m]!.name, Object.assign(totals[m]!.usage(), { by }));
    }
    return usage;
  }

  combinationsOf(customer: string, period: Period): Iterable<DimensionUsage> {
    const { meters, dimensions } = this.options;
    const combinations = new Map<string, { values: string[]; amounts: Amount[] }>();
    this.eachSeries(customer, period, (part, found, series) => {
      const values = dimensions.map((_, d) => part.dimension(series, d));
      const key = JSON.stringify(values);
      const known = combinations.get(key) ?? { values, amounts: meters.map(() => new Amount()) };
      combinations.set(key, known);
      for (let m = 0; m < meters.length; m++) {
        if (found.hasEvents(series, m) && part.countsRowsOf(series, m)) part.addTo(known.amounts[m]!, found, series, m);
      }
    });
    return [...combinations.values()].map(({ values, amounts }) => ({
      values: new Map(dimensions.map((dimension, d) => [dimension, values[d]!])),
      usage: new Map(meters.map((meter, m) => [meter.name, amounts[m]!.usage()])),
    }));
  }

  /** Visits a customer's series, with totals that hold what they used within the period. */
  private eachSeries(
    customer: string,
    period: Period,
    visit: (part: PartView, totals: PartTotals, series: number) => void,
  ): void {
    const place = this.places.get(customer);
    if (place === undefined) return;
    const all = this.totalsOf(period);
    for (let p = 0; p < this.parts.length; p++) {
      const part = this.parts[p]!;
      const number = this.numbers[place * this.parts.length + p]!;
      if (number < 0) continue;
      const totals = all?.[p] ?? part.totalsOfCustomer(number, period);
      if (part.isSeries) visit(part, totals, number);
      else for (const series of part.seriesOf(number)) visit(part, totals, series);
    }
  }

  /** All customers' totals within a period, if they are kept: the first few periods that are asked for have room. */
  private totalsOf(period: Period): readonly PartTotals[] | undefined {
    const { last } = this;
    if (last && last.period.start === period.start && last.period.end === period.end) return last.totals;
    assertOnEdge(this.options.buckets, period.start);
    assertOnEdge(this.options.buckets, period.end);
    const totals = this.keptTotals(period);
    this.last = { period, totals };
    return totals;
  }

  private keptTotals(period: Period): readonly PartTotals[] | undefined {
    const key = `${period.start} ${period.end}`;
    const known = this.kept.get(key);
    if (known) return known;
    const bytes = this.parts.reduce((sum, part) => sum + part.bytesOfTotals, 0);
    const hasRoom = this.kept.size < MOST_KEPT_PERIODS && (this.kept.size + 1) * bytes <= KEPT_BYTES;
    if (this.kept.size > 0 && !hasRoom) return undefined;
    const totals = this.parts.map((part) => part.totalsOfAll(period));
    this.kept.set(key, totals);
    return totals;
  }
}

/** By meter, where distinct values are counted: the number that each of a part's values has in all parts. */
type DistinctNumbers = readonly (Int32Array | undefined)[];

function distinctNumbers(added: readonly UsagePart[], meters: readonly Meter[]): Map<LedgerPart, DistinctNumbers> {
  const ledgers = added.flatMap((usage) => usage.ledgers);
  const byMeter = meters.map(({ aggregation }, m) =>
    aggregation === 'unique' ? valueNumbers(ledgers.map((ledger) => ledger.distinct[m]!.texts)) : undefined,
  );
  return new Map(ledgers.map((ledger, l) => [ledger, byMeter.map((numbers) => numbers?.[l])]));
}

function usageByGroup(amounts: ReadonlyMap<string, Amount>): Map<string, MeterUsage> {
  const used = [...amounts].filter(([, amount]) => amount.events > 0);
  used.sort(([a], [b]) => (a < b ? -1 : 1));
  return new Map(used.map(([group, amount]) => [group, amount.usage()]));
}

/** What each series of a part used within a period: place = series × meters + meter. */
class PartTotals {
  readonly rows: Float64Array;
  readonly limbs: Float64Array;
  /** High parts of quantities; empty if records are not wide. */
  readonly highs: Float64Array;
  readonly events: Float64Array;
  /** First and last instant as milliseconds and nanoseconds, four numbers for each place. */
  readonly traces: Float64Array | undefined;
  /** For meters whose distinct values are counted: where the pairs of each record begin, see distinctValues.ts. */
  readonly chains = new Map<number, number[]>();
  readonly exact = new Map<number, bigint>();
  private readonly meters: number;

  /** `from`: what there is already, for as many series or fewer. */
  constructor(
    series: number,
    meters: number,
    { hasInstants, wide }: { hasInstants: boolean; wide: boolean },
    from?: LedgerTotals,
  ) {
    this.meters = meters;
    this.rows = enlarged(from?.rowsBySeries, series);
    this.limbs = enlarged(from?.limbs, series * meters);
    this.highs = enlarged(from?.highs, wide ? series * meters : 0);
    this.events = enlarged(from?.events, series * meters);
    this.traces = hasInstants ? new Float64Array(series * meters * 4) : undefined;
  }

  hasEvents(series: number, meter: number): boolean {
    return this.events[series * this.meters + meter] !== 0;
  }

  clear(series: number): void {
    const [from, to] = [series * this.meters, (series + 1) * this.meters];
    this.rows[series] = 0;
    this.limbs.fill(0, from, to);
    this.highs.fill(0, from, to);
    this.events.fill(0, from, to);
    for (let place = from; place < to; place++) {
      this.exact.delete(place);
      this.chains.delete(place);
    }
  }
}

/** What a {@link PartView} needs to know: as asked for, with the groupings worked out. */
type PartOptions = Omit<ViewOptions, 'groupings'> & { readonly groupings: readonly Grouping[] };

/** One thread's part. */
class PartView {
  readonly sign: 1 | -1;
  readonly customers: readonly string[];
  private readonly part: Part;
  private readonly options: PartOptions;
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
  private readonly whole: PartTotals;
  /** By meter that does not count all rows: 1 for each series that it counts. */
  private readonly counted: readonly (Uint8Array | undefined)[];
  /** By grouping: the group of each series, as far as it has been asked for. */
  private readonly groups: readonly string[][];
  private recordsBySeries: Grouped | undefined;
  /** By record: where its bucket begins. */
  private recordStarts: Float64Array | undefined;
  private ownTotals: PartTotals | undefined;

  constructor(part: Part, sign: 1 | -1, options: PartOptions, numbers: DistinctNumbers = []) {
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
    this.customers = textsOf(part.customers);
    this.dimensionTexts = part.dimensions.map(textsOf);
    const { series } = part;
    const width = options.dimensions.length + 1;
    this.seriesCount = series ? series.length / width : part.customers.count;
    if (series) this.seriesByCustomer = grouped(this.seriesCount, part.customers.count, (i) => series[i * width]!);
    this.whole = this.wholeTotals();
    this.counted = options.meters.map((meter) => this.countedSeries(meter));
    this.groups = options.groupings.map(() => []);
  }

  /** What all records add up to. */
  private wholeTotals(): PartTotals {
    const { ledger } = this.part;
    const meters = this.units.length;
    const whole = new PartTotals(this.seriesCount, meters, { hasInstants: false, wide: ledger.wide }, ledger.totals);
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
    const byCustomer = new Float64Array(this.customers.length);
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

  /** What {@link totalsOfAll} takes. */
  get bytesOfTotals(): number {
    const { records, distinct } = this.part.ledger;
    const chained = records * distinct.filter((values) => values !== undefined).length;
    return (this.seriesCount * (1 + this.units.length * (this.layout.hasInstants ? 6 : 2)) + chained) * 8;
  }

  totalsOfAll(period: Period): PartTotals {
    const isWithin = Uint8Array.from(this.part.ledger.bucketStarts, (start) => Number(contains(period, start)));
    if (!this.needsRecords && !isWithin.includes(0)) return this.whole;
    const totals = this.newTotals();
    for (let record = 0; record < this.part.ledger.records; record++) {
      if (isWithin[this.number(record, 1)] !== 0) this.addRecord(totals, record);
    }
    return totals;
  }

  /** Totals that hold for this customer only, and only until the next call. */
  totalsOfCustomer(customer: number, period: Period): PartTotals {
    this.ownTotals ??= this.newTotals();
    const totals = this.ownTotals;
    for (const series of this.seriesOf(customer)) {
      totals.clear(series);
      const records = this.recordsOf(series);
      for (let i = this.firstNotBefore(records, period.start); i < records.length; i++) {
        const record = records[i]!;
        if (this.recordStarts![record]! >= period.end) break;
        this.addRecord(totals, record);
      }
    }
    return totals;
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
    const starts = new Float64Array(records);
    for (let record = 0; record < records; record++) starts[record] = bucketStarts[this.number(record, 1)]!;
    this.recordStarts = starts;
    const bySeries = grouped(records, this.seriesCount, (record) => this.number(record, 0));
    for (let series = 0; series < this.seriesCount; series++) {
      const members = membersOf(bySeries, series);
      if (!members.every((record, i) => i === 0 || starts[members[i - 1]!]! <= starts[record]!)) {
        members.sort((a, b) => starts[a]! - starts[b]!);
      }
    }
    return bySeries;
  }

  /** The place of the first of these records whose bucket does not begin before `instant`. */
  private firstNotBefore(records: Int32Array, instant: number): number {
    const starts = this.recordStarts!;
    let [low, high] = [0, records.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (starts[records[middle]!]! < instant) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private newTotals(): PartTotals {
    const { hasInstants } = this.layout;
    return new PartTotals(this.seriesCount, this.options.meters.length, { hasInstants, wide: this.part.ledger.wide });
  }

  /** True if the totals of all records do not say all. */
  private get needsRecords(): boolean {
    return this.layout.hasInstants || this.part.ledger.distinct.some((values) => values !== undefined);
  }

  private addRecord(totals: PartTotals, record: number): void {
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
  private laterThan({ traces, events }: PartTotals, place: number, doubles: Float64Array, at: number): number {
    if (events[place] === 0) return 1;
    return doubles[at + 2]! - traces![place * 4 + 2]! || doubles[at + 3]! - traces![place * 4 + 3]!;
  }

  /** Adds a quantity of two parts to the total at a place, or raises that. The total's low part is below {@link HIGH_UNIT}. */
  private addWide({ limbs, highs, exact }: PartTotals, place: number, meter: number, low: number, high: number): void {
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

  private addTrace({ traces, events }: PartTotals, place: number, doubles: Float64Array, at: number): void {
    const isFirst = events[place] === 0;
    const to = place * 4;
    for (const [which, sign] of [
      [0, -1],
      [2, 1],
    ] as const) {
      const later = doubles[at + which]! - traces![to + which]! || doubles[at + which + 1]! - traces![to + which + 1]!;
      if (!isFirst && later * sign <= 0) continue;
      traces![to + which] = doubles[at + which]!;
      traces![to + which + 1] = doubles[at + which + 1]!;
    }
  }

  /** Adds what a series used of a meter. */
  addTo(amount: Amount, totals: PartTotals, series: number, meter: number): void {
    const place = series * this.units.length + meter;
    const trace = totals.traces?.subarray(place * 4, place * 4 + 4);
    amount.events += this.sign * totals.events[place]!;
    let exact = totals.exact.size === 0 ? 0n : (totals.exact.get(place) ?? 0n);
    const limb = totals.limbs[place]!;
    const high = totals.highs[place] ?? 0;
    // The row that a repeated delivery repeats has the same value at the same instant, so taking off the repetition's changes nothing.
    if (this.part.ledger.distinct[meter]) {
      if (this.sign > 0) for (const chain of totals.chains.get(place)!) this.addChain(amount, meter, chain);
    } else if (this.isLast[meter]) {
      if (this.sign > 0) amount.keepLatest(exact, nanoseconds(trace![2]!, trace![3]!));
    } else if (this.isMax[meter]) {
      if (this.sign > 0) amount.raise((BigInt(limb) + BigInt(high) * BigInt(HIGH_UNIT)) * this.units[meter]!, exact);
    } else {
      if (high !== 0) exact += BigInt(high) * BigInt(HIGH_UNIT) * this.units[meter]!;
      amount.add(this.sign * limb, this.part.ledger.scales[meter]!, this.units[meter]!);
      if (exact !== 0n) amount.exact += this.sign < 0 ? -exact : exact;
    }
    if (trace && this.options.trace && this.sign > 0) {
      const [firstMs, firstNs, lastMs, lastNs] = trace;
      amount.trace(nanoseconds(firstMs!, firstNs!), nanoseconds(lastMs!, lastNs!));
    }
  }

  /** Adds the values of a record, from the place of its latest pair. */
  private addChain(amount: Amount, meter: number, latest: number): void {
    const { pairs } = this.part.ledger.distinct[meter]!;
    const numbers = this.valueNumbers[meter]!;
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

function enlarged(array: Float64Array | undefined, length: number): Float64Array {
  if (array?.length === length) return array;
  const larger = new Float64Array(length);
  if (array) larger.set(array);
  return larger;
}

/** Things by the group that they belong to: those of group `g` from `from[g]` to `from[g + 1]`. */
type Grouped = { readonly members: Int32Array; readonly from: Int32Array };

function grouped(count: number, groups: number, groupOf: (member: number) => number): Grouped {
  const from = new Int32Array(groups + 2);
  for (let i = 0; i < count; i++) from[groupOf(i) + 2]!++;
  for (let g = 2; g < from.length; g++) from[g]! += from[g - 1]!;
  const members = new Int32Array(count);
  for (let i = 0; i < count; i++) members[from[groupOf(i) + 1]!++] = i;
  return { members, from };
}

function membersOf({ members, from }: Grouped, group: number): Int32Array {
  return members.subarray(from[group]!, from[group + 1]!);
}

/** Quantities of several records, added up exactly. */
class Amount {
  events = 0;
  exact = 0n;
  /** Numbers of distinct values; each may be there several times. */
  readonly values: number[] = [];
  private limb = 0;
  private scale = 0;
  private unit = 0n;
  private first: bigint | undefined;
  private last: bigint | undefined;
  private latest: bigint | undefined;

  /** `value`, whole and nearer to 0 than 2^52, counts in 10^-scale, which is `unit` in exact numbers. */
  add(value: number, scale: number, unit: bigint): void {
    let added = value;
    if (scale > this.scale) {
      const widened = this.limb * POWERS_OF_TEN[scale - this.scale]!;
      if (this.fits(widened)) this.limb = widened;
      else this.flush();
      this.scale = scale;
      this.unit = unit;
    } else if (scale < this.scale) added *= POWERS_OF_TEN[this.scale - scale]!;
    else this.unit = unit;
    if (!this.fits(added)) {
      this.exact += BigInt(value) * unit;
      return;
    }
    this.limb += added;
    if (!this.fits(this.limb)) this.flush();
  }

  private fits(limb: number): boolean {
    return limb < LIMB && limb > -LIMB;
  }

  raise(...candidates: readonly bigint[]): void {
    for (const candidate of candidates) if (candidate > this.exact) this.exact = candidate;
  }

  /** Of several at the same instant the largest counts. */
  keepLatest(quantity: bigint, at: bigint): void {
    if (this.latest !== undefined && (at < this.latest || (at === this.latest && quantity < this.exact))) return;
    this.latest = at;
    this.exact = quantity;
  }

  trace(first: bigint, last: bigint): void {
    if (this.first === undefined || first < this.first) this.first = first;
    if (this.last === undefined || last > this.last) this.last = last;
  }

  usage(): MeterUsage {
    const { events, first, last } = this;
    const quantity = events === 0 ? ZERO : this.quantity();
    return first === undefined || last === undefined ? { quantity, events } : { quantity, events, first, last };
  }

  private quantity(): Decimal {
    if (this.values.length > 0) return new Decimal(countDistinct(this.values));
    if (this.exact === 0n) return this.scale === 0 ? new Decimal(this.limb) : decimalOf(String(this.limb), this.scale);
    this.flush();
    return decimalOf(String(this.exact), EXACT_SCALE);
  }

  private flush(): void {
    if (this.limb !== 0) this.exact += BigInt(this.limb) * this.unit;
    this.limb = 0;
  }
}

function countDistinct(numbers: readonly number[]): number {
  const sorted = Int32Array.from(numbers).sort();
  let count = 0;
  for (let i = 0; i < sorted.length; i++) if (i === 0 || sorted[i] !== sorted[i - 1]) count++;
  return count;
}

/** A whole number in units of 10^-scale. */
function decimalOf(whole: string, scale: number): Decimal {
  if (scale === 0) return new Decimal(whole);
  const digits = whole.padStart(scale + 1, '0');
  return new Decimal(`${digits.slice(0, -scale)}.${digits.slice(-scale)}`);
}

function nanoseconds(ms: number, ns: number): bigint {
  return BigInt(ms) * 1_000_000n + BigInt(ns);
}
