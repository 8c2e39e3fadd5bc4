/** Parquet files among the sources of a request, replaced by their rows as text. */
import type { FloatColumn } from '../../core/invoice/runNotes.ts';
import type { ReadRequest } from '../reader.ts';
import type { Source } from '../source.ts';
import type { SpooledPipes } from '../spooledPipes.ts';
import { isParquet } from './open.ts';
import { type ParquetRequest, rowsAsLines } from './rows.ts';

/** Files that were replaced in requests with the same pipes: what is kept of them is found by its source. */
const replaced = new WeakMap<SpooledPipes, Map<Source, Source>>();

export type TextRequest<R> = {
  readonly request: R;
  /** Columns of floats; complete once the sources were read. */
  readonly inexact: readonly FloatColumn[];
};

export function withRowsOfParquet<R extends ParquetRequest & Pick<ReadRequest, 'sources' | 'pipes'>>(
  request: R,
): TextRequest<R> {
  const inexact: FloatColumn[] = [];
  if (!request.sources.some(isParquet)) return { request, inexact };
  const known = knownTo(request.pipes);
  const sources = request.sources.map((source) => {
    if (!isParquet(source)) return source;
    const before = known.get(source);
    if (before) return before;
    const rows = rowsAsLines(source, request, (found) => inexact.push(found));
    known.set(source, rows);
    return rows;
  });
  return { request: { ...request, sources }, inexact };
}

function knownTo(pipes: SpooledPipes | undefined): Map<Source, Source> {
  const known = pipes && replaced.get(pipes);
  if (known) return known;
  const fresh = new Map<Source, Source>();
  if (pipes) replaced.set(pipes, fresh);
  return fresh;
}
