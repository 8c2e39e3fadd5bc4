/** Reads some rows of a source a second time. */
import { closeSync, fstatSync, openSync } from 'node:fs';
import { changed, InputFailure, openSource, readFailure } from '../../source.ts';
import type { Kernel } from '../kernel.ts';
import { type FeedWatch, feedRange, feedStream } from '../scan/feed.ts';
import type { Scan } from '../scan/scan.ts';
import { type ScanJob, STOPPED, Stopped } from '../scan/scanJob.ts';
import type { Shape } from '../scan/shape.ts';

/** A source as it can be read a second time. */
export type ReviewedSource = {
  readonly shape: Shape;
  /** A file with its bytes; absent if they have to be decompressed again. */
  readonly path: string | undefined;
  /** Equal for sources in which the same bytes mean the same. */
  readonly layout: number;
};

/** Bytes of a file in which rows are, from the begin of a row. */
export type RangeToRead = {
  readonly start: number;
  readonly stop: number;
  /** Read at a time. */
  readonly chunkBytes: number;
  /** Lines before it, where they are wanted. */
  readonly lines?: number;
};

/**
 * Feeds a scan the stretches of a file, or all of a source that has to be decompressed again. Throws an InputFailure if
 * the source ends before all of the rows were seen.
 */
export async function readAgain(
  job: Pick<ScanJob, 'sources' | 'chunkBytes' | 'shared'> & {
    readonly reviewed: readonly (ReviewedSource | undefined)[];
  },
  number: number,
  scan: Scan,
  {
    kernel,
    yieldToEventLoop,
    stretches,
    areAllSeen,
  }: {
    readonly kernel: Kernel;
    readonly yieldToEventLoop: FeedWatch['yieldToEventLoop'];
    readonly stretches: () => Iterable<RangeToRead>;
    readonly areAllSeen: () => boolean;
  },
): Promise<void> {
  const source = job.sources[number]!;
  const { path } = job.reviewed[number]!;
  const watch: FeedWatch = {
    onProgress() {
      if (Atomics.load(job.shared, STOPPED) !== 0) throw new Stopped();
    },
    yieldToEventLoop,
  };
  try {
    if (path === undefined) {
      const { chunks } = openSource(source);
      await feedStream({ source, chunks, chunkBytes: job.chunkBytes, kernel }, scan, watch);
    } else {
      const fd = openAgain(source, path);
      try {
        const { size } = fstatSync(fd);
        for (const { start, stop, chunkBytes, lines } of stretches()) {
          if (lines !== undefined) scan.lines = lines;
          await feedRange({ source, fd, chunkBytes, kernel }, { start, stop, size }, scan, watch);
        }
      } finally {
        closeSync(fd);
      }
    }
    if (!areAllSeen()) throw changed(source, 'a row that was there is missing');
  } catch (error) {
    // What is wrong behind the last of these rows was told when all were read.
    if (!(error instanceof InputFailure && areAllSeen())) throw error;
  }
}

function openAgain(source: ScanJob['sources'][number], path: string): number {
  try {
    return openSync(path, 'r');
  } catch (error) {
    throw readFailure(source, error);
  }
}
