/** Cells: the smallest parts of a ledger, usage of one customer in one bucket by rows that agree in all dimensions. */
import type { Instant } from '../calendar.ts';
import type { PreciseInstant } from '../timestamp.ts';

export type LedgerCell = {
  readonly customer: string;
  /** Begin of the bucket. */
  readonly bucket: Instant;
  /** One value for each kept dimension, in their order; '' where the rows have none. */
  readonly dimensions: readonly string[];
  /** Rows, whatever their quantities; 0 where all that was used in it belongs to rows of another bucket. */
  readonly rows: number;
  /** Meters with at least one row that counts, in the order of the meters. */
  readonly totals: readonly CellTotal[];
};

export type CellTotal = {
  /** Name of the meter. */
  readonly meter: string;
  /** Exact, in the meter's own unit: digits with at most one point. */
  readonly quantity: string;
  /** Rows behind the quantity. */
  readonly events: number;
  /** Instants of the first and the last of them. */
  readonly first: PreciseInstant;
  readonly last: PreciseInstant;
  /** Distinct values, where the meter counts those: ascending (UTF-16 code units), each once. */
  readonly values?: readonly string[];
  /** Parts of a total whose meter needs every row, ascending by the instants; absent for others. */
  readonly points?: readonly Point[];
  /** Sums that the bounds of a sample's total are computed from, see sampledRows.ts; absent: it is no estimate. */
  readonly squares?: { readonly squares: string; readonly ownSquares: string };
};

/**
 * A value that is in force from an instant on, or the sum of an interval that begins then; the instant is in nanoseconds
 * since 1970.
 */
export type Point = readonly [at: bigint, quantity: string];
