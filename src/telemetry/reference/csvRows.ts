/**
 * CSV and TSV by RFC 4180, with csv-parse: quotes only around whole fields, doubled inside them; rows end with LF or CRLF.
 *
 * csv-parse runs in its relaxed mode, because its strict one loses its place at the first misplaced quote; a row that
 * strict reading would refuse is found by looking at its raw text.
 */
import { type CsvError, type Options, Parser } from 'csv-parse';
import type { Wanted } from '../columns.ts';
import { type CsvHeader, type Delimiter, readHeader, rowOfRecord } from '../csvRow.ts';
import { type InputFailure, onlyBlankLines, type Source, unclosedQuote } from '../source.ts';
import { decodeLoosely, type FoundRow } from '../textRows.ts';

export async function* csvRows(
  source: Source,
  chunks: AsyncIterable<Buffer>,
  { delimiter, ...wanted }: Wanted & { delimiter: Delimiter },
): AsyncGenerator<FoundRow[]> {
  let found: FoundRow[] = [];
  let failure: InputFailure | undefined;
  let line = 1;
  let header: CsvHeader | undefined;

  const take = (fields: string[], rawWithEnd: string) => {
    const first = line;
    // Of CRLF csv-parse gives only the CR; the only other row that ends with CR is the last one of a file.
    const raw = rawWithEnd.replace(/\r?\n$|\r$/, '');
    line += rawWithEnd.split('\n').length - 1 + (rawWithEnd.endsWith('\r') ? 1 : 0);
    if (raw === '' || failure) return;
    if (!header) {
      try {
        header = readHeader(source, { fields, raw }, first, wanted);
      } catch (error) {
        failure = error as InputFailure;
      }
      return;
    }
    found.push({ line: first, raw: decodeLoosely(raw), ...rowOfRecord({ fields, raw }, header, delimiter, wanted) });
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
    throw unclosedQuote(source, line);
  }
  if (parseError) throw parseError;
  if (!header) throw onlyBlankLines(source);
}
