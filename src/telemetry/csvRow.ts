/** Reads a record of a CSV or TSV export, once it has been cut into fields. */
import { parseTimestamp } from '../core/timestamp.ts';
import type { FieldForm } from '../core/usage/fieldForm.ts';
import { type ColumnLayout, layoutOf, type Wanted } from './columns.ts';
import { type ConditionFields, formText, leftOutBy, type RowFields } from './fieldForms.ts';
import { DELIMITED_FORMATS, type DelimitedFormat, type Delimiter, type Quotes } from './formats.ts';
import { tooManyColumns } from './inputProblems.ts';
import { nearNames } from './keyNames.ts';
import { customerId, type Fault, type RowNames, textIn } from './row.ts';
import { InputFailure, type Source } from './source.ts';
import { decodeStrictly, type FilteredContent, isAscii, rawFault } from './textRows.ts';

export type Dialect = { readonly delimiter: Delimiter; readonly quotes: Quotes };

/** The dialect of a format; a mapping's `quotes` wins over the format's own. */
export function dialectOf(format: DelimitedFormat, wanted: Pick<Wanted, 'quotes'>): Dialect {
  const { delimiter, quotes } = DELIMITED_FORMATS[format];
  return { delimiter, quotes: wanted.quotes ?? quotes };
}

export type CsvHeader = {
  readonly dialect: Dialect;
  readonly layout: ColumnLayout;
  /** The names of all columns. */
  readonly columns: readonly string[];
  /** Names and forms of the derived values, in the order of their positions behind the columns. */
  readonly derived: readonly (readonly [string, FieldForm])[];
  readonly names: RowNames;
  /** Number of columns. */
  readonly fields: number;
};

/** A record as the splitter found it; bytes are characters (Latin-1). */
export type CsvRecord = {
  readonly fields: readonly string[];
  /** Without the line end. */
  readonly raw: string;
};

/** Fields of a line in a dialect whose quotes never carry over a delimiter or a line end. */
export function fieldsOfLine(line: string, { delimiter, quotes }: Dialect): string[] {
  const fields = line.split(delimiter);
  return quotes === 'field' && line.includes('"') ? fields.map(unwrapped) : fields;
}

/** `a "b"` of `"a ""b"""`; a text that is not wrapped in quotes as a whole stays as it is. */
function unwrapped(field: string): string {
  if (field.length < 2 || !field.startsWith('"') || !field.endsWith('"')) return field;
  const inside = field.slice(1, -1);
  return inside.replaceAll('""', '').includes('"') ? field : inside.replaceAll('""', '"');
}

/**
 * True if a record is a header: it names a column of instants and, unless a mapping says whose the rows are, one of
 * customers. In exports that were joined such lines stand between rows, perhaps with other columns.
 */
export function isHeader({ fields }: CsvRecord, { headerMarks: { timestamp, customer } }: Wanted): boolean {
  return (
    timestamp.some((name) => fields.includes(name)) &&
    (customer.length === 0 || customer.some((name) => fields.includes(name)))
  );
}

/** Columns of a file at most: each takes memory for as long as the file is read. */
const MOST_COLUMNS = 1_000_000;

