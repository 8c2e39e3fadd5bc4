/** The cells of a ledger, in order. */
import { instantOf, type PreciseInstant } from '../timestamp.ts';
import { type Buckets, bucketEnd } from './buckets.ts';
import type { LedgerCell } from './cell.ts';
import type { UsageLedger } from './ledger.ts';

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
