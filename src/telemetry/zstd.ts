/** zstd, decompressed as it streams in. WebAssembly: Node has had its own only since version 22.15. */

/** Why the data cannot be decompressed to its end. */
export class ZstdFailure extends Error {
  readonly kind: 'truncated' | 'damaged';

  constructor(kind: 'truncated' | 'damaged') {
    super(`the zstd data is ${kind}`);
    this.kind = kind;
  }
}

/** Calls in a row that bring neither output nor a need for more input: the decoder does not report errors otherwise. */
const MOST_IDLE_CALLS = 16;
/** Smaller pieces of output are gathered: each that is handed on costs something. */
const PIECE_BYTES = 1 << 16;

/** The largest window that the decoder has memory for, as the `zstd` program has it without `--long`. */
export const LARGEST_WINDOW: number = 2 ** 27;
/** Bytes of a frame's header at most. */
export const HEADER_BYTES = 18;

/** Bytes that a frame's decoder has to look back, by its header (RFC 8878, 3.1.1.1); undefined if it is not all there. */
export function windowOf(head: Buffer): number | undefined {
  const descriptor = head[4];
  if (descriptor === undefined || head.readUInt32LE(0) !== 0xfd2fb528) return undefined;
  const isSingleSegment = (descriptor & 0x20) !== 0;
  if (!isSingleSegment) {
    const window = head[5];
    if (window === undefined) return undefined;
    const base = 2 ** (10 + (window >> 3));
    return base + (base / 8) * (window & 7);
  }
  const at = 5 + [0, 1, 2, 4][descriptor & 3]!;
  const size = [1, 2, 4, 8][descriptor >> 6]!;
  if (head.length < at + size) return undefined;
  if (size === 8) return Number(head.readBigUInt64LE(at));
  return head.readUIntLE(at, size) + (size === 2 ? 256 : 0);
}

export async function* unzstd(compressed: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const { ZSTDDecoder } = await import('zstddec/stream'); // large, and seldom needed
  const decoder = new ZSTDDecoder();
  await withoutFetch(() => decoder.init());
  const input = new DecoderInput();
  const outputs = decoder.decodeStreaming(input.chunks());
  const block = new OutputBlock();
  const source = compressed[Symbol.asyncIterator]();
  try {
    for (;;) {
      if (!input.waiting) {
        const next = await source.next();
        input.waiting = next.done ? undefined : next.value;
      }
      const { taken } = input;
      const isLast = input.waiting === undefined;
      // While it still works on a chunk, the next one waits; it is only fetched early so that it is there in time.
      do {
        const output = nextOutput(outputs);
        if (!output) return yield* block.rest();
        block.add(output, input.taken !== taken);
        if (block.bytes >= PIECE_BYTES) yield* block.rest();
      } while (input.taken === taken || isLast);
    }
  } finally {
    await source.return?.();
  }
}

/**
 * Calls a function that would fetch a `data:` URL where there is a `fetch`. Node's own takes longer to load than some megabytes to
 * decompress. Nobody else runs before the function has returned.
 */
function withoutFetch<T>(call: () => T): T {
  const known = Object.getOwnPropertyDescriptor(globalThis, 'fetch');
  if (!known?.configurable) return call();
  Object.defineProperty(globalThis, 'fetch', { value: undefined, configurable: true });
  try {
    return call();
  } finally {
    Object.defineProperty(globalThis, 'fetch', known);
  }
}

/** Compressed chunks. The decoder asks for them when it is called for output: one at most for each call. */
class DecoderInput {
  waiting: Buffer | undefined;
  /** Chunks that the decoder has. */
  taken = 0;

  /** Ends when no chunk waits. */
  *chunks(): Generator<Buffer> {
    while (this.waiting) {
      const chunk = this.waiting;
      this.waiting = undefined;
      this.taken++;
      yield chunk;
    }
  }
}

/** Output of the decoder, gathered: it comes in small pieces. */
class OutputBlock {
  bytes = 0;
  private pieces: Uint8Array[] = [];
  private idleCalls = 0;

  /** `hasTaken`: the decoder has taken a chunk for it. Fails if too many calls in a row bring nothing and take nothing. */
  add(output: Uint8Array, hasTaken: boolean): void {
    this.idleCalls = output.length === 0 && !hasTaken ? this.idleCalls + 1 : 0;
    if (this.idleCalls > MOST_IDLE_CALLS) throw new ZstdFailure('damaged');
    if (output.length === 0) return;
    this.pieces.push(output);
    this.bytes += output.length;
  }

  /** All that was gathered, if anything was; after that the block is empty. */
  *rest(): Generator<Buffer> {
    if (this.bytes === 0) return;
    const [first, ...others] = this.pieces;
    const isOne = others.length === 0;
    const finished = isOne ? Buffer.from(first!.buffer, first!.byteOffset, first!.length) : Buffer.concat(this.pieces);
    this.pieces = [];
    this.bytes = 0;
    yield finished;
  }
}

function nextOutput(outputs: Generator<Uint8Array>): Uint8Array | undefined {
  try {
    const { done, value } = outputs.next();
    return done ? undefined : value;
  } catch {
    throw new ZstdFailure('truncated');
  }
}
