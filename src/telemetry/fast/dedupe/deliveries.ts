/**
 * Tells repeated deliveries from new events. Rows whose fingerprints meet are looked at again: of rows that are the same bytes
 * one stays (review.ts); others are read again and understood (disputes.ts). Of rows with one key that row counts which
 * {@link countsBefore} all others; those with the same content repeat it, those with another are in conflict with it. Neither
 * counts, so both are retracted off.
 */
import { randomBytes } from 'node:crypto';
import type { Problem } from '../../../core/problem.ts';
import { lastNotAfter } from '../lastNotAfter.ts';
import type { EventLogShard } from '../ledger/eventLog.ts';
import { Accumulator, type MemoryLimits, type ThreadTotals } from '../scan/accumulator.ts';
import type { ScanJob } from '../scan/scanJob.ts';
import type { Shape } from '../scan/shape.ts';
import {
  type CandidatePairs,
  chunksOf,
  NOTE_WORDS,
  offsetOfWindow,
  sourceOfWindow,
  WINDOW_BYTES,
} from './candidates.ts';
import type { DedupeWorkers } from './dedupeWorkers.ts';
import { correct, type DisputedRows, disputedRows } from './disputes.ts';
import type { Refetcher } from './refetch.ts';
import { HASH_WORDS, type HashKey, type ReviewTask } from './review.ts';
import { ID_AT, MARK_WORDS } from './rowMarks.ts';
import { judge, newCounter, type Verdicts } from './verdicts.ts';

export type Place = { readonly source: number; readonly offset: number; readonly line: number };

/**
 * `counted` is the row that counts instead. The id is `idLength` bytes of the row, from its byte `idFrom` on, unless that is
 * outside of it or holds an escape.
 */
export type Conflict = Place & { readonly idFrom: number; readonly idLength: number; readonly counted: Place };

export type Deliveries = {
  readonly repeated: number;
  /** In the order of the run. */
  readonly conflicts: readonly Conflict[];
  /** Rows to take off, added up, and rows to add after all. */
  readonly retracted: readonly ThreadTotals[];
  readonly added: readonly ThreadTotals[];
  /** The two would not do: everything has to be read again without the rows that do not count. */
  readonly needsAnotherPass: boolean;
  readonly failures: readonly Problem[];
  /** Offsets of the rows that do not count, ascending, by source. */
  places(): Map<number, Float64Array>;
};

/** So many rows of a window make it worth while for threads to share it. */
const SHARED_NOTES = 50_000;
const WINDOW_SHARES = 4;

export async function compareDeliveries(
  pool: DedupeWorkers,
  logs: readonly EventLogShard[],
  refetchers: readonly (Refetcher | undefined)[],
  job: Omit<ScanJob, 'skip'>,
  {
    memoryHere,
    yieldToEventLoop,
    canTakeOff,
  }: {
    /** For what this thread adds up besides. */
    memoryHere: MemoryLimits;
    yieldToEventLoop: () => Promise<void> | undefined;
    /** False if rows that were found to be in such disputes have effects that are not undone by taking them off. */
    canTakeOff: (found: Pick<Verdicts, 'conflicts'>) => boolean;
  },
): Promise<Deliveries> {
  const candidates = await pool.findCandidates(logs, yieldToEventLoop);
  const pairs = candidates.reduce((most, { pairsEnd }) => Math.max(most, pairsEnd), 0);
  if (pairs === 0) return NOTHING;
  const differences = new Int32Array(new SharedArrayBuffer(pairs * HASH_WORDS * 4));
  const layouts = new Layouts();
  const reviewed = refetchers.map((refetcher) => {
    if (!refetcher?.isUniform) return undefined;
    const shape = refetcher.shapeAt(0);
    return { shape, path: refetcher.path, layout: layouts.of(shape) };
  });
  const key = randomKey();
  const tasks = reviewTasks(candidates, refetchers);
  const reviews = await pool.review({ ...job, candidates, reviewed, tasks, nextTask: newCounter(), key, differences });
  const failures = reviews.flatMap((review) => review.failures);
  const retracted = reviews.map((review) => review.part);
  const pairsFound = countPairs(candidates);
  if (failures.length > 0) {
    return { ...NOTHING, repeated: pairsFound, retracted, failures };
  }
  const isReviewed = (source: number) => refetchers[source]!.isUniform;
  const disputed = disputedRows(candidates, differences, isReviewed);
  const verdicts = await judge(disputed, refetchers, pool, { ...job, reviewed, key });
  if ('failures' in verdicts) {
    return { ...NOTHING, repeated: pairsFound, retracted, failures: verdicts.failures };
  }
  const added: ThreadTotals[] = [];
  const needsAnotherPass = !canTakeOff(verdicts);
  if (disputed.length > 0 && !needsAnotherPass) {
    const accumulators = [0, 1].map(() => new Accumulator({ ...job.request, dedupe: false }, memoryHere));
    await correct(disputed, refetchers, verdicts, { ...job, added: accumulators[0]!, retracted: accumulators[1]! });
    added.push(accumulators[0]!.finish());
    retracted.push(accumulators[1]!.finish());
  }
  const laterInDispute = disputed.reduce((sum, { isLater }) => sum + isLater.reduce((all, one) => all + one, 0), 0);
  return {
    repeated: pairsFound - laterInDispute + verdicts.repeated,
    conflicts: conflictsOf(disputed, verdicts),
    retracted,
    added,
    needsAnotherPass,
    failures,
    places: () => placesOf(candidates, disputed, verdicts),
  };
}

