/** gzip (RFC 1952), decompressed as it streams in: members one after another, zeros between and behind them. */
import type { Writable } from 'node:stream';
import { crc32, createInflateRaw, gunzip as gunzipBytes } from 'node:zlib';

/**
 * Why the data cannot be decompressed to its end. `offset`: where the trailing data begins, or the member that is truncated or
 * damaged, in bytes from 0.
 */
export class GzipFailure extends Error {
  readonly kind: 'truncated' | 'damaged' | 'trailing';
  readonly offset: number;

  constructor(kind: GzipFailure['kind'], message: string, offset: number) {
    super(message);
    this.kind = kind;
    this.offset = offset;
  }
}

/**
 * Decompresses all members. Node's own decoder loses the place where a member ends: it reports garbage behind one without an
 * offset, and stops without a word at the first zero byte. Here a member's data has a decoder of its own, which takes no byte
 * behind it. Zeros are passed over: block devices and preallocated files leave them.
 */
export async function* gunzip(compressed: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const input = new Input(compressed);
  /** Offset up to which Node's decoder has failed on members side by side. */
  let failedUntil = 0;
  await input.peek(1);
  for (let isFirst = true; isFirst || (await input.skipZeros()); isFirst = false) {
    const several = input.offset < failedUntil ? undefined : wholeMembers(input.held());
    const content = several && (await contentOf(several));
    if (content) {
      input.pass(content.taken);
      yield content.bytes;
    } else {
      failedUntil = Math.max(failedUntil, input.offset + (several?.length ?? 0));
      yield* member(input, isFirst);
    }
  }
}

/** Bytes of members that are decompressed in one call: many small ones would take a decoder each. */
const SEVERAL_BYTES = 1 << 18;
const MOST_CONTENT_BYTES = 1 << 25;
/** Magic number and the only method there is. */
const MAGIC = Buffer.from([0x1f, 0x8b, 0x08]);

/** The bytes up to the last place where a member seems to begin; undefined if there is none. */
function wholeMembers(held: Buffer): Buffer | undefined {
  const end = held.subarray(0, SEVERAL_BYTES).lastIndexOf(MAGIC);
  return end > 0 ? held.subarray(0, end) : undefined;
}

/** Undefined if the bytes are no whole members, or too large. `taken`: less than all bytes where zeros follow a member. */
function contentOf(members: Buffer): Promise<{ bytes: Buffer; taken: number } | undefined> {
  return new Promise((resolve) => {
    // With `info` the answer holds the decoder, too, which Node's types do not know.
    const answered = (error: Error | null, result: unknown) => {
      if (error) return resolve(undefined);
      const { buffer, engine } = result as { buffer: Buffer; engine: { bytesWritten: number } };
      resolve({ bytes: buffer, taken: engine.bytesWritten });
    };
    gunzipBytes(members, { info: true, chunkSize: 1 << 18, maxOutputLength: MOST_CONTENT_BYTES }, answered);
  });
}

const TRAILER_BYTES = 8;

async function* member(input: Input, isFirst: boolean): AsyncGenerator<Buffer> {
  const start = input.offset;
  await passHeader(input, start, isFirst);
  let check = 0;
  let length = 0;
  // The last chunk waits for the check, so that rows of a small file that is damaged are not reported as bad rows.
  let last: Buffer | undefined;
  try {
    for await (const chunk of inflated(input, start)) {
      if (last) yield last;
      last = chunk;
      check = crc32(chunk, check);
      length += chunk.length;
    }
    const trailer = await input.take(TRAILER_BYTES, start);
    if (trailer.readUInt32LE(0) !== check) throw new GzipFailure('damaged', 'incorrect data check', start);
    if (trailer.readUInt32LE(4) !== length % 2 ** 32) throw new GzipFailure('damaged', 'incorrect length check', start);
  } catch (error) {
    if (last && error instanceof GzipFailure && error.kind === 'truncated') yield last;
    throw error;
  }
  if (last) yield last;
}

const HEADER_BYTES = 10;
const HAS_CHECK = 0x02;
const HAS_EXTRA = 0x04;
const HAS_NAME = 0x08;
const HAS_COMMENT = 0x10;
const RESERVED = 0xe0;

