/** The plain ledger: maps of maps to the numbers of records, and a column of exact numbers for each meter. */

import type { Instant } from '../calendar.ts';
import { type Grouping, groupingsOf, groupOf, type KeptDimensions } from '../catalog/grouping.ts';
import { countsZero, type Meter, needsEveryRow } from '../catalog/meter.ts';
import { type RowTest, rowTest } from '../catalog/rowFilter.ts';
import type { Decimal } from '../decimal.ts';
import { contains, type Period } from '../period.ts';
import { nanosecondsOf, type PreciseInstant } from '../timestamp.ts';
import { dependsOnTime } from './accumulator.ts';
import { assertOnEdge, type Buckets, spanOf } from './buckets.ts';
import type { CellTotal, LedgerCell } from './cell.ts';
import { CellColumn } from './cellColumn.ts';
import { compareCells } from './cells.ts';
import type { DimensionUsage, MeteredUsage, MeterUsage, Usage, UsageLedger } from './ledger.ts';
import { absorb, type Cell, emptyCell, restoredCell, totalOf, usageInCell } from './meterCell.ts';
import { shown } from './scaledUsage.ts';
import type { IntervalSums, ValuesInForce } from './timed.ts';
import { UsedBuckets } from './usedBuckets.ts';

/** Values of `dimensions` are kept apart, those that meters count rows by among them. */
export type LedgerOptions = KeptDimensions & {
  readonly meters: readonly Meter[];
  readonly buckets: Buckets;
  /** Keep the first and last instant behind each quantity. */
  readonly trace: boolean;
  /** Day of the month on which a customer's months begin, where that is not the first; by id. */
  readonly anchors?: ReadonlyMap<string, number> | undefined;
};

export type LedgerRow = {
  readonly customer: string;
  readonly at: PreciseInstant;
  /** Field texts, one for each meter; undefined: nothing. */
  readonly quantities: readonly (string | undefined)[];
  /** One for each kept dimension. */
  readonly dimensions: readonly string[];
  /** Rows that it stands for; absent: itself. */
  readonly rows?: number;
  /** The row stands for that many; absent: for itself. */
  readonly weight?: Decimal;
  /** Its quantities belong to a row that has come already: it is no row by itself. */
  readonly isPart?: boolean;
  /** Its place; absent: nobody asked for it. */
  readonly place?: RowPlace;
};

/** Place of a row in its exports. `line`: of its first line, from 1. `id`: of its event, '' if it has none. */
export type RowPlace = { readonly file: string; readonly line: number; readonly id: string };

/** A customer's rows with the same dimension values: the number of the record of their sums, by that of the bucket. */
type Series = { readonly values: readonly string[]; readonly records: Map<number, number> };

export class MapLedger implements UsageLedger {
  private readonly options: LedgerOptions;
  private readonly groupings: readonly Grouping[];
  /** For each meter. */
  private readonly counts: readonly RowTest[];
  private readonly needsNanoseconds: boolean;
  /** Customer → dimension values, joined → series. */
  private readonly usage = new Map<string, Map<string, Series>>();
  private readonly buckets: UsedBuckets;
  /** Rows of each record. */
  private readonly rows: number[] = [];
  private readonly columns: readonly CellColumn[];
  private sorted: string[] | undefined;

  constructor(options: LedgerOptions) {
    this.options = options;
    this.groupings = groupingsOf(options);
    this.counts = options.meters.map(({ where }) => rowTest(where, options.dimensions));
    this.buckets = new UsedBuckets(options.buckets);
    this.columns = options.meters.map((meter) => new CellColumn(meter, options.trace));
    this.needsNanoseconds = options.trace || options.meters.some(dependsOnTime);
  }

