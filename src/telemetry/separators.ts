/** Recognises the format of an export, and the sign between its fields, from its first line. */
import type { Wanted } from './columns.ts';
import { type Dialect, dialectOf } from './csvRow.ts';
import { DELIMITERS, type Delimiter, formatOfLine, formatWith, type InputFormat } from './formats.ts';
import { InputFailure } from './inputFailure.ts';

type Named = { readonly name: string };

/** `dialect`: absent for formats without a sign between fields. */
export type ExportForm = { readonly format: InputFormat; readonly dialect?: Dialect };

/**
 * The form of an export by its first line that is neither blank nor a comment, its bytes as Latin-1: the header, or the first row of
 * an export without one. `forced`: the format that the user names. Throws an {@link InputFailure} where several signs fit.
 */
export function formOfExport(
  source: Named,
  firstLine: string,
  wanted: Wanted,
  forced: InputFormat | undefined,
): ExportForm {
  const line = firstLine.replace(/^\r+|\r+$/g, '');
  const usual = forced ?? formatOfLine(line);
  if (usual === 'ndjson') return { format: usual };
  const delimiter = wanted.separator ?? recognised(source, line, wanted, forced);
  const format = delimiter === undefined ? usual : (formatWith(delimiter) ?? 'csv');
  return { format, dialect: { ...dialectOf(format, wanted), ...(delimiter !== undefined && { delimiter }) } };
}

/**
 * The one sign with which the line is what it should be or, in a line that is that with none, the only one that it has. Undefined if
 * there is neither, and the format's own is as good.
 */
function recognised(
  source: Named,
  line: string,
  wanted: Wanted,
  forced: InputFormat | undefined,
): Delimiter | undefined {
  if (forced === 'tsv') return undefined;
  const present = DELIMITERS.filter((sign) => line.includes(sign) && !(forced === 'csv' && sign === '\t'));
  const fitting = present.filter((sign) => fits(splitFields(line, sign), wanted));
  if (fitting.length <= 1) return fitting[0] ?? (present.length === 1 ? present[0] : undefined);
  const signs = fitting.map((delimiter) => (delimiter === '\t' ? 'tab' : `"${delimiter}"`)).join(' and ');
  throw new InputFailure(
    source,
    'several-separators',
    `its first line can be taken apart by ${signs}`,
    `say which it is: --input-separator '${fitting[0]}'`,
    1,
  );
}

/** True for fields of a header that has what is looked for, or of a row under a header that a mapping gives. */
function fits(fields: readonly string[], { records: { header }, headerMarks }: Wanted): boolean {
  if (header) return 'names' in header && header.names.length === fields.length;
  const { timestamp, customer } = headerMarks;
  const hasOne = (names: readonly string[]) => names.some((name) => fields.includes(name));
  return hasOne(timestamp) && (customer.length === 0 || hasOne(customer));
}

/** Fields of a line, quoted ones without their quotes; a quote that never closes is a character. */
function splitFields(line: string, delimiter: Delimiter): string[] {
  const fields: string[] = [];
  for (let start = 0; ; ) {
    const quoted = line[start] === '"' ? QUOTED.exec(line.slice(start))?.[0] : undefined;
    const found = line.indexOf(delimiter, start + (quoted?.length ?? 0));
    const end = found < 0 ? line.length : found;
    fields.push(quoted?.length === end - start ? quoted.slice(1, -1) : line.slice(start, end));
    if (found < 0) return fields;
    start = end + 1;
  }
}

const QUOTED = /^"(?:[^"]|"")*"/;
