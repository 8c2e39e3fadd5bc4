/** Answers a ledger's questions from the shards that one or more threads have filled. */
import { type Grouping, groupingsOf } from '../../../core/catalog/grouping.ts';
import type { Decimal } from '../../../core/decimal.ts';
import { contains, isSamePeriod, type Period } from '../../../core/period.ts';
import { assertOnEdge, spanOf } from '../../../core/usage/buckets.ts';
import type { LedgerCell } from '../../../core/usage/cell.ts';
import type { DimensionUsage, MeteredUsage, MeterUsage, Usage, UsageLedger } from '../../../core/usage/ledger.ts';
import type { RowsByBucket } from '../../../core/usage/rowTimes.ts';
import { lastNotAfter } from '../lastNotAfter.ts';
import { Amount } from './amount.ts';
import { distinctNumbers, distinctTexts } from './distinctNumbers.ts';
import { type Amounts, amountAt, cellsOfRecords, type PlacedRecord } from './recordCells.ts';
import type { ShardTotals } from './shardTotals.ts';
import { ShardView } from './shardView.ts';
import type { SharedLedger, UsageShard, ViewOptions } from './usageShard.ts';

/** Periods that are added up for all customers at once as soon as they are asked for; for more, customer by customer. */
const MOST_KEPT_PERIODS = 8;
/** Bytes of the totals that are kept, at most, but for the first period: a run often bills no other. */
const KEPT_BYTES = 1 << 26;

export class SlabLedgerView implements UsageLedger {
  /** Of a view of a shared ledger: those of {@link turnTo}. */
  customers: readonly string[] = [];
  readonly span: Period | undefined;
  readonly rowsByBucket: RowsByBucket;
  private readonly added: readonly UsageShard[];
  private readonly retracted: readonly UsageShard[];
  private readonly options: ViewOptions;
  private readonly groupings: readonly Grouping[];
  private readonly parts: readonly ShardView[];
  /** Customers by id: each has a place, and for each part a number there (place × parts + part), −1 if it does not occur. */
  private readonly places = new Map<string, number>();
  private readonly numbers: Int32Array;
  private last: { readonly period: Period; readonly totals: readonly ShardTotals[] | undefined } | undefined;
  /** Totals of whole periods, for each part. */
  private readonly kept = new Map<string, readonly ShardTotals[]>();

