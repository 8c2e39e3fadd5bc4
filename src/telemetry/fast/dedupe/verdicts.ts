/** Which of the rows in dispute are one event, and which of these counts. */
import type { Problem } from '../../../core/problem.ts';
import type { Wanted } from '../../columns.ts';
import { comparedTexts, countsBefore, type Delivery } from '../../event.ts';
import { Kernel } from '../kernel.ts';
import { lastNotAfter } from '../lastNotAfter.ts';
import type { DedupeWorkers } from './dedupeWorkers.ts';
import type { DisputedRows } from './disputes.ts';
import type { JudgedRange, JudgingJob, JudgingTask } from './judging.ts';
import type { Refetcher } from './refetch.ts';
import { decodeRow } from './refetchedRow.ts';
import { HASH_WORDS } from './review.ts';
import { CONTENT_AT, KEY_AT, MARK_WORDS, newRowMarks, REJECTED_NOW, RowMarker, type RowMarks } from './rowMarks.ts';

export type Verdicts = {
  readonly repeated: number;
  readonly conflicts: number;
  /** By disputed row the row that counts in its place, itself if it counts. */
  readonly countsFor: Int32Array;
  /** 1 for conflicts. */
  readonly isConflict: Uint8Array;
  readonly marks: RowMarks;
};

/** Rows of a task, at least, if there are so many. */
const TASK_ROWS = 1 << 14;

/** `failures`: of sources that could not be read again; nothing is judged then. */
export async function judge(
  disputed: readonly DisputedRows[],
  refetchers: readonly (Refetcher | undefined)[],
  pool: Pick<DedupeWorkers, 'judge'>,
  job: Omit<JudgingJob, 'tasks' | 'marks' | 'nextTask'>,
): Promise<Verdicts | { readonly failures: readonly Problem[] }> {
  const count = disputed.reduce((sum, { offsets }) => sum + offsets.length, 0);
  const marks = newRowMarks(count);
  const tasks = disputed.flatMap((rows) => (rows.isReviewed ? judgingTasks(rows, refetchers[rows.source]!) : []));
  const found = tasks.length === 0 ? [] : await pool.judge({ ...job, tasks, marks, nextTask: newCounter() });
  const failures = found.flat();
  if (failures.length > 0) return { failures };
  // Rows whose meaning depends on where they stand are understood one by one.
  const others = disputed.filter(({ isReviewed }) => !isReviewed);
  if (others.length > 0) await markEach(others, refetchers, new RowMarker(new Kernel(), { ...job, marks }), job);
  const { events, countsFor, tied } = eventsAmong(marks);
  if (tied) await settleTies(disputed, refetchers, marks, countsFor, job);
  const isConflict = new Uint8Array(count);
  let conflicts = 0;
  for (let row = 0; row < count; row++) {
    const other = countsFor[row]!;
    if (hasSame(marks, row, other, CONTENT_AT)) continue;
    isConflict[row] = 1;
    conflicts++;
  }
  return { repeated: count - conflicts - events, conflicts, countsFor, isConflict, marks };
}

export function newCounter(): Int32Array {
  return new Int32Array(new SharedArrayBuffer(4));
}

/** Stretches begin at checkpoints, so that lines are known in them. */
function judgingTasks({ source, offsets, first }: DisputedRows, refetcher: Refetcher): JudgingTask[] {
  if (refetcher.path === undefined) return [{ source, first, offsets, stretches: [] }];
  const { checkpoints } = refetcher;
  const tasks: JudgingTask[] = [];
  let stretches: JudgedRange[] = [];
  let begin = 0;
  let [from, reached] = [-1, -1];
  const endStretch = (end: number) => {
    const [start, lines] = [checkpoints[from * 2]!, checkpoints[from * 2 + 1]!];
    stretches.push({ start, stop: offsets[end - 1]! + 1, lines });
  };
  const endTask = (end: number) => {
    tasks.push({ source, first: first + begin, offsets: offsets.slice(begin, end), stretches });
    stretches = [];
    begin = end;
  };
  for (let i = 0; i < offsets.length; i++) {
    const checkpoint = lastNotAfter(checkpoints, offsets[i]!, 2);
    const isEnough = checkpoint !== reached && i - begin >= TASK_ROWS;
    if (reached < 0) from = checkpoint;
    else if (isEnough || checkpoint > reached + 1) {
      endStretch(i);
      if (isEnough) endTask(i);
      from = checkpoint;
    }
    reached = checkpoint;
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
      marker.mark(first + i, decodeRow(bytes, refetcher.shapeAt(offsets[i]!), wanted, refetcher), refetcher.line);
    });
  }
}

/**
 * Finds the row of each event that counts: the one with the earliest instant, of several the first. `tied`: there are
 * several, and their contents decide.
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

/** Settles ties: among rows that share the earliest instant of their event, the row with the least content counts. */
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
  /** By the row that counted so far: the row whose content is least of those that have been read. */
  const least = new Map<number, Delivery & { readonly row: number }>();
  for (const { source, offsets, first } of disputed) {
    const refetcher = refetchers[source]!;
    const own = [...offsets.keys()].filter((i) => isTied[first + i] === 1);
    await refetcher.visit(
      Float64Array.from(own, (i) => offsets[i]!),
      (bytes, n) => {
        const i = own[n]!;
        const row = first + i;
        const found = decodeRow(bytes, refetcher.shapeAt(offsets[i]!), wanted, refetcher);
        if ('fault' in found) throw new Error(REJECTED_NOW);
        const delivery = { row, at: NO_MATTER, content: comparedTexts(found.texts, wanted.meters), raw: found.raw };
        const known = least.get(countsFor[row]!);
        if (!known || countsBefore(delivery, known)) least.set(countsFor[row]!, delivery);
      },
    );
  }
  for (let row = 0; row < rows; row++) countsFor[row] = least.get(countsFor[row]!)?.row ?? countsFor[row]!;
}

/** An instant for rows whose instants are equal anyway. */
const NO_MATTER = { ms: 0, ns: 0 };
