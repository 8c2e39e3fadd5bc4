/** Rows whose usage follows from other rows: they are held until all rows are known. */
import type { PreciseInstant } from '../../core/timestamp.ts';
import type { CounterReport } from '../../core/usage/counters/book.ts';
import type { LedgerRow } from '../../core/usage/mapLedger.ts';
import type { Fault, RowTexts } from '../row.ts';

/** Terms of a row beside its quantities, as the {@link HeldRows} that read it understand them. */
export type RowTermValues = {
  /** Time at which the row counts, instead of its own; absent: its own. */
  readonly end?: PreciseInstant;
};

export type HeldRow<Place = unknown> = {
  /** To be called when all rows are settled. */
  readonly judge: () => Judged;
  readonly place: Place;
};

/** A row's fault; or what goes into the ledger, at the instants at which it was used; the first part stands for the row. */
export type Judged =
  | Fault
  | {
      readonly parts: readonly [LedgerRow, ...LedgerRow[]];
      /** Some quantity is not 0. */
      readonly isUsage: boolean;
    };

export interface HeldRows {
  /** Facts about counters, once the rows are settled. */
  readonly report?: CounterReport | undefined;
  /** A row's terms, or what is wrong with them. */
  read(texts: RowTexts, at: PreciseInstant): RowTermValues | Fault;
  /** Takes a row that counts; `values` is what {@link read} returned for it. */
  take<Place>(row: LedgerRow, values: RowTermValues, place: Place): HeldRow<Place>;
  /** All rows are in. */
  settle(): void;
}
