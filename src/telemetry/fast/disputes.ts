/**
 * Rows whose fingerprints meet although they are not the same bytes: the same event in another form, an event about which
 * deliveries disagree, or two events that only chance brings together. Each is read again and understood, and of each event
 * the row is chosen that counts.
 */
import type { Problem } from '../../core/problem.ts';
import type { Wanted } from '../columns.ts';
import { countsBefore } from '../event.ts';
import type { Crew } from './crew.ts';
import {
  CONTENT_AT,
  FORM_AT,
  type JudgedStretch,
  type JudgingOrder,
  type JudgingTask,
  KEY_AT,
  MARK_WORDS,
  newRowMarks,
  RowMarker,
  type RowMarks,
} from './judging.ts';
import { Kernel } from './kernel.ts';
import { lastNotAfter } from './lastNotAfter.ts';
import { chunksOf, type Meetings, NOTE_WORDS, offsetOfWindow, sourceOfWindow, WINDOW_BYTES } from './meetings.ts';
import { type Refetcher, rawOf, understand } from './refetch.ts';
import { HASH_WORDS } from './review.ts';
import type { Tally } from './tally.ts';

/** Rows of one source, in the order of their offsets. */
export type DisputedRows = {
  readonly source: number;
  readonly offsets: Float64Array;
  /** 1: it is the later row of its pair. */
  readonly isLater: Uint8Array;
  /** True if later rows have been added up to be taken off. */
  readonly isReviewed: boolean;
  /** Its place among all disputed rows. */
  readonly first: number;
};

/**
 * All rows that share a fingerprint with one that is not the same bytes, by source in the order of the run. `differences`
 * are those of the pairs (review.ts), which say nothing of rows of sources that are not reviewed: those are all in dispute.
 */
export function disputedRows(
  meetings: readonly Meetings[],
  differences: Int32Array,
  isReviewed: (source: number) => boolean,
): DisputedRows[] {
  const windows = windowsOf(meetings);
  for (const { window, chunks } of windows) {
    if (isReviewed(sourceOfWindow(window))) continue;
    for (const chunk of chunks()) {
      for (let n = 1; n < chunk.length; n += NOTE_WORDS) differences[(chunk[n]! >>> 1) * HASH_WORDS] = 1;
    }
  }
  const isDisputed = disputedPairs(differences);
  if (!isDisputed) return [];
  // First rows of such pairs, by window and place; each is the first row of all pairs with that fingerprint.
  const firsts = new Set<number>();
  forEachNote(windows, (window, place, pair) => {
    if ((pair & 1) === 0 && isDisputed[pair >>> 1] === 1) firsts.add(window * WINDOW_BYTES + place);
  });
  forEachNote(windows, (window, place, pair) => {
    if ((pair & 1) === 0 && firsts.has(window * WINDOW_BYTES + place)) isDisputed[pair >>> 1] = 1;
  });
  const bySource = new Map<number, { offset: number; places: number[] }[]>();
  for (const { window, chunks } of windows) {
    const places = new Set<number>();
    for (const chunk of chunks()) {
      for (let n = 0; n < chunk.length; n += NOTE_WORDS) {
        const pair = chunk[n + 1]!;
        if (isDisputed[pair >>> 1] === 1) places.add(chunk[n]! * 2 + (pair & 1));
      }
    }
    if (places.size === 0) continue;
    const source = sourceOfWindow(window);
    const list = bySource.get(source) ?? [];
    bySource.set(source, list);
    list.push({ offset: offsetOfWindow(window), places: [...places] });
  }
  let first = 0;
  return [...bySource].map(([source, lists]) => {
    const sorted = lists.map(({ offset, places }) => ({ offset, places: Float64Array.from(places).sort() }));
    const rows = sorted.reduce((sum, { places }) => sum + places.length, 0);
    const [offsets, isLater] = [new Float64Array(rows), new Uint8Array(rows)];
    const found = { source, offsets, isLater, isReviewed: isReviewed(source), first };
    let filled = 0;
    for (const { offset, places } of sorted) {
      for (const place of places) {
        offsets[filled] = offset + Math.floor(place / 2);
        isLater[filled++] = place % 2;
      }
    }
    first += rows;
    return found;
  });
}

function disputedPairs(differences: Int32Array): Uint8Array | undefined {
  let pairs: Uint8Array | undefined;
  for (let word = 0; word < differences.length; word += HASH_WORDS) {
    if ((differences[word]! | differences[word + 1]! | differences[word + 2]! | differences[word + 3]!) === 0) continue;
    pairs ??= new Uint8Array(differences.length / HASH_WORDS);
    pairs[word / HASH_WORDS] = 1;
  }
  return pairs;
}

type AllNotes = readonly { readonly window: number; readonly chunks: () => Generator<Uint32Array> }[];

