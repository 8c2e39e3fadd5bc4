/** What a record of a CSV or TSV export means, once it has been cut into fields. */
import { type ColumnLayout, layoutOf, type Wanted } from './columns.ts';
import type { InputFormat } from './formats.ts';
import { customerId, type Fault, type RowNames, type RowTexts } from './row.ts';
import { InputFailure, type Source } from './source.ts';
import { decodeStrictly, rawFault } from './textRows.ts';

export type Delimiter = ',' | '\t';

export function delimiterOf(format: InputFormat): Delimiter {
  return format === 'tsv' ? '\t' : ',';
}

export type CsvHeader = {
  readonly layout: ColumnLayout;
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

/** Reads the header, or throws what is wrong with it. `line` is its first line. */
export function readHeader(source: Source, { fields, raw }: CsvRecord, line: number, wanted: Wanted): CsvHeader {
  if (rawFault(raw)) {
    throw new InputFailure(
      source,
      'not-text',
      'the first line is not text',
      'give CSV, TSV or NDJSON, plain or gzip',
      line,
    );
  }
  const names = fields.map((field) => decodeStrictly(field)!);
  const layout = layoutOf(names, wanted);
  if ('code' in layout) throw new InputFailure(source, layout.code, layout.message, layout.hint, line);
  return {
    layout,
    fields: fields.length,
    names: {
      timestamp: names[layout.timestamp]!,
      customer: names[layout.customer] ?? '',
      quantities: wanted.meters.map((meter) => meter.field),
    },
  };
}

/** The texts of a record in their roles, or what is wrong with it as a whole. */
export function rowOfRecord(
  { fields, raw }: CsvRecord,
  header: CsvHeader,
  delimiter: Delimiter,
  wanted: Wanted,
): { texts: RowTexts; names: RowNames } | { fault: Fault } {
  const fault =
    rawFault(raw) ??
    (raw.includes('"') && !STRICT_ROW[delimiter].test(raw) ? ({ code: 'misplaced-quote' } as const) : undefined) ??
    (fields.length !== header.fields ? wrongFieldCount(fields.length, header.fields) : undefined);
  if (fault) return { fault };
  const { layout } = header;
  const at = (column: number) => (column < 0 ? '' : decodeStrictly(fields[column]!)!);
  return {
    names: header.names,
    texts: {
      timestamp: at(layout.timestamp),
      customer: wanted.customer ?? customerId(at(layout.customer), wanted),
      eventId: at(layout.eventId),
      source: at(layout.source),
      quantities: layout.quantities.map((column, m) => wanted.constants[m] ?? at(column)),
      dimensions: layout.dimensions.map(at),
    },
  };
}

function wrongFieldCount(fields: number, expected: number): { code: 'wrong-field-count'; detail: string } {
  return { code: 'wrong-field-count', detail: `${fields} instead of ${expected}` };
}

/** A row in which every field is bare and without quotes, or quoted as a whole. */
const STRICT_ROW: Record<Delimiter, RegExp> = { ',': strictRowPattern(','), '\t': strictRowPattern('\t') };

function strictRowPattern(delimiter: Delimiter): RegExp {
  const bare = delimiter === ',' ? '[^",\\n]*' : '[^"\\t\\n]*';
  const field = `(?:"(?:[^"]|"")*"|${bare})`;
  return new RegExp(`^${field}(?:${delimiter}${field})*$`);
}
