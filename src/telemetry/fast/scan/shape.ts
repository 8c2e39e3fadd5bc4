/** The shape of an export, read before its rows: its format, and its header if it has one. */
import type { Wanted } from '../../columns.ts';
import { type CsvHeader, readHeader } from '../../csvRow.ts';
import type { InputFormat } from '../../formats.ts';
import { assertLineFeeds, onlyBlankLines, unclosedQuote } from '../../inputProblems.ts';
import { assertNoNearKeys } from '../../keyNames.ts';
import { type ExportForm, formOfExport } from '../../separators.ts';
import type { Source } from '../../source.ts';
import { readRecord } from './csvRecord.ts';

const LF = 0x0a;
const CR = 0x0d;

/** All that a thread needs that begins somewhere in the middle. */
export type Shape = { readonly format: InputFormat; readonly header?: CsvHeader };

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

/**
 * Reads the shape from a source's first bytes, and returns where its rows begin and how many lines are before them; undefined
 * if that takes more bytes. Throws an {@link InputFailure} if the source is not what it should be.
 */
export function readShape(
  buffer: Buffer,
  { length, atEnd }: { length: number; atEnd: boolean },
  options: ShapeOptions,
): { readonly shape: Shape; readonly from: number; readonly lines: number } | undefined {
  const form = recognise(buffer, length, atEnd, options);
  if (!form) return undefined;
  const { source, wanted } = options;
  const { format, dialect } = form;
  if (!dialect) {
    assertNoNearKeys(source, firstLine(buffer.subarray(0, length)), wanted);
    return { shape: { format }, from: 0, lines: 0 };
  }
  let start = 0;
  let lines = 0;
  while (start < length) {
    const record = readRecord(buffer, { start, limit: length, atEnd, dialect });
    if (record === 'incomplete') return undefined;
    if (record === 'unclosed') throw unclosedQuote(source, lines + 1);
    lines += record.lines;
    start = record.end;
    if (record.raw === '') continue;
    const header = readHeader(source, record, lines - record.lines + 1, dialect, wanted);
    return { shape: { format, header }, from: start, lines };
  }
  if (atEnd) throw onlyBlankLines(source);
  return undefined;
}

/** The first line that is not blank, its bytes as Latin-1. */
function firstLine(bytes: Buffer): string {
  let start = 0;
  while (start < bytes.length && (bytes[start] === CR || bytes[start] === LF)) start++;
  const end = bytes.indexOf(LF, start);
  return bytes.toString('latin1', start, end < 0 ? bytes.length : end);
}

function recognise(
  buffer: Buffer,
  length: number,
  atEnd: boolean,
  { source, wanted, forcedFormat }: ShapeOptions,
): ExportForm | undefined {
  let start = 0;
  while (start < length && (buffer[start] === CR || buffer[start] === LF)) start++;
  const end = start < length ? buffer.indexOf(LF, start) : -1;
  const isComplete = end >= 0 && end < length;
  assertLineFeeds(source, buffer.subarray(start, isComplete ? end : length));
  if (!isComplete && !atEnd) return undefined;
  const line = isComplete ? buffer.toString('latin1', start, end) : buffer.toString('latin1', start, length);
  return formOfExport(source, line, wanted, forcedFormat);
}
