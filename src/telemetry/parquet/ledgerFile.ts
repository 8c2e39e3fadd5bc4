/**
 * Ledgers as Parquet: header and accounting in the file's own metadata, a row for each record. What is read becomes the
 * lines of a ledger again, so that one reader checks all of them.
 */
import { Readable } from 'node:stream';
import type { FileMetaData } from 'hyparquet';
import type { SchemaElement } from 'hyparquet-writer';
import { needsEveryRow } from '../../core/catalog/meter.ts';
import {
  accountingObject,
  cellObjects,
  headerObject,
  LEDGER_MARK,
  type LedgerContent,
  type LedgerHeader,
} from '../ledger/format.ts';
import type { Source } from '../source.ts';
import { asStored, leavesOf, textOf } from './leaves.ts';
import { brokenParquet, type FileSource, openParquet, type ParquetRow } from './open.ts';

const HEADER_KEY = 'meter_ledger';
const ACCOUNTING_KEY = 'meter_ledger_accounting';

/** Records that are encoded at a time, one group of rows. */
const GROUP_ROWS = 100_000;

/** A record as {@link cellObjects} makes them. */
type LedgerRecord = {
  readonly dimensions: readonly string[];
  readonly bucket: string;
  readonly first?: string;
  readonly last?: string;
} & Readonly<Record<string, unknown>>;

type ColumnOf = { readonly element: SchemaElement; readonly cell: (record: LedgerRecord) => unknown };

const optional = { repetition_type: 'OPTIONAL' } as const;
const TEXT = { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } } as const;
const INSTANT = { type: 'INT64', logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'NANOS' } } as const;

/** Columns of the records; those of dimensions are called `by_region`. Lists are texts of JSON. */
function columnsOf({ dimensions, meters, sample }: LedgerHeader): ColumnOf[] {
  const text = (name: string): ColumnOf => ({
    element: { name, ...optional, ...TEXT },
    cell: (record) => record[name] ?? null,
  });
  const instant = (name: 'bucket' | 'first' | 'last'): ColumnOf => ({
    element: { name, ...optional, ...INSTANT },
    cell: ({ [name]: at }) => (at === undefined ? null : BigInt(at)),
  });
  const count = (name: string): ColumnOf => ({
    element: { name, ...optional, type: 'INT64' },
    cell: ({ [name]: value }) => (value === undefined ? null : BigInt(value as number)),
  });
  const list = (name: string): ColumnOf => ({
    element: { name, ...optional, ...TEXT },
    cell: ({ [name]: items }) => (items === undefined ? null : JSON.stringify(items)),
  });
  return [
    text('customer'),
    instant('bucket'),
    ...dimensions.map((dimension, d) => ({
      element: { name: `by_${dimension}`, ...optional, ...TEXT },
      cell: (record: LedgerRecord) => record.dimensions[d],
    })),
    count('rows'),
    ...['meter', 'quantity'].map(text),
    count('events'),
    instant('first'),
    instant('last'),
    ...(meters.some(({ aggregation }) => aggregation === 'unique') ? [list('values')] : []),
    ...(meters.some(needsEveryRow) ? [list('points')] : []),
    ...(sample ? ['squares', 'own_squares'].map(text) : []),
  ];
}

/** The bytes of a ledger's file. */
export async function* ledgerParquet({ header, accounting, cells }: LedgerContent): AsyncGenerator<Uint8Array> {
  const { ByteWriter, ParquetWriter } = await import('hyparquet-writer');
  const columns = columnsOf(header);
  const writer = new ByteWriter();
  const file = new ParquetWriter({
    writer,
    schema: [{ name: 'ledger', num_children: columns.length }, ...columns.map(({ element }) => element)],
    kvMetadata: [
      { key: HEADER_KEY, value: JSON.stringify(headerObject(header)) },
      { key: ACCOUNTING_KEY, value: JSON.stringify(accountingObject(accounting)) },
    ],
    createdBy: 'meter',
  });
  const taken = () => {
    const bytes = writer.getBytes().slice();
    writer.index = 0; // what was taken is written; offsets go on
    return bytes;
  };
  let records: LedgerRecord[] = [];
  const encode = () => {
    const columnData = columns.map(({ element, cell }) => ({ name: element.name, data: records.map(cell) }));
    file.write({ columnData, rowGroupSize: GROUP_ROWS });
    records = [];
    return taken();
  };
  for (const cell of cells) {
    records.push(...(cellObjects(cell) as LedgerRecord[]));
    if (records.length >= GROUP_ROWS) yield encode();
  }
  if (records.length > 0) yield encode();
  file.finish();
  yield taken();
}

/** True for a ledger; a file that is damaged is shown as such by whoever reads its rows. */
export async function isLedgerParquet(source: FileSource): Promise<boolean> {
  try {
    const file = await openParquet(source);
    await file.close();
    return metadataText(file.metadata, HEADER_KEY)?.startsWith(LEDGER_MARK) === true;
  } catch {
    return false;
  }
}

function metadataText({ key_value_metadata: pairs = [] }: FileMetaData, key: string): string | undefined {
  return pairs.find((pair) => pair.key === key)?.value;
}

/** The source whose text is the same ledger as lines. */
export function ledgerAsLines(source: FileSource, signal: AbortSignal | undefined): Source {
  return { kind: 'stream', name: source.name, stream: Readable.from(linesOf(source, signal)) };
}

async function* linesOf(source: FileSource, signal: AbortSignal | undefined): AsyncGenerator<Buffer> {
  const file = await openParquet(source);
  try {
    const { metadata } = file;
    const [header, accounting] = [HEADER_KEY, ACCOUNTING_KEY].map((key) => metadataText(metadata, key));
    if (header === undefined || accounting === undefined) throw brokenParquet(source, 'it is no whole ledger');
    yield Buffer.from(`${header}\n${accounting}\n`);
    const leaves = leavesOf(metadata);
    const columns = leaves.map(({ name }) => name);
    let records = 0;
    for await (const group of file.rowGroups(asStored(metadata), columns, signal)) {
      const isInstant = new Set(['bucket', 'first', 'last']);
      const textAt = (row: ParquetRow, l: number) => {
        const { name, type } = leaves[l]!;
        const value = row[name];
        if (value === null || value === undefined) return undefined;
        return isInstant.has(name) ? String(value) : textOf(type, value);
      };
      yield Buffer.from(group.map((row) => `${JSON.stringify(recordOf(row, columns, textAt))}\n`).join(''));
      records += group.length;
    }
    yield Buffer.from(`${JSON.stringify({ end: { records } })}\n`);
  } finally {
    await file.close();
  }
}

const DIMENSION = 'by_';

function recordOf(
  row: ParquetRow,
  columns: readonly string[],
  textAt: (row: ParquetRow, column: number) => string | undefined,
): Record<string, unknown> {
  const record: Record<string, unknown> = {};
  const dimensions: string[] = [];
  for (const [l, name] of columns.entries()) {
    const text = textAt(row, l);
    if (name.startsWith(DIMENSION)) dimensions.push(text ?? '');
    else if (text !== undefined) record[name] = (READ_AS[name] ?? String)(text);
  }
  return { ...record, dimensions };
}

/** Columns whose records have no texts. */
const READ_AS: { readonly [name: string]: ((text: string) => unknown) | undefined } = {
  rows: Number,
  events: Number,
  values: listIn,
  points: listIn,
};

/** A text that is no JSON stays one: whoever checks the record then says that it is no list. */
function listIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
