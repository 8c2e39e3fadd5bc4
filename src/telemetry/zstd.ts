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
const BLOCK_BYTES = 1 << 18;

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
  await decoder.init();
  let waiting: Buffer | undefined;
  let taken = 0;
  // The decoder asks for its input when it is called for output: one chunk at most for each call.
  const input = (function* () {
    while (waiting) {
      const chunk = waiting;
      waiting = undefined;
      taken++;
      yield chunk;
    }
  })();
  const outputs = decoder.decodeStreaming(input);
  let block: Uint8Array[] = [];
  let blockBytes = 0;
  const finishedBlock = () => {
    const finished = Buffer.concat(block);
    block = [];
    blockBytes = 0;
    return finished;
  };
  const source = compressed[Symbol.asyncIterator]();
  try {
    for (let idle = 0; ; ) {
      if (!waiting) {
        const next = await source.next();
        waiting = next.done ? undefined : next.value;
      }
      const takenBefore = taken;
      const isLast = waiting === undefined;
      // While it still works on a chunk, the next one waits; it is only fetched early so that it is there in time.
      do {
        const output = nextOutput(outputs);
        if (!output) {
          if (blockBytes > 0) yield finishedBlock();
          return;
        }
        idle = output.length === 0 && taken === takenBefore ? idle + 1 : 0;
        if (idle > MOST_IDLE_CALLS) throw new ZstdFailure('damaged');
        if (output.length > 0) {
          block.push(output);
          blockBytes += output.length;
        }
        if (blockBytes >= BLOCK_BYTES) yield finishedBlock();
      } while (taken === takenBefore || isLast);
    }
  } finally {
    await source.return?.();
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