const NOTHING: Deliveries = {
  repeated: 0,
  conflicts: [],
  retracted: [],
  added: [],
  needsAnotherPass: false,
  failures: [],
  places: () => new Map(),
};

/** Nobody can have made rows for it; which one it is changes nothing. */
function randomKey(): HashKey {
  const bytes = randomBytes(16);
  return [bytes.readBigUInt64LE(0), bytes.readBigUInt64LE(8)];
}

/** Numbers for shapes, equal for those under which the same bytes mean the same. */
class Layouts {
  private readonly numbers = new Map<string, number>();
  private readonly known = new Map<Shape, number>();

  of(shape: Shape): number {
    let number = this.known.get(shape);
    if (number === undefined) {
      const { format, header } = shape;
      const text = JSON.stringify([format, header?.dialect, header?.fields, header?.layout]);
      number = this.numbers.get(text) ?? this.numbers.size;
      this.numbers.set(text, number);
      this.known.set(shape, number);
    }
    return number;
  }
}

/** Sources that have to be decompressed again in one piece, others window by window; none where equal bytes may differ in meaning. */
function reviewTasks(
  candidates: readonly CandidatePairs[],
  refetchers: readonly (Refetcher | undefined)[],
): ReviewTask[] {
  const notes = new Map<number, number>();
  for (const part of candidates) {
    for (const list of part.windows) notes.set(list.window, (notes.get(list.window) ?? 0) + list.notes);
  }
  const windows = [...notes.keys()].sort((a, b) => a - b);
  const whole = { from: 0, until: WINDOW_BYTES };
  const streamed = new Map<number, number[]>();
  const tasks: ReviewTask[] = [];
  for (const window of windows) {
    const source = sourceOfWindow(window);
    if (!refetchers[source]!.isUniform) continue;
    if (refetchers[source]!.path === undefined) {
      const own = streamed.get(source) ?? [];
      streamed.set(source, own);
      own.push(window);
      continue;
    }
    const shares = notes.get(window)! < SHARED_NOTES ? 1 : WINDOW_SHARES;
    for (let share = 0; share < shares; share++) {
      const [from, until] = [share, share + 1].map((end) => (WINDOW_BYTES / shares) * end) as [number, number];
      tasks.push({ source, windows: [window], from, until });
    }
  }
  return [...[...streamed].map(([source, own]) => ({ source, windows: own, ...whole })), ...tasks];
}

/** Each pair is noted with both its rows. */
function countPairs(candidates: readonly CandidatePairs[]): number {
  return candidates.reduce((sum, { windows }) => sum + windows.reduce((all, { notes }) => all + notes, 0), 0) / 2;
}

function conflictsOf(disputed: readonly DisputedRows[], { isConflict, countsFor, marks }: Verdicts): Conflict[] {
  const { lines, words } = marks;
  const firsts = disputed.map(({ first }) => first);
  const placeOf = (row: number): Place => {
    const { source, offsets, first } = disputed[lastNotAfter(firsts, row)]!;
    return { source, offset: offsets[row - first]!, line: lines[row]! };
  };
  const conflicts: Conflict[] = [];
  for (const { source, offsets, first } of disputed) {
    for (const [i, offset] of offsets.entries()) {
      const row = first + i;
      if (isConflict[row] === 1) {
        const id = row * MARK_WORDS + ID_AT;
        const [idFrom, idLength] = [words[id]!, words[id + 1]!];
        conflicts.push({ source, offset, line: lines[row]!, idFrom, idLength, counted: placeOf(countsFor[row]!) });
      }
    }
  }
  return conflicts;
}

function placesOf(
  candidates: readonly CandidatePairs[],
  disputed: readonly DisputedRows[],
  { countsFor }: Verdicts,
): Map<number, Float64Array> {
  const places = new Map<number, Set<number>>();
  for (const part of candidates) {
    for (const list of part.windows) {
      const source = sourceOfWindow(list.window);
      const own = places.get(source) ?? new Set();
      places.set(source, own);
      for (const chunk of chunksOf(part, list)) {
        for (let n = 0; n < chunk.length; n += NOTE_WORDS) {
          if ((chunk[n + 1]! & 1) === 1) own.add(offsetOfWindow(list.window) + chunk[n]!);
        }
      }
    }
  }
  for (const { source, offsets, first } of disputed) {
    const own = places.get(source)!;
    for (const [i, offset] of offsets.entries()) {
      if (countsFor[first + i] === first + i) own.delete(offset);
      else own.add(offset);
    }
  }
  return new Map([...places].map(([source, offsets]) => [source, Float64Array.from(offsets).sort()]));
}
