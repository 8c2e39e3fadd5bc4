/**
 * Rows out of a stretch of bytes: what is in the common form goes through in batches, everything else row by row through
 * the same rules as in the reference reader.
 */
import { isUtf8 } from 'node:buffer';
import { BATCH_ROWS, LEFT_OUT, SLOW } from '../../../kernel/contract.ts';
import type { Wanted } from '../../columns.ts';
import { type CsvHeader, isHeader, readHeader, rowOfRecord, swallowingLine } from '../../csvRow.ts';
import type { InputFormat } from '../../formats.ts';
import { swallowedRows, unclosedQuote } from '../../inputProblems.ts';
import { type PlacedRow, rowsOfLine } from '../../jsonRow.ts';
import { lacksField, PromisedKeys } from '../../keyNames.ts';
import { logHeader, rowOfLogLine } from '../../logLine.ts';
import type { Fault } from '../../row.ts';
import type { InputFailure, Source } from '../../source.ts';
import type { FilteredContent, RowContent } from '../../textRows.ts';
import type { Batch, BatchLayout } from '../batch.ts';
import type { Accumulator, BatchOrigin } from './accumulator.ts';
import type { CsvIndexer } from './csvIndex.ts';
import { csvLayoutOf } from './csvLayout.ts';
import { afterMark, type FoundRecord, readRecord } from './csvRecord.ts';
import type { JsonIndexer } from './jsonIndex.ts';
import { LogIndexer } from './logIndex.ts';
import { type MarkedLine, markedLineAt, marksOf } from './markedLine.ts';
import { isSameShape, lineAt, readShape, type Shape, type ShapeFrom } from './shape.ts';

const LF = 0x0a;
const CR = 0x0d;

/** Marks of rows that the filter leaves out: the whole row, or only the first of several objects that its line may have. */
const PASSED_OVER = 1;
const FIRST_PASSED_OVER = 2;

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
  /** Its bytes as Latin-1. */
  readonly raw: string;
  readonly fault: Fault;
};

/** The receiver of rows: it counts them, or only looks at them (dedupe/judging.ts). */
export type RowTaker = Pick<
  Accumulator,
  'batch' | 'csvIndexer' | 'formProgram' | 'jsonIndexer' | 'logIndexer' | 'decodeInstants' | 'takeBatch' | 'relieve'
> & {
  /** `line` as {@link FoundReject} has it. */
  takeRow(found: RowContent, place: BatchOrigin & { readonly line: number }): Fault | undefined;
};

