/** Usage by customer × meter × dimension × time: the one thing between telemetry and rating. */
import type { Decimal } from '../decimal.ts';
import { Fraction } from '../fraction.ts';
import type { Period } from '../period.ts';
import type { LedgerCell } from './cell.ts';
import type { RowsByBucket } from './rowTimes.ts';
import type { Interval } from './sample/interval.ts';

/** A customer's usage of one meter in a stretch of time. */
export type MeterUsage = {
  /**
   * In the meter's own unit, aggregated as the meter says, exact; if it does not end as a decimal, to twelve digits.
   */
  readonly quantity: Decimal;
  /** Exact quantity, if its decimals do not end. */
  readonly exact?: Fraction;
  /** Rows whose quantity is not 0. */
  readonly events: number;
  /** True if there is no row within the time, and the quantity is that of the latest row before it. */
  readonly isCarried?: boolean;
  /**
   * First and last of those rows (where it is carried: the row before), nanoseconds since 1970; only if the ledger was
   * asked to trace and there are any.
   */
  readonly first?: bigint;
  readonly last?: bigint;
  /**
   * Bounds of the true quantity, as ratios to `quantity`, where it is estimated from a sample. Absent: it is no estimate,
   * or no row of it is in the sample.
   */
  readonly bounds?: Interval;
};

export type MeteredUsage = MeterUsage & {
  /**
   * Usage by grouping and group, see grouping.ts: for each dimension that the ledger keeps, and for the combinations
   * that it was asked for. A row without a value counts under ''. Empty for meters that need every row.
   */
  readonly by: ReadonlyMap<string, ReadonlyMap<string, MeterUsage>>;
};

/** The quantity, whether it ends as a decimal or not. */
export function exactQuantity({ quantity, exact }: MeterUsage): Fraction {
  return exact ?? Fraction.of(quantity);
}

/** By meter name; every meter of the rate card is there. */
export type Usage = ReadonlyMap<string, MeteredUsage>;

/** Usage of rows that agree in all kept dimensions: `values` by dimension. Every meter of the rate card is there. */
export type DimensionUsage = {
  /** Number of the rows, whatever their quantities. */
  readonly rows: number;
  readonly values: ReadonlyMap<string, string>;
  readonly usage: ReadonlyMap<string, MeterUsage>;
};

export interface UsageLedger {
  /** Customers with at least one row, in ascending order of their ids (UTF-16 code units). */
  readonly customers: readonly string[];
  /** From the first row's bucket to the end of the last one's; undefined if there are no rows. */
  readonly span: Period | undefined;
  /** Rows of all customers. */
  readonly rowsByBucket: RowsByBucket;
  /**
   * A customer's usage within `period`, whose ends must lie on the ledger's bucket edges. Zero for an unknown customer.
   * `whole`: the time whose intervals a percentile ranks, as if nothing had been used outside of `period`; absent:
   * `period`.
   */
  usageOf(customer: string, period: Period, whole?: Period): Usage;
  /**
   * The quantity of one meter in {@link usageOf}, for many questions about one customer. Absent in ledgers that would have to
   * work out all of the usage for it.
   */
  quantityOf?(customer: string, meter: string, period: Period): Decimal;
  /** True if the customer has a row within `period`, whatever its quantities. */
  hasRows(customer: string, period: Period): boolean;
  /** Number of the customer's rows within `period`. */
  rowsOf(customer: string, period: Period): number;
  /**
   * The periods, of `periods`, in which the customer has a row. They ascend and do not overlap; their ends are as in
   * {@link usageOf}.
   */
  periodsWithRows(customer: string, periods: readonly Period[]): readonly Period[];
  /**
   * Usage as in {@link usageOf}, cut by every combination of dimension values that occurs, in no particular order.
   * Absent in ledgers that do not keep combinations.
   */
  combinationsOf?(customer: string, period: Period): Iterable<DimensionUsage>;
  /** All cells in the order of {@link cellsOf}, of a ledger that traces. Absent in ledgers that answer for others. */
  cells?(): Generator<LedgerCell>;
}
