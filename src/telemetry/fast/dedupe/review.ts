/**
 * Looks at rows a second time whose fingerprints met: each pair's rows are hashed, and the later row of each pair is added up
 * to be taken off. Nearly always they are one event, delivered twice in the same bytes; which pairs are not is found out when
 * both hashes are there (deliveries.ts), and put right (disputes.ts). Threads share the work by stretches of sources.
 */
import type { Problem } from '../../../core/problem.ts';
import { BATCH_ROWS, HASH_BYTES } from '../../../kernel/contract.ts';
import { InputFailure } from '../../source.ts';
import type { Batch } from '../batch.ts';
import type { Kernel, KernelArray } from '../kernel.ts';
import { Accumulator, type ThreadTotals } from '../scan/accumulator.ts';
import type { FeedWatch } from '../scan/feed.ts';
import { type RowFilter, Scan } from '../scan/scan.ts';
import { type ScanJob, scanOptions } from '../scan/scanJob.ts';
import { type CandidatePairs, chunksOf, NOTE_WORDS, offsetOfWindow, WINDOW_BYTES } from './candidates.ts';
import { type RangeToRead, type ReviewedSource, readAgain } from './readAgain.ts';

/** 128 bits that no row can have been made for. */
export type HashKey = readonly [bigint, bigint];

/** Rows of one source: those of some windows, or of a part of one. */
export type ReviewTask = {
  readonly source: number;
  readonly windows: readonly number[];
  /** Places in the window from which on and before which its rows begin. */
  readonly from: number;
  readonly until: number;
};

export type ReviewJob = Omit<ScanJob, 'skip'> & {
  readonly candidates: readonly CandidatePairs[];
  /** By source; absent for those whose rows have several shapes, so that equal bytes may differ in meaning. */
  readonly reviewed: readonly (ReviewedSource | undefined)[];
  readonly tasks: readonly ReviewTask[];
  /** [0] index of the task that the next thread claims. */
  readonly nextTask: Int32Array;
  readonly key: HashKey;
  /** For each pair the exclusive or of its rows' hashes: zeros if they are the same. */
  readonly differences: Int32Array;
};

export type Review = { readonly part: ThreadTotals; readonly failures: readonly Problem[] };

/** Rows nearer to each other than this are read together with what is between them. */
const NEAR_BYTES = 1 << 16;

export const HASH_WORDS: number = HASH_BYTES / 4;

export async function reviewRows(job: ReviewJob, yieldToEventLoop: FeedWatch['yieldToEventLoop']): Promise<Review> {
  const accumulator = new Accumulator({ ...job.request, dedupe: false }, job.memory);
  const failures: Problem[] = [];
  const notes = notesByWindow(job.candidates);
  for (;;) {
    const task = job.tasks[Atomics.add(job.nextTask, 0, 1)];
    if (!task) break;
    try {
      await reviewTask(job, task, notes, accumulator, yieldToEventLoop);
    } catch (error) {
      if (!(error instanceof InputFailure)) throw error;
      failures.push(error.problem);
    }
  }
  return { part: accumulator.finish(), failures };
}

/** The notes of each window, one list for each share of the search. */
type NotesByWindow = ReadonlyMap<number, readonly (() => Iterable<Uint32Array>)[]>;

function notesByWindow(candidates: readonly CandidatePairs[]): NotesByWindow {
  const notes = new Map<number, (() => Iterable<Uint32Array>)[]>();
  for (const part of candidates) {
    for (const list of part.windows) {
      const own = notes.get(list.window) ?? [];
      notes.set(list.window, own);
      own.push(() => chunksOf(part, list));
    }
  }
  return notes;
}

async function reviewTask(
  job: ReviewJob,
  task: ReviewTask,
  notes: NotesByWindow,
  accumulator: Accumulator,
  yieldToEventLoop: FeedWatch['yieldToEventLoop'],
): Promise<void> {
  const { kernel } = accumulator;
  const { path, shape } = job.reviewed[task.source]!;
  const rows = new ReviewedRows(kernel, job, task, notes);
  const options = { ...scanOptions(job, task.source, () => undefined), filter: rows };
  const scan = new Scan(
    { ...options, kept: { ...options.kept, ids: false } },
    accumulator,
    path === undefined ? undefined : shape,
  );
  try {
    await readAgain(job, task.source, scan, {
      kernel,
      yieldToEventLoop,
      stretches: () => rows.stretches(job.chunkBytes),
      areAllSeen: () => rows.areAllSeen,
    });
  } finally {
    rows.release();
  }
}

/** Copies the notes of places from `from` on and before `until` behind `filled` others; returns how many there are then. */
function copyNotes(chunk: Uint32Array, to: Int32Array, filled: number, from: number, until: number): number {
  let end = filled;
  for (let n = 0; n < chunk.length; n += NOTE_WORDS) {
    const place = chunk[n]!;
    if (place < from || place >= until) continue;
    to[end * NOTE_WORDS] = place;
    to[end * NOTE_WORDS + 1] = chunk[n + 1]!;
    end++;
  }
  return end;
}

/** Notes of one window, in the order of their places: `begin` to `end` of all. */
type Segment = { readonly offset: number; readonly begin: number; readonly end: number };

/** The rows of a task, by their places. */
class ReviewedRows implements RowFilter {
  private readonly kernel: Kernel;
  private readonly notes: KernelArray<Int32Array>;
  private readonly count: number;
  private readonly segments: Segment[] = [];
  private readonly differences: Int32Array;
  private readonly key: HashKey;
  private readonly hashes: KernelArray<Int32Array>;
  private readonly addresses: KernelArray<Int32Array>;
  /** Start of a single row, and the hash of it. */
  private readonly single: KernelArray<Int32Array>;
  private seen = 0;

