/** The part of every job that says how sources are scanned: for reading them, and for looking at some of their rows again. */
import type { Wanted } from '../../columns.ts';
import type { InputFormat } from '../../formats.ts';
import type { Source } from '../../source.ts';
import type { Batch } from '../batch.ts';
import { lastNotAfter } from '../lastNotAfter.ts';
import type { CountingRequest, MemoryLimits } from './accumulator.ts';
import type { FoundReject, RowFilter, ScanOptions } from './scan.ts';

export type ScanJob = {
  readonly sources: readonly Source[];
  readonly request: CountingRequest;
  readonly wanted: Wanted;
  readonly forcedFormat: InputFormat | undefined;
  readonly chunkBytes: number;
  /** Limits for each thread; files of what does not fit begin with the path in it. */
  readonly memory: MemoryLimits;
  /** Offsets of rows to leave out, ascending, by source: found in an earlier pass. */
  readonly skip: ReadonlyMap<number, Float64Array>;
  readonly shared: SharedState;
  /** The compiled kernel. */
  readonly kernel: WebAssembly.Module;
};

/** [0] 1 to stop, [1] KiB read so far, and from [2] for each entry of the queue 1 once a thread has claimed its task. */
export type SharedState = Int32Array;
export const STOPPED = 0;
export const KIB_READ = 1;
export const CLAIMED = 2;

/** The run was stopped from outside. */
export class Stopped extends Error {}

export function scanOptions(
  job: Omit<ScanJob, 'skip'> & Partial<Pick<ScanJob, 'skip'>>,
  source: number,
  onReject: (reject: FoundReject) => void,
): ScanOptions {
  const { sources, wanted, forcedFormat, request, skip } = job;
  const offsets = skip?.get(source);
  return {
    source: sources[source]!,
    sourceNumber: source,
    wanted,
    kept: { dimensions: request.dimensions.length, ids: request.dedupe },
    forcedFormat,
    filter: offsets && new SkippedRows(offsets),
    onReject,
  };
}

/** All rows but some. */
class SkippedRows implements RowFilter {
  private readonly offsets: Float64Array;

  constructor(offsets: Float64Array) {
    this.offsets = offsets;
  }

  leaveOut(batch: Batch, { base, leftOut }: { base: number; leftOut: Uint8Array }): number {
    let count = 0;
    for (let row = 0; row < batch.rows; row++) {
      const isLeftOut = this.has(base + batch.startOf(row));
      leftOut[row] = isLeftOut ? 1 : 0;
      if (isLeftOut) count++;
    }
    return count;
  }

  takes(offset: number): boolean {
    return !this.has(offset);
  }

  private has(offset: number): boolean {
    return this.offsets[lastNotAfter(this.offsets, offset)] === offset;
  }
}
