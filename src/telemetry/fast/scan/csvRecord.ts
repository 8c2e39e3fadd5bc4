/**
 * Cuts one record out of CSV, whatever it looks like: relaxed about quotes, so that one in the wrong place costs its row
 * and not the rest of the file.
 *
 * A quote opens only at the beginning of a field. Inside, `""` is a quote; a quote before a delimiter or a line end closes;
 * any other makes the field a bare one that happens to contain quotes, up to the next delimiter or line end. In dialects
 * whose quotes carry over nothing, a record is a line.
 */
import { type CsvRecord, type Dialect, fieldsOfLine } from '../../csvRow.ts';

const QUOTE = 0x22;
const LF = 0x0a;
const CR = 0x0d;

export type FoundRecord = CsvRecord & {
  /** Offset of the next record. */
  readonly end: number;
  /** Line ends passed, its own included. */
  readonly lines: number;
};

/** `incomplete`: more bytes are needed. `unclosed`: there are no more, and a quoted field is open. */
export type RecordSearch = FoundRecord | 'incomplete' | 'unclosed';

/** Reads the record at `start` of the bytes before `limit`; `atEnd` if no others follow. */
export function readRecord(
  bytes: Buffer,
  { start: from, limit, atEnd, dialect }: { start: number; limit: number; atEnd: boolean; dialect: Dialect },
): RecordSearch {
  const start = afterMark(bytes, from, limit);
  if (dialect.quotes !== 'csv') return readLine(bytes, { start, limit, atEnd }, dialect);
  const plain = readPlainLine(bytes, start, limit, dialect);
  if (plain) return plain;
  const { delimiter } = dialect;
  const delimiterByte = delimiter.charCodeAt(0);
  const text = (from: number, to: number) => bytes.toString('latin1', from, to).replaceAll(LINE_AND_MARK, '\n');
  const fields: string[] = [];
  let i = start;
  for (;;) {
    let field = '';
    if (i < limit && bytes[i] === QUOTE) {
      let content = '';
      let from = i + 1;
      for (let search = from; ; ) {
        const quote = bytes.indexOf(QUOTE, search);
        if (quote < 0 || quote >= limit) return atEnd ? 'unclosed' : 'incomplete';
        const seen = bytes[quote + 1] === CR ? 2 : 1; // bytes that decide what the quote is
        if (!atEnd && quote + seen >= limit) return 'incomplete';
        if (quote + 1 < limit && bytes[quote + 1] === QUOTE) {
          content += text(from, quote + 1);
          from = search = quote + 2;
          continue;
        }
        content += text(from, quote);
        i = quote + 1;
        field = closesBefore(i) ? content : `"${content}"`;
        break;
      }
    }
    const bareFrom = i;
    while (
      i < limit &&
      bytes[i] !== delimiterByte &&
      bytes[i] !== LF &&
      !(bytes[i] === CR && bytes[i + 1] === LF && i + 1 < limit)
    )
      i++;
    if (i >= limit && !atEnd) return 'incomplete';
    fields.push(field + text(bareFrom, i));
    if (i < limit && bytes[i] === delimiterByte) {
      i++;
      continue;
    }
    if (i >= limit) {
      const raw = text(start, limit).replace(/\r$/, '');
      return { fields, raw, end: limit, lines: linesIn(bytes, start, limit) };
    }
    const end = i + (bytes[i] === CR ? 2 : 1);
    return { fields, raw: text(start, i), end, lines: linesIn(bytes, start, end) };
  }

  /** True if a quote inside a quoted field closes it, by the byte after it (a NUL byte does too; the row is refused anyway). */
  function closesBefore(next: number): boolean {
    if (next >= limit) return true;
    const c = bytes[next];
    return c === delimiterByte || c === LF || c === 0 || (c === CR && next + 1 < limit && bytes[next + 1] === LF);
  }
}

/** The record at `start` if it is a line with a line feed and without quotes; undefined if it has to be cut with care. */
function readPlainLine(bytes: Buffer, start: number, limit: number, dialect: Dialect): FoundRecord | undefined {
  const end = bytes.indexOf(LF, start);
  if (end < 0 || end >= limit) return undefined;
  const raw = withoutReturn(bytes, start, end);
  return raw.includes('"') ? undefined : { fields: fieldsOfLine(raw, dialect), raw, end: end + 1, lines: 1 };
}

function readLine(
  bytes: Buffer,
  { start, limit, atEnd }: { start: number; limit: number; atEnd: boolean },
  dialect: Dialect,
): RecordSearch {
  const found = bytes.indexOf(LF, start);
  const isEnded = found >= 0 && found < limit;
  if (!isEnded && !atEnd) return 'incomplete';
  const end = isEnded ? found : limit;
  const raw = withoutReturn(bytes, start, end);
  const fields = fieldsOfLine(raw, dialect);
  return isEnded ? { fields, raw, end: end + 1, lines: 1 } : { fields, raw, end, lines: 0 };
}

/** The bytes from `start` to `end`, without a carriage return as the last of them. */
function withoutReturn(bytes: Buffer, start: number, end: number): string {
  return bytes.toString('latin1', start, end > start && bytes[end - 1] === CR ? end - 1 : end);
}

/** The place behind a byte order mark, which joined files have at the begin of lines. */
export function afterMark(bytes: Buffer, start: number, limit: number): number {
  const isMark = bytes[start] === 0xef && start + 2 < limit && bytes[start + 1] === 0xbb && bytes[start + 2] === 0xbf;
  return isMark ? start + 3 : start;
}

const LINE_AND_MARK = '\n\xef\xbb\xbf';

/** Line feeds from `from` to `to`. */
export function linesIn(bytes: Buffer, from: number, to: number): number {
  let lines = 0;
  for (let i = bytes.indexOf(LF, from); i >= 0 && i < to; i = bytes.indexOf(LF, i + 1)) lines++;
  return lines;
}
