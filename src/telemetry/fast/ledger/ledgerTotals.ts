/** Totals of all records of a ledger: each thread adds up its own, so that an invoice for all of them waits for nothing. */
import { SLAB_RECORDS, SLAB_SHIFT } from '../../../kernel/contract.ts';
import type { Kernel, KernelArray } from '../kernel.ts';
import { addExact, exactUnit } from './quantities.ts';
import { RecordLayout, type RecordShape } from './recordLayout.ts';

/** Totals by series and by bucket. Quantities and counts that did not fit into the records are not in them. */
export type LedgerTotals = {
  readonly rowsBySeries: Float64Array;
  readonly rowsByBucket: Float64Array;
  /** By series × meters + meter: quantities, for `max` the largest, for `unique` and `last` nothing of use; and events. */
  readonly limbs: Float64Array;
  /** By the same the high parts of quantities; empty if records are not wide. */
  readonly highs: Float64Array;
  readonly events: Float64Array;
  /** By the same, what did not fit into the double. */
  readonly exact: ReadonlyMap<number, bigint>;
};

/** Totals in the memory of the kernel, which has written them. */
export type TotalsInKernel = {
  readonly [Name in Exclude<keyof LedgerTotals, 'exact'>]: KernelArray<Float64Array>;
} & Pick<LedgerTotals, 'exact'>;

export function valuesOf({ rowsBySeries, rowsByBucket, limbs, highs, events, exact }: TotalsInKernel): LedgerTotals {
  return {
    rowsBySeries: rowsBySeries.values,
    rowsByBucket: rowsByBucket.values,
    limbs: limbs.values,
    highs: highs.values,
    events: events.values,
    exact,
  };
}

export function copyOf(totals: TotalsInKernel): LedgerTotals {
  const { rowsBySeries, rowsByBucket, limbs, highs, events, exact } = valuesOf(totals);
  return {
    rowsBySeries: rowsBySeries.slice(),
    rowsByBucket: rowsByBucket.slice(),
    limbs: limbs.slice(),
    highs: highs.slice(),
    events: events.slice(),
    exact,
  };
}

export type RecordsOf = RecordShape & {
  /** Number of series. */
  readonly series: number;
  readonly buckets: number;
  readonly scales: readonly number[];
  /** Addresses; all but the last are full. */
  readonly slabs: readonly number[];
};

/** Adds up the records in some slabs. */
export function totalsOf(kernel: Kernel, ledger: RecordsOf): TotalsInKernel {
  const { aggregations, series, buckets, scales, slabs, wide } = ledger;
  const layout = new RecordLayout(ledger);
  const meters = aggregations.length;
  const [rows, rowsByBucket] = [kernel.newDoubles(series), kernel.newDoubles(buckets)];
  const [limbs, events] = [kernel.newDoubles(series * meters), kernel.newDoubles(series * meters)];
  const highs = kernel.newDoubles(wide ? series * meters : 0);
  const isMax = kernel.newBytes(meters);
  isMax.values.set(aggregations.map((aggregation) => Number(aggregation !== 'sum' && aggregation !== 'count')));
  const exact = new Map<number, bigint>();
  kernel.host.carryTotal = (place, sum, times) => {
    addExact(exact, place, BigInt(sum) * BigInt(times) * exactUnit(scales[place % meters]!), false);
  };
  const records = kernel.call.recordCount();
  for (const [slab, address] of slabs.entries()) {
    kernel.call.sumRecords(
      address,
      Math.min(SLAB_RECORDS, records - (slab << SLAB_SHIFT)),
      meters,
      layout.words * 8,
      layout.seriesAt * 4,
      isMax.address,
      rows.address,
      rowsByBucket.address,
      limbs.address,
      wide ? highs.address : 0,
      events.address,
    );
  }
  kernel.release(isMax);
  return { rowsBySeries: rows, rowsByBucket, limbs, highs, events, exact };
}
