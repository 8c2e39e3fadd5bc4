/** The plain ledger: maps of maps of exact numbers. Obvious rather than fast. */

import type { Instant } from '../calendar.ts';
import { type Grouping, groupingsOf, groupOf, type KeptDimensions } from '../catalog/grouping.ts';
import { countsZero, type Meter, needsEveryRow } from '../catalog/meter.ts';
import { type RowTest, rowTest } from '../catalog/rowFilter.ts';
import type { Decimal } from '../decimal.ts';
import { contains, type Period } from '../period.ts';
import { nanosecondsOf, type PreciseInstant } from '../timestamp.ts';
import { assertOnEdge, type Buckets, bucketStart, spanOf } from './buckets.ts';
import type { LedgerCell } from './cell.ts';
import { compareCells } from './cells.ts';
import type { DimensionUsage, MeteredUsage, MeterUsage, Usage, UsageLedger } from './ledger.ts';
import { absorb, type Cell, emptyCell, restoredCell, totalOf, usageInCell } from './meterCell.ts';
import { shown } from './scaledUsage.ts';
import type { IntervalSums, ValuesInForce } from './timed.ts';

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

/** Sums over rows of one bucket with the same dimension values. */
type BucketRecord = { rows: number; readonly cells: (Cell | undefined)[] };

/** A customer's rows with the same dimension values. */
type Series = { readonly values: readonly string[]; readonly records: Map<Instant, BucketRecord> };

export class MapLedger implements UsageLedger {
  private readonly options: LedgerOptions;
  private readonly groupings: readonly Grouping[];
  /** For each meter. */
  private readonly counts: readonly RowTest[];
  /** Customer → dimension values, joined → series. */
  private readonly usage = new Map<string, Map<string, Series>>();
  readonly rowsByBucket: Map<Instant, number> = new Map();
  private sorted: string[] | undefined;

  constructor(options: LedgerOptions) {
    this.options = options;
    this.groupings = groupingsOf(options);
    this.counts = options.meters.map(({ where }) => rowTest(where, options.dimensions));
  }

  add({ customer, at, quantities, dimensions, rows = 1, isPart }: LedgerRow): void {
    const { meters, buckets, trace } = this.options;
    const bucket = bucketStart(buckets, at.ms);
    const record = this.recordOf(customer, dimensions, bucket);
    if (!isPart) {
      this.rowsByBucket.set(bucket, (this.rowsByBucket.get(bucket) ?? 0) + rows);
      record.rows += rows;
    }
    const nanoseconds = nanosecondsOf(at);
    for (const [i, text] of quantities.entries()) {
      if (text === undefined || isZero(meters[i]!, text) || !this.counts[i]!(dimensions)) continue;
      const cell = cellOf(record, i, meters[i]!);
      cell.total.add(text, nanoseconds);
      cell.events += rows;
      if (!trace) continue;
      if (cell.first === undefined || nanoseconds < cell.first) cell.first = nanoseconds;
      if (cell.last === undefined || nanoseconds > cell.last) cell.last = nanoseconds;
    }
    this.sorted = undefined;
  }

  /** Takes rows that were added up before, in a bucket that lies within one of this ledger. Other meters are left out. */
  addCell({ customer, bucket, dimensions, rows, totals }: LedgerCell): void {
    const start = bucketStart(this.options.buckets, bucket);
    const record = this.recordOf(customer, dimensions, start);
    record.rows += rows;
    if (rows > 0) this.rowsByBucket.set(start, (this.rowsByBucket.get(start) ?? 0) + rows);
    for (const total of totals) {
      const m = this.options.meters.findIndex(({ name }) => name === total.meter);
      const meter = this.options.meters[m];
      if (meter) absorb(cellOf(record, m, meter), restoredCell(meter, total, this.options));
    }
    this.sorted = undefined;
  }

  private recordOf(customer: string, dimensions: readonly string[], bucket: Instant): BucketRecord {
    const bySeries = getOrCreate(this.usage, customer, () => new Map<string, Series>());
    const key = dimensions.length === 0 ? '' : JSON.stringify(dimensions);
    const { records } = getOrCreate(bySeries, key, () => ({ values: dimensions, records: new Map() }));
    return getOrCreate(records, bucket, () => ({ rows: 0, cells: new Array<undefined>(this.options.meters.length) }));
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
      for (const [start, record] of records) if (contains(period, start)) rows += record.rows;
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
      let rows = 0;
      for (const [start, record] of records) if (contains(period, start)) rows += record.rows;
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
        [...records].map(([bucket, { rows, cells }]): LedgerCell => {
          const totals = cells.flatMap((cell, m) => (cell ? totalOf(this.options.meters[m]!, cell) : []));
          return { customer, bucket, dimensions: values, rows, totals };
        }),
      );
      yield* cells.sort(compareCells);
    }
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
    const m = this.options.meters.indexOf(meter);
    let latest = Number.NEGATIVE_INFINITY;
    let known = emptyCell(meter);
    for (const { records } of this.seriesOf(customer)) {
      for (const [start, { cells }] of records) {
        const cell = cells[m];
        if (!cell || start >= period.start || start < latest) continue;
        if (start > latest) known = emptyCell(meter);
        latest = start;
        absorb(known, cell);
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
    for (const [start, { cells }] of records) {
      if (!contains(period, start)) continue;
      for (const [m, cell] of cells.entries()) if (cell) absorb(totals[m]!, cell);
    }
    return totals;
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

/** A cell comes to be with its first row: most rows have few of the meters. */
function cellOf({ cells }: BucketRecord, place: number, meter: Meter): Cell {
  const known = cells[place];
  if (known) return known;
  const cell = emptyCell(meter);
  cells[place] = cell;
  return cell;
}

function getOrCreate<K, V>(map: Map<K, V>, key: K, create: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const created = create();
  map.set(key, created);
  return created;
}
