/** Lines of an export that a mapping describes: comments, and headers behind a mark. */
import type { Wanted } from './columns.ts';
import { type CsvHeader, type Dialect, readHeader } from './csvRow.ts';
import { InputFailure, type Source } from './source.ts';

type Records = Pick<Wanted, 'records'>;

/** True if a line, its bytes as Latin-1, is no row. */
export function isComment(line: string, { records: { comments } }: Records): boolean {
  return comments !== undefined && line.startsWith(bytesAsText(comments));
}

/** The names behind the mark of headers, between delimiters or, where there is none, blanks; undefined: no such line. */
export function markedHeader(line: string, { records: { header } }: Records, delimiter: string): string[] | undefined {
  if (!header || !('mark' in header)) return undefined;
  const mark = bytesAsText(header.mark);
  if (!line.startsWith(mark)) return undefined;
  const rest = line.slice(mark.length).trim();
  return rest.includes(delimiter) ? rest.split(delimiter).map((name) => name.trim()) : rest.split(/ +/);
}

/** True if names of columns stand behind a mark. */
export function isMarked({ records: { header } }: Records): boolean {
  return header !== undefined && 'mark' in header;
}

/** A row came before any line with the mark of headers. */
export function noHeaderAbove(source: Source, { records: { header } }: Records, line: number): InputFailure {
  const mark = header && 'mark' in header ? header.mark : '';
  return new InputFailure(
    source,
    'missing-column',
    `no line above this row begins with ${mark}`,
    'names of columns come behind that mark (header: in the mapping); fetch the file with its first lines',
    line,
  );
}

/** The header of a file that has none. */
export function givenHeader(source: Source, names: readonly string[], dialect: Dialect, wanted: Wanted): CsvHeader {
  return readHeader(source, { fields: names.map(bytesAsText), raw: '' }, 1, dialect, wanted);
}

function bytesAsText(text: string): string {
  return Buffer.from(text).toString('latin1');
}