  add({ customer, at, quantities, dimensions, rows = 1, isPart }: LedgerRow): void {
    const { meters } = this.options;
    const record = this.recordOf(customer, dimensions, this.buckets.at(at.ms));
    if (!isPart) {
      this.buckets.addRows(at.ms, rows);
      this.rows[record]! += rows;
    }
    // Large numbers cost as much as the rest of a row, and sums do without.
    const nanoseconds = this.needsNanoseconds ? nanosecondsOf(at) : 0n;
    for (let m = 0; m < quantities.length; m++) {
      const text = quantities[m];
      if (text === undefined || isZero(meters[m]!, text) || !this.counts[m]!(dimensions)) continue;
      this.columns[m]!.add(record, { text, at: nanoseconds, rows });
    }
    this.sorted = undefined;
  }

  /** Takes rows that were added up before, in a bucket that lies within one of this ledger. Other meters are left out. */
  addCell({ customer, bucket: start, dimensions, rows, totals }: LedgerCell): void {
    const { meters } = this.options;
    const record = this.recordOf(customer, dimensions, this.buckets.at(start));
    if (rows > 0) this.buckets.addRows(start, rows);
    this.rows[record]! += rows;
    for (const total of totals) {
      const m = meters.findIndex(({ name }) => name === total.meter);
      if (m >= 0) this.columns[m]!.takeIn(record, restoredCell(meters[m]!, total, this.options));
    }
    this.sorted = undefined;
  }

  private recordOf(customer: string, dimensions: readonly string[], bucket: number): number {
    const bySeries = getOrCreate(this.usage, customer, () => new Map<string, Series>());
    const key = dimensions.length < 2 ? (dimensions[0] ?? '') : JSON.stringify(dimensions);
    const { records } = getOrCreate(bySeries, key, () => ({ values: dimensions, records: new Map() }));
    const known = records.get(bucket);
    if (known !== undefined) return known;
    for (const column of this.columns) column.addRecord();
    const record = this.rows.push(0) - 1;
    records.set(bucket, record);
    return record;
  }

  get rowsByBucket(): ReadonlyMap<Instant, number> {
    return this.buckets.rows;
  }

  get customers(): readonly string[] {
    this.sorted ??= [...this.usage.keys()].sort();
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
    for (const { records } of this.seriesOf(customer)) {
      rows += this.rowsIn(records, period);
    }
    return rows;
  }

  periodsWithRows(customer: string, periods: readonly Period[]): readonly Period[] {
    return periods.filter((period) => this.hasRows(customer, period));
  }

  usageOf(customer: string, period: Period, whole = period): Usage {
    const { meters } = this.options;
    const { groupings } = this;
    const totals = meters.map(emptyCell);
    const parts = meters.map(() => groupings.map(() => new Map<string, Cell>()));
    this.assertOnEdges(period);
    for (const { values, records } of this.seriesOf(customer)) {
      const groups = groupings.map(({ places }) => groupOf(places.map((place) => values[place]!)));
      for (const [m, total] of this.totalsIn(records, period).entries()) {
        if (total.events === 0) continue;
        absorb(totals[m]!, total);
        if (needsEveryRow(meters[m]!)) continue;
        for (const [g, group] of groups.entries()) {
          absorb(
            getOrCreate(parts[m]![g]!, group, () => emptyCell(meters[m]!)),
            total,
          );
        }
      }
    }
    return new Map(
      meters.map((meter, m): [string, MeteredUsage] => [
        meter.name,
        {
          ...this.usageIn(totals[m]!, meter, { customer, period, whole }),
          by: new Map(
            groupings.map(({ name }, g) => [
              name,
              new Map([...parts[m]![g]!].map(([group, cell]) => [group, usageInCell(cell)])),
            ]),
          ),
        },
      ]),
    );
  }

