/** The job of each thread: claim the next task until there is none, and count its rows. */
import { closeSync } from 'node:fs';
import { threadId } from 'node:worker_threads';
import type { Problem } from '../../../core/problem.ts';
import { type Fault, saysWhy } from '../../row.ts';
import { InputFailure, type OpenSource, openSource } from '../../source.ts';
import { Accumulator, type ThreadTotals } from '../scan/accumulator.ts';
import { type FeedWatch, feedRange, feedStream } from '../scan/feed.ts';
import { type FoundReject, Scan } from '../scan/scan.ts';
import { CLAIMED, KIB_READ, type ScanJob, STOPPED, Stopped, scanOptions } from '../scan/scanJob.ts';
import type { ShapeFrom } from '../scan/shape.ts';
import { KeptRejects } from './keptRejects.ts';
import { assertNotEmpty, findRowStart, type PlainFile, reopenPlain, type Task } from './tasks.ts';

/** All that a thread has to know; it can be handed to another thread, streams excepted. */
export type ReadJob = ScanJob & {
  readonly tasks: readonly Task[];
  /** The tasks that any thread may claim, as indices of `tasks`. */
  readonly queue: readonly number[];
  /** Rejected rows are kept as they are written, as `ReadRequest` has it. */
  readonly keepsRaw: boolean;
  /** This thread's number, from 0, and how many threads the run has. */
  readonly member: { readonly number: number; readonly of: number };
};

export type TaskResult = {
  readonly task: number;
  /** The headers that it met, the one it began with first; none if it could read none. */
  readonly shapes: readonly ShapeFrom[];
  readonly lacksLineEnd: boolean;
  /** Names that a mapping promises and no line of the task has; of NDJSON only. */
  readonly missingKeys: readonly string[];
  /** Offsets of its first row, and of the first row after its last. */
  readonly start: number;
  readonly end: number;
  /** Line ends between the two. */
  readonly lines: number;
  readonly rowsRead: number;
  readonly rejected: number;
  /** Rows that the mapping's conditions leave out. */
  readonly leftOutRows: number;
  /** Some row is such that a mapping's keys have to be in the source. */
  readonly hasRows: boolean;
  /** Rejects that have not been reported: offset and line, one pair after another. */
  readonly pending: readonly number[];
  /** The fault of each of them; undefined: the row has to be decoded again. */
  readonly faults: readonly (Fault | undefined)[];
  /** The bytes of each of them as Latin-1; undefined: they have to be read again. */
  readonly raws: readonly (string | undefined)[];
  /** Offsets of rows and the lines before them, from the first of the task, one pair after another. */
  readonly checkpoints: readonly number[];
  readonly bytes: number;
  readonly failure: Problem | undefined;
};

export type WorkerReport = { readonly results: readonly TaskResult[]; readonly part: ThreadTotals };

/** Ways in which the thread of the caller differs from the others. */
export type WorkerContext = {
  /** Tasks that only this thread can do. */
  readonly here: readonly number[];
  readonly reportReject: (source: number, reject: FoundReject) => void;
  readonly yieldToEventLoop: () => Promise<void> | undefined;
  /** Opens a source that only this thread can read. */
  readonly openStream?: (source: number) => ReturnType<typeof openSource>;
};

export async function runTasks(job: ReadJob, place: WorkerContext): Promise<WorkerReport> {
  const { kernelBytes, log } = job.memory;
  const spillPath = `${log.spillPath}-${threadId}`;
  const accumulator = new Accumulator(job.request, { kernelBytes, log: { ...log, spillPath } });
  const member = { ...place, accumulator, kept: new KeptRejects() };
  const results: TaskResult[] = [];
  for (const task of place.here) results.push(await runTask(job, task, member));
  for (const task of queuedTasks(job)) results.push(await runTask(job, task, member));
  return { results, part: accumulator.finish() };
}

/**
 * Tasks of the queue, each of which one thread gets: first those of its own share in their order, so that what is next to
 * each other, mostly also in time, is added up in one place; then what is left of the others', from the end.
 */
function* queuedTasks({ queue, shared, member }: ReadJob): Generator<number> {
  const isFree = (place: number) => Atomics.compareExchange(shared, CLAIMED + place, 0, 1) === 0;
  const begin = (number: number) => Math.floor((queue.length * number) / member.of);
  for (let place = begin(member.number); place < begin(member.number + 1); place++) {
    if (isFree(place)) yield queue[place]!;
  }
  for (let other = member.of - 1; other >= 0; other--) {
    for (let place = begin(other + 1) - 1; place >= begin(other); place--) if (isFree(place)) yield queue[place]!;
  }
}

type TaskContext = WorkerContext & { readonly accumulator: Accumulator; readonly kept: KeptRejects };

async function runTask(job: ReadJob, number: number, member: TaskContext): Promise<TaskResult> {
  const { accumulator, kept } = member;
  const task = job.tasks[number]!;
  const source = job.sources[task.source]!;
  const pending: number[] = [];
  const faults: (Fault | undefined)[] = [];
  const raws: (string | undefined)[] = [];
  const checkpoints: number[] = [];
  const options = scanOptions(job, task.source, (reject) => {
    if (task.reportsRejects) return member.reportReject(task.source, reject);
    pending.push(reject.offset, reject.line);
    faults.push(kept.keepFault(reject.fault));
    raws.push(job.keepsRaw || !saysWhy(reject.fault) ? kept.keepRaw(reject.raw) : '');
  });
  const scan = new Scan(options, accumulator, task.shape);
  const watch: FeedWatch = {
    onProgress(bytes, offset, lines) {
      if (Atomics.load(job.shared, STOPPED) !== 0) throw new Stopped();
      Atomics.add(job.shared, KIB_READ, bytes >> 10);
      checkpoints.push(offset, lines);
    },
    yieldToEventLoop: member.yieldToEventLoop,
  };
  let start = 0;
  let end = 0;
  let bytes = 0;
  let failure: Problem | undefined;
  let plain: PlainFile | undefined;
  let stream: OpenSource | undefined;
  const { chunkBytes } = job;
  const { kernel } = accumulator;
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
  const { rowsRead, rejected, leftOutRows, hasRows, lines, shapes, lacksLineEnd } = scan;
  return {
    ...{ task: number, shapes, lacksLineEnd, start, end, lines, rowsRead, rejected, leftOutRows, hasRows },
    missingKeys: scan.shape?.format === 'ndjson' ? scan.promised.names() : [],
    ...{ pending, faults, raws, checkpoints, bytes, failure },
  };
}
