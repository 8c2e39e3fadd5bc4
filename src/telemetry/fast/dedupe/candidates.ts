/**
 * Finds logged rows whose fingerprints meet: repeated deliveries, nearly always. They come in pairs, the first row with a
 * fingerprint and a later one, and each row's part in a pair is noted under the window of places in which it stands: so the
 * rows can be read again one stretch of their source after another.
 */
import { CANDIDATE_BYTES, ENTRY_BYTES, OFFSET_BITS, PARTITIONS, WINDOW_BITS } from '../../../kernel/contract.ts';
import { Kernel, type KernelArray } from '../kernel.ts';
import { lastNotAfter } from '../lastNotAfter.ts';
import { copyPartition, type EventLogShard, partitionBytes } from '../ledger/eventLog.ts';

/** A window of places, and how many of them a source has (src/kernel/events.ts). */
export const WINDOW_BYTES: number = 2 ** WINDOW_BITS;
const SOURCE_WINDOWS: number = 2 ** (OFFSET_BITS - WINDOW_BITS);

/** Notes are kept in chunks, and those in slabs, so that any number of windows may grow at once. */
const CHUNK_NOTES = 256;
const SLAB_CHUNKS = 512;
/** A note: the row's place in its window; the pair's number, doubled, and 1 more for its later row. */
export const NOTE_WORDS = 2;
const CHUNK_WORDS: number = CHUNK_NOTES * NOTE_WORDS;

/** The notes of one window: their number, and their chunks, the last of which may have room for more. */
export type WindowNotes = { readonly window: number; readonly notes: number; readonly chunks: readonly number[] };

/** The pairs that one share of the search has found. */
export type CandidatePairs = {
  /** Pairs have numbers below this. */
  readonly pairsEnd: number;
  readonly slabs: readonly SharedArrayBuffer[];
  readonly windows: readonly WindowNotes[];
};

export function sourceOfWindow(window: number): number {
  return Math.floor(window / SOURCE_WINDOWS);
}

/** Offset of a window in its source, in bytes. */
export function offsetOfWindow(window: number): number {
  return (window % SOURCE_WINDOWS) * WINDOW_BYTES;
}

/** Hands over the notes of a window, chunk by chunk. */
export function* chunksOf({ slabs }: CandidatePairs, { notes, chunks }: WindowNotes): Generator<Uint32Array> {
  for (const [i, chunk] of chunks.entries()) {
    const slab = slabs[Math.floor(chunk / SLAB_CHUNKS)]!;
    const length = Math.min(CHUNK_NOTES, notes - i * CHUNK_NOTES) * NOTE_WORDS;
    yield new Uint32Array(slab, (chunk % SLAB_CHUNKS) * CHUNK_WORDS * 4, length);
  }
}

/** Searches every `of`th partition of all threads' logs; `yieldToEventLoop` is called between them. */
export async function findCandidates(
  logs: readonly EventLogShard[],
  share: { number: number; of: number },
  yieldToEventLoop: () => Promise<void> | undefined,
): Promise<CandidatePairs> {
  const partitions = Array.from({ length: PARTITIONS }, (_, p) => p).filter((p) => p % share.of === share.number);
  const sizes = partitions.map((partition) => partitionBytes(logs, partition));
  const most = Math.max(...sizes);
  const notes = new Notes();
  let pairs = 0;
  if (most === 0) return notes.finish(0);
  const kernel = new Kernel();
  const entries = kernel.allocate(most);
  const found = kernel.newInts((most / ENTRY_BYTES) * (CANDIDATE_BYTES / 4));
  const words = kernel.ints(entries, most / 4);
  let marks: KernelArray<Int32Array> | undefined;
  for (const [i, partition] of partitions.entries()) {
    const bytes = sizes[i]!;
    if (bytes === 0) continue;
    await yieldToEventLoop();
    const count = bytes / ENTRY_BYTES;
    copyPartition(logs, partition, kernel.bytes(entries, bytes));
    const meeting = kernel.call.findCandidates(entries, count, found.address);
    if (meeting === 0) continue;
    marks ??= kernel.newInts(most / ENTRY_BYTES);
    const marked = marks.values.subarray(0, kernel.call.listMarks(entries, count, marks.address));
    const lists = Array.from(marked, (mark) =>
      notes.listOf((words[mark * 2 + 1]! & 0x7fff_ffff) * 0x1_0000_0000 + (words[mark * 2]! >>> 0)),
    );
    for (let pair = 0; pair < meeting * 2; pair++) {
      const entry = found.values[pair]!;
      const number = (pairs + (pair >> 1)) * share.of + share.number;
      const list = lists[lastNotAfter(marked, entry)]!;
      notes.add(list, words[entry * 2]! & (WINDOW_BYTES - 1), number * 2 + (pair & 1));
    }
    pairs += meeting;
  }
  return notes.finish(pairs === 0 ? 0 : (pairs - 1) * share.of + share.number + 1);
}

type GrowingList = { readonly window: number; notes: number; readonly chunks: number[]; words: Uint32Array };

class Notes {
  private readonly lists = new Map<number, GrowingList>();
  private readonly slabs: SharedArrayBuffer[] = [];
  private chunks = 0;

  listOf(window: number): GrowingList {
    let list = this.lists.get(window);
    if (!list) {
      list = { window, notes: 0, chunks: [], words: NO_WORDS };
      this.lists.set(window, list);
    }
    return list;
  }

  add(list: GrowingList, place: number, pair: number): void {
    const at = (list.notes++ % CHUNK_NOTES) * NOTE_WORDS;
    if (at === 0) {
      const chunk = this.chunks++;
      if (chunk % SLAB_CHUNKS === 0) this.slabs.push(new SharedArrayBuffer(SLAB_CHUNKS * CHUNK_WORDS * 4));
      list.chunks.push(chunk);
      list.words = new Uint32Array(this.slabs.at(-1)!, (chunk % SLAB_CHUNKS) * CHUNK_WORDS * 4, CHUNK_WORDS);
    }
    list.words[at] = place;
    list.words[at + 1] = pair;
  }

  finish(pairsEnd: number): CandidatePairs {
    const lists = [...this.lists.values()].filter(({ notes }) => notes > 0);
    return { pairsEnd, slabs: this.slabs, windows: lists.map(({ words: _, ...list }) => list) };
  }
}

const NO_WORDS = new Uint32Array(0);
