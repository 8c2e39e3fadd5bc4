/** Brings a source's bytes to a scan: ranges of plain files with synchronous reads, everything else as it streams in. */
import { readSync } from 'node:fs';
import { SLACK } from '../../../kernel/contract.ts';
import { changed, InputFailure, readFailure, type Source } from '../../source.ts';
import type { Kernel } from '../kernel.ts';
import type { Chunk, Scan } from './scan.ts';

/** A row longer than this is no row: more likely a quote that never closes. */
const LONGEST_ROW = 1 << 28;

/** Told where a scan is: for progress, for stopping, and for finding lines again. */
export type FeedWatch = {
  /** May throw, to stop. `bytes` have been taken since the last call; the next row begins at `offset`, after `lines` lines. */
  onProgress(bytes: number, offset: number, lines: number): void;
  /** Called now and then, so that others on the same thread get their turn. */
  yieldToEventLoop(): Promise<void> | undefined;
};

/** A part of the kernel's memory, at whose beginning is what a scan has left over. */
class Window {
  buffer: Buffer;
  length = 0;
  base: number;
  private readonly kernel: Kernel;
  private address: number;

  constructor(kernel: Kernel, size: number, base: number) {
    this.kernel = kernel;
    this.address = kernel.allocate(size + SLACK);
    this.buffer = kernel.bytes(this.address, size);
    this.base = base;
  }

  get room(): number {
    return this.buffer.length - this.length;
  }

  /** Lets the scan take rows, and makes room for more bytes. */
  scan(scan: Scan, source: Source, stop: number, atEnd: boolean): void {
    const { buffer, address, length, base } = this;
    const stretch: Chunk = { buffer, address, length, base, stop: Math.min(stop - base, length), atEnd };
    const taken = scan.take(stretch);
    buffer.copyWithin(0, taken, length);
    this.base += taken;
    this.length -= taken;
    if (this.room === 0) this.grow(source, scan.lines + 1);
  }

  private grow(source: Source, line: number): void {
    const size = this.buffer.length * 2;
    if (size > LONGEST_ROW) {
      throw new InputFailure(
        source,
        'row-too-long',
        'a row is longer than 256 MiB',
        'look for a quote that is opened and never closed',
        line,
      );
    }
    const address = this.kernel.allocate(size + SLACK);
    const buffer = this.kernel.bytes(address, size);
    this.buffer.copy(buffer, 0, 0, this.length);
    this.release();
    this.address = address;
    this.buffer = buffer;
  }

  release(): void {
    this.kernel.call.release(this.address, this.buffer.length + SLACK);
  }
}

export type FileRange = {
  /** Offset of the first row to read. */
  readonly start: number;
  /** Rows that begin before this are taken. */
  readonly stop: number;
  /** Bytes of the file that are read: all that it had when the run began. */
  readonly size: number;
};

/** Scans the rows of a file that begin in a range; returns where the first row begins that does not. */
export async function feedRange(
  { source, fd, chunkBytes, kernel }: { source: Source; fd: number; chunkBytes: number; kernel: Kernel },
  { start, stop, size }: FileRange,
  scan: Scan,
  watch: FeedWatch,
): Promise<number> {
  const window = new Window(kernel, chunkBytes, start);
  try {
    let position = start;
    while (window.base < stop) {
      let bytes: number;
      try {
        const most = Math.min(window.room, Math.max(0, size - position));
        bytes = most === 0 ? 0 : readSync(fd, window.buffer, window.length, most, position);
      } catch (error) {
        throw readFailure(source, error);
      }
      if (bytes === 0 && position < size) throw changed(source, 'it ended before it did at first');
      position += bytes;
      window.length += bytes;
      window.scan(scan, source, stop, bytes === 0);
      watch.onProgress(bytes, window.base, scan.lines);
      const pause = watch.yieldToEventLoop();
      if (pause) await pause;
      if (bytes === 0) break;
    }
    return window.base;
  } finally {
    window.release();
  }
}

/**
 * Scans a stream from its first byte to its last. Only a full window is scanned, never each chunk: a long row that comes in
 * small pieces would be looked at from its beginning for each of them.
 */
export async function feedStream(
  { source, chunks, chunkBytes, kernel }: FeedStream,
  scan: Scan,
  watch: FeedWatch,
): Promise<number> {
  const window = new Window(kernel, chunkBytes, 0);
  let unscanned = 0;
  const scanWindow = (atEnd: boolean) => {
    window.scan(scan, source, Number.POSITIVE_INFINITY, atEnd);
    watch.onProgress(unscanned, window.base, scan.lines);
    unscanned = 0;
  };
  try {
    // Rows before the place where a source fails count.
    for await (const chunk of withLastCall(chunks, () => scanWindow(false))) {
      for (let from = 0; from < chunk.length; ) {
        const part = Math.min(window.room, chunk.length - from);
        chunk.copy(window.buffer, window.length, from, from + part);
        window.length += part;
        unscanned += part;
        from += part;
        if (window.room > 0) continue;
        scanWindow(false);
        const pause = watch.yieldToEventLoop();
        if (pause) await pause;
      }
    }
    scanWindow(true);
    return window.base;
  } finally {
    window.release();
  }
}

/** Hands chunks on; if they fail, `onFailure` is called before that is thrown. */
async function* withLastCall(chunks: AsyncIterable<Buffer>, onFailure: () => void): AsyncGenerator<Buffer> {
  try {
    yield* chunks;
  } catch (error) {
    onFailure();
    throw error;
  }
}

type FeedStream = {
  readonly source: Source;
  readonly chunks: AsyncIterable<Buffer>;
  readonly chunkBytes: number;
  readonly kernel: Kernel;
};
