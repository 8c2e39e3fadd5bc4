/**
 * Rows out of a stretch of bytes: what is in the common form goes through in batches, everything else row by row through
 * the same rules as in the reference reader.
 */
import { isUtf8 } from 'node:buffer';
import type { Wanted } from '../columns.ts';
import { type CsvHeader, type Delimiter, readHeader, rowOfRecord } from '../csvRow.ts';
import { formatOfLine, type InputFormat } from '../formats.ts';
import { rowOfJson } from '../jsonRow.ts';
import type { Fault } from '../row.ts';
import { EMPTY_HINT, InputFailure, type Source } from '../source.ts';
import { decodeLoosely } from '../textRows.ts';
import { BATCH_ROWS, Batch, type BatchLayout } from './batch.ts';
import { type Bytes, bytesOf } from './bytes.ts';
import { CsvIndexer } from './csvIndex.ts';
import { readRecord } from './csvRecord.ts';
import { JsonIndexer } from './jsonIndex.ts';
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
  /** Offsets of rows to leave out, as if they were not there. */
  readonly skip: ReadonlySet<number> | undefined;
  readonly onReject: (reject: FoundReject) => void;
};

/** A row with a fault. `line` counts from 1 at the first byte that was scanned. */
export type FoundReject = {
  readonly offset: number;
  readonly line: number;
  readonly raw: string;
  readonly fault: Fault;
};

/** What is known of an export before its rows: all that a thread needs that begins somewhere in the middle. */
export type Shape = { readonly format: InputFormat; readonly header?: CsvHeader };

