/** A few hundred rows at a time, column by column: first where their fields stand, then what they mean. */
import { BATCH_ROWS, COLUMN_BYTES } from '../../kernel/contract.ts';
import type { Kernel, KernelArray } from './kernel.ts';

/** Columns for the timestamp, the customer, the event id and its source; those of meters and dimensions follow. */
export const FIXED_COLUMNS = 4;

/** Other names that the fixed columns may have beside the first. */
const MOST_ALTERNATIVES = 16;

export class Batch {
  rows = 0;
  /** Address of each row's first byte; not filled while a {@link DelimiterList} locates the fields. */
  readonly rowStarts: KernelArray<Int32Array>;
  /** Lines before the row, counted from the first of the bytes being scanned. */
  readonly lines: KernelArray<Int32Array>;
  /** `SLOW`: some field is not of the common form, and the row has to be read the exact way. `LEFT_OUT`: it does not count. */
  readonly slow: KernelArray<Uint8Array>;

  /** Milliseconds since 1970, and nanoseconds after that. */
  readonly at: KernelArray<Float64Array>;
  readonly nanoseconds: KernelArray<Int32Array>;
  /** 1 + the place in `TIME_UNITS` of the unit that a bare number was taken for; 0 for other timestamps. */
  readonly units: KernelArray<Uint8Array>;
  readonly customers: KernelArray<Int32Array>;
  /** For each kept dimension. */
  readonly dimensions: readonly KernelArray<Int32Array>[];
  /** For each meter, in units of its scale; 0 for nothing. Of wide meters the low parts. */
  readonly quantities: readonly KernelArray<Float64Array>[];
  /** For each meter the high parts, if it is wide. */
  readonly highs: readonly KernelArray<Float64Array>[];

  /**
   * Addresses of the columns of field starts and ends (exclusive), {@link COLUMN_BYTES} apart; not filled while a {@link
   * DelimiterList} locates the fields.
   */
  readonly starts: number;
  readonly ends: number;

  private readonly kernel: Kernel;
  private list: DelimiterList | undefined;

  constructor(kernel: Kernel, shape: { dimensions: number; meters: number; forms: number }) {
    this.kernel = kernel;
    this.rowStarts = kernel.newInts(BATCH_ROWS);
    this.lines = kernel.newInts(BATCH_ROWS);
    this.slow = kernel.newBytes(BATCH_ROWS);
    this.at = kernel.newDoubles(BATCH_ROWS);
    this.nanoseconds = kernel.newInts(BATCH_ROWS);
    this.units = kernel.newBytes(BATCH_ROWS);
    this.customers = kernel.newInts(BATCH_ROWS);
    this.dimensions = Array.from({ length: shape.dimensions }, () => kernel.newInts(BATCH_ROWS));
    this.quantities = Array.from({ length: shape.meters }, () => kernel.newDoubles(BATCH_ROWS));
    this.highs = Array.from({ length: shape.meters }, () => kernel.newDoubles(BATCH_ROWS));
    const columns = FIXED_COLUMNS + MOST_ALTERNATIVES + shape.meters + shape.dimensions + shape.forms;
    this.starts = kernel.allocate(columns * COLUMN_BYTES);
    this.ends = kernel.allocate(columns * COLUMN_BYTES);
  }

  /** Chooses how fields are located: by columns of their own, or by a list of the addresses of delimiters and line ends. */
  locateFieldsBy(list: DelimiterList | 'columns'): void {
    this.list = list === 'columns' ? undefined : list;
  }

  /** Address of a column's field starts: start = load(startsOf + row × {@link stride}) + {@link delta}. */
  startsOf(column: number): number {
    if (this.list) return this.list.address + (this.list.fields[column]! - 1) * 4;
    return this.starts + column * COLUMN_BYTES;
  }

  /** Address of a column's field ends: end = load(endsOf + row × stride). */
  endsOf(column: number): number {
    if (this.list) return this.list.address + this.list.fields[column]! * 4;
    return this.ends + column * COLUMN_BYTES;
  }

  /** Address of the row starts: start = load(rowStartsAt + row × stride) + delta. */
  get rowStartsAt(): number {
    return this.list ? this.list.address - 4 : this.rowStarts.address;
  }

  get stride(): number {
    return this.list ? this.list.stride : 4;
  }

  get delta(): number {
    return this.list ? 1 : 0;
  }

  /** Address of a row's first byte. */
  startOf(row: number): number {
    if (!this.list) return this.rowStarts.values[row]! >>> 0;
    return (this.kernel.ints(this.rowStartsAt + row * this.list.stride, 1)[0]! >>> 0) + 1;
  }

  clear(): void {
    this.slow.values.fill(0, 0, this.rows);
    this.rows = 0;
  }
}

/** Places of the delimiters and line ends of a batch's rows; before the first the one that ended the row before. */
export type DelimiterList = {
  readonly address: number;
  /** Bytes from a row's places to the next row's. */
  readonly stride: number;
  /** For each column of the batch its field in a row. */
  readonly fields: readonly number[];
};

/** Forms and conditions of a mapping, over the rows of a batch. */
export type RowForms = {
  /** Works out the rows from `first` on. */
  run(first: number): void;
  /** Marks rows that are left out by `mark`, in place of other marks; with `ifPlain` only rows without one. */
  settle(first: number, mark: number, ifPlain: boolean): void;
  /** Has columns hold nothing in rows that are left out. */
  blank(columns: readonly number[], first: number): void;
  /** Takes back that a row is left out: it has to be read the exact way. */
  keep(row: number): void;
};

/** Which column of a batch holds what; −1: the export does not have it. Two roles may share a column. */
export type BatchLayout = {
  /** The format is a text format, which has words for nothing (NULL and others). */
  readonly isText: boolean;
  /** Columns whose fields may be wrapped in quotes within themselves: what begins with one is for the exact way. */
  readonly wrapped: readonly number[];
  /** Pairs of columns: where the first holds nothing, the second counts. */
  readonly alternatives: readonly (readonly [number, number])[];
  readonly timestamp: number;
  readonly customer: number;
  readonly eventId: number;
  readonly source: number;
  readonly quantities: readonly number[];
  /** The kept dimensions only. */
  readonly dimensions: readonly number[];
  /** Works out columns of others, and which rows count; absent: no mapping describes any. */
  readonly forms?: RowForms | undefined;
};
