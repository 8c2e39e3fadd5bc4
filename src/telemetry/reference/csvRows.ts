/**
 * CSV by RFC 4180: quotes only around whole fields, doubled inside them; rows end with LF or CRLF. A quoted field may go on
 * over line ends. In dialects whose quotes carry over nothing, a row is a line.
 */
import type { Wanted } from '../columns.ts';
import {
  type CsvHeader,
  type CsvRecord,
  type Dialect,
  fieldsOfLine,
  isHeader,
  readHeader,
  rowOfRecord,
  swallowingLine,
} from '../csvRow.ts';
import type { Delimiter } from '../formats.ts';
import { onlyBlankLines, swallowedRows, unclosedQuote } from '../inputProblems.ts';
import { givenHeader, isComment, isMarked, markedHeader, noHeaderAbove } from '../markedLines.ts';
import { InputFailure, type Source } from '../source.ts';
import { decodeLoosely, type FilteredRow, placed } from '../textRows.ts';
import { type Lines, withoutReturn } from './lines.ts';

export async function* csvRows(
  source: Source,
  lines: AsyncIterable<Lines>,
  { dialect, ...wanted }: Wanted & { dialect: Dialect },
): AsyncGenerator<FilteredRow[]> {
  const records = new Records(source, dialect, wanted);
  for await (const batch of lines) {
    const { found, failure } = records.take(batch);
    yield found;
    if (failure) throw failure;
  }
  records.end();
}

/** Puts lines together to records; turns records into rows, and headers among them into the header of the rows that follow. */
class Records {
  private header: CsvHeader | undefined;
  /** Line number of the next record's first line, from 1. */
  private line = 1;
  /** The lines of a record with a quoted field that is still open. */
  private open: string[] = [];
  private readonly source: Source;
  private readonly dialect: Dialect;
  private readonly wanted: Wanted;

  constructor(source: Source, dialect: Dialect, wanted: Wanted) {
    this.source = source;
    this.dialect = dialect;
    this.wanted = wanted;
    const { header } = wanted.records;
    if (header && 'names' in header) this.header = givenHeader(source, header.names, dialect, wanted);
  }

  /** `failure`: what is wrong with the source behind the rows found. */
  take({ lines, isUnended }: Lines): { readonly found: FilteredRow[]; readonly failure?: InputFailure } {
    const found: FilteredRow[] = [];
    try {
      for (const line of lines) {
        const row = this.takeLine(line, isUnended);
        if (row) found.push(row);
      }
    } catch (error) {
      if (error instanceof InputFailure) return { found, failure: error };
      throw error;
    }
    return { found };
  }

  /** Throws if the source must not end here. */
  end(): void {
    if (this.open.length > 0) throw unclosedQuote(this.source, this.line);
    if (!this.header) throw onlyBlankLines(this.source);
  }

  /** The row that ends with a line. */
  private takeLine(line: string, isUnended: boolean): FilteredRow | undefined {
    const { quotes, delimiter } = this.dialect;
    const { open } = this;
    if (open.length === 0 && this.takeMarked(line)) {
      this.line++;
      return undefined;
    }
    const hasQuotes = quotes === 'csv' && (open.length > 0 || line.includes('"'));
    if (hasQuotes && isOpenBehind(line, open.length > 0, delimiter)) {
      open.push(line);
      return undefined;
    }
    const first = this.line;
    this.line += open.length + 1;
    const text = open.length === 0 ? line : [...open, line].join('\n');
    this.open = [];
    const raw = withoutReturn(text);
    // A carriage return without a line feed behind it belongs to the last field, if quotes have a meaning.
    const content = isUnended && quotes === 'csv' ? text : raw;
    if (raw === '') return undefined;
    const fields = hasQuotes ? quotedFields(content, delimiter) : fieldsOfLine(content, this.dialect);
    const row = this.takeRecord({ fields, raw }, first);
    // Nothing shows that the last field is complete, unless a quote closes it.
    return row && isUnended && !raw.endsWith('"') ? { ...row, isUnended } : row;
  }

  /** Takes a line that begins with the mark of headers or comments, which a mapping names; false for any other. */
  private takeMarked(line: string): boolean {
    const { source, dialect, wanted } = this;
    const names = markedHeader(line, wanted, dialect.delimiter);
    if (names) this.header = readHeader(source, { fields: names, raw: line }, this.line, dialect, wanted);
    return names !== undefined || isComment(line, wanted);
  }

  private takeRecord(record: CsvRecord, line: number): FilteredRow | undefined {
    const { source, dialect, wanted, header } = this;
    if (!header && isMarked(wanted)) throw noHeaderAbove(source, wanted, line);
    if (!header || isHeader(record, wanted)) {
      this.header = readHeader(source, record, line, dialect, wanted);
      return undefined;
    }
    const swallowing = swallowingLine(record, header, wanted);
    if (swallowing !== undefined) throw swallowedRows(source, line + swallowing);
    return placed(line, decodeLoosely(record.raw), rowOfRecord(record, header, wanted));
  }
}

/** True if a quoted field is open at the end of a line. `isOpen`: one is open at its begin. */
function isOpenBehind(line: string, isOpen: boolean, delimiter: Delimiter): boolean {
  let field = 0;
  for (let isQuoted = isOpen; ; isQuoted = false) {
    let end = field;
    if (isQuoted || line[field] === '"') {
      end = closingQuote(line, isQuoted ? field : field + 1);
      if (end < 0) return true;
    }
    const next = line.indexOf(delimiter, end);
    if (next < 0) return false;
    field = next + 1;
  }
}

/** Fields of a record in which every quoted field is closed. Text behind a closing quote makes quotes and all a bare field. */
function quotedFields(record: string, delimiter: Delimiter): string[] {
  const fields: string[] = [];
  for (let start = 0; start <= record.length; ) {
    let [field, end] = ['', start];
    if (record[start] === '"') {
      const close = closingQuote(record, start + 1);
      const content = record.slice(start + 1, close).replaceAll('""', '"');
      end = close + 1;
      field = end === record.length || record[end] === delimiter ? content : `"${content}"`;
    }
    const next = record.indexOf(delimiter, end);
    const stop = next < 0 ? record.length : next;
    fields.push(field + record.slice(end, stop));
    start = stop + 1;
  }
  return fields;
}

/** Position of the first quote from `from` on that is not doubled; −1: there is none. */
function closingQuote(text: string, from: number): number {
  let quote = text.indexOf('"', from);
  while (quote >= 0 && text[quote + 1] === '"') quote = text.indexOf('"', quote + 2);
  return quote;
}