/** A stretch of the source in memory. */
export type Chunk = {
  /** In the memory of the accumulator's kernel, at `address`; readable some bytes beyond `length`, see SLACK. */
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

/** A line with several rows; offsets of its begin and its end. */
type KnownLine = { readonly offset: number; readonly end: number; readonly rows: readonly PlacedRow[] };

export class Scan {
  shape: Shape | undefined;
  /** All shapes so far, and where the rows begin that have them. */
  readonly shapes: ShapeFrom[] = [];
  /** The last row counts, has no line end, and its last field may have been cut off. */
  lacksLineEnd = false;
  rowsRead = 0;
  rejected = 0;
  /** Rows that the mapping's conditions leave out. */
  leftOutRows = 0;
  /** False as long as every row is left out for what it has in a field: of those a mapping promises nothing. */
  hasRows = false;
  /** Lines passed. */
  lines = 0;
  /** Keys that a mapping promises, of NDJSON. */
  readonly promised: PromisedKeys;
  private readonly options: ScanOptions;
  private readonly accumulator: RowTaker;
  private layout: BatchLayout | undefined;
  private indexer: CsvIndexer | JsonIndexer | LogIndexer | undefined;
  private rejects: FoundReject[] = [];
  /** The last line with several rows that was read the exact way, and where the last one is that was looked through for names. */
  private known: KnownLine | undefined;
  private lookedThrough = -1;
  /** {@link PASSED_OVER} or {@link FIRST_PASSED_OVER} for rows of the batch that the filter leaves out. */
  private readonly leftOut = new Uint8Array(BATCH_ROWS);

  constructor(options: ScanOptions, accumulator: RowTaker, shape?: Shape) {
    this.options = options;
    this.promised = new PromisedKeys(options.wanted);
    this.accumulator = accumulator;
    if (shape) this.useShape(shape, 0);
  }

  /**
   * Takes the rows that are complete, and returns how many bytes they are: the rest is expected again, with more after it.
   * Throws an {@link InputFailure} if the source is not what it should be; rows before that are counted.
   */
  take(stretch: Chunk): number {
    const taken = this.takeStretch(stretch);
    if (this.shape?.format === 'ndjson') this.promised.look(stretch.buffer.subarray(0, taken));
    return taken;
  }

  private takeStretch(stretch: Chunk): number {
    try {
      if (this.shape) return this.takeRows(stretch, 0);
      const found = readShape(stretch.buffer, stretch, this.options);
      if (!found) return 0;
      this.useShape(found.shape, 0);
      this.lines = found.lines;
      return this.takeRows(stretch, found.from);
    } finally {
      this.rejects.sort((a, b) => a.offset - b.offset);
      for (const reject of this.rejects) this.options.onReject(reject);
      this.rejects = [];
      this.accumulator.relieve();
    }
  }

  private useShape(shape: Shape, from: number): void {
    this.shape = shape;
    this.shapes.push({ from, shape });
    if (shape.header) this.useHeader(shape.header);
    else {
      const { kept, wanted } = this.options;
      const indexer = this.accumulator.jsonIndexer(wanted, kept);
      this.indexer = indexer;
      this.layout = indexer.layout;
    }
  }

  private useHeader(header: CsvHeader): void {
    const { columns, layout, needsColumns } = csvLayoutOf(header, this.options, this.accumulator);
    this.layout = layout;
    const { line: form } = this.shape!;
    const marks = marksOf(this.options.wanted);
    this.indexer = form
      ? this.accumulator.logIndexer({ form, names: header.columns, columns, marks })
      : this.accumulator.csvIndexer(header.dialect, columns, needsColumns);
  }

  private takeRows(stretch: Chunk, from: number): number {
    const { buffer, address, length, stop, atEnd } = stretch;
    const { batch } = this.accumulator;
    const whole = buffer.lastIndexOf(LF, length - 1) + 1; // end of the last line, if any
    const indexUntil = Math.min(whole, stop);
    const until = Math.min(atEnd ? length : whole, stop);
    const isText = whole <= from || isUtf8(buffer.subarray(from, whole));
    let start = from;
    for (;;) {
      let end: ReturnType<Scan['takeOne']> = start;
      while (start < until) {
        const stopAt = this.hasLists && !isText ? this.endOfValid(stretch, start, indexUntil) : indexUntil;
        if (start < stopAt) {
          const before = batch.rows;
          const indexer = this.indexer!;
          const at = indexer.index(address + start, address + stopAt, address + whole, this.lines, batch);
          start = at - address;
          this.lines = indexer instanceof LogIndexer ? this.lines + batch.rows - before : indexer.linesBefore;
          if (this.takeOddRow(stretch, start)) continue;
          if (batch.rows === BATCH_ROWS) {
            start = this.flush(stretch, isText, start);
            continue;
          }
          if (start >= until) break;
          if (start >= stopAt && stopAt < indexUntil) continue;
        }
        if (this.mayHoldHeaders && this.accumulator.decodeInstants(this.layout!)) {
          // One of the rows before may be a header, and this one not what it seems.
          const reached = this.flush(stretch, isText, start);
          if (reached !== start) {
            start = reached;
            continue;
          }
        }
        end = this.takeOne(stretch, start, this.lines, true);
        if (typeof end !== 'number') break;
        start = end;
      }
      // Another header may be among the rows of the batch: then those behind it are still to be taken.
      const reached = this.flush(stretch, isText, start);
      if (reached !== start) start = reached;
      else if (end === 'header') start = this.takeHeader(stretch, start);
      else if (typeof end === 'object') throw end.failure;
      else if (end === 'unclosed') throw unclosedQuote(this.options.source, this.lines + 1);
      else return start;
    }
  }

  /**
   * Counts the batch; its slow rows the exact way. Returns `end`, where its rows end, or where those begin that stand behind
   * a header among them, which are not counted.
   */
  private flush(stretch: Chunk, isText: boolean, end: number): number {
    const { buffer, address, base } = stretch;
    const { batch } = this.accumulator;
    const { rows, slow, lines } = batch;
    const startOf = (row: number) => (row < rows ? batch.startOf(row) - address : end);
    if (!isText && !this.hasLists) {
      for (let row = 0; row < rows; row++) {
        if (isUtf8(buffer.subarray(startOf(row), startOf(row + 1)))) continue;
        slow.values[row] = SLOW;
        this.layout!.forms?.keep(row);
      }
    }
    const { sourceNumber } = this.options;
    const rowsToTake = (slowRows: number) => {
      batch.rows = this.mayHoldHeaders && slowRows > 0 ? this.headerRow(stretch, startOf) : rows;
      this.leaveOut(stretch, address + startOf(batch.rows));
      return batch.rows;
    };
    const slowRows = this.accumulator.takeBatch(
      this.layout!,
      { source: sourceNumber, base: base - address },
      rowsToTake,
    );
    const counted = batch.rows;
    const reached = startOf(counted);
    this.rowsRead += counted - slowRows;
    this.hasRows ||= counted > slowRows;
    for (let row = 0; row < counted && slowRows > 0; row++) {
      if (slow.values[row] === 0 || this.leftOut[row] === PASSED_OVER) continue;
      const ends = this.hasLists ? this.lineAround(stretch, startOf(row)) : ([startOf(row), startOf(row + 1)] as const);
      if (slow.values[row] === LEFT_OUT && this.isKnownLeftOut(stretch, ...ends)) {
        this.rowsRead++;
        this.leftOutRows++;
      } else if (this.hasLists) this.takeRowOfLine(stretch, ends, startOf(row), lines.values[row]!);
      else this.takeOne(stretch, startOf(row), lines.values[row]!, false, this.leftOut[row] === FIRST_PASSED_OVER);
    }
    if (counted < rows) {
      this.lines = lines.values[counted]!;
      slow.values.fill(0, counted, rows);
    }
    batch.clear();
    return counted < rows ? this.takeHeader(stretch, reached) : end;
  }

  /** Marks the rows of the batch, which ends at the address `end`, that the filter leaves out; also as slow. */
  private leaveOut({ base, address }: Chunk, end: number): void {
    const { batch } = this.accumulator;
    const { rows, slow } = batch;
    const { filter } = this.options;
    const { leftOut } = this;
    if (!filter || rows === 0 || filter.leaveOut(batch, { base: base - address, end, leftOut }) === 0) return;
    const isJson = !this.shape!.header && !this.hasLists;
    for (let row = 0; row < rows; row++) {
      if (leftOut[row] === 0) continue;
      if (isJson && slow.values[row] === SLOW) leftOut[row] = FIRST_PASSED_OVER;
      slow.values[row] = SLOW;
    }
  }

  /** A line holds a row for each value at the end of a path; each begins a byte behind the one before. */
  private get hasLists(): boolean {
    return !this.shape!.header && this.options.wanted.records.each !== undefined;
  }

  /** The place before which the kernel may take lines: the line at `start` and no other, if it is UTF-8. */
  private endOfValid({ buffer }: Chunk, start: number, until: number): number {
    const end = buffer.indexOf(LF, start);
    return start < until && isUtf8(buffer.subarray(start, end)) ? start + 1 : start;
  }

  /** Begin and end of the line around a place. */
  private lineAround({ buffer, base }: Chunk, at: number): readonly [start: number, end: number] {
    const { known } = this;
    if (known && known.offset <= base + at && base + at < known.end) return [known.offset - base, known.end - base];
    return [at === 0 ? 0 : buffer.lastIndexOf(LF, at - 1) + 1, buffer.indexOf(LF, at) + 1];
  }

  /** Takes the row of the line at `start` where the kernel stopped; false if it did not. */
  private takeOddRow(stretch: Chunk, start: number): boolean {
    const place = this.hasLists ? (this.indexer as JsonIndexer).oddRow : -1;
    if (place < 0) return false;
    if (this.isWanted(stretch, start + place, start + place + 1))
      this.takeRowOfLine(stretch, this.lineAround(stretch, start + place), start + place, this.lines);
    return true;
  }

  /** Counts the row at `at`, of a line after `lines` lines, the exact way. */
  private takeRowOfLine(
    stretch: Chunk,
    [start, end]: readonly [start: number, end: number],
    at: number,
    lines: number,
  ): void {
    const { base } = stretch;
    if (this.known?.offset !== base + start) {
      const { rows } = this.rowsAt(stretch, start, end - 1);
      this.known = { offset: base + start, end: base + end, rows };
    }
    const { raw, row } = this.known!.rows[at - start]!;
    this.takeExactly(row, { raw, offset: base + at, line: lines + 1 });
  }

  /** Rows of the line at `start`, which ends before `end`; `contentStart`: behind a mark. */
  private rowsAt({ buffer }: Chunk, start: number, end: number) {
    const contentEnd = end > start && buffer[end - 1] === CR ? end - 1 : end;
    const contentStart = afterMark(buffer, start, contentEnd);
    const raw = buffer.toString('latin1', contentStart, contentEnd);
    return { rows: /^[ \t]*$/.test(raw) ? [] : rowsOfLine(raw, this.options.wanted), contentStart };
  }

  /** Rows of the batch may turn out to be headers, or other lines that are none: those of text logs are known at once. */
  private get mayHoldHeaders(): boolean {
    return this.shape!.header !== undefined && !this.shape!.line;
  }

  /** The first slow row of the batch that is a header or a comment, or the number of its rows. */
  private headerRow({ buffer, length }: Chunk, startOf: (row: number) => number): number {
    const { rows, slow } = this.accumulator.batch;
    const { wanted } = this.options;
    const { dialect } = this.shape!.header!;
    for (let row = 0; row < rows; row++) {
      if (slow.values[row] !== SLOW) continue;
      const [start, end] = [startOf(row), startOf(row + 1)];
      if (markedLineAt(buffer, { start, limit: length, atEnd: true }, wanted, dialect.delimiter)) return row;
      const line = buffer.subarray(start, end);
      if (!wanted.headerMarks.timestamp.some((name) => line.includes(name, 0, 'latin1'))) continue;
      const record = readRecord(buffer, { start, limit: length, atEnd: true, dialect });
      if (typeof record !== 'string' && isHeader(record, wanted)) return row;
    }
    return rows;
  }

  /** Between the names of columns behind a mark. */
  private get namesDelimiter(): string {
    const { header, line } = this.shape!;
    return line ? ' ' : header!.dialect.delimiter;
  }

  /** Reads a header between rows, or passes a comment, and returns where the rows behind it begin. */
  private takeHeader({ buffer, length, base }: Chunk, start: number): number {
    const { source, wanted } = this.options;
    const { format, header, line: form } = this.shape!;
    const { dialect } = header!;
    const place = { start, limit: length, atEnd: true };
    const marked = markedLineAt(buffer, place, wanted, this.namesDelimiter) as MarkedLine | undefined;
    if (marked && !marked.names) {
      this.lines += marked.lines;
      return marked.end;
    }
    const record = marked ?? (readRecord(buffer, { ...place, dialect }) as FoundRecord);
    const fields = 'fields' in record ? record.fields : record.names!;
    const own = form
      ? logHeader(source, form, fields, wanted)
      : readHeader(source, { fields, raw: record.raw }, this.lines + 1, dialect, wanted);
    const shape = { format, header: own, line: form };
    this.lines += record.lines;
    if (!isSameShape(shape, this.shape!)) this.useShape(shape, base + record.end);
    return record.end;
  }

  /**
   * Counts the row at `start`, after `lines` lines, the exact way, and returns where the next one begins. `header`: it is
   * none, but a header, and nothing has happened. A row that is not new has been through the filter, but not the objects of
   * NDJSON after the first on its line.
   */
  private takeOne(
    stretch: Chunk,
    start: number,
    lines: number,
    isNew: boolean,
    isFirstLeftOut = false,
  ): number | 'incomplete' | 'unclosed' | 'header' | { readonly failure: InputFailure } {
    const { buffer, length, base, atEnd } = stretch;
    const { header } = this.shape!;
    if (!header) return this.takeLine(stretch, start, lines, { isNew, isFirstLeftOut });
    const { source, wanted } = this.options;
    const marked = isNew
      ? markedLineAt(buffer, { start, limit: length, atEnd }, wanted, this.namesDelimiter)
      : undefined;
    if (marked) return marked === 'incomplete' ? marked : 'header';
    if (this.shape!.line) return this.takeLogLine(stretch, start, lines, isNew);
    const record = readRecord(buffer, { start, limit: length, atEnd, dialect: header.dialect });
    if (typeof record === 'string') return record;
    if (isNew && isHeader(record, wanted)) return 'header';
    const swallowing = swallowingLine(record, header, wanted);
    if (swallowing !== undefined) return { failure: swallowedRows(source, lines + 1 + swallowing) };
    if (isNew) this.lines += record.lines;
    if (record.raw === '' || (isNew && !this.isWanted(stretch, start, record.end))) return record.end;
    const row = rowOfRecord(record, header, wanted);
    const isCounted = this.takeExactly(row, { raw: record.raw, offset: base + start, line: lines + 1 });
    const isLast = atEnd && record.end === length && buffer[length - 1] !== LF;
    if (isLast && isCounted && !record.raw.endsWith('"')) this.lacksLineEnd = true;
    return record.end;
  }

  private takeLogLine(stretch: Chunk, start: number, lines: number, isNew: boolean): number | 'incomplete' {
    const { length, base, atEnd } = stretch;
    const found = lineAt(stretch.buffer, start, { length, atEnd });
    if (!found) return 'incomplete';
    const { raw, end } = found;
    if (isNew) this.lines += found.lines;
    if (raw === '' || (isNew && !this.isWanted(stretch, start, end))) return end;
    const { header, line: form } = this.shape!;
    const row = rowOfLogLine(raw, form!, header!, this.options.wanted);
    const isCounted = this.takeExactly(row, { raw, offset: base + start, line: lines + 1 });
    if (isCounted && found.lines === 0) this.lacksLineEnd = true;
    return end;
  }

  private takeLine(
    stretch: Chunk,
    start: number,
    lines: number,
    { isNew, isFirstLeftOut }: { isNew: boolean; isFirstLeftOut: boolean },
  ): number | 'incomplete' {
    const { buffer, length, base, atEnd } = stretch;
    const found = buffer.indexOf(LF, start);
    const isEnded = found >= 0 && found < length;
    if (!isEnded && !atEnd) return 'incomplete';
    const end = isEnded ? found : length;
    const next = isEnded ? end + 1 : end;
    if (isNew) this.lines++;
    const { rows, contentStart } = this.rowsAt(stretch, start, end);
    for (const [i, placed] of rows.entries()) {
      const { from, raw } = placed;
      const at = this.hasLists ? start + i : i === 0 ? start : contentStart + from;
      const rowEnd = rows.length === 1 ? next : contentStart + from + raw.length;
      const isAsked = !isNew && at === start;
      if (isAsked ? isFirstLeftOut : !this.isWanted(stretch, at, rowEnd)) continue;
      this.takeExactly(placed.row, { raw, offset: base + at, line: lines + 1 });
    }
    return next;
  }

  /** True if nothing has to be known about a row of NDJSON but that it is left out. */
  private isKnownLeftOut({ buffer, base }: Chunk, start: number, end: number): boolean {
    if (this.hasRows || this.shape!.header) return true;
    if (this.lookedThrough !== base + start) this.promised.look(buffer.subarray(start, end));
    this.lookedThrough = base + start;
    return this.promised.names().length === 0;
  }

  private isWanted({ base, address }: Chunk, start: number, end: number): boolean {
    const { filter } = this.options;
    return !filter || filter.takes(base + start, address + start, address + end);
  }

  /** True if there was nothing wrong with the row. */
  private takeExactly(row: FilteredContent, place: Omit<FoundReject, 'fault'>): boolean {
    this.rowsRead++;
    if ('leftOut' in row) {
      this.leftOutRows++;
      this.hasRows ||= lacksField(row.leftOut, this.options.wanted);
      return false;
    }
    this.hasRows = true;
    const fault = this.accumulator.takeRow(row, {
      source: this.options.sourceNumber,
      base: place.offset,
      line: place.line,
    });
    if (!fault) return true;
    this.rejected++;
    this.rejects.push({ offset: place.offset, line: place.line, raw: place.raw, fault });
    return false;
  }
}