/** Windows of all shares of the search, in the order of the run. */
function windowsOf(meetings: readonly Meetings[]): AllNotes {
  const lists = new Map<number, (() => Generator<Uint32Array>)[]>();
  for (const part of meetings) {
    for (const list of part.windows) {
      lists.set(list.window, [...(lists.get(list.window) ?? []), () => chunksOf(part, list)]);
    }
  }
  return [...lists]
    .sort(([a], [b]) => a - b)
    .map(([window, parts]) => ({
      window,
      *chunks() {
        for (const part of parts) yield* part();
      },
    }));
}

/** Windows are given by their places in the list, so that with a place in them they are a number. */
function forEachNote(windows: AllNotes, take: (window: number, place: number, pair: number) => void): void {
  for (const [i, { chunks }] of windows.entries()) {
    for (const chunk of chunks()) {
      for (let n = 0; n < chunk.length; n += NOTE_WORDS) take(i, chunk[n]!, chunk[n + 1]!);
    }
  }
}

export type Verdicts = {
  readonly repeated: number;
  readonly conflicts: number;
  /** Of the repeated ones those whose fields are empty where the counting row has a zero, or the other way round. */
  readonly differing: number;
  /** By disputed row the row that counts in its place, itself if it counts. */
  readonly countsFor: Int32Array;
  /** 1 for conflicts. */
  readonly isConflict: Uint8Array;
  readonly marks: RowMarks;
  /** Sources that could not be read again. */
  readonly failures: readonly Problem[];
};

/** Rows of a task, at least, if there are so many. */
const TASK_ROWS = 1 << 14;

export async function judge(
  disputed: readonly DisputedRows[],
  refetchers: readonly (Refetcher | undefined)[],
  crew: Pick<Crew, 'judge'>,
  order: Omit<JudgingOrder, 'tasks' | 'marks' | 'taken'>,
): Promise<Verdicts> {
  const count = disputed.reduce((sum, { offsets }) => sum + offsets.length, 0);
  const marks = newRowMarks(count);
  const tasks = disputed.flatMap((rows) => (rows.isReviewed ? judgingTasks(rows, refetchers[rows.source]!) : []));
  const found = tasks.length === 0 ? [] : await crew.judge({ ...order, tasks, marks, taken: newCounter() });
  const failures = found.flat();
  if (failures.length === 0) {
    // Rows whose meaning depends on where they stand are understood one by one.
    const others = disputed.filter(({ isReviewed }) => !isReviewed);
    if (others.length > 0) await markEach(others, refetchers, new RowMarker(new Kernel(), { ...order, marks }), order);
  }
  const { events, countsFor, tied } = eventsAmong(marks);
  if (failures.length === 0 && tied) await settleTies(disputed, refetchers, marks, countsFor, order);
  const isConflict = new Uint8Array(count);
  let conflicts = 0;
  let differing = 0;
  for (let row = 0; row < count; row++) {
    const other = countsFor[row]!;
    if (!hasSame(marks, row, other, CONTENT_AT)) {
      isConflict[row] = 1;
      conflicts++;
    } else if (!hasSame(marks, row, other, FORM_AT)) differing++;
  }
  return { repeated: count - conflicts - events, conflicts, differing, countsFor, isConflict, marks, failures };
}

export function newCounter(): Int32Array {
  return new Int32Array(new SharedArrayBuffer(4));
}

/** Stretches begin at landmarks, so that lines are known in them. */
function judgingTasks({ source, offsets, first }: DisputedRows, refetcher: Refetcher): JudgingTask[] {
  if (refetcher.path === undefined) return [{ source, first, offsets, stretches: [] }];
  const { landmarks } = refetcher;
  const tasks: JudgingTask[] = [];
  let stretches: JudgedStretch[] = [];
  let begin = 0;
  let [from, reached] = [-1, -1];
  const endStretch = (end: number) => {
    const [start, lines] = [landmarks[from * 2]!, landmarks[from * 2 + 1]!];
    stretches.push({ start, stop: offsets[end - 1]! + 1, lines });
  };
  const endTask = (end: number) => {
    tasks.push({ source, first: first + begin, offsets: offsets.slice(begin, end), stretches });
    stretches = [];
    begin = end;
  };
  for (let i = 0; i < offsets.length; i++) {
    const landmark = lastNotAfter(landmarks, offsets[i]!, 2);
    const isEnough = landmark !== reached && i - begin >= TASK_ROWS;
    if (reached < 0) from = landmark;
    else if (isEnough || landmark > reached + 1) {
      endStretch(i);
      if (isEnough) endTask(i);
      from = landmark;
    }
    reached = landmark;
  }
  endStretch(offsets.length);
  endTask(offsets.length);
  return tasks;
}

