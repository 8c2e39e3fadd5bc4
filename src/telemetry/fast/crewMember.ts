/** What each thread does: take the next task until there is none, and count its rows. */
import { closeSync } from 'node:fs';
import { threadId } from 'node:worker_threads';
import type { Problem } from '../../core/problem.ts';
import type { Wanted } from '../columns.ts';
import type { InputFormat } from '../formats.ts';
import { type Fault, saysWhy } from '../row.ts';
import { InputFailure, type OpenSource, openSource, type Source } from '../source.ts';
import type { Batch } from './batch.ts';
import { type FeedWatch, feedRange, feedStream } from './feed.ts';
import { KeptRejects } from './keptRejects.ts';
import { lastNotAfter } from './lastNotAfter.ts';
import { type FoundReject, type RowFilter, Scan, type ScanOptions } from './scan.ts';
import type { ShapeFrom } from './shape.ts';
import { Tally, type TallyMemory, type TallyPart, type TallyRequest } from './tally.ts';
import { assertNotEmpty, findRowStart, type PlainFile, reopenPlain, type Task } from './tasks.ts';

/** All that a thread has to know; it can be handed to another one, streams excepted. */
export type CrewOrder = {
  readonly sources: readonly Source[];
  readonly tasks: readonly Task[];
  /** The tasks that any thread may take, by their places among `tasks`. */
  readonly queue: readonly number[];
  readonly request: TallyRequest;
  readonly wanted: Wanted;
  readonly forcedFormat: InputFormat | undefined;
  readonly chunkBytes: number;
  /** For each thread; the path is how the file for what is more begins. */
  readonly memory: TallyMemory;
  /** Rows to leave out, by source: their offsets, ascending. Found in an earlier pass. */
  readonly skip: ReadonlyMap<number, Float64Array>;
  readonly shared: SharedState;
  /** As `ReadRequest` has it. */
  readonly keepsRaw: boolean;
  /** This thread's place among all of the run. */
  readonly member: { readonly number: number; readonly of: number };
  /** The compiled kernel. */
  readonly kernel: WebAssembly.Module;
};

/** [0] 1 to stop, [1] KiB read so far, and from [2] for each place in the queue 1 once its task is taken. */
export type SharedState = Int32Array;
export const STOPPED = 0;
export const KIB_READ = 1;
export const TAKEN = 2;

export type TaskResult = {
  readonly task: number;
  /** The headers that it met, the one it began with first; none if it could read none. */
  readonly shapes: readonly ShapeFrom[];
  readonly lacksLineEnd: boolean;
  /** Names that a mapping promises and no line of the task has; of NDJSON only. */
  readonly missingKeys: readonly string[];
  /** Where its first row begins, and where the first one after its last. */
  readonly start: number;
  readonly end: number;
  /** Line ends between the two. */
  readonly lines: number;
  readonly rowsRead: number;
  readonly rejected: number;
  /** Rejects that have not been told: offset and line, one pair after another. */
  readonly untold: readonly number[];
  /** What is wrong with each of them; undefined: the row has to be understood again. */
  readonly faults: readonly (Fault | undefined)[];
  /** The bytes of each of them as Latin-1; undefined: they have to be read again. */
  readonly raws: readonly (string | undefined)[];
  /** Offsets of rows and the lines before them, from the first of the task, one pair after another. */
  readonly landmarks: readonly number[];
  readonly bytes: number;
  readonly failure: Problem | undefined;
};

export type CrewMemberReport = { readonly results: readonly TaskResult[]; readonly part: TallyPart };

/** Ways in which the thread of the caller differs from the others. */
export type CrewMemberPlace = {
  /** Tasks that only this thread can do. */
  readonly here: readonly number[];
  readonly tellReject: (source: number, reject: FoundReject) => void;
  readonly breathe: () => Promise<void> | undefined;
  /** Opens a source that only this thread can read. */
  readonly openStream?: (source: number) => ReturnType<typeof openSource>;
};

export async function runTasks(order: CrewOrder, place: CrewMemberPlace): Promise<CrewMemberReport> {
  const { kernelBytes, log } = order.memory;
  const spillPath = `${log.spillPath}-${threadId}`;
  const tally = new Tally(order.request, { kernelBytes, log: { ...log, spillPath } });
  const member = { ...place, tally, kept: new KeptRejects() };
  const results: TaskResult[] = [];
  for (const task of place.here) results.push(await runTask(order, task, member));
  for (const task of queuedTasks(order)) results.push(await runTask(order, task, member));
  return { results, part: tally.finish() };
}

/**
 * Tasks of the queue, each of which one thread gets: first those of its own share in their order, so that what is next to
 * each other, mostly also in time, is added up in one place; then what is left of the others', from the end.
 */
