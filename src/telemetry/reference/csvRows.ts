/**
 * CSV by RFC 4180 with csv-parse: quotes only around whole fields, doubled inside them; rows end with LF or CRLF. Dialects
 * whose quotes carry over nothing are split at line ends and delimiters.
 *
 * csv-parse runs in its relaxed mode, because its strict one loses its place at the first misplaced quote; a row that
 * strict reading would refuse is found by looking at its raw text.
 */
import { type CsvError, type Options, Parser } from 'csv-parse';
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
import { onlyBlankLines, swallowedRows, unclosedQuote } from '../inputProblems.ts';
import type { InputFailure, Source } from '../source.ts';
import { decodeLoosely, type FoundRow } from '../textRows.ts';

export async function* csvRows(
  source: Source,
  chunks: AsyncIterable<Buffer>,
  { dialect, ...wanted }: Wanted & { dialect: Dialect },
): AsyncGenerator<FoundRow[]> {
  const records = new Records(source, dialect, wanted);
  let lastByte: number | undefined;
  const watched = (async function* () {
    for await (const chunk of chunks) {
      lastByte = chunk.at(-1);
      yield chunk;
    }
  })();
  const finish =
    dialect.quotes === 'csv' ? csvRecords(source, watched, dialect, records) : lineRecords(watched, dialect, records);
  for await (const _ of finish) {
    yield records.drain();
    if (records.failure) throw records.failure;
  }
  if (lastByte !== LF) records.endWithoutLine();
  yield records.drain();
  if (records.failure) throw records.failure;
  if (!records.hasHeader) throw onlyBlankLines(source);
}

const LF = 0x0a;

/** Turns records into rows, and headers among them into the header of the rows that follow. */
class Records {
  line = 1;
  private header: CsvHeader | undefined;
  private found: FoundRow[] = [];
  private isLastARow = false;
  /** What is wrong with the source; no record behind it is taken. */
  failure: InputFailure | undefined;
  private readonly source: Source;
  private readonly dialect: Dialect;
  private readonly wanted: Wanted;

  constructor(source: Source, dialect: Dialect, wanted: Wanted) {
    this.source = source;
    this.dialect = dialect;
    this.wanted = wanted;
  }

  get hasHeader(): boolean {
    return this.header !== undefined;
  }

  take(fields: readonly string[], rawWithEnd: string): void {
    const first = this.line;
    // Of CRLF csv-parse gives only the CR; the only other row that ends with CR is the last one of a file.
    const raw = rawWithEnd.replace(LINE_END, '');
    this.line += rawWithEnd.split('\n').length - 1 + (rawWithEnd.endsWith('\r') ? 1 : 0);
    if (raw === '') this.isLastARow = false;
    if (raw === '' || this.failure) return;
    try {
      this.takeRecord({ fields, raw }, first);
    } catch (error) {
      this.failure = error as InputFailure;
    }
  }

  private takeRecord(record: CsvRecord, line: number): void {
    const { source, dialect, wanted, header } = this;
    this.isLastARow = header !== undefined && !isHeader(record, wanted);
    if (!header || !this.isLastARow) {
      this.header = readHeader(source, record, line, dialect, wanted);
      return;
    }
    const swallowing = swallowingLine(record, header, wanted);
    if (swallowing !== undefined) throw swallowedRows(source, line + swallowing);
    this.found.push({ line, raw: decodeLoosely(record.raw), ...rowOfRecord(record, header, wanted) });
  }

  /** The source ends without a line end: the last field of its last row may have been cut off, unless a quote closes it. */
  endWithoutLine(): void {
    const last = this.found.at(-1);
    if (last && this.isLastARow && !last.raw.endsWith('"'))
      this.found[this.found.length - 1] = { ...last, isUnended: true };
  }

  /** The rows found since the last call. */
  drain(): FoundRow[] {
    const { found } = this;
    this.found = [];
    return found;
  }
}

const LINE_END = /\r?\n$|\r$/;

/** Hands all records to `records`; yields now and then. */
async function* csvRecords(
  source: Source,
  chunks: AsyncIterable<Buffer>,
  { delimiter }: Dialect,
  records: Records,
): AsyncGenerator<void> {
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
      records.take(found.record, found.raw);
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
    yield;
  }
  await new Promise<void>((resolve) => parser.end(resolve).once('error', () => resolve()));
  if (!parseError) return;
  yield;
  if (parseError.code === 'CSV_QUOTE_NOT_CLOSED') throw unclosedQuote(source, records.line);
  throw parseError;
}

async function* lineRecords(chunks: AsyncIterable<Buffer>, dialect: Dialect, records: Records): AsyncGenerator<void> {
  let rest = '';
  const take = (line: string) => records.take(fieldsOfLine(line.replace(LINE_END, ''), dialect), line);
  for await (const chunk of chunks) {
    const lines = (rest + chunk.toString('latin1')).split('\n');
    rest = lines.pop()!;
    for (const line of lines) take(`${line}\n`);
    yield;
  }
  if (rest !== '') take(rest);
}