  /**
   * `retracted` are rows to be retracted off again: repeated deliveries that `added` contains. `known`: what a view of the same
   * shards has found out.
   */
  constructor(
    added: readonly UsageShard[],
    retracted: readonly UsageShard[],
    options: ViewOptions,
    known?: Pick<SharedLedger, 'numbers' | 'span'>,
  ) {
    this.added = added;
    this.retracted = retracted;
    this.options = options;
    this.groupings = groupingsOf(options);
    const numbers = distinctNumbers(added, options.meters);
    const viewsOf = (usage: UsageShard, sign: 1 | -1) =>
      usage.ledgers
        .filter((ledger) => ledger.records > 0)
        .map(
          (ledger) =>
            new ShardView({ ...usage, ledger }, sign, { ...options, groupings: this.groupings }, numbers.get(ledger)),
        );
    this.parts = [...added.flatMap((usage) => viewsOf(usage, 1)), ...retracted.flatMap((usage) => viewsOf(usage, -1))];
    if (known) {
      this.numbers = known.numbers;
      this.span = known.span;
      this.rowsByBucket = new Map();
      return;
    }
    const most = this.parts.reduce((sum, part) => sum + part.customerCount, 0);
    const rows = new Float64Array(most);
    const rowsByBucket = new Map<number, number>();
    this.numbers = new Int32Array(new SharedArrayBuffer(most * this.parts.length * 4)).fill(-1);
    for (const [p, part] of this.parts.entries()) {
      const inPart = part.rowsByCustomer(rowsByBucket);
      for (const [number, customer] of part.customers().entries()) {
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
    for (const [start, count] of rowsByBucket) {
      if (count === 0) rowsByBucket.delete(start); // repeated deliveries were all that it had
    }
    this.rowsByBucket = rowsByBucket;
    this.customers = [...this.places]
      .filter(([, place]) => rows[place]! > 0)
      .map(([customer]) => customer)
      .sort();
    this.span = spanOf(rowsByBucket.keys(), options.buckets);
  }

  /** The ledger in a form that can be handed to other threads, which make a view of it again. */
  share(): SharedLedger {
    const { groupings, dimensions, meters, buckets, trace } = this.options;
    const options = { dimensions, meters, buckets, trace, ...(groupings && { groupings }) };
    const { added, retracted, numbers, span } = this;
    return { added, retracted, options, numbers, span };
  }

  /** The place of a customer, −1 if it has no rows. */
  placeOf(customer: string): number {
    return this.places.get(customer) ?? -1;
  }

  /** Makes these the customers of a view of a shared ledger. `places`: as {@link placeOf} gave them. */
  turnTo(customers: readonly string[], places: Int32Array): void {
    this.places.clear();
    for (const [i, customer] of customers.entries()) if (places[i]! >= 0) this.places.set(customer, places[i]!);
    this.customers = customers;
  }

  hasRows(customer: string, period: Period): boolean {
    return this.rowsOf(customer, period) > 0;
  }

  rowsOf(customer: string, period: Period): number {
    let rows = 0;
    this.eachSeries(customer, period, this.totalsOf(period), (part, totals, series) => {
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

  usageOf(customer: string, period: Period, whole: Period = period): Usage {
    const { meters } = this.options;
    const { groupings } = this;
    const totals = meters.map(() => new Amount());
    const byGroup = groupings.length === 0 ? [] : meters.map(() => groupings.map(() => new Map<string, Amount>()));
    const within = isSamePeriod(period, whole) ? this.totalsOf(period) : undefined;
    this.eachSeries(customer, period, within, (part, found, series) => {
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
      usage.set(meters[m]!.name, totals[m]!.usageBy(by));
    }
    return usage;
  }

  quantityOf(customer: string, meter: string, period: Period): Decimal {
    const amount = new Amount();
    const m = this.options.meters.findIndex(({ name }) => name === meter);
    this.eachSeries(customer, period, undefined, (part, found, series) => {
      if (found.hasEvents(series, m) && part.countsRowsOf(series, m)) part.addTo(amount, found, series, m);
    });
    return amount.usage().quantity;
  }

  combinationsOf(customer: string, period: Period): Iterable<DimensionUsage> {
    const { meters, dimensions } = this.options;
    const combinations = new Map<string, { values: string[]; amounts: Amount[]; rows: number }>();
    this.eachSeries(customer, period, this.totalsOf(period), (part, found, series) => {
      const values = dimensions.map((_, d) => part.dimension(series, d));
      const key = JSON.stringify(values);
      const known = combinations.get(key) ?? { values, amounts: meters.map(() => new Amount()), rows: 0 };
      combinations.set(key, known);
      known.rows += part.sign * found.rows[series]!;
      for (let m = 0; m < meters.length; m++) {
        if (found.hasEvents(series, m) && part.countsRowsOf(series, m)) part.addTo(known.amounts[m]!, found, series, m);
      }
    });
    const withRows = [...combinations.values()].filter(({ rows }) => rows > 0);
    return withRows.map(({ values, amounts, rows }) => ({
      rows,
      values: new Map(dimensions.map((dimension, d) => [dimension, values[d]!])),
      usage: new Map(meters.map((meter, m) => [meter.name, amounts[m]!.usage()])),
    }));
  }

  *cells(): Generator<LedgerCell> {
    const { meters } = this.options;
    const texts = distinctTexts(this.added, meters);
    for (const customer of this.customers) {
      const records = [...this.recordsOf(customer)];
      yield* cellsOfRecords(customer, records, { meters, texts }, addRecord);
    }
  }

  private *recordsOf(customer: string): Generator<PartRecord> {
    const place = this.places.get(customer)!;
    for (const [p, part] of this.parts.entries()) {
      const number = this.numbers[place * this.parts.length + p]!;
      if (number < 0) continue;
      let known: { readonly series: number; readonly dimensions: readonly string[] } | undefined;
      for (const { series, record, start } of part.recordsOfCustomer(number)) {
        if (known?.series !== series)
          known = { series, dimensions: this.options.dimensions.map((_, d) => part.dimension(series, d)) };
        yield { part, series, record, start, dimensions: known.dimensions };
      }
    }
  }

  /**
   * Visits a customer's series, with totals that hold what they used within the period. `all`: {@link totalsOf} it, or
   * undefined for one that few other customers will be asked about.
   */
  private eachSeries(
    customer: string,
    period: Period,
    all: readonly ShardTotals[] | undefined,
    visit: (part: ShardView, totals: ShardTotals, series: number) => void,
  ): void {
    const place = this.places.get(customer);
    if (place === undefined) return;
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
  private totalsOf(period: Period): readonly ShardTotals[] | undefined {
    const { last } = this;
    if (last && last.period.start === period.start && last.period.end === period.end) return last.totals;
    assertOnEdge(this.options.buckets, period.start);
    assertOnEdge(this.options.buckets, period.end);
    const totals = this.keptTotals(period);
    this.last = { period, totals };
    return totals;
  }

  private keptTotals(period: Period): readonly ShardTotals[] | undefined {
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

/** A record of a part. */
type PartRecord = PlacedRecord & { readonly part: ShardView; readonly series: number; readonly record: number };

/** The number of its rows, signed. */
function addRecord(amounts: Amounts, { part, series, record }: PartRecord): number {
  const totals = part.totalsOfRecord(series, record);
  for (let m = 0; m < amounts.length; m++)
    if (totals.hasEvents(series, m) && part.countsRowsOf(series, m))
      part.addTo(amountAt(amounts, m), totals, series, m);
  return part.sign * totals.rows[series]!;
}

function usageByGroup(amounts: ReadonlyMap<string, Amount>): Map<string, MeterUsage> {
  const used = [...amounts].filter(([, amount]) => amount.events > 0);
  used.sort(([a], [b]) => (a < b ? -1 : 1));
  return new Map(used.map(([group, amount]) => [group, amount.usage()]));
}
