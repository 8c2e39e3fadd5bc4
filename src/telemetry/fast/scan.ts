/**
 * Rows out of a stretch of bytes: what is in the common form goes through in batches, everything else row by row through
 * the same rules as in the reference reader.
 */
import { isUtf8 } from 'node:buffer';
import type { Wanted } from '../columns.ts';
import { type CsvHeader, delimiterOf, rowOfRecord } from '../csvRow.ts';
import type { InputFormat } from '../formats.ts';
import { rowOfJson } from '../jsonRow.ts';
import type { Fault } from '../row.ts';
import { type Source, unclosedQuote } from '../source.ts';
import { decodeLoosely } from '../textRows.ts';
import { BATCH_ROWS, type Batch, type BatchLayout } from './batch.ts';
import type { CsvIndexer } from './csvIndex.ts';
import { readRecord } from './csvRecord.ts';
import type { JsonIndexer } from './jsonIndex.ts';
import { readShape, type Shape } from './shape.ts';
import type { Tally } from './tally.ts';

const LF = 0x0a;
const CR = 0x0d;

export type ScanOptions = {
  readonly source: Source;
  /** Its place among the sources of the run. */
  readonly sourceNumber: number;
  readonly wanted: Wanted;
  /** Meters and kept dimensions are what a batch has columns for; ids only if deduplication needs them. */
  readonly kept: { readonly dimensions: number; readonly ids: boolean };
  readonly forcedFormat: InputFormat | undefined;
  /** Leaves rows out, as if they were not there. */
  readonly filter?: RowFilter | undefined;
  readonly onReject: (reject: FoundReject) => void;
};

/** Chooses rows by their offsets; each row is asked about once. */
export type RowFilter = {
  /**
   * Marks by 1 the rows of a batch to leave out; returns how many those are. `base` is what their addresses lack to their
   * offsets; the last one ends at the address `end`.
   */
  leaveOut(batch: Batch, rows: { base: number; end: number; leftOut: Uint8Array }): number;
  /** Whether to count a single row, from the address `start` to `end`. */
  takes(offset: number, start: number, end: number): boolean;
};

/** A row with a fault. `line` counts from 1 at the first byte that was scanned. */
export type FoundReject = {
  readonly offset: number;
  readonly line: number;
  readonly raw: string;
  readonly fault: Fault;
};

/** A stretch of the source in memory. */
export type Stretch = {
  /** In the memory of the tally's kernel, at `address`; readable some bytes beyond `length`, see SLACK. */
  readonly buffer: Buffer;
  readonly address: number;
  readonly length: number;
  /** Offset of the first byte in the source. */
  readonly base: number;
  /** Rows that begin here or later are not wanted; an index into the buffer. */
  readonly stop: number;
  /** No bytes follow. */
  readonly atEnd: boolean;
};

export class Scan {
  shape: Shape | undefined;
  rowsRead = 0;
  rejected = 0;
  /** Lines passed. */
  lines = 0;
  private readonly options: ScanOptions;
  private readonly tally: Tally;
  private layout: BatchLayout | undefined;
  private indexer: CsvIndexer | JsonIndexer | undefined;
  private rejects: FoundReject[] = [];
  /** 1 for rows of the batch that the filter leaves out. */
  private readonly leftOut = new Uint8Array(BATCH_ROWS);

  constructor(options: ScanOptions, tally: Tally, shape?: Shape) {
    this.options = options;
    this.tally = tally;
    if (shape) this.useShape(shape);
  }

  /**
   * Takes the rows that are complete, and tells how many bytes they are: the rest is expected again, with more after it.
   * Throws an {@link InputFailure} if the source is not what it should be; rows before that are counted.
   */
  take(stretch: Stretch): number {
    try {
      if (this.shape) return this.takeRows(stretch, 0);
      const found = readShape(stretch.buffer, stretch, this.options);
      if (!found) return 0;
      this.useShape(found.shape);
      this.lines = found.lines;
      return this.takeRows(stretch, found.from);
    } finally {
      this.rejects.sort((a, b) => a.offset - b.offset);
      for (const reject of this.rejects) this.options.onReject(reject);
      this.rejects = [];
      this.tally.relieve();
    }
  }

  private useShape(shape: Shape): void {
    this.shape = shape;
    if (shape.header) this.useHeader(shape.header);
    else {
      const { kept, wanted } = this.options;
      const indexer = this.tally.jsonIndexer(wanted, kept);
      this.indexer = indexer;
      this.layout = indexer.layout;
    }
  }

  private useHeader({ fields, layout }: CsvHeader): void {
    const { kept } = this.options;
    const columns = new Array<number>(fields).fill(-1);
    let count = 0;
    const columnFor = (field: number) => {
      if (field < 0) return -1;
      if (columns[field] === -1) columns[field] = count++;
      return columns[field]!;
    };
    this.layout = {
      timestamp: columnFor(layout.timestamp),
      customer: columnFor(layout.customer),
      eventId: kept.ids ? columnFor(layout.eventId) : -1,
      source: kept.ids ? columnFor(layout.source) : -1,
      quantities: layout.quantities.map(columnFor),
      dimensions: layout.dimensions.slice(0, kept.dimensions).map(columnFor),
    };
    this.indexer = this.tally.csvIndexer(delimiterOf(this.shape!.format), columns);
  }

