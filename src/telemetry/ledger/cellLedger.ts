/**
 * The ledger of cells that were added up before: records in arrays of numbers, in the order of customers, dimension values
 * and buckets once somebody asks. A question costs a search for its time and the records in it.
 *
 * Memory: 35 bytes for each record of a file, 59 where instants are kept; up to three times that while arrays grow. Of distinct
 * values each text once, and 4 bytes wherever it is listed.
 */
import type { Instant } from '../../core/calendar.ts';
import { type Grouping, groupingsOf, groupOf, type KeptDimensions } from '../../core/catalog/grouping.ts';
import type { Meter } from '../../core/catalog/meter.ts';
import { contains, type Period } from '../../core/period.ts';
import { nanosecondsOf } from '../../core/timestamp.ts';
import { assertOnEdge, type Buckets, bucketStart, spanOf } from '../../core/usage/buckets.ts';
import type { LedgerCell } from '../../core/usage/cell.ts';
import type { DimensionUsage, MeteredUsage, MeterUsage, Usage, UsageLedger } from '../../core/usage/ledger.ts';
import { lastNotAfter } from '../fast/lastNotAfter.ts';
import { Amount } from '../fast/ledger/amount.ts';
import { firstNotBefore, type Grouped, groupedByStart, membersOf } from '../fast/ledger/grouped.ts';
import { exactQuantity, exactUnit } from '../fast/ledger/quantities.ts';
import { amountAt, cellsOfRecords, type PlacedRecord } from '../fast/ledger/recordCells.ts';
import type { CellRecord, PlainQuantity } from './parseCell.ts';
import { RecordColumns } from './recordColumns.ts';

export type CellLedgerOptions = KeptDimensions & {
  readonly meters: readonly Meter[];
  readonly buckets: Buckets;
  /** Keep the first and last instant behind each quantity. */
  readonly trace: boolean;
};

/** Rows of a customer with the same dimension values. */
type Series = { readonly number: number; readonly values: readonly string[] };

/** By scale of a quantity that is a number. */
const UNITS: readonly bigint[] = Array.from({ length: 16 }, (_, scale) => exactUnit(scale));
/** Scale of a quantity that is kept by itself. */
const IS_EXACT = 255;

export class CellLedger implements UsageLedger {
  readonly rowsByBucket: Map<Instant, number> = new Map();
  private readonly options: CellLedgerOptions;
  private readonly groupings: readonly Grouping[];
  /** Places of the meters by name. */
  private readonly places: ReadonlyMap<string, number>;
  private readonly hasInstants: boolean;
  private readonly columns: RecordColumns;
  /** By record: quantities that are too long for the column, see quantities.ts. */
  private readonly exact = new Map<number, bigint>();
  /** Distinct values: each text has a number, and each record its numbers. */
  private readonly texts: string[] = [];
  private readonly textNumbers = new Map<string, number>();
  private readonly values = new Map<number, Int32Array>();
  /** Customer → dimension values, joined → series. */
  private readonly series = new Map<string, Map<string, Series>>();
  private seriesCount = 0;
  private latest: { customer: string; dimensions: readonly string[]; series: Series } | undefined;
  private bucket: { readonly instant: Instant; readonly start: Instant } | undefined;
  private bySeries: Grouped | undefined;
  private sorted: readonly string[] | undefined;

  constructor(options: CellLedgerOptions) {
    this.options = options;
    this.groupings = groupingsOf(options);
    this.places = new Map(options.meters.map(({ name }, m) => [name, m]));
    this.hasInstants = options.trace || options.meters.some(({ aggregation }) => aggregation === 'last');
    this.columns = new RecordColumns(this.hasInstants);
  }