/** Reads the header, or throws an {@link InputFailure}. `line` is its first line. */
export function readHeader(
  source: Source,
  { fields, raw }: CsvRecord,
  line: number,
  dialect: Dialect,
  wanted: Wanted,
): CsvHeader {
  const fault = rawFault(raw);
  if (fault) {
    const hint =
      fault.code === 'invalid-utf8' && !raw.includes('\0')
        ? 'if it is Windows-1252 text, add --encoding windows-1252; otherwise give CSV, TSV, NDJSON or JSON'
        : 'give CSV, TSV, NDJSON or JSON, plain, gzip or zstd';
    throw new InputFailure(source, 'not-text', 'the first line is not UTF-8 text', hint, line);
  }
  if (fields.length > MOST_COLUMNS) throw tooManyColumns(source, { columns: fields.length, most: MOST_COLUMNS, line });
  const names = fields.map((field) => decodeStrictly(field)!);
  const layout = layoutOf(names, wanted);
  if ('code' in layout) throw new InputFailure(source, layout.code, layout.message, layout.hint, line);
  const near = nearNames(names, wanted);
  if (near) throw new InputFailure(source, near.code, near.message, near.hint, line);
  const derived = [...wanted.derived];
  const positions = [...names, ...wanted.derived.keys()];
  const named = ([column]: readonly number[]) => (column === undefined ? '' : positions[column]!);
  return {
    ...{ dialect, layout, derived },
    columns: names,
    fields: fields.length,
    names: {
      timestamp: named(layout.timestamp),
      customer: named(layout.customer),
      quantities: wanted.meters.map((meter) => meter.field),
    },
  };
}

/** The texts of a record in their roles, or the fault of the record as a whole. */
export function rowOfRecord({ fields, raw }: CsvRecord, header: CsvHeader, wanted: Wanted): FilteredContent {
  const { dialect, layout } = header;
  const isQuoted = dialect.quotes === 'csv' && raw.includes('"');
  const needsDecoding = !isAscii(raw);
  const fault =
    rawFault(raw, needsDecoding) ??
    (isQuoted && isMisquoted(raw, dialect.delimiter) ? ({ code: 'misplaced-quote' } as const) : undefined) ??
    (fields.length !== header.fields ? wrongFieldCount(fields.length, header.fields) : undefined);
  if (fault) return { fault };
  const { where } = wanted;
  const reading = new RecordReading(fields, needsDecoding, header, wanted);
  const leftOut = where.length > 0 && leftOutBy(where, reading.conditions);
  if (leftOut) return { leftOut };
  const texts = {
    timestamp: reading.first(layout.timestamp),
    customer: wanted.customer ?? reading.customer(layout.customer),
    eventId: reading.first(layout.eventId),
    source: reading.first(layout.source),
    quantities: layout.quantities.map((column, m) => wanted.constants[m] ?? reading.at(column)),
    dimensions: layout.dimensions.map((column) => reading.at(column)),
  };
  return reading.firstFault ? { fault: reading.firstFault } : { names: header.names, texts };
}

/** The texts of one record by their columns, and by the names that a mapping has for them. */
class RecordReading implements RowFields {
  firstFault: Fault | undefined;
  private readonly fields: readonly string[];
  private readonly needsDecoding: boolean;
  private readonly header: CsvHeader;
  private readonly wanted: Wanted;

  constructor(fields: readonly string[], needsDecoding: boolean, header: CsvHeader, wanted: Wanted) {
    this.fields = fields;
    this.needsDecoding = needsDecoding;
    this.header = header;
    this.wanted = wanted;
  }

  /** Text at a position: of a column, or of a derived value behind the columns. */
  at(column: number): string {
    const { header } = this;
    if (column < header.fields) return this.textAt(column);
    const [name, form] = header.derived[column - header.fields]!;
    return formText(form, { name, lookups: this.wanted.lookups, fields: this });
  }

  /** The first of several columns that has a value. */
  first(columns: readonly number[]): string {
    for (const column of columns) {
      const text = this.at(column);
      if (text !== '') return text;
    }
    return '';
  }

  /** {@link first} of the columns of customers. */
  customer(columns: readonly number[]): string {
    for (const column of columns) {
      const text = customerId('text', this.at(column), this.wanted);
      if (text !== '') return text;
    }
    return '';
  }

  text(name: string): string {
    return this.textAt(this.header.columns.indexOf(name));
  }

  get conditions(): ConditionFields {
    return conditionsOf((name) => this.text(name));
  }

  fault(found: Fault): void {
    this.firstFault ??= found;
  }

  private textAt(column: number): string {
    if (column < 0) return '';
    const field = this.fields[column]!;
    return textIn('text', this.needsDecoding ? decodeStrictly(field)! : field);
  }
}