  private takeRows(stretch: Stretch, from: number): number {
    const { buffer, address, length, stop, atEnd } = stretch;
    const indexer = this.indexer!;
    const { batch } = this.tally;
    const whole = buffer.lastIndexOf(LF, length - 1) + 1; // end of the last line, if any
    const indexUntil = Math.min(whole, stop);
    const until = Math.min(atEnd ? length : whole, stop);
    const isText = whole <= from || isUtf8(buffer.subarray(from, whole));
    let start = from;
    while (start < until) {
      if (start < indexUntil) {
        const before = batch.rows;
        const at = indexer.index(address + start, address + indexUntil, address + whole, this.lines, batch);
        start = at - address;
        this.lines += batch.rows - before;
        if (batch.rows === BATCH_ROWS) {
          this.flush(stretch, isText, start);
          continue;
        }
        if (start >= until) break;
      }
      const end = this.takeOne(stretch, start, this.lines, true);
      if (end === 'incomplete') break;
      if (end === 'unclosed') {
        this.flush(stretch, isText, start);
        throw unclosedQuote(this.options.source, this.lines + 1);
      }
      start = end;
    }
    this.flush(stretch, isText, start);
    return start;
  }

  /** Counts the batch; its odd rows the exact way. */
  private flush(stretch: Stretch, isText: boolean, end: number): void {
    const { buffer, address, base } = stretch;
    const { batch } = this.tally;
    const { rows, odd, lines } = batch;
    const startOf = (row: number) => (row < rows ? batch.startOf(row) - address : end);
    if (!isText) {
      for (let row = 0; row < rows; row++) {
        if (!isUtf8(buffer.subarray(startOf(row), startOf(row + 1)))) odd.values[row] = 1;
      }
    }
    const { filter, sourceNumber } = this.options;
    const { leftOut } = this;
    if (filter && rows > 0) {
      const count = filter.leaveOut(batch, { base: base - address, end: address + end, leftOut });
      if (count === rows) {
        batch.clear();
        return;
      }
      for (let row = 0; row < rows && count > 0; row++) odd.values[row] = odd.values[row]! | leftOut[row]!;
    }
    const odds = this.tally.takeBatch(this.layout!, { source: sourceNumber, base: base - address });
    this.rowsRead += rows - odds;
    for (let row = 0; row < rows && odds > 0; row++) {
      if (odd.values[row] === 0 || (filter && leftOut[row] !== 0)) continue;
      this.takeOne(stretch, startOf(row), lines.values[row]!, false);
    }
    batch.clear();
  }

  /** Counts the row at `start`, after `lines` lines, the exact way, and tells where the next one begins. */
  private takeOne(stretch: Stretch, start: number, lines: number, isNew: boolean): number | 'incomplete' | 'unclosed' {
    const { buffer, length, base, atEnd } = stretch;
    const { format, header } = this.shape!;
    if (format === 'ndjson') return this.takeLine(stretch, start, lines, isNew);
    const delimiter = delimiterOf(format);
    const record = readRecord(buffer, { start, limit: length, atEnd, delimiter });
    if (typeof record === 'string') return record;
    if (isNew) this.lines += record.lines;
    if (record.raw !== '' && (!isNew || this.isWanted(stretch, start, record.end))) {
      this.takeExactly(
        rowOfRecord(record, header!, delimiter, this.options.wanted),
        record.raw,
        base + start,
        lines + 1,
      );
    }
    return record.end;
  }

  private takeLine(stretch: Stretch, start: number, lines: number, isNew: boolean): number | 'incomplete' {
    const { buffer, length, base, atEnd } = stretch;
    const found = buffer.indexOf(LF, start);
    const isEnded = found >= 0 && found < length;
    if (!isEnded && !atEnd) return 'incomplete';
    const end = isEnded ? found : length;
    const next = isEnded ? end + 1 : end;
    const contentEnd = end > start && buffer[end - 1] === CR ? end - 1 : end;
    const raw = buffer.toString('latin1', start, contentEnd);
    if (isNew) this.lines++;
    if (!/^[ \t]*$/.test(raw)) {
      const row = rowOfJson(raw, this.options.wanted);
      const isWanted = !isNew || this.isWanted(stretch, start, next);
      const isValid = isWanted ? this.takeExactly(row, raw, base + start, lines + 1) : 'texts' in row;
      if (isNew && isValid) (this.indexer as JsonIndexer).learn(buffer.subarray(start, contentEnd));
    }
    return next;
  }

  private isWanted({ base, address }: Stretch, start: number, end: number): boolean {
    const { filter } = this.options;
    return !filter || filter.takes(base + start, address + start, address + end);
  }

  /** True if there was nothing wrong with the row. */
  private takeExactly(row: ReturnType<typeof rowOfRecord>, raw: string, offset: number, line: number): boolean {
    this.rowsRead++;
    const shown = { line, raw: '' };
    const fault = this.tally.takeRow({ ...shown, ...row }, { source: this.options.sourceNumber, base: offset });
    if (!fault) return true;
    this.rejected++;
    this.rejects.push({ offset, line, raw: decodeLoosely(raw), fault });
    return false;
  }
}
