/** The cells of a ledger, in order. */
import { assert } from '../assert.ts';
import { instantOf, type PreciseInstant } from '../timestamp.ts';
import type { LedgerCell } from './cell.ts';
import type { UsageLedger } from './ledger.ts';

/** The cells of a ledger that traces, by customer, bucket and dimension values (ascending UTF-16 code units). */
export function cellsOf(ledger: UsageLedger): Generator<LedgerCell> {
  assert(ledger.cells !== undefined, () => 'a ledger that has no cells');
  return ledger.cells();
}

/** Order of one customer's cells. */
export function compareCells(a: LedgerCell, b: LedgerCell): number {
  return a.bucket - b.bucket || compareLists(a.dimensions, b.dimensions);
}

/** An instant of nanoseconds since 1970. */
export function preciseOf(nanoseconds: bigint): PreciseInstant {
  const ms = instantOf(nanoseconds);
  return { ms, ns: Number(nanoseconds - BigInt(ms) * 1_000_000n) };
}

/** Ascending by the first text that differs, in UTF-16 code units. */
export function compareLists(a: readonly string[], b: readonly string[]): number {
  const place = a.findIndex((text, i) => text !== b[i]);
  if (place < 0) return 0;
  return a[place]! < b[place]! ? -1 : 1;
}
