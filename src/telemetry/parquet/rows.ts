/** Parquet files as exports: each row as a line of JSON, whose values are texts, for the readers of rows. */
import { Readable } from 'node:stream';
import type { FloatColumn } from '../../core/usage/exportNotes.ts';
import { inputNames, layoutOf, wantedOf } from '../columns.ts';
import { InputFailure } from '../inputFailure.ts';
import { nearNames } from '../keyNames.ts';
import type { ReadRequest } from '../reader.ts';
import type { Source } from '../source.ts';
import { asStored, type Leaf, leavesOf, textOf } from './leaves.ts';
import { type FileSource, openParquet, type ParquetRow } from './open.ts';

/** Fields of a request on which the reading of a file depends. */
export type ParquetRequest = Pick<
  ReadRequest,
  | 'meters'
  | 'dimensions'
  | 'mapping'
  | 'multilineFields'
  | 'ignoredColumns'
  | 'trimIds'
  | 'format'
  | 'timezone'
  | 'allowFloats'
  | 'signal'
>;

/**
 * The source whose lines are the rows of a file: the number of a line is that of a row. Reading it throws an InputFailure
 * where the file is damaged or a column cannot be read exactly.
 */
export function rowsAsLines(
  source: FileSource,
  request: ParquetRequest,
  onFloats: (found: FloatColumn) => void,
): Source {
  return { kind: 'stream', name: source.name, stream: Readable.from(linesOf(source, request, onFloats)) };
}

/** Characters of lines that are gathered before they are handed on. */
const PIECE = 1 << 18;

async function* linesOf(
  source: FileSource,
  request: ParquetRequest,
  onFloats: (found: FloatColumn) => void,
): AsyncGenerator<Buffer> {
  const form =
    request.format ?? request.mapping?.inputFormat ?? (request.mapping?.records && 'lines as the mapping says');
  if (form !== undefined) {
    const hint = 'leave --input-format out: a Parquet file says what it is';
    throw new InputFailure(source, 'not-text', `it is a Parquet file, and no ${form}`, hint);
  }
  const file = await openParquet(source);
  try {
    const { metadata } = file;
    const leaves = usedLeaves(source, leavesOf(metadata), request);
    for (const { type, name } of leaves) if (type.kind === 'float') onFloats({ source: source.name, column: name });
    const columns = [...new Set(leaves.map(({ path }) => path[0]!))];
    let rows = 0;
    for await (const group of file.rowGroups(asStored(metadata), columns, request.signal)) {
      yield* linesOfRows(source, group, leaves, rows);
      rows += group.length;
    }
  } finally {
    await file.close();
  }
}

function* linesOfRows(
  source: Source,
  rows: readonly ParquetRow[],
  leaves: readonly Leaf[],
  before: number,
): Generator<Buffer> {
  const keys = leaves.map(({ name }, i) => `${i === 0 ? '{' : ','}${JSON.stringify(name)}:`);
  let piece = '';
  for (const [i, row] of rows.entries()) {
    for (const [l, leaf] of leaves.entries()) {
      const value = valueAt(row, leaf.path);
      piece += keys[l]! + (value === undefined || value === null ? 'null' : jsonText(source, leaf, value, before + i));
    }
    piece += '}\n';
    if (piece.length < PIECE) continue;
    yield Buffer.from(piece);
    piece = '';
  }
  if (piece !== '') yield Buffer.from(piece);
}

/** `row`: its number from 0. */
function jsonText(source: Source, { type, name }: Leaf, value: unknown, row: number): string {
  try {
    return JSON.stringify(textOf(type, value));
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    const hint = 'write the texts of the file as UTF-8';
    throw new InputFailure(source, 'not-utf8', `the column ${name} has bytes that are not UTF-8`, hint, row + 1);
  }
}

function valueAt(row: ParquetRow, path: readonly string[]): unknown {
  let value: unknown = row;
  for (const key of path) {
    if (value === undefined || value === null) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}

/** The columns that have a role. Throws where one is missing, or holds what cannot be read exactly. */
function usedLeaves(source: Source, leaves: readonly Leaf[], request: ParquetRequest): Leaf[] {
  const wanted = wantedOf(request);
  const names = leaves.map(({ name }) => name);
  const layout = layoutOf(names, wanted);
  const fault = 'code' in layout ? layout : nearNames(names, wanted);
  if (fault) throw new InputFailure(source, fault.code, fault.message, fault.hint);
  const { meters, constants, dimensions, where } = wanted;
  const quantities = meters.filter((_, m) => constants[m] === undefined).map(({ field }) => field);
  const conditions = where.map(({ field }) => field);
  const roles = [...Object.values(wanted.names).flat(), ...quantities, ...dimensions, ...conditions];
  const fields = new Set(inputNames(roles, wanted));
  const times = new Set(inputNames(wanted.names.timestamp, wanted));
  const used = leaves.filter(({ name }) => fields.has(name));
  for (const leaf of used) refuseInexact(source, leaf, { request, isTime: times.has(leaf.name) });
  return used;
}

function refuseInexact(
  source: Source,
  { name, type }: Leaf,
  { request, isTime }: { readonly request: ParquetRequest; readonly isTime: boolean },
): void {
  if (type.kind === 'float' && !request.allowFloats) {
    const hint =
      'write the column as integer, decimal or text (CAST(x AS DECIMAL(38, 9))), or take what the floats hold with --allow-floats';
    throw new InputFailure(
      source,
      'float-column',
      `the column ${name} has floats, which are no exact quantities`,
      hint,
    );
  }
  if (type.kind === 'other') {
    const hint = 'write it as text, integer or decimal';
    throw new InputFailure(
      source,
      'column-type',
      `the column ${name} is of type ${type.name}, which is not read`,
      hint,
    );
  }
  if (isTime && type.kind === 'date') {
    const hint = 'write instants: timestamps in UTC, or texts such as 2026-10-01T08:00:00Z';
    throw new InputFailure(source, 'column-type', `the column ${name} has days, and each row needs an instant`, hint);
  }
  if (isTime && type.kind === 'instant' && !type.hasZone && request.timezone === undefined) {
    const hint = 'name their zone with --timezone, or write the column as timestamps in UTC (isAdjustedToUTC)';
    throw new InputFailure(source, 'column-type', `the column ${name} has times without a zone`, hint);
  }
}
