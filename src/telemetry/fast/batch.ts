/** A few hundred rows at a time, column by column: first where their fields stand, then what they mean. */

/** Enough to keep loops hot, few enough for all columns to stay in the processor's cache. */
export const BATCH_ROWS = 1024;

export class Batch {
  rows = 0;
  /** Offset of the row's first byte in the bytes being scanned. */
  readonly rowStarts: Int32Array = new Int32Array(BATCH_ROWS);
  /** Lines before the row, counted from the first of the bytes being scanned. */
  readonly lines: Int32Array = new Int32Array(BATCH_ROWS);
  /** 1: some field is not of the common form, and the row has to be read the exact way. */
  readonly odd: Uint8Array = new Uint8Array(BATCH_ROWS);

  /** Where the fields begin and end (exclusive): column `c` of row `r` at `c * BATCH_ROWS + r`. */
  readonly starts: Int32Array;
  readonly ends: Int32Array;

  /** Milliseconds since 1970, and nanoseconds after that. */
  readonly at: Float64Array = new Float64Array(BATCH_ROWS);
  readonly nanoseconds: Int32Array = new Int32Array(BATCH_ROWS);
  /** 1 + the place in `TIME_UNITS` of the unit that a bare number was taken for; 0 for other timestamps. */
  readonly units: Uint8Array = new Uint8Array(BATCH_ROWS);
  readonly customers: Int32Array = new Int32Array(BATCH_ROWS);
  /** For each kept dimension. */
  readonly dimensions: readonly Int32Array[];
  /** For each meter, in units of its scale; 0 for nothing. */
  readonly quantities: readonly Float64Array[];
  /** Fingerprint of source and event id. */
  readonly idsLow: Int32Array = new Int32Array(BATCH_ROWS);
  readonly idsHigh: Int32Array = new Int32Array(BATCH_ROWS);

  constructor(shape: { columns: number; dimensions: number; meters: number }) {
    this.starts = new Int32Array(shape.columns * BATCH_ROWS);
    this.ends = new Int32Array(shape.columns * BATCH_ROWS);
    this.dimensions = Array.from({ length: shape.dimensions }, () => new Int32Array(BATCH_ROWS));
    this.quantities = Array.from({ length: shape.meters }, () => new Float64Array(BATCH_ROWS));
  }

  clear(): void {
    this.odd.fill(0, 0, this.rows);
    this.rows = 0;
  }
}

/** Which column of a batch holds what; −1: the export does not have it. Two roles may share a column. */
export type BatchLayout = {
  readonly columns: number;
  readonly timestamp: number;
  readonly customer: number;
  readonly eventId: number;
  readonly source: number;
  readonly quantities: readonly number[];
  /** The kept dimensions only. */
  readonly dimensions: readonly number[];
};
