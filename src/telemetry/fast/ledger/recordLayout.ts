/** Indices into arrays over a record of the ledger, from its offsets in bytes (src/kernel/contract.ts). */
import type { Aggregation } from '../../../core/catalog/meter.ts';
import {
  bytesOfRecord,
  COUNTS_AFTER_SERIES,
  highsAt,
  instantsAt,
  SLAB_RECORDS,
  seriesAt,
} from '../../../kernel/contract.ts';

export const SLAB_MASK: number = SLAB_RECORDS - 1;

export type RecordShape = {
  readonly aggregations: readonly Aggregation[];
  readonly trace: boolean;
  /** Quantities have high parts, see quantities.ts. */
  readonly wide: boolean;
};

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
    this.hasInstants = trace || aggregations.includes('last');
    const bytes = bytesOfRecord(meters, wide, this.hasInstants);
    const seriesByte = seriesAt(meters, wide, this.hasInstants);
    this.words = bytes / 8;
    this.quarters = bytes / 4;
    this.halves = bytes / 2;
    this.highsAt = wide ? highsAt(meters) / 8 : 0;
    this.traceAt = instantsAt(meters, wide) / 8;
    this.seriesAt = seriesByte / 4;
    this.rowsAt = (seriesByte + COUNTS_AFTER_SERIES) / 2;
  }
}