  combinationsOf(customer: string, period: Period): Iterable<DimensionUsage> {
    const { meters, dimensions } = this.options;
    this.assertOnEdges(period);
    const time = { customer, period, whole: period };
    return this.seriesOf(customer).flatMap(({ values, records }) => {
      const rows = this.rowsIn(records, period);
      if (rows === 0) return [];
      const totals = this.totalsIn(records, period);
      return {
        rows,
        values: new Map(dimensions.map((dimension, d) => [dimension, values[d]!])),
        usage: new Map(meters.map((meter, m) => [meter.name, this.usageIn(totals[m]!, meter, time)])),
      };
    });
  }

  *cells(): Generator<LedgerCell> {
    for (const customer of this.customers) {
      const cells = this.seriesOf(customer).flatMap(({ values, records }) =>
        [...records].map(([bucket, record]): LedgerCell => {
          const at = { customer, bucket: this.buckets.starts[bucket]!, dimensions: values };
          return { ...at, rows: this.rows[record]!, totals: this.totalsOf(record) };
        }),
      );
      yield* cells.sort(compareCells);
    }
  }

  private totalsOf(record: number): CellTotal[] {
    return this.options.meters.flatMap((meter, m) => {
      const cell = emptyCell(meter);
      if (!this.columns[m]!.has(record)) return [];
      this.columns[m]!.addTo(cell, record);
      return totalOf(meter, cell);
    });
  }

  private usageIn(cell: Cell, meter: Meter, time: { customer: string; period: Period; whole: Period }): MeterUsage {
    const { weighting, percentile } = meter;
    if (percentile) {
      const quantity = (cell.total as IntervalSums).percentile(time.whole, percentile);
      return { ...usageInCell(cell), quantity };
    }
    if (!weighting) return usageInCell(cell);
    const before = this.valueBefore(meter, time);
    const anchor = this.options.anchors?.get(time.customer) ?? 1;
    const exact = (cell.total as ValuesInForce).weighted(time.period, before, weighting, anchor);
    return {
      ...usageInCell(cell),
      quantity: shown(exact),
      ...(!exact.terminates && { exact }),
      ...(cell.events === 0 && !exact.isZero() && { isCarried: true }),
    };
  }

  /** The value of a meter that is in force at the begin of a time. */
  private valueBefore(meter: Meter, { customer, period }: { customer: string; period: Period }): Decimal {
    const column = this.columns[this.options.meters.indexOf(meter)]!;
    let latest = Number.NEGATIVE_INFINITY;
    let known = emptyCell(meter);
    for (const { records } of this.seriesOf(customer)) {
      for (const [bucket, record] of records) {
        const start = this.buckets.starts[bucket]!;
        if (!column.has(record) || start >= period.start || start < latest) continue;
        if (start > latest) known = emptyCell(meter);
        latest = start;
        column.addTo(known, record);
      }
    }
    return known.total.quantity;
  }

  private seriesOf(customer: string): Series[] {
    return [...(this.usage.get(customer)?.values() ?? [])];
  }

  /** For each meter. */
  private totalsIn(records: Series['records'], period: Period): Cell[] {
    const totals = this.options.meters.map(emptyCell);
    for (const [bucket, record] of records) {
      if (!contains(period, this.buckets.starts[bucket]!)) continue;
      for (let m = 0; m < totals.length; m++) this.columns[m]!.addTo(totals[m]!, record);
    }
    return totals;
  }

  private rowsIn(records: Series['records'], period: Period): number {
    let rows = 0;
    for (const [bucket, record] of records)
      if (contains(period, this.buckets.starts[bucket]!)) rows += this.rows[record]!;
    return rows;
  }

  private assertOnEdges({ start, end }: Period): void {
    assertOnEdge(this.options.buckets, start);
    assertOnEdge(this.options.buckets, end);
  }
}

/** A quantity of 0 is no event; a value that is merely counted is one even if it is `0`. */
export function isZero(meter: Meter, text: string): boolean {
  return !countsZero(meter) && /^[0.]*$/.test(text);
}

function getOrCreate<K, V>(map: Map<K, V>, key: K, create: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const created = create();
  map.set(key, created);
  return created;
}