async function markEach(
  disputed: readonly DisputedRows[],
  refetchers: readonly (Refetcher | undefined)[],
  marker: RowMarker,
  { wanted }: { wanted: Wanted },
): Promise<void> {
  for (const { source, offsets, first } of disputed) {
    const refetcher = refetchers[source]!;
    await refetcher.visit(offsets, (bytes, i) => {
      marker.mark(first + i, understand(bytes, refetcher.shapeAt(offsets[i]!), wanted, 0), refetcher.line);
    });
  }
}

/**
 * Finds the row of each event that counts: the one with the earliest instant, of several the first. `tied`: there are
 * several, and their bytes decide.
 */
function eventsAmong(marks: RowMarks): { events: number; countsFor: Int32Array; tied: boolean } {
  const { at, words } = marks;
  const rows = at.length;
  const mask = 2 ** Math.ceil(Math.log2(rows * 2 + 1)) - 1;
  // Open addressing: the first row of an event + 1, 0 is free.
  const slots = new Int32Array(mask + 1);
  const firsts = new Int32Array(rows);
  const counting = new Int32Array(rows);
  let events = 0;
  let tied = false;
  for (let row = 0; row < rows; row++) {
    let slot = words[row * MARK_WORDS + KEY_AT]! & mask;
    while (slots[slot] !== 0 && !hasSame(marks, slots[slot]! - 1, row, KEY_AT)) slot = (slot + 1) & mask;
    if (slots[slot] === 0) {
      slots[slot] = row + 1;
      counting[row] = row;
      events++;
    }
    const first = slots[slot]! - 1;
    firsts[row] = first;
    const order = row === first ? 1 : compareInstants(marks, row, counting[first]!);
    if (order < 0) counting[first] = row;
    tied ||= order === 0;
  }
  return { events, countsFor: firsts.map((first) => counting[first]!), tied };
}

function compareInstants({ at, nanoseconds }: RowMarks, one: number, other: number): number {
  return at[one]! - at[other]! || nanoseconds[one]! - nanoseconds[other]!;
}

function hasSame({ words }: RowMarks, one: number, other: number, which: number): boolean {
  if (one === other) return true;
  const [a, b] = [one * MARK_WORDS + which, other * MARK_WORDS + which];
  for (let word = 0; word < HASH_WORDS; word++) if (words[a + word] !== words[b + word]) return false;
  return true;
}

/** Of rows that have the earliest instant of their event in common, the one counts whose bytes are least. */
async function settleTies(
  disputed: readonly DisputedRows[],
  refetchers: readonly (Refetcher | undefined)[],
  marks: RowMarks,
  countsFor: Int32Array,
  { wanted }: { wanted: Wanted },
): Promise<void> {
  const rows = countsFor.length;
  const isTied = new Uint8Array(rows);
  for (let row = 0; row < rows; row++) {
    const counted = countsFor[row]!;
    if (row !== counted && compareInstants(marks, row, counted) === 0) isTied[row] = isTied[counted] = 1;
  }
  /** By the row that counted so far: the row whose bytes are least of those that have been read. */
  const least = new Map<number, { row: number; raw: string }>();
  for (const { source, offsets, first } of disputed) {
    const refetcher = refetchers[source]!;
    const own = [...offsets.keys()].filter((i) => isTied[first + i] === 1);
    await refetcher.visit(
      Float64Array.from(own, (i) => offsets[i]!),
      (bytes, n) => {
        const i = own[n]!;
        const row = first + i;
        const raw = rawOf(bytes, refetcher.shapeAt(offsets[i]!), wanted);
        const known = least.get(countsFor[row]!);
        if (!known || countsBefore({ at: NO_MATTER, raw }, { at: NO_MATTER, raw: known.raw }))
          least.set(countsFor[row]!, { row, raw });
      },
    );
  }
  for (let row = 0; row < rows; row++) countsFor[row] = least.get(countsFor[row]!)?.row ?? countsFor[row]!;
}

/** Of rows of the same instant. */
const NO_MATTER = { ms: 0, ns: 0 };

/** Puts right what has been added up to be taken off: `given` gets the rows that count after all, `taken` those that do not. */
export async function correct(
  disputed: readonly DisputedRows[],
  refetchers: readonly (Refetcher | undefined)[],
  { countsFor }: Verdicts,
  { wanted, given, taken }: { wanted: Wanted; given: Tally; taken: Tally },
): Promise<void> {
  for (const { source, offsets, isLater, isReviewed, first } of disputed) {
    const refetcher = refetchers[source]!;
    const counts = (i: number) => countsFor[first + i] === first + i;
    const wrong = [...offsets.keys()].filter((i) => counts(i) === (isReviewed && isLater[i] === 1));
    await refetcher.visit(
      Float64Array.from(wrong, (i) => offsets[i]!),
      (bytes, i) => {
        const tally = counts(wrong[i]!) ? given : taken;
        const offset = offsets[wrong[i]!]!;
        tally.takeRow(understand(bytes, refetcher.shapeAt(offset), wanted, 0), { source, base: offset });
      },
    );
  }
}