async function passHeader(input: Input, start: number, isFirst: boolean): Promise<void> {
  const magic = await input.peek(MAGIC.length + 1);
  const flags = magic[MAGIC.length] ?? 0;
  if (!isFirst && !(magic.subarray(0, MAGIC.length).equals(MAGIC) && (flags & RESERVED) === 0)) {
    throw new GzipFailure('trailing', 'something else follows the gzip data', start);
  }
  if (magic.length > 2 && magic[2] !== MAGIC[2]) throw new GzipFailure('damaged', 'unknown compression method', start);
  if ((flags & RESERVED) !== 0) throw new GzipFailure('damaged', 'unknown header flags set', start);
  let check = crc32(await input.take(HEADER_BYTES, start));
  if (flags & HAS_EXTRA) {
    const size = await input.take(2, start);
    check = crc32(await input.take(size.readUInt16LE(0), start), crc32(size, check));
  }
  if (flags & HAS_NAME) check = await input.passText(start, check);
  if (flags & HAS_COMMENT) check = await input.passText(start, check);
  if (flags & HAS_CHECK && (await input.take(2, start)).readUInt16LE(0) !== (check & 0xffff)) {
    throw new GzipFailure('damaged', 'header crc mismatch', start);
  }
}

/** The data of a member; what the decoder does not take goes back to the input. */
async function* inflated(input: Input, start: number): AsyncGenerator<Buffer> {
  const inflate = createInflateRaw({ chunkSize: 1 << 18 });
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
        while (givenBytes - (keptBytes - given[0]!.length) <= inflate.bytesWritten) keptBytes -= given.shift()!.length;
        if (!inflate.write(chunk)) await drained(inflate);
      }
      inflate.end();
    } catch (error) {
      inputFailure = error;
      inflate.destroy(error as Error);
    }
  })();
  try {
    for await (const chunk of inflate) yield chunk as Buffer;
    hasEnded = true;
    await feeding;
  } catch (error) {
    if (inputFailure !== undefined) throw inputFailure;
    const { code, message } = error as NodeJS.ErrnoException;
    throw new GzipFailure(code === 'Z_BUF_ERROR' ? 'truncated' : 'damaged', message, start);
  } finally {
    inflate.destroy();
  }
  const left = Buffer.concat(given);
  input.putBack(left.subarray(left.length - (givenBytes - inflate.bytesWritten)));
}

/** Chunks, of which the unused end of the last one can be put back. */
class Input {
  /** Bytes that have been taken and not put back. */
  offset = 0;
  private chunks: Buffer[] = [];
  private readonly source: AsyncIterator<Buffer>;

  constructor(source: AsyncIterable<Buffer>) {
    this.source = source[Symbol.asyncIterator]();
  }

  async next(): Promise<Buffer | undefined> {
    const held = this.chunks.shift();
    const chunk = held ?? (await this.source.next().then(({ done, value }) => (done ? undefined : (value as Buffer))));
    this.offset += chunk?.length ?? 0;
    return chunk;
  }

  putBack(chunk: Buffer): void {
    if (chunk.length === 0) return;
    this.offset -= chunk.length;
    this.chunks.unshift(chunk);
  }

  /** Bytes that are there without waiting for more. */
  held(): Buffer {
    return this.chunks[0] ?? Buffer.alloc(0);
  }

  /** Takes so many of the bytes that are {@link held}. */
  pass(bytes: number): void {
    const chunk = this.chunks.shift()!;
    this.offset += chunk.length;
    this.putBack(chunk.subarray(bytes));
  }

  /** The next `bytes` bytes, or fewer at the end, without taking them. */
  async peek(bytes: number): Promise<Buffer> {
    const taken: Buffer[] = [];
    for (let length = 0; length < bytes; ) {
      const chunk = await this.next();
      if (!chunk) break;
      taken.push(chunk);
      length += chunk.length;
    }
    const all = taken.length === 1 ? taken[0]! : Buffer.concat(taken);
    this.putBack(all);
    return all.subarray(0, bytes);
  }

  /** `start`: of the member that they belong to. */
  async take(bytes: number, start: number): Promise<Buffer> {
    const taken = await this.peek(bytes);
    if (taken.length < bytes) throw new GzipFailure('truncated', 'unexpected end of file', start);
    if (bytes > 0) this.pass(bytes);
    return taken;
  }

  /** Passes over a text and the zero at its end; returns their check, which goes on from that of the bytes before. */
  async passText(start: number, check: number): Promise<number> {
    let checked = check;
    for (;;) {
      const held = await this.peek(1);
      if (held.length === 0) throw new GzipFailure('truncated', 'unexpected end of file', start);
      const chunk = this.held();
      const end = chunk.indexOf(0);
      const text = end < 0 ? chunk : chunk.subarray(0, end + 1);
      checked = crc32(text, checked);
      this.pass(text.length);
      if (end >= 0) return checked;
    }
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