function* queuedTasks({ queue, shared, member }: CrewOrder): Generator<number> {
  const isFree = (place: number) => Atomics.compareExchange(shared, TAKEN + place, 0, 1) === 0;
  const begin = (number: number) => Math.floor((queue.length * number) / member.of);
  for (let place = begin(member.number); place < begin(member.number + 1); place++) {
    if (isFree(place)) yield queue[place]!;
  }
  for (let other = member.of - 1; other >= 0; other--) {
    for (let place = begin(other + 1) - 1; place >= begin(other); place--) if (isFree(place)) yield queue[place]!;
  }
}

type CrewMember = CrewMemberPlace & { readonly tally: Tally; readonly kept: KeptRejects };

async function runTask(order: CrewOrder, number: number, member: CrewMember): Promise<TaskResult> {
  const { tally, kept } = member;
  const task = order.tasks[number]!;
  const source = order.sources[task.source]!;
  const untold: number[] = [];
  const faults: (Fault | undefined)[] = [];
  const raws: (string | undefined)[] = [];
  const landmarks: number[] = [];
  const options = scanOptions(order, task.source, (reject) => {
    if (task.tellsRejects) return member.tellReject(task.source, reject);
    untold.push(reject.offset, reject.line);
    faults.push(kept.keepFault(reject.fault));
    raws.push(order.keepsRaw || !saysWhy(reject.fault) ? kept.keepRaw(reject.raw) : '');
  });
  const scan = new Scan(options, tally, task.shape);
  const watch: FeedWatch = {
    onProgress(bytes, offset, lines) {
      if (Atomics.load(order.shared, STOPPED) !== 0) throw new Stopped();
      Atomics.add(order.shared, KIB_READ, bytes >> 10);
      landmarks.push(offset, lines);
    },
    breathe: member.breathe,
  };
  let start = 0;
  let end = 0;
  let bytes = 0;
  let failure: Problem | undefined;
  let plain: PlainFile | undefined;
  let stream: OpenSource | undefined;
  const { chunkBytes } = order;
  const { kernel } = tally;
  try {
    if (task.range) {
      plain = reopenPlain(source);
      const { from, until } = task.range;
      if (!task.shape) assertNotEmpty(source, plain);
      start = task.shape ? findRowStart(plain.fd, from, task.shape) : from;
      const feed = { source, fd: plain.fd, chunkBytes, kernel };
      end = await feedRange(feed, { start, stop: until, size: plain.size }, scan, watch);
    } else {
      stream = member.openStream?.(task.source) ?? openSource(source);
      end = await feedStream({ source, chunks: stream.chunks, chunkBytes, kernel }, scan, watch);
    }
  } catch (error) {
    if (!(error instanceof InputFailure)) throw error;
    failure = error.problem;
    end = Number.NaN; // nothing can begin after it
  } finally {
    if (plain) closeSync(plain.fd);
  }
  if (plain) bytes = Math.min(task.range!.until, plain.size) - (task.shape ? task.range!.from : 0);
  else bytes = stream?.bytesRead() ?? 0;
  const { rowsRead, rejected, lines, shapes, lacksLineEnd } = scan;
  return {
    task: number,
    shapes,
    lacksLineEnd,
    missingKeys: scan.shape?.format === 'ndjson' ? scan.promised.names() : [],
    start,
    end,
    lines,
    rowsRead,
    rejected,
    untold,
    faults,
    raws,
    landmarks,
    bytes,
    failure,
  };
}

export function scanOptions(
  order: Pick<CrewOrder, 'sources' | 'wanted' | 'forcedFormat' | 'request'> & Partial<Pick<CrewOrder, 'skip'>>,
  source: number,
  onReject: (reject: FoundReject) => void,
): ScanOptions {
  const { sources, wanted, forcedFormat, request, skip } = order;
  const offsets = skip?.get(source);
  return {
    source: sources[source]!,
    sourceNumber: source,
    wanted,
    kept: { dimensions: request.dimensions.length, ids: request.dedupe },
    forcedFormat,
    filter: offsets && new SkippedRows(offsets),
    onReject,
  };
}

/** All rows but some. */
class SkippedRows implements RowFilter {
  private readonly offsets: Float64Array;

  constructor(offsets: Float64Array) {
    this.offsets = offsets;
  }

  leaveOut(batch: Batch, { base, leftOut }: { base: number; leftOut: Uint8Array }): number {
    let count = 0;
    for (let row = 0; row < batch.rows; row++) {
      const isLeftOut = this.has(base + batch.startOf(row));
      leftOut[row] = isLeftOut ? 1 : 0;
      if (isLeftOut) count++;
    }
    return count;
  }

  takes(offset: number): boolean {
    return !this.has(offset);
  }

  private has(offset: number): boolean {
    return this.offsets[lastNotAfter(this.offsets, offset)] === offset;
  }
}

/** The run was stopped from outside. */
export class Stopped extends Error {}