  /** Takes a record; its dimensions are those of the options. A meter that is none of theirs is left out. */
  add(record: CellRecord): void {
    const { meters, buckets } = this.options;
    const { number } = this.seriesOf(record.customer, record.dimensions);
    if (this.bucket?.instant !== record.bucket)
      this.bucket = { instant: record.bucket, start: bucketStart(buckets, record.bucket) };
    const { start } = this.bucket;
    this.bySeries = undefined;
    if ('rows' in record) {
      this.rowsByBucket.set(start, (this.rowsByBucket.get(start) ?? 0) + record.rows);
      this.columns.add(number, meters.length, start, record.rows);
      return;
    }
    const { meter, quantity, events, first, last, values } = record.total;
    const m = this.places.get(meter);
    if (m === undefined) return;
    const place = this.columns.add(number, m, start, events);
    this.keepQuantity(place, quantity);
    if (values)
      this.values.set(
        place,
        Int32Array.from(values, (value) => this.numberOf(value)),
      );
    if (this.hasInstants) this.columns.keepInstants(place, first, last);
  }

  private numberOf(text: string): number {
    const known = this.textNumbers.get(text);
    if (known !== undefined) return known;
    this.textNumbers.set(text, this.texts.length);
    return this.texts.push(text) - 1;
  }

  private keepQuantity(place: number, quantity: PlainQuantity): void {
    if (typeof quantity === 'string') {
      this.exact.set(place, exactQuantity(quantity));
      this.columns.keepValue(place, 0, IS_EXACT);
    } else this.columns.keepValue(place, quantity.value, quantity.scale);
  }

  private seriesOf(customer: string, dimensions: readonly string[]): Series {
    const { latest } = this;
    if (latest && latest.customer === customer && latest.dimensions === dimensions) return latest.series;
    let byValues = this.series.get(customer);
    if (!byValues) {
      byValues = new Map();
      this.series.set(customer, byValues);
      this.sorted = undefined;
    }
    const key = dimensions.length === 0 ? '' : JSON.stringify(dimensions);
    let series = byValues.get(key);
    if (!series) {
      series = { number: this.seriesCount++, values: dimensions };
      byValues.set(key, series);
    }
    this.latest = { customer, dimensions, series };
    return series;
  }

  get customers(): readonly string[] {
    this.sorted ??= [...this.series.keys()].sort();
    return this.sorted;
  }

  get span(): Period | undefined {
    return spanOf(this.rowsByBucket.keys(), this.options.buckets);
  }

  hasRows(customer: string, period: Period): boolean {
    return this.rowsOf(customer, period) > 0;
  }

  rowsOf(customer: string, period: Period): number {
    this.assertOnEdges(period);
    let rows = 0;
    for (const series of this.allOf(customer)) rows += this.rowsIn(this.recordsIn(series, period));
    return rows;
  }

  private rowsIn(records: Int32Array): number {
    const { meters, counts } = this.columns;
    let rows = 0;
    for (const record of records) if (meters[record] === this.options.meters.length) rows += counts[record]!;
    return rows;
  }

  periodsWithRows(customer: string, periods: readonly Period[]): readonly Period[] {
    const { meters, starts } = this.columns;
    const begins = periods.map(({ start }) => start);
    const used = new Set<number>();
    for (const { number } of this.allOf(customer)) {
      for (const record of membersOf(this.order(), number)) {
        const start = starts[record]!;
        if (meters[record] !== this.options.meters.length) continue;
        const nearest = lastNotAfter(begins, start);
        if (periods[nearest] && contains(periods[nearest], start)) used.add(nearest);
      }
    }
    return [...used].sort((a, b) => a - b).map((i) => periods[i]!);
  }

  usageOf(customer: string, period: Period): Usage {
    const { meters } = this.options;
    this.assertOnEdges(period);
    const totals = meters.map(() => new Amount());
    const parts = meters.map(() => this.groupings.map(() => new Map<string, Amount>()));
    for (const series of this.allOf(customer)) {
      const groups = this.groupings.map(({ places }) => groupOf(places.map((place) => series.values[place]!)));
      for (const record of this.recordsIn(series, period)) {
        const m = this.columns.meters[record]!;
        if (m === meters.length) continue;
        this.addTo(totals[m]!, record, m);
        for (let g = 0; g < groups.length; g++) this.addTo(amountOf(parts[m]![g]!, groups[g]!), record, m);
      }
    }
    return new Map(
      meters.map(({ name }, m): [string, MeteredUsage] => {
        const by = this.groupings.map((grouping, g): [string, Map<string, MeterUsage>] => [
          grouping.name,
          usageByGroup(parts[m]![g]!),
        ]);
        return [name, totals[m]!.usageBy(new Map(by))];
      }),
    );
  }

