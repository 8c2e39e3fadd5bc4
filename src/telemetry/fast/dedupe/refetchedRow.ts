/** Understands rows that were read again. */
import type { Wanted } from '../../columns.ts';
import { type CsvHeader, rowOfRecord } from '../../csvRow.ts';
import { coverageFault } from '../../event.ts';
import { rowsOfLine } from '../../jsonRow.ts';
import { rowOfLogLine } from '../../logLine.ts';
import type { ReadRequest } from '../../reader.ts';
import { checkRow, type Fault } from '../../row.ts';
import { decodeLoosely, type FoundRow, unfiltered } from '../../textRows.ts';
import { afterMark, type FoundRecord, readRecord } from '../scan/csvRecord.ts';
import type { Shape } from '../scan/shape.ts';
import type { Refetcher } from './refetch.ts';

const LF = 0x0a;
const CR = 0x0d;
const QUOTE = 0x22;

/** The place of a row in its line, whose rows are kept for the next one. */
export type RowPlace = Pick<Refetcher, 'placeInLine' | 'rowsOfLine'>;

/** Understands a row that a visitor was given (refetch.ts); `line` is handed through. */
export function decodeRow(
  bytes: Buffer,
  { header, line: form }: Shape,
  wanted: Wanted,
  place: RowPlace,
  line = 0,
): FoundRow {
  if (!header) {
    place.rowsOfLine ??= rowsOfLine(lineIn(bytes), wanted);
    const { raw, row } = place.rowsOfLine[place.placeInLine]!;
    return { line, raw: decodeLoosely(raw), ...unfiltered(row) };
  }
  if (form) {
    const raw = lineIn(bytes);
    return { line, raw: decodeLoosely(raw), ...unfiltered(rowOfLogLine(raw, form, header, wanted)) };
  }
  const record = recordIn(bytes, header);
  return { line, raw: decodeLoosely(record.raw), ...unfiltered(rowOfRecord(record, header, wanted)) };
}

/** A row that a visitor was given (refetch.ts), as {@link FoundRow} has it, without understanding it. */
export function rawOf(bytes: Buffer, shape: Shape, wanted: Wanted, place: RowPlace): string {
  const { header, line: form } = shape;
  if (header) return decodeLoosely(bytes.includes(QUOTE) && !form ? recordIn(bytes, header).raw : lineIn(bytes));
  const line = lineIn(bytes);
  return wanted.records.prefix || wanted.records.each || SIDE_BY_SIDE.test(line)
    ? decodeRow(bytes, shape, wanted, place).raw
    : decodeLoosely(line);
}

/** In every line of NDJSON that has several objects. */
const SIDE_BY_SIDE = /\}\s*\{/;

function lineIn(bytes: Buffer): string {
  let end = bytes.length;
  if (bytes[end - 1] === LF) end--;
  if (bytes[end - 1] === CR) end--;
  return bytes.toString('latin1', afterMark(bytes, 0, end), end);
}

function recordIn(bytes: Buffer, { dialect }: CsvHeader): FoundRecord {
  const record = readRecord(bytes, { start: 0, limit: bytes.length, atEnd: true, dialect });
  if (typeof record === 'string') throw new Error('a row is not what it was when it was read first');
  return record;
}

/** The fault of a row; undefined if it has none. */
export function faultOf(
  found: FoundRow,
  wanted: Wanted,
  request: Pick<ReadRequest, 'spans' | 'timezone' | 'timeUnit' | 'repeatedHour'>,
): Fault | undefined {
  if ('fault' in found) return found.fault;
  const { texts, names } = found;
  const checked = checkRow(texts, names, wanted.meters, request);
  if ('code' in checked) return checked;
  const span = request.spans?.get(texts.customer);
  return span && coverageFault(span, checked.at.ms, texts, names);
}
