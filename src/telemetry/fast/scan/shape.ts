/** The shape of an export, read before its rows: its format, and its header if it has one. */
import type { LineForm } from '../../../core/usage/recordForm.ts';
import type { Wanted } from '../../columns.ts';
import { type CsvHeader, type Dialect, readHeader } from '../../csvRow.ts';
import type { InputFormat } from '../../formats.ts';
import { assertLineFeeds, onlyBlankLines, unclosedQuote } from '../../inputProblems.ts';
import { assertNoNearKeys } from '../../keyNames.ts';
import { logHeader } from '../../logLine.ts';
import { givenHeader, isComment, isMarked, markedHeader, noHeaderAbove } from '../../markedLines.ts';
import { type ExportForm, formOfExport } from '../../separators.ts';
import type { Source } from '../../source.ts';
import { afterMark, readRecord } from './csvRecord.ts';
import { markedLineAt } from './markedLine.ts';

const LF = 0x0a;

/** All that a thread needs that begins somewhere in the middle. `line`: rows are lines of a text log. */
export type Shape = { readonly format: InputFormat; readonly header?: CsvHeader; readonly line?: LineForm | undefined };

/** A shape, and the offset of the first row that has it. */
export type ShapeFrom = { readonly from: number; readonly shape: Shape };

/** True if the rows of both are read alike. */
export function isSameShape(a: Shape, b: Shape): boolean {
  return a.header?.columns.join('\0') === b.header?.columns.join('\0');
}

export type ShapeOptions = {
  readonly source: Source;
  readonly wanted: Wanted;
  readonly forcedFormat: InputFormat | undefined;
};

type Begin = { readonly length: number; readonly atEnd: boolean };
export type FoundShape = { readonly shape: Shape; readonly from: number; readonly lines: number };

/**
 * Reads the shape from a source's first bytes, and returns where its rows begin and how many lines are before them; undefined
 * if that takes more bytes. Throws an {@link InputFailure} if the source is not what it should be.
 */
export function readShape(buffer: Buffer, begin: Begin, options: ShapeOptions): FoundShape | undefined {
  const { source, wanted } = options;
  const { line, header } = wanted.records;
  if (line) return readLogShape(buffer, begin, line, options);
  const form = recognise(buffer, begin, options);
  if (!form) return undefined;
  const { format, dialect } = form;
  if (!dialect) {
    assertNoNearKeys(source, firstRowLine(buffer, begin, wanted)?.text ?? '', wanted);
    return { shape: { format }, from: 0, lines: 0 };
  }
  if (header && 'names' in header)
    return { shape: { format, header: givenHeader(source, header.names, dialect, wanted) }, from: 0, lines: 0 };
  return readHeaderLine(buffer, begin, { format, dialect }, options);
}

/** The shape that the first record says, or the first line with the mark of headers. */
function readHeaderLine(
  buffer: Buffer,
  { length, atEnd }: Begin,
  { format, dialect }: { readonly format: InputFormat; readonly dialect: Dialect },
  { source, wanted }: ShapeOptions,
): FoundShape | undefined {
  let start = 0;
  let lines = 0;
  while (start < length) {
    const place = { start, limit: length, atEnd };
    const marked = markedLineAt(buffer, place, wanted, dialect.delimiter);
    if (marked === 'incomplete') return undefined;
    if (marked?.names) {
      const header = readHeader(source, { fields: marked.names, raw: marked.raw }, lines + 1, dialect, wanted);
      return { shape: { format, header }, from: marked.end, lines: lines + marked.lines };
    }
    const record = marked ?? readRecord(buffer, { ...place, dialect });
    if (record === 'incomplete') return undefined;
    if (record === 'unclosed') throw unclosedQuote(source, lines + 1);
    lines += record.lines;
    start = record.end;
    if (record.raw === '' || !('fields' in record)) continue;
    const line = lines - record.lines + 1;
    if (isMarked(wanted)) throw noHeaderAbove(source, wanted, line);
    return { shape: { format, header: readHeader(source, record, line, dialect, wanted) }, from: start, lines };
  }
  if (atEnd) throw onlyBlankLines(source);
  return undefined;
}

/** Undefined, too, for a log at whose end no line with the mark of headers has come: it has no rows. */
function readLogShape(
  buffer: Buffer,
  { length, atEnd }: Begin,
  line: LineForm,
  { source, wanted }: ShapeOptions,
): FoundShape | undefined {
  const { header } = wanted.records;
  const shapeOf = (names: readonly string[]): Shape => ({
    ...{ format: 'csv', line },
    header: logHeader(source, line, names, wanted),
  });
  // A field that no line can have is said of a file without a row, too.
  const given = isMarked(wanted) ? undefined : shapeOf(header && 'names' in header ? header.names : []);
  let lines = 0;
  let isBlank = true;
  for (let start = 0; start < length; ) {
    const marked = markedLineAt(buffer, { start, limit: length, atEnd }, wanted, ' ');
    if (marked === 'incomplete') return undefined;
    if (marked?.names) return { shape: shapeOf(marked.names), from: marked.end, lines: lines + marked.lines };
    const found = marked ?? lineAt(buffer, start, { length, atEnd });
    if (!found) return undefined;
    const isRow = !marked && found.raw !== '';
    if (isRow && !given) throw noHeaderAbove(source, wanted, lines + 1);
    if (isRow) return { shape: given!, from: start, lines };
    isBlank &&= !marked;
    lines += found.lines;
    start = found.end;
  }
  if (atEnd && isBlank) throw onlyBlankLines(source);
  return undefined;
}

/** The line at `start`, its bytes as Latin-1; undefined if its end is not there. */
export function lineAt(
  buffer: Buffer,
  start: number,
  { length, atEnd }: Begin,
): { readonly raw: string; readonly end: number; readonly lines: number } | undefined {
  const found = buffer.indexOf(LF, start);
  const isEnded = found >= 0 && found < length;
  if (!isEnded && !atEnd) return undefined;
  const end = isEnded ? found : length;
  const raw = buffer.toString('latin1', afterMark(buffer, start, end), end).replace(/\r$/, '');
  return { raw, end: isEnded ? end + 1 : end, lines: isEnded ? 1 : 0 };
}

/** The first line that is neither blank nor marked, its bytes as Latin-1; undefined if more bytes are needed to find it. */
function firstRowLine(buffer: Buffer, begin: Begin, wanted: Wanted): { text: string; isComplete: boolean } | undefined {
  for (let start = 0; start < begin.length; ) {
    const found = buffer.indexOf(LF, start);
    const isComplete = found >= 0 && found < begin.length;
    const end = isComplete ? found : begin.length;
    const text = buffer.toString('latin1', afterMark(buffer, start, end), end);
    const isRow = /[^\r]/.test(text) && !isComment(text, wanted) && !markedHeader(text, wanted, ',');
    if (isRow) return { text: text.replace(/^\r+/, ''), isComplete };
    if (!isComplete) return undefined;
    start = end + 1;
  }
  return undefined;
}

function recognise(
  buffer: Buffer,
  begin: Begin,
  { source, wanted, forcedFormat }: ShapeOptions,
): ExportForm | undefined {
  const first = firstRowLine(buffer, begin, wanted);
  if (!first && !begin.atEnd) return undefined;
  const text = first?.text ?? '';
  assertLineFeeds(source, Buffer.from(text, 'latin1'));
  if (first && !first.isComplete && !begin.atEnd) return undefined;
  return formOfExport(source, text, wanted, forcedFormat);
}
