/** Parquet files, and tables that no query adds up, among the sources of a request, replaced by their rows as text. */
import type { FloatColumn } from '../core/usage/exportNotes.ts';
import type { TableRequest } from './engine/ledgerOfTable.ts';
import { needsRows, tableAsRows } from './engine/wholeTables.ts';
import { isParquet } from './parquet/open.ts';
import { rowsAsLines } from './parquet/rows.ts';
import type { Source } from './source.ts';
import type { SpooledPipes } from './spooledPipes.ts';

/** Files that were replaced in requests with the same pipes: what is kept of them is found by its source. */
const replaced = new WeakMap<SpooledPipes, Map<Source, Source>>();

export type TextRequest<R> = {
  readonly request: R;
  /** Columns of floats; complete once the sources were read. */
  readonly inexact: readonly FloatColumn[];
};

export function withRowsAsText<R extends TableRequest>(request: R): TextRequest<R> {
  const inexact: FloatColumn[] = [];
  const known = knownTo(request.pipes);
  const sources = request.sources.map((source) => {
    const rows = known.get(source) ?? rowsOf(source, request, (found) => inexact.push(found));
    if (rows !== source) known.set(source, rows);
    return rows;
  });
  return { request: { ...request, sources }, inexact };
}

function rowsOf(source: Source, request: TableRequest, onFloats: (found: FloatColumn) => void): Source {
  if (source.kind === 'stream' && source.table && needsRows(request))
    return tableAsRows({ name: source.name, table: source.table }, request);
  return isParquet(source) ? rowsAsLines(source, request, onFloats) : source;
}

function knownTo(pipes: SpooledPipes | undefined): Map<Source, Source> {
  const known = pipes && replaced.get(pipes);
  if (known) return known;
  const fresh = new Map<Source, Source>();
  if (pipes) replaced.set(pipes, fresh);
  return fresh;
}
