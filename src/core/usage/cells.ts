/** Cells: the smallest parts of a ledger, usage of one customer in one bucket by rows that agree in all dimensions. */
import type { Instant } from '../calendar.ts';
import { instantOf, type PreciseInstant } from '../timestamp.ts';
import { type Buckets, bucketEnd } from './buckets.ts';
import type { UsageLedger } from './ledger.ts';

export type LedgerCell = {
  readonly customer: string;
  /** Begin of the bucket. */
  readonly bucket: Instant;
  /** One value for each kept dimension, in their order; '' where the rows have none. */
  readonly dimensions: readonly string[];
  /** Rows, whatever their quantities. */
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
};

/**
 * The cells of a ledger that traces and keeps combinations, by customer, bucket and dimension values (ascending UTF-16 code
 * units). `dimensions` are those that the ledger keeps.
 */
export function* cellsOf(
  ledger: UsageLedger,
  { buckets, dimensions }: { readonly buckets: Buckets; readonly dimensions: readonly string[] },
): Generator<LedgerCell> {
  if (ledger.cells) return yield* ledger.cells();
  const starts = [...ledger.rowsByBucket.keys()].sort((a, b) => a - b);
  const periods = starts.map((start) => ({ start, end: bucketEnd(buckets, start) }));
  for (const customer of ledger.customers) {
    for (const period of ledger.periodsWithRows(customer, periods)) {
      const cells = [...ledger.combinationsOf!(customer, period)].map(
        ({ values, rows, usage }): LedgerCell => ({
          customer,
          bucket: period.start,
          dimensions: dimensions.map((dimension) => values.get(dimension)!),
          rows,
          totals: [...usage].flatMap(([meter, { quantity, events, first, last }]) =>
            events === 0
              ? []
              : [{ meter, quantity: quantity.toFixed(), events, first: preciseOf(first!), last: preciseOf(last!) }],
          ),
        }),
      );
      yield* cells.sort((a, b) => compareLists(a.dimensions, b.dimensions));
    }
  }
}

function preciseOf(nanoseconds: bigint): PreciseInstant {
  const ms = instantOf(nanoseconds);
  return { ms, ns: Number(nanoseconds - BigInt(ms) * 1_000_000n) };
}

/** Ascending by the first text that differs, in UTF-16 code units. */
export function compareLists(a: readonly string[], b: readonly string[]): number {
  const place = a.findIndex((text, i) => text !== b[i]);
  if (place < 0) return 0;
  return a[place]! < b[place]! ? -1 : 1;
}
