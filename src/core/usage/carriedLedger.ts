/**
 * A ledger in which latest values stay: where a time has no row of such a meter, it has the value that was the latest
 * before it, until another row says otherwise.
 *
 * For this the ledger beneath holds the rows before the billed time, too. They count for nothing else: they add no
 * customer to the run, and no time that has rows.
 */
import type { Instant } from '../calendar.ts';
import type { Meter } from '../catalog/meter.ts';
import type { Period } from '../period.ts';
import type { LedgerCell } from './cell.ts';
import { cellsOf } from './cells.ts';
import type { DimensionUsage, MeteredUsage, Usage, UsageLedger } from './ledger.ts';
import type { RowsByBucket } from './rowTimes.ts';

export type CarriedTime = {
  readonly meters: readonly Meter[];
  /** Billed period; absent: everything. Both ends lie on edges of the ledger's buckets. */
  readonly period?: Period | undefined;
  /** Customers who are billed for another time; by id. */
  readonly periods: ReadonlyMap<string, Period>;
};

export class CarriedLedger implements UsageLedger {
  readonly customers: readonly string[];
  readonly span: Period | undefined;
  readonly rowsByBucket: RowsByBucket;
  /** Rows of all customers before the time for which they are billed. */
  readonly rowsBefore: number;
  private readonly ledger: UsageLedger;
  private readonly time: CarriedTime;
  /** Begin of the earliest time that is billed. */
  private readonly begin: Instant;
  /** Meters whose latest value stays. What is weighted by time, the ledger beneath carries over by itself. */
  private readonly carried: readonly string[];
  private known: { readonly customer: string; readonly start: Instant; readonly usage: Usage } | undefined;

  constructor(ledger: UsageLedger, time: CarriedTime) {
    this.ledger = ledger;
    this.time = time;
    this.carried = time.meters.filter(({ aggregation }) => aggregation === 'last').map(({ name }) => name);
    this.rowsBefore = this.countBefore();
    const begins = [
      time.period?.start ?? Number.NEGATIVE_INFINITY,
      ...[...time.periods.values()].map(({ start }) => start),
    ];
    this.begin = begins.reduce((earliest, start) => Math.min(earliest, start));
    const isEmpty = this.rowsBefore === 0;
    this.rowsByBucket = isEmpty
      ? ledger.rowsByBucket
      : new Map([...ledger.rowsByBucket].filter(([start]) => start >= this.begin));
    this.customers = isEmpty ? ledger.customers : ledger.customers.filter((customer) => this.isWithin(customer));
    this.span = isEmpty ? ledger.span : this.spanOfRows();
  }

  hasRows(customer: string, period: Period): boolean {
    return this.ledger.hasRows(customer, period);
  }

  rowsOf(customer: string, period: Period): number {
    return this.ledger.rowsOf(customer, period);
  }

  periodsWithRows(customer: string, periods: readonly Period[]): readonly Period[] {
    return this.ledger.periodsWithRows(customer, periods);
  }

  combinationsOf(customer: string, period: Period): Iterable<DimensionUsage> {
    return this.ledger.combinationsOf!(customer, period);
  }

  *cells(): Generator<LedgerCell> {
    for (const cell of cellsOf(this.ledger))
      if (this.rowsBefore === 0 || (cell.bucket >= this.begin && this.isWithin(cell.customer))) yield cell;
  }

  usageOf(customer: string, period: Period, whole?: Period): Usage {
    const own = this.ledger.usageOf(customer, period, whole);
    const missing = this.carried.filter((meter) => own.get(meter)!.events === 0);
    const before = missing.length === 0 ? undefined : this.usageBefore(customer, period.start);
    if (!before) return own;
    const usage = new Map(own);
    for (const meter of missing) {
      const { quantity, events, last } = before.get(meter)!;
      if (events === 0) continue;
      const known: MeteredUsage = { quantity, events: 0, isCarried: true, by: own.get(meter)!.by };
      usage.set(meter, last === undefined ? known : { ...known, first: last, last });
    }
    return usage;
  }

  /** Undefined if there is no row before. */
  private usageBefore(customer: string, start: Instant): Usage | undefined {
    const first = this.ledger.span?.start;
    if (first === undefined || first >= start) return undefined;
    if (this.known?.customer !== customer || this.known.start !== start)
      this.known = { customer, start, usage: this.ledger.usageOf(customer, { start: first, end: start }) };
    return this.known.usage;
  }

  private periodOf(customer: string): Period | undefined {
    return this.time.periods.get(customer) ?? this.time.period;
  }

  private isWithin(customer: string): boolean {
    const period = this.periodOf(customer);
    return !period || this.ledger.hasRows(customer, period);
  }

  private countBefore(): number {
    const { period, periods } = this.time;
    const first = this.ledger.span?.start;
    if (!period || first === undefined) return 0;
    let rows = 0;
    for (const [start, count] of this.ledger.rowsByBucket) if (start < period.start) rows += count;
    const rowsUntil = (customer: string, end: Instant) =>
      first < end ? this.ledger.rowsOf(customer, { start: first, end }) : 0;
    for (const [customer, own] of periods) {
      if (own.start !== period.start) rows += rowsUntil(customer, own.start) - rowsUntil(customer, period.start);
    }
    return rows;
  }

  private spanOfRows(): Period | undefined {
    let start = Number.POSITIVE_INFINITY;
    for (const bucket of this.rowsByBucket.keys()) start = Math.min(start, bucket);
    return start === Number.POSITIVE_INFINITY ? undefined : { start, end: this.ledger.span!.end };
  }
}