  constructor(kernel: Kernel, { key, reviewed, differences }: ReviewJob, task: ReviewTask, notes: NotesByWindow) {
    const { windows, from, until } = task;
    this.kernel = kernel;
    this.differences = differences;
    this.key = [key[0] ^ BigInt(reviewed[task.source]!.layout), key[1]];
    const lists = windows.map((window) => (notes.get(window) ?? []).flatMap((chunks) => [...chunks()]));
    const most = lists.flat().reduce((sum, chunk) => sum + chunk.length, 0);
    this.notes = kernel.newInts(most);
    this.hashes = kernel.newInts(BATCH_ROWS * HASH_WORDS);
    this.addresses = kernel.newInts(BATCH_ROWS);
    this.single = kernel.newInts(2 + HASH_WORDS);
    const { address, values } = this.notes;
    let filled = 0;
    for (const [i, window] of windows.entries()) {
      const begin = filled;
      for (const chunk of lists[i]!) filled = copyNotes(chunk, values, filled, from, until);
      if (filled > begin) kernel.call.sortByPosition(address + begin * NOTE_WORDS * 4, filled - begin);
      this.segments.push({ offset: offsetOfWindow(window), begin, end: filled });
    }
    this.count = filled;
  }

  /** From the first row to beyond the start of the last one, in pieces where they are far from each other. */
  *stretches(most: number): Generator<RangeToRead> {
    for (const { start, stop } of this.gatheredPlaces()) {
      yield { start, stop, chunkBytes: Math.min(most, stop - start + NEAR_BYTES) };
    }
  }

  private *gatheredPlaces(): Generator<{ start: number; stop: number }> {
    const { values } = this.notes;
    let [start, last] = [-1, -1];
    for (const { offset, begin, end } of this.segments) {
      for (let i = begin; i < end; i++) {
        const place = offset + values[i * NOTE_WORDS]!;
        if (start < 0) start = place;
        else if (place - last > NEAR_BYTES) {
          yield { start, stop: last + 1 };
          start = place;
        }
        last = place;
      }
    }
    if (start >= 0) yield { start, stop: last + 1 };
  }

  get areAllSeen(): boolean {
    return this.seen === this.count;
  }

  leaveOut(batch: Batch, { base, end, leftOut }: { base: number; end: number; leftOut: Uint8Array }): number {
    const { rows } = batch;
    const { addresses, hashes, segments } = this;
    const { values } = this.notes;
    this.hash(batch.rowStartsAt, batch.stride, batch.delta, rows, end, addresses.address, hashes.address);
    const first = base + (addresses.values[0]! >>> 0);
    let number = this.segmentOf(first);
    let segment = segments[number]!;
    let note = this.firstNote(segment, first);
    let kept = 0;
    for (let row = 0; row < rows; row++) {
      const offset = base + (addresses.values[row]! >>> 0);
      while (offset >= segment.offset + WINDOW_BYTES && number + 1 < segments.length) {
        segment = segments[++number]!;
        note = segment.begin;
      }
      const place = offset - segment.offset;
      while (note < segment.end && values[note * NOTE_WORDS]! < place) note++;
      let isLater = 0;
      for (; note < segment.end && values[note * NOTE_WORDS] === place; note++) {
        isLater |= this.note(values[note * NOTE_WORDS + 1]!, hashes.values, row * HASH_WORDS);
      }
      leftOut[row] = 1 - isLater;
      kept += isLater;
    }
    return rows - kept;
  }

  takes(offset: number, start: number, end: number): boolean {
    const { values } = this.notes;
    const segment = this.segments[this.segmentOf(offset)]!;
    const place = offset - segment.offset;
    const { address, values: single } = this.single;
    let isLater = 0;
    for (let note = this.firstNote(segment, offset); note < segment.end; note++) {
      if (values[note * NOTE_WORDS] !== place) break;
      single[0] = start;
      this.hash(address, 4, 0, 1, end, address + 4, address + 8);
      isLater |= this.note(values[note * NOTE_WORDS + 1]!, single, 2);
    }
    return isLater === 1;
  }

  /** 1 for the later row of a pair. */
  private note(pair: number, hashes: Int32Array, at: number): number {
    const { differences } = this;
    const word = (pair >>> 1) * HASH_WORDS;
    for (let i = 0; i < HASH_WORDS; i++) Atomics.xor(differences, word + i, hashes[at + i]!);
    this.seen++;
    return pair & 1;
  }

  private hash(
    starts: number,
    stride: number,
    delta: number,
    rows: number,
    end: number,
    addresses: number,
    hashes: number,
  ): void {
    this.kernel.call.hashRows(starts, stride, delta, rows, end, this.key[0], this.key[1], addresses, hashes);
  }

  /** The last segment that does not begin after an offset, or the first. */
  private segmentOf(offset: number): number {
    let number = this.segments.length - 1;
    while (number > 0 && this.segments[number]!.offset > offset) number--;
    return number;
  }

  /** The first note of a segment that is not before an offset. */
  private firstNote({ offset: base, begin, end }: Segment, offset: number): number {
    const { values } = this.notes;
    let [low, high] = [begin, end];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (base + values[middle * NOTE_WORDS]! < offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  release(): void {
    for (const array of [this.notes, this.hashes, this.addresses, this.single]) this.kernel.release(array);
  }
}
