/** How a record of the ledger lies in memory: as in src/kernel/ledger.ts. */
import type { Aggregation } from '../../core/catalog/meter.ts';

/** Records lie in slabs of so many, as a power of two. */
export const SLAB_SHIFT = 13;
export const SLAB_RECORDS: number = 1 << SLAB_SHIFT;
/** In place of a quantity of which the latest counts: it does not fit into the double, and is kept elsewhere. */
export const KEPT_EXACTLY = -1;

export const SLAB_MASK: number = SLAB_RECORDS - 1;

export type RecordShape = {
  readonly aggregations: readonly Aggregation[];
  readonly trace: boolean;
  /** Quantities have high parts, see quantities.ts. */
  readonly wide: boolean;
};

/**
 * A record: for each meter a quantity (8 bytes); if wide, for each meter the quantity's high part (8 bytes); if it has instants,
 * for each meter first and last instant as milliseconds and
 * nanoseconds (32 bytes); series and bucket (4 bytes each); number of rows, and for each meter of those that are not 0
 * (2 bytes each, the overflow elsewhere).
 */
export class RecordLayout {
  /** First and last instants are kept: for traces, and for meters of which the latest quantity counts. */
  readonly hasInstants: boolean;
  /** In units of 8, 4 and 2 bytes. */
  readonly words: number;
  readonly quarters: number;
  readonly halves: number;
  /** 0 if records are not wide. */
  readonly highsAt: number;
  readonly traceAt: number;
  readonly seriesAt: number;
  readonly rowsAt: number;

  constructor({ aggregations, trace, wide }: RecordShape) {
    const meters = aggregations.length;
    this.highsAt = wide ? meters : 0;
    this.traceAt = meters * (wide ? 2 : 1);
    this.hasInstants = trace || aggregations.includes('last');
    const doubles = this.traceAt + meters * (this.hasInstants ? 4 : 0);
    this.seriesAt = doubles * 2;
    this.rowsAt = doubles * 4 + 4;
    this.words = doubles + 1 + Math.ceil((meters + 1) / 4);
    this.quarters = this.words * 2;
    this.halves = this.words * 4;
  }
}