function conditionsOf(text: (name: string) => string): ConditionFields {
  return { text, has: (name) => text(name) !== '' };
}

function wrongFieldCount(fields: number, expected: number): { code: 'wrong-field-count'; detail: string } {
  return { code: 'wrong-field-count', detail: `${fields} instead of ${expected}` };
}

/** True unless every field is bare and without quotes, or quoted as a whole. One pass, whatever its length. */
function isMisquoted(raw: string, delimiter: Delimiter): boolean {
  for (let start = 0; ; ) {
    let end: number;
    if (raw[start] === '"') {
      end = closingQuote(raw, start) + 1;
      if (end === 0 || (end < raw.length && raw[end] !== delimiter)) return true;
    } else {
      const found = raw.indexOf(delimiter, start);
      end = found < 0 ? raw.length : found;
      const field = raw.slice(start, end);
      if (field.includes('"') || field.includes('\n')) return true;
    }
    if (end >= raw.length) return false;
    start = end + 1;
  }
}

/** Position of the quote that closes the one at `open`; −1: there is none. */
function closingQuote(raw: string, open: number): number {
  let quote = raw.indexOf('"', open + 1);
  while (quote >= 0 && raw[quote + 1] === '"') quote = raw.indexOf('"', quote + 2);
  return quote;
}

/**
 * For a record with line ends inside quotes: if one of its lines looks like a row of the file – as many fields, an
 * instant in the column of instants – the quote was never meant to open, and has swallowed rows. Returns how many lines
 * of the record are before the one with that quote; undefined if the record is as it should be.
 */
export function swallowingLine(
  { raw }: CsvRecord,
  header: CsvHeader,
  wanted: Pick<Wanted, 'multilineFields' | 'lookups'>,
): number | undefined {
  const { dialect, fields, layout } = header;
  const { delimiter, quotes } = dialect;
  if (quotes !== 'csv' || wanted.multilineFields || !raw.includes('\n')) return undefined;
  for (let start = raw.indexOf('\n') + 1; start > 0; start = raw.indexOf('\n', start) + 1) {
    const found = raw.indexOf('\n', start);
    const line = raw.slice(start, found < 0 ? raw.length : found).replace(/\r$/, '');
    const cells = line.split(delimiter);
    if (cells.length !== fields) continue;
    const isRow = layout.timestamp.some((column) => {
      const text = cellText(column, cells, header, wanted);
      return 'ms' in parseTimestamp(text, { timezone: 'UTC', timeUnit: 'ms' });
    });
    if (!isRow) continue;
    const open = quoteBefore(raw, start, delimiter);
    // The line that ends a field and goes on with the next ones looks like a row, too, behind a first column.
    const close = closingQuote(raw, open);
    if (close < 0 || close >= start + line.length - 1) return raw.slice(0, open).split('\n').length - 1;
  }
  return undefined;
}

/** Text of a column in the cells of a line, derived ones too. */
function cellText(
  column: number,
  cells: readonly string[],
  { fields, columns, derived }: CsvHeader,
  { lookups }: Pick<Wanted, 'lookups'>,
): string {
  if (column < fields) return unwrapped(cells[column]!);
  const [name, form] = derived[column - fields]!;
  const text = (field: string) => unwrapped(cells[columns.indexOf(field)] ?? '');
  const reading = { text, conditions: conditionsOf(text), fault: () => undefined };
  return formText(form, { name, lookups, fields: reading });
}

/** Position of the quote that opens the field in which `place` is. */
function quoteBefore(raw: string, place: number, delimiter: Delimiter): number {
  for (let start = 0; ; ) {
    const close = raw[start] === '"' ? closingQuote(raw, start) : start - 1;
    if (raw[start] === '"' && (close < 0 || close >= place)) return start;
    const end = raw.indexOf(delimiter, close + 1);
    if (end < 0 || end >= place) return start;
    start = end + 1;
  }
}
