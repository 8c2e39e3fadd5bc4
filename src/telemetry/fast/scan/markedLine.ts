/** Lines between rows that a mapping describes: comments, and headers behind a mark. */
import type { Wanted } from '../../columns.ts';
import { markedHeader } from '../../markedLines.ts';
import { afterMark } from './csvRecord.ts';

const LF = 0x0a;
const CR = 0x0d;

export type MarkedLine = {
  /** Names of the columns of the rows behind it; undefined: a comment. */
  readonly names: string[] | undefined;
  /** Its bytes as Latin-1, without its line end. */
  readonly raw: string;
  /** Offset of the next line. */
  readonly end: number;
  /** Line ends passed. */
  readonly lines: number;
};

/** Texts with which lines begin that are no rows. */
export function marksOf({ records: { comments, header } }: Pick<Wanted, 'records'>): string[] {
  const mark = header && 'mark' in header ? header.mark : undefined;
  return [comments, mark].filter((text) => text !== undefined);
}

/** The line at `start` if it is no row; undefined if it may be one. `delimiter`: of the names of columns. */
export function markedLineAt(
  bytes: Buffer,
  { start: from, limit, atEnd }: { start: number; limit: number; atEnd: boolean },
  wanted: Pick<Wanted, 'records'>,
  delimiter: string,
): MarkedLine | 'incomplete' | undefined {
  const marks = marksOf(wanted);
  if (marks.length === 0) return undefined;
  const start = afterMark(bytes, from, limit);
  const begins = (mark: Buffer) => bytes.subarray(start, Math.min(limit, start + mark.length)).equals(mark);
  if (!marks.some((mark) => begins(Buffer.from(mark)))) return undefined;
  const found = bytes.indexOf(LF, start);
  const isEnded = found >= 0 && found < limit;
  if (!isEnded && !atEnd) return 'incomplete';
  const end = isEnded ? found : limit;
  const raw = bytes.toString('latin1', start, end > start && bytes[end - 1] === CR ? end - 1 : end);
  return { names: markedHeader(raw, wanted, delimiter), raw, end: isEnded ? end + 1 : end, lines: isEnded ? 1 : 0 };
}
