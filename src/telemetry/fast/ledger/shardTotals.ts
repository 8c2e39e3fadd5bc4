/** The usage of each series of a shard within a period. */
import type { LedgerTotals } from './ledgerTotals.ts';

/** Arrays over series and meters: index = series × meters + meter. */
export class ShardTotals {
  readonly rows: Float64Array;
  readonly limbs: Float64Array;
  /** High parts of quantities; empty if records are not wide. */
  readonly highs: Float64Array;
  readonly events: Float64Array;
  /** First and last instant as milliseconds and nanoseconds, four numbers for each place. */
  readonly traces: Float64Array | undefined;
  /** For meters whose distinct values are counted: where the pairs of each record begin, see distinctValues.ts. */
  readonly chains = new Map<number, number[]>();
  readonly exact = new Map<number, bigint>();
  private readonly meters: number;

  /** `from`: what there is already, for as many series or fewer. */
  constructor(
    series: number,
    meters: number,
    { hasInstants, wide }: { hasInstants: boolean; wide: boolean },
    from?: LedgerTotals,
  ) {
    this.meters = meters;
    this.rows = enlarged(from?.rowsBySeries, series);
    this.limbs = enlarged(from?.limbs, series * meters);
    this.highs = enlarged(from?.highs, wide ? series * meters : 0);
    this.events = enlarged(from?.events, series * meters);
    this.traces = hasInstants ? new Float64Array(series * meters * 4) : undefined;
  }

  hasEvents(series: number, meter: number): boolean {
    return this.events[series * this.meters + meter] !== 0;
  }

  clear(series: number): void {
    const [from, to] = [series * this.meters, (series + 1) * this.meters];
    this.rows[series] = 0;
    this.limbs.fill(0, from, to);
    this.highs.fill(0, from, to);
    this.events.fill(0, from, to);
    for (let place = from; place < to; place++) {
      this.exact.delete(place);
      this.chains.delete(place);
    }
  }
}

function enlarged(array: Float64Array | undefined, length: number): Float64Array {
  if (array?.length === length) return array;
  const larger = new Float64Array(length);
  if (array) larger.set(array);
  return larger;
}
