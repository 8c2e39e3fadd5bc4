/** A thread's ledger, in a form that can be handed to another thread. */
import type { Meter } from '../../../core/catalog/meter.ts';
import type { DistinctShard } from './distinctValues.ts';
import type { LedgerTotals } from './ledgerTotals.ts';

/** Records in a form that can be handed to another thread. */
export type LedgerShard = {
  readonly records: number;
  /** Where the slabs are, each of `SLAB_RECORDS` records. */
  readonly memory: SharedArrayBuffer;
  readonly slabs: readonly number[];
  /** Records have high parts of quantities. */
  readonly wide: boolean;
  /** Fraction digits of each meter's quantities. */
  readonly scales: readonly number[];
  readonly bucketStarts: readonly number[];
  /**
   * By record × meters + meter: what did not fit into the double, see quantities.ts. For `max` the largest of those, for `last`
   * the latest: it counts where the double is `KEPT_EXACTLY`.
   */
  readonly exact: ReadonlyMap<number, bigint>;
  /** By record × (meters + 1) + place: multiples of 65 536 that the counts overflowed by. */
  readonly countOverflow: ReadonlyMap<number, number>;
  readonly totals: LedgerTotals;
  /** For each meter; undefined for those whose distinct values are not counted. */
  readonly distinct: readonly (DistinctShard | undefined)[];
};

/** True for meters of which a row's values are kept, `0` too, rather than added up. */
export function isValue({ aggregation }: Pick<Meter, 'aggregation'>): boolean {
  return aggregation === 'unique' || aggregation === 'last';
}
