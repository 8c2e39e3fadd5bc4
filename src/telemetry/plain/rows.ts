/** Rows out of a source's bytes, one after another, each with what it means or what is wrong with it. */
import { delimiterOf, rowOfRecord } from '../csvRow.ts';
import { readRecord } from '../fast/csvRecord.ts';
import { readShape, type Shape, type ShapeOptions } from '../fast/shape.ts';
import { rowOfJson } from '../jsonRow.ts';
import { unclosedQuote } from '../source.ts';

const LF = 0x0a;
const CR = 0x0d;

/** What a row means, or what is wrong with it. */
export type Meant = ReturnType<typeof rowOfRecord>;

/** `line`: on which the row begins, from 1. `again` understands the row another time, from its bytes alone, if that can be. */
export type RowTaker = (row: Meant, latin1: string, line: number, again?: (latin1: string) => Meant) => void;

/** Calls `take` for each row, with its bytes as characters and without the line end. */
export async function eachRow(chunks: AsyncIterable<Buffer>, options: ShapeOptions, take: RowTaker): Promise<void> {
  const { source, wanted } = options;
  let held: Buffer = Buffer.alloc(0);
  let shape: Shape | undefined;
  let lines = 0;
  const meantByLine = (latin1: string) => rowOfJson(latin1, wanted);
  const meantByRecord = (latin1: string) => {
    const delimiter = delimiterOf(shape!.format);
    return rowOfRecord({ fields: latin1.split(delimiter), raw: latin1 }, shape!.header!, delimiter, wanted);
  };

  for await (const chunk of chunks) {
    held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    takeRows(false);
  }
  takeRows(true);

  function takeRows(atEnd: boolean): void {
    let start = 0;
    if (!shape) {
      const found = readShape(held, { length: held.length, atEnd }, options);
      if (!found) return;
      shape = found.shape;
      start = found.from;
      lines = found.lines;
    }
    const takeNext = shape.format === 'ndjson' ? takeLine : takeRecord;
    while (start < held.length) {
      const end = takeNext(start, atEnd, shape);
      if (end < 0) break;
      start = end;
    }
    held = held.subarray(start);
  }

  /** Takes the row at `start` and tells where the next one begins; −1 if it is not all there. */
  function takeRecord(start: number, atEnd: boolean, { format, header }: Shape): number {
    const simple = simpleLine(held, start);
    if (simple) {
      lines++;
      if (simple.raw !== '') take(meantByRecord(simple.raw), simple.raw, lines, meantByRecord);
      return simple.end;
    }
    const delimiter = delimiterOf(format);
    const record = readRecord(held, { start, limit: held.length, atEnd, delimiter });
    if (record === 'incomplete') return -1;
    if (record === 'unclosed') throw unclosedQuote(source, lines + 1);
    if (record.raw !== '') take(rowOfRecord(record, header!, delimiter, wanted), record.raw, lines + 1);
    lines += record.lines;
    return record.end;
  }

  function takeLine(start: number, atEnd: boolean): number {
    const found = held.indexOf(LF, start);
    if (found < 0 && !atEnd) return -1;
    const end = found < 0 ? held.length : found;
    const raw = held.toString('latin1', start, end > start && held[end - 1] === CR ? end - 1 : end);
    lines++;
    if (!/^[ \t]*$/.test(raw)) take(meantByLine(raw), raw, lines, meantByLine);
    return found < 0 ? end : end + 1;
  }
}

/** A line that has its end and no quotes; undefined for others. */
function simpleLine(bytes: Buffer, start: number): { raw: string; end: number } | undefined {
  const end = bytes.indexOf(LF, start);
  if (end < 0) return undefined;
  const raw = bytes.toString('latin1', start, end > start && bytes[end - 1] === CR ? end - 1 : end);
  return raw.includes('"') ? undefined : { raw, end: end + 1 };
}