  *combinationsOf(customer: string, period: Period): Generator<DimensionUsage> {
    const { meters, dimensions } = this.options;
    this.assertOnEdges(period);
    for (const series of this.allOf(customer)) {
      const records = this.recordsIn(series, period);
      const rows = this.rowsIn(records);
      if (rows === 0) continue;
      const amounts = meters.map(() => new Amount());
      for (const record of records) {
        const m = this.columns.meters[record]!;
        if (m < meters.length) this.addTo(amounts[m]!, record, m);
      }
      yield {
        rows,
        values: new Map(dimensions.map((dimension, d) => [dimension, series.values[d]!])),
        usage: new Map(meters.map(({ name }, m) => [name, amounts[m]!.usage()])),
      };
    }
  }

  *cells(): Generator<LedgerCell> {
    const { columns, options } = this;
    const rowsAt = options.meters.length;
    const of = { meters: options.meters, texts: options.meters.map(() => this.texts) };
    for (const customer of this.customers) {
      const records = [...this.placedRecords(customer)];
      yield* cellsOfRecords(customer, records, of, (amounts, { record }) => {
        const m = columns.meters[record]!;
        if (m === rowsAt) return columns.counts[record]!;
        this.addTo(amountAt(amounts, m), record, m);
        return 0;
      });
    }
  }

  private *placedRecords(customer: string): Generator<PlacedRecord & { readonly record: number }> {
    const { starts } = this.columns;
    for (const { number, values } of this.allOf(customer))
      for (const record of membersOf(this.order(), number))
        yield { start: starts[record]!, dimensions: values, record };
  }

  private addTo(amount: Amount, record: number, meter: number): void {
    const { aggregation } = this.options.meters[meter]!;
    const { columns } = this;
    const scale = columns.scales[record]!;
    const value = columns.values[record]!;
    amount.events += columns.counts[record]!;
    if (aggregation === 'unique') {
      amount.values ??= [];
      for (const number of this.values.get(record)!) amount.values.push(number);
    } else if (aggregation === 'max' || aggregation === 'last') {
      const quantity = scale === IS_EXACT ? this.exact.get(record)! : BigInt(value) * UNITS[scale]!;
      if (aggregation === 'max') amount.raise(quantity);
      else amount.keepLatest(quantity, nanosecondsOf(columns.lastOf(record)));
    } else if (scale === IS_EXACT) amount.exact += this.exact.get(record)!;
    else amount.add(value, scale, UNITS[scale]!);
    if (!this.options.trace) return;
    const [first, last] = [columns.firstOf(record), columns.lastOf(record)];
    amount.trace(first.ms, first.ns, last.ms, last.ns);
  }

  private allOf(customer: string): Iterable<Series> {
    return this.series.get(customer)?.values() ?? [];
  }

  /** The records of a series in a period, in the order of their buckets. */
  private recordsIn({ number }: Series, { start, end }: Period): Int32Array {
    const records = membersOf(this.order(), number);
    const { starts } = this.columns;
    return records.subarray(firstNotBefore(starts, records, start), firstNotBefore(starts, records, end));
  }

  /** Records by series, in the order of their buckets. */
  private order(): Grouped {
    if (this.bySeries) return this.bySeries;
    const { starts, series, length } = this.columns;
    this.bySeries = groupedByStart(starts, series.subarray(0, length), this.seriesCount);
    return this.bySeries;
  }

  private assertOnEdges({ start, end }: Period): void {
    assertOnEdge(this.options.buckets, start);
    assertOnEdge(this.options.buckets, end);
  }
}

function amountOf(amounts: Map<string, Amount>, group: string): Amount {
  const known = amounts.get(group);
  if (known) return known;
  const amount = new Amount();
  amounts.set(group, amount);
  return amount;
}

function usageByGroup(amounts: ReadonlyMap<string, Amount>): Map<string, MeterUsage> {
  const used = [...amounts].sort(([a], [b]) => (a < b ? -1 : 1));
  return new Map(used.map(([group, amount]) => [group, amount.usage()]));
}
