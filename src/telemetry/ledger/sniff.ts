/** Recognises ledgers among sources by their first bytes, which stay there for whoever reads the source. */
import type { Readable } from 'node:stream';
import { constants, gunzipSync } from 'node:zlib';
import { SAMPLE_BYTES } from '../fileState.ts';
import { InputFailure } from '../inputFailure.ts';
import { HEAD_BYTES, marksAtStart, openSource, type Source } from '../source.ts';
import { LEDGER_MARK } from './format.ts';

const GZIP = 0x8b1f;
const ZSTD = 0xfd2fb528;

export async function isLedger(source: Source, signal?: AbortSignal): Promise<boolean> {
  if (source.kind === 'stream') return beginsLedger(await headOfStream(source.stream, signal));
  // Behind these bytes the sample of a large file has its end; of an archive's file there is none.
  const sample = source.entry ? undefined : source.seen && Buffer.from(source.seen.sample.subarray(0, SAMPLE_BYTES));
  if (sample && !isZstd(sample)) return beginsLedger(sample);
  return startsAsLedger(source, signal);
}

/** Opens a file: a block of zstd is decompressed as a whole, and may be longer than what is known of the file. */
async function startsAsLedger(source: Source, signal: AbortSignal | undefined): Promise<boolean> {
  const { chunks } = openSource(source, signal);
  try {
    const first = await chunks.next();
    return !first.done && beginsLedger(first.value);
  } catch (error) {
    if (error instanceof InputFailure) return false; // whoever reads it says what is wrong
    throw error;
  } finally {
    await chunks.return(undefined);
  }
}

function isZstd(head: Buffer): boolean {
  return head.length >= 4 && head.readUInt32LE(0) === ZSTD;
}

/** `head`: the first bytes of a source, plain or gzip. */
function beginsLedger(head: Buffer): boolean {
  const plain = head.length >= 2 && head.readUInt16LE(0) === GZIP ? gunzippedHead(head) : head;
  const start = marksAtStart(plain.subarray(0, HEAD_BYTES));
  return plain.subarray(start, start + LEDGER_MARK.length).toString('latin1') === LEDGER_MARK;
}

function gunzippedHead(head: Buffer): Buffer {
  try {
    return gunzipSync(head, { finishFlush: constants.Z_SYNC_FLUSH });
  } catch {
    return Buffer.alloc(0); // whoever reads it says what is wrong
  }
}

/** The first bytes of a stream, which are put back. */
async function headOfStream(stream: Readable, signal: AbortSignal | undefined): Promise<Buffer> {
  if (!(await becomesReadable(stream, signal))) return Buffer.alloc(0);
  const chunk = stream.read() as Buffer | null;
  if (chunk === null) return Buffer.alloc(0);
  stream.unshift(chunk);
  return Buffer.from(chunk);
}

/** False if the stream ends or fails first. */
async function becomesReadable(stream: Readable, signal: AbortSignal | undefined): Promise<boolean> {
  if (stream.destroyed || stream.readableEnded) return false;
  if (stream.readableLength > 0) return true;
  signal?.throwIfAborted();
  const events = ['readable', 'end', 'error', 'close'] as const;
  let settle: (isReadable: boolean) => void = () => undefined;
  const done = new Promise<boolean>((resolve) => {
    settle = resolve;
  });
  const listeners = events.map((event) => [event, () => settle(event === 'readable')] as const);
  const stop = () => settle(false);
  for (const [event, listener] of listeners) stream.once(event, listener);
  signal?.addEventListener('abort', stop);
  try {
    const found = await done;
    signal?.throwIfAborted();
    return found;
  } finally {
    for (const [event, listener] of listeners) stream.off(event, listener);
    signal?.removeEventListener('abort', stop);
  }
}
