/** gzip, decompressed as it streams in: members one after another, zeros between and behind them. */
import type { Writable } from 'node:stream';
import { createGunzip } from 'node:zlib';

/** Why the data cannot be decompressed to its end. `offset`: of the first byte of `kind: 'trailing'` data, in bytes from 0. */
export class GzipFailure extends Error {
  readonly kind: 'truncated' | 'damaged' | 'trailing';
  readonly offset: number;

  constructor(kind: GzipFailure['kind'], message: string, offset = 0) {
    super(message);
    this.kind = kind;
    this.offset = offset;
  }
}

/**
 * Decompresses all members. Node's own decoder stops without a word at the first zero byte behind a member, whatever follows:
 * zeros are passed over here (block devices and preallocated files leave them), and the next member gets a decoder of its own.
 */
export async function* gunzip(compressed: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const input = new Input(compressed);
  for (let isFirst = true; isFirst || (await input.skipZeros()); isFirst = false) {
    if (!isFirst && !(await input.startsWithMagic())) {
      throw new GzipFailure('trailing', 'something else follows the gzip data', input.offset);
    }
    yield* member(input);
  }
}

/** One member and those that follow it without a zero between; what the decoder does not take goes back to the input. */
async function* member(input: Input): AsyncGenerator<Buffer> {
  const unzip = createGunzip({ chunkSize: 1 << 18 });
  const start = input.offset;
  /** Chunks handed over, without those that the decoder has taken whole. */
  const given: Buffer[] = [];
  let givenBytes = 0;
  let keptBytes = 0;
  let hasEnded = false;
  let inputFailure: unknown;
  const feeding = (async () => {
    try {
      for (let chunk = await input.next(); chunk; chunk = await input.next()) {
        if (hasEnded) {
          input.putBack(chunk);
          return;
        }
        givenBytes += chunk.length;
        given.push(chunk);
        keptBytes += chunk.length;
        while (givenBytes - (keptBytes - given[0]!.length) <= unzip.bytesWritten) keptBytes -= given.shift()!.length;
        if (!unzip.write(chunk)) await drained(unzip);
      }
      unzip.end();
    } catch (error) {
      inputFailure = error;
      unzip.destroy(error as Error);
    }
  })();
  try {
    for await (const chunk of unzip) yield chunk as Buffer;
    hasEnded = true;
    await feeding;
  } catch (error) {
    if (inputFailure !== undefined) throw inputFailure;
    const { code, message } = error as NodeJS.ErrnoException;
    throw failureOf(code, message, start + unzip.bytesWritten);
  } finally {
    unzip.destroy();
  }
  const left = Buffer.concat(given);
  input.putBack(left.subarray(left.length - (givenBytes - unzip.bytesWritten)));
}

function failureOf(code: string | undefined, message: string, offset: number): GzipFailure {
  if (code === 'Z_BUF_ERROR') return new GzipFailure('truncated', message);
  return new GzipFailure('damaged', message, offset);
}

/** Chunks, of which the unused end of the last one can be put back. */
class Input {
  /** Bytes that have been taken and not put back. */
  offset = 0;
  private held: Buffer[] = [];
  private readonly source: AsyncIterator<Buffer>;

  constructor(source: AsyncIterable<Buffer>) {
    this.source = source[Symbol.asyncIterator]();
  }

  async next(): Promise<Buffer | undefined> {
    const held = this.held.shift();
    const chunk = held ?? (await this.source.next().then(({ done, value }) => (done ? undefined : (value as Buffer))));
    this.offset += chunk?.length ?? 0;
    return chunk;
  }

  putBack(chunk: Buffer): void {
    if (chunk.length === 0) return;
    this.offset -= chunk.length;
    this.held.unshift(chunk);
  }

  /** False if nothing but zeros is left. */
  async skipZeros(): Promise<boolean> {
    for (let chunk = await this.next(); chunk; chunk = await this.next()) {
      const first = chunk.findIndex((byte) => byte !== 0);
      if (first < 0) continue;
      this.putBack(chunk.subarray(first));
      return true;
    }
    return false;
  }

  async startsWithMagic(): Promise<boolean> {
    let head: Buffer = Buffer.alloc(0);
    while (head.length < 2) {
      const chunk = await this.next();
      if (!chunk) break;
      head = Buffer.concat([head, chunk]);
    }
    this.putBack(head);
    return head[0] === 0x1f && head[1] === 0x8b;
  }
}

/** Waits until a stream takes more, or has ended. */
function drained(stream: Writable): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      stream.off('drain', done).off('close', done).off('end', done);
      resolve();
    };
    stream.on('drain', done).on('close', done).on('end', done);
  });
}
