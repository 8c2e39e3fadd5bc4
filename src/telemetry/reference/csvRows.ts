/**
 * CSV and TSV by RFC 4180, with csv-parse: quotes only around whole fields, doubled inside them; rows end with LF or CRLF.
 *
 * csv-parse runs in its relaxed mode, because its strict one loses its place at the first misplaced quote; a row that
 * strict reading would refuse is found by looking at its raw text.
 */
import { type CsvError, type Options, Parser } from 'csv-parse';
import type { Meter } from '../../core/catalog/meter.ts';
import { type ColumnLayout, layoutOf } from '../columns.ts';
import type { RowNames } from '../row.ts';
import { EMPTY_HINT, InputFailure, type Source } from '../source.ts';
import { decodeLoosely, decodeStrictly, type FoundRow, rawFault } from './textRows.ts';

export async function* csvRows(
  source: Source,
  chunks: AsyncIterable<Buffer>,
  { delimiter, meters, dimensions }: { delimiter: ',' | '\t'; meters: readonly Meter[]; dimensions: readonly string[] },
): AsyncGenerator<FoundRow[]> {
  let found: FoundRow[] = [];
  let failure: InputFailure | undefined;
  let line = 1;
  let header: { layout: ColumnLayout; names: RowNames; fields: number } | undefined;
  const strictRow = strictRowPattern(delimiter);

  const take = (fields: string[], rawWithEnd: string) => {
    const first = line;
    // Of CRLF csv-parse gives only the CR; the only other row that ends with CR is the last one of a file.
    const raw = rawWithEnd.replace(/\r?\n$|\r$/, '');
    line += rawWithEnd.split('\n').length - 1 + (rawWithEnd.endsWith('\r') ? 1 : 0);
    if (raw === '' || failure) return;
    const shown = decodeLoosely(raw);
    if (!header) {
      try {
        header = readHeader(source, fields, first, { raw, meters, dimensions });
      } catch (error) {
        failure = error as InputFailure;
      }
      return;
    }
    const fault =
      rawFault(raw) ??
      (raw.includes('"') && !strictRow.test(raw) ? ({ code: 'misplaced-quote' } as const) : undefined) ??
      (fields.length !== header.fields ? wrongFieldCount(fields.length, header.fields) : undefined);
    if (fault) {
      found.push({ line: first, raw: shown, fault });
      return;
    }
    const { layout } = header;
    const at = (column: number) => (column < 0 ? '' : decodeStrictly(fields[column]!)!);
    found.push({
      line: first,
      raw: shown,
      names: header.names,
      texts: {
        timestamp: at(layout.timestamp),
        customer: at(layout.customer),
        eventId: at(layout.eventId),
        source: at(layout.source),
        quantities: layout.quantities.map(at),
        dimensions: layout.dimensions.map(at),
      },
    });
  };

  const parser = new Parser({
    delimiter,
    record_delimiter: ['\r\n', '\n'],
    encoding: 'latin1',
    raw: true,
    info: true,
    relax_column_count: true,
    relax_quotes: true,
    // With `raw` a record is not the array of fields that the types promise, but an object around it.
    on_record: ((found: { record: string[]; raw: string }) => {
      take(found.record, found.raw);
      return null;
    }) as unknown as NonNullable<Options['on_record']>,
  });
  let parseError: CsvError | undefined;
  parser.on('error', (error: CsvError) => {
    parseError = error;
  });
  parser.resume();

  for await (const chunk of chunks) {
    await new Promise<void>((resolve) => parser.write(chunk, () => resolve()));
    if (failure) throw failure;
    yield found;
    found = [];
  }
  await new Promise<void>((resolve) => parser.end(resolve).once('error', () => resolve()));
  if (failure) throw failure;
  yield found;
  if (parseError?.code === 'CSV_QUOTE_NOT_CLOSED') {
    throw new InputFailure(
      source,
      'unclosed-quote',
      'the file ends inside a quoted field',
      'close the quote of the row that begins here, or export the file again',
      line,
    );
  }
  if (parseError) throw parseError;
  if (!header) throw new InputFailure(source, 'empty', 'the file holds nothing but blank lines', EMPTY_HINT);
}

function readHeader(
  source: Source,
  fields: readonly string[],
  line: number,
  { raw, meters, dimensions }: { raw: string; meters: readonly Meter[]; dimensions: readonly string[] },
): { layout: ColumnLayout; names: RowNames; fields: number } {
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
  const layout = layoutOf(names, meters, dimensions);
  if ('code' in layout) throw new InputFailure(source, layout.code, layout.message, layout.hint, line);
  return {
    layout,
    fields: fields.length,
    names: {
      timestamp: names[layout.timestamp]!,
      customer: names[layout.customer]!,
      quantities: meters.map((meter) => meter.field),
    },
  };
}

function wrongFieldCount(fields: number, expected: number): { code: 'wrong-field-count'; detail: string } {
  return { code: 'wrong-field-count', detail: `${fields} instead of ${expected}` };
}

/** A row in which every field is bare and without quotes, or quoted as a whole. */
function strictRowPattern(delimiter: ',' | '\t'): RegExp {
  const bare = delimiter === ',' ? '[^",\\n]*' : '[^"\\t\\n]*';
  const field = `(?:"(?:[^"]|"")*"|${bare})`;
  return new RegExp(`^${field}(?:${delimiter}${field})*$`);
}