/** A stretch of the source in memory. */
export type Stretch = {
  /** Readable some bytes beyond `length`, see SLACK. */
  readonly buffer: Buffer;
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
  private delimiter: Delimiter = ',';
  private format: InputFormat | undefined;
  private batch: Batch | undefined;
  private layout: BatchLayout | undefined;
  private indexer: CsvIndexer | JsonIndexer | undefined;
  private bytes: Bytes = bytesOf(new Uint8Array(0));
  private rejects: FoundReject[] = [];

  constructor(options: ScanOptions, tally: Tally, shape?: Shape) {
    this.options = options;
    this.tally = tally;
    if (shape) {
      this.useFormat(shape.format);
      if (shape.header) this.useHeader(shape.header);
      this.shape = shape;
    }
  }

  /**
   * Takes the rows that are complete, and tells how many bytes they are: the rest is expected again, with more after it.
   * Throws an {@link InputFailure} if the source is not what it should be; rows before that are counted.
   */
  take(stretch: Stretch): number {
    if (this.bytes.bytes !== stretch.buffer) this.bytes = bytesOf(stretch.buffer);
    let from = 0;
    try {
      if (!this.format && !this.recognise(stretch)) return 0;
      if (!this.shape) from = this.takeHeader(stretch);
      if (this.shape) from = this.takeRows(stretch, from);
      return from;
    } finally {
      this.rejects.sort((a, b) => a.offset - b.offset);
      for (const reject of this.rejects) this.options.onReject(reject);
      this.rejects = [];
    }
  }

  private recognise({ buffer, length, atEnd }: Stretch): boolean {
    const { source, forcedFormat } = this.options;
    let start = 0;
    while (start < length && (buffer[start] === CR || buffer[start] === LF)) start++;
    const end = start < length ? buffer.indexOf(LF, start) : -1;
    const isComplete = end >= 0 && end < length;
    if (!isComplete && !atEnd) return false;
    const line = isComplete ? buffer.toString('latin1', start, end) : buffer.toString('latin1', 0, length).trim();
    if (/^\s*\[/.test(line) && !forcedFormat) {
      throw new InputFailure(
        source,
        'json-array',
        'it is a JSON array, not one object a line',
        "convert it: jq -c '.[]' FILE",
      );
    }
    this.useFormat(forcedFormat ?? formatOfLine(line));
    return true;
  }

  private useFormat(format: InputFormat): void {
    this.format = format;
    this.delimiter = format === 'tsv' ? '\t' : ',';
    if (format === 'ndjson') {
      const { kept, wanted } = this.options;
      this.shape = { format };
      const indexer = new JsonIndexer(wanted, kept);
      this.useColumns(indexer, indexer.layout);
    }
  }

  private takeHeader({ buffer, length, atEnd }: Stretch): number {
    const { source, wanted } = this.options;
    let start = 0;
    while (start < length) {
      const record = readRecord(buffer, { start, limit: length, atEnd, delimiter: this.delimiter });
      if (record === 'incomplete') return start;
      if (record === 'unclosed') throw this.unclosed();
      if (record.raw !== '') {
        const header = readHeader(source, record, this.lines + 1, wanted);
        this.useHeader(header);
        this.shape = { format: this.format!, header };
      }
      this.lines += record.lines;
      start = record.end;
      if (this.shape) return start;
    }
    if (atEnd) throw new InputFailure(source, 'empty', 'the file holds nothing but blank lines', EMPTY_HINT);
    return start;
  }

  private useHeader(header: CsvHeader): void {
    const { kept } = this.options;
    const columns = new Array<number>(header.fields).fill(-1);
    let count = 0;
    const columnFor = (field: number) => {
      if (field < 0) return -1;
      if (columns[field] === -1) columns[field] = count++;
      return columns[field]!;
    };
    const { layout } = header;
    const batchLayout: BatchLayout = {
      timestamp: columnFor(layout.timestamp),
      customer: columnFor(layout.customer),
      eventId: kept.ids ? columnFor(layout.eventId) : -1,
      source: kept.ids ? columnFor(layout.source) : -1,
      quantities: layout.quantities.map(columnFor),
      dimensions: layout.dimensions.slice(0, kept.dimensions).map(columnFor),
      columns: count,
    };
    this.useColumns(new CsvIndexer(this.delimiter, columns), { ...batchLayout, columns: count });
  }

  private useColumns(indexer: CsvIndexer | JsonIndexer, layout: BatchLayout): void {
    const { kept, wanted } = this.options;
    this.indexer = indexer;
    this.layout = layout;
    this.batch = new Batch({ columns: layout.columns, dimensions: kept.dimensions, meters: wanted.meters.length });
  }

  private takeRows(stretch: Stretch, from: number): number {
    const { buffer, length, stop, atEnd } = stretch;
    const indexer = this.indexer!;
    const batch = this.batch!;
    const whole = buffer.lastIndexOf(LF, length - 1) + 1; // end of the last line, if any
    const indexUntil = Math.min(whole, stop);
    const until = Math.min(atEnd ? length : whole, stop);
    const isText = whole <= from || isUtf8(buffer.subarray(from, whole));
    let start = from;
    while (start < until) {
      if (start < indexUntil) {
        const before = batch.rows;
        start = indexer.index(this.bytes, start, indexUntil, this.lines, batch);
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
        throw this.unclosed();
      }
      start = end;
    }
    this.flush(stretch, isText, start);
    return start;
  }

  /** Counts the batch; its odd rows the exact way. */
  private flush(stretch: Stretch, isText: boolean, end: number): void {
    const batch = this.batch!;
    const { rows, rowStarts, odd, lines } = batch;
    if (!isText) {
      for (let row = 0; row < rows; row++) {
        const rowEnd = row + 1 < rows ? rowStarts[row + 1] : end;
        if (!isUtf8(stretch.buffer.subarray(rowStarts[row], rowEnd))) odd[row] = 1;
      }
    }
    const { skip } = this.options;
    if (skip) for (let row = 0; row < rows; row++) if (skip.has(stretch.base + rowStarts[row]!)) odd[row] = 1;
    this.tally.takeBatch(this.bytes, batch, this.layout!, { source: this.options.sourceNumber, base: stretch.base });
    for (let row = 0; row < rows; row++) {
      if (odd[row] === 0) this.rowsRead++;
      else this.takeOne(stretch, rowStarts[row]!, lines[row]!, false);
    }
    batch.clear();
  }

  /** Counts the row at `start`, after `lines` lines, the exact way, and tells where the next one begins. */
  private takeOne(stretch: Stretch, start: number, lines: number, isNew: boolean): number | 'incomplete' | 'unclosed' {
    const { buffer, length, base, atEnd } = stretch;
    if (this.format === 'ndjson') return this.takeLine(stretch, start, lines, isNew);
    const record = readRecord(buffer, { start, limit: length, atEnd, delimiter: this.delimiter });
    if (typeof record === 'string') return record;
    if (isNew) this.lines += record.lines;
    if (record.raw !== '') {
      this.takeExactly(
        rowOfRecord(record, this.shape!.header!, this.delimiter, this.options.wanted),
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
    const contentEnd = end > start && buffer[end - 1] === CR ? end - 1 : end;
    const raw = buffer.toString('latin1', start, contentEnd);
    if (isNew) this.lines++;
    if (!/^[ \t]*$/.test(raw)) {
      const isCounted = this.takeExactly(rowOfJson(raw, this.options.wanted), raw, base + start, lines + 1);
      if (isNew && isCounted) (this.indexer as JsonIndexer).learn(buffer.subarray(start, contentEnd));
    }
    return isEnded ? end + 1 : end;
  }

  /** True if there was nothing wrong with the row. */
  private takeExactly(row: ReturnType<typeof rowOfRecord>, raw: string, offset: number, line: number): boolean {
    if (this.options.skip?.has(offset)) return false;
    this.rowsRead++;
    const shown = { line, raw: '' };
    const fault = this.tally.takeRow({ ...shown, ...row }, { source: this.options.sourceNumber, base: offset });
    if (!fault) return true;
    this.rejected++;
    this.rejects.push({ offset, line, raw: decodeLoosely(raw), fault });
    return false;
  }

  private unclosed(): InputFailure {
    return new InputFailure(
      this.options.source,
      'unclosed-quote',
      'the file ends inside a quoted field',
      'close the quote of the row that begins here, or export the file again',
      this.lines + 1,
    );
  }
}
