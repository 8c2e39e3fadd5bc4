/**
 * The fast reader: the same answers as the reference reader, from bytes instead of strings and on all processors.
 *
 * Sources are cut into tasks (tasks.ts) that threads take one after another (crewMember.ts); each thread adds up what it
 * reads (accumulator.ts); the parts are put together here, and repeated deliveries are found and retracted off (deliveries.ts).
 */

import { availableParallelism } from 'node:os';
import { type Meter, needsEveryRow } from '../../core/catalog/meter.ts';
import type { Problem } from '../../core/problem.ts';
import type { Probe } from '../../core/usage/probe.ts';
import { hasCorrections, needsAllRows, sampleOf } from '../../core/usage/rowTerms.ts';
import { inputNames, wantedOf } from '../columns.ts';
import { statusOf } from '../fileState.ts';
import { missingKeys } from '../keyNames.ts';
import type {
  ProbeReader,
  ProbeRequest,
  ProbeResult,
  ReadRequest,
  RowReader,
  RowResult,
  SlowReason,
} from '../reader.ts';
import { probingBefore, readingBefore } from '../rowsBefore.ts';
import { missingDimensions } from '../seenDimensions.ts';
import { changeOf, type OpenSource, openSource, type Source } from '../source.ts';
import { COMPARED_ROWS, canReadAgain, SpooledPipes } from '../spooledPipes.ts';
import { decodeLoosely } from '../textRows.ts';
import { type Conflict, compareDeliveries, type Deliveries } from './dedupe/deliveries.ts';
import { Refetcher } from './dedupe/refetch.ts';
import { NO_SEEDS, seedsOf } from './dedupe/seeds.ts';
import { formColumnsOf } from './forms/formColumns.ts';
import { needsReference } from './forms/needsReference.ts';
import { kernelModule, roomForKernels } from './kernel.ts';
import { type LogSeeds, logBytes } from './ledger/eventLog.ts';
import { isValue } from './ledger/ledgerShard.ts';
import { mergeProbed, withoutBounds } from './ledger/probeTable.ts';
import { SlabLedgerView } from './ledger/slabLedgerView.ts';
import { reportPending } from './pendingRejects.ts';
import { type CountingRequest, type MemoryLimits, type ThreadTotals, USUAL_KERNEL_BYTES } from './scan/accumulator.ts';
import { CLAIMED, KIB_READ } from './scan/scanJob.ts';
import { isSameShape, type ShapeFrom } from './scan/shape.ts';
import { Scratch } from './scratch.ts';
import { openSpooled, type Spooled } from './spool.ts';
import type { ReadJob, TaskResult, WorkerContext } from './threads/readJob.ts';
import { type Task, tasksOf } from './threads/tasks.ts';
import { runPool, startWorkers, type WorkerPool } from './threads/workerPool.ts';

/** Sizes that change nothing but speed; tests make them tiny. */
export type Tuning = {
  readonly chunkBytes: number;
  readonly rangeBytes: number;
  readonly kernelBytes: number;
  /**
   * Least bytes of each thread's log of events, whatever the request says: a smaller log would be moved to disk all the
   * time.
   */
  readonly leastLogBytes: number;
  /** Seeds of fingerprints, instead of those from the content. */
  readonly seeds?: LogSeeds;
  /** Cut files into ranges even for a single thread. */
  readonly cutsAlways?: boolean;
};

const USUAL: Tuning = {
  chunkBytes: 1 << 18,
  rangeBytes: 1 << 23,
  kernelBytes: USUAL_KERNEL_BYTES,
  leastLogBytes: 1 << 23,
};

/** Time that this thread works before others get a turn: signals, progress, messages. */
const BREATH_MS = 50;

export const readUsage: RowReader = (request) => readUsageTuned(request, USUAL);

export async function readUsageTuned(request: ReadRequest, tuning: Tuning): Promise<RowResult> {
  const threads = threadsFor(request);
  const slow = slowReasonFor(request, threads);
  if (slow) return { ...(await (await plainReader()).readUsage(request)), slow };
  return readingBefore(async (asked) => {
    const run = new Run(asked, tuning, threads);
    try {
      const { probed: _, ...result } = await orChange(asked, () => run.read());
      return result;
    } finally {
      await run.end();
    }
  })(request);
}

/** Reads the values of probes with the fast reader. */
export const probeUsage: ProbeReader = (request) => probeUsageTuned(request, USUAL);

export function probeUsageTuned(request: ProbeRequest, tuning: Tuning): Promise<ProbeResult> {
  return probingBefore((asked) => probeTuned(asked, tuning))(request);
}

async function probeTuned(request: ProbeRequest, tuning: Tuning): Promise<ProbeResult> {
  const threads = threadsFor(request);
  if (slowReasonFor(request, threads)) return (await plainReader()).probeUsage(request);
  const run = new Run({ ...request, trace: false, onReject: () => undefined }, tuning, threads, request.probes);
  try {
    const { probed, rows, failures } = await orChange(request, () => run.read());
    return { probed, rows, failures };
  } finally {
    await run.end();
  }
}

/** Whatever goes wrong in a file that changed meanwhile goes wrong for that reason. */
async function orChange<T>({ sources }: Pick<ReadRequest, 'sources'>, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    for (const source of sources) throwIfChanged(source);
    throw error;
  }
}

function throwIfChanged(source: Source): void {
  const change = changeOf(source);
  if (change) throw change;
}

/** Starts the threads that reading these sources will take, for as long as the caller has something else to do first. */
export function prepareToRead(sources: readonly Source[], threads: number = availableParallelism()): void {
  const bytes = totalBytesOf(sources);
  startWorkers(Math.min(threads, Math.floor(bytes / USUAL.rangeBytes)) - 1);
}

/** Loaded when it is needed, which is seldom: its parsers would make every run start later. */
function plainReader(): Promise<typeof import('../reference/readUsage.ts')> {
  return import('../reference/readUsage.ts');
}

function slowReasonFor(
  { follow, meters, mapping, customerOf }: Pick<ReadRequest, 'follow' | 'meters' | 'mapping' | 'customerOf'>,
  threads: number,
) {
  if (customerOf) return 'aliases';
  if (mapping?.terms && needsAllRows(mapping.terms)) return 'series';
  if (sampleOf(mapping?.terms)) return 'sample';
  if (hasCorrections(mapping?.terms)) return 'corrections';
  if (needsReference(mapping)) return 'mapping';
  if (follow) return 'in-order';
  if (meters.some(needsEveryRow)) return 'every-row';
  return threads === 0 ? whyNoKernel() : undefined;
}

function whyNoKernel(): SlowReason {
  return kernelModule() === undefined ? 'no-simd' : 'no-room';
}

/** The number of threads that can read with a kernel; 0 where it cannot run. */
function threadsFor({ threads = availableParallelism(), dedupe }: Pick<ReadRequest, 'threads' | 'dedupe'>): number {
  if (kernelModule() === undefined) return 0;
  const others = dedupe ? KERNELS_OF_DEDUPLICATION : 0;
  return Math.max(0, roomForKernels(threads + others) - others);
}

/** Kernels of deduplication itself: one for totals of repeated deliveries, one for the search. */
const KERNELS_OF_DEDUPLICATION = 2;

class Run {
  private readonly request: ReadRequest;
  private readonly tuning: Tuning;
  private readonly threads: number;
  private job: Omit<ReadJob, 'tasks' | 'queue' | 'shared' | 'member' | 'skip' | 'request' | 'memory'> & {
    request: CountingRequest;
  };
  private readonly probes: readonly Probe[];
  private readonly totalBytes: number;
  private readonly seeds: LogSeeds;
  private readonly scratch: Scratch | undefined;
  /** Files in the place of sources that can be read only once, by their places among the sources. */
  private readonly spooled = new Map<number, Spooled>();
  private spooledBytes = 0;
  private pool: WorkerPool | undefined;
  private shared = newSharedState(0);
  /** Sources all of whose rejects have been reported. */
  private readonly reported = new Set<number>();
  private breathedAt = 0;
  private attempts = 0;

  constructor(request: ReadRequest, tuning: Tuning, threads: number, probes: readonly Probe[] = []) {
    const wanted = wantedOf(request);
    const { sources, meters, dimensions, buckets, period, spans, dedupe, trace, timezone, timeUnit, repeatedHour } =
      request;
    this.request = request;
    this.tuning = tuning;
    this.threads = threads;
    this.probes = probes;
    this.scratch = dedupe ? new Scratch() : undefined;
    this.job = {
      sources,
      request: {
        ...{ meters, dimensions, buckets, period, spans, dedupe, trace, timezone, timeUnit, repeatedHour },
        constants: wanted.constants,
        customer: wanted.customer,
        trimsIds: wanted.trimsIds,
        formColumns: formColumnsOf(wanted),
        probes: withoutBounds(probes),
      },
      wanted,
      forcedFormat: request.format,
      chunkBytes: tuning.chunkBytes,
      kernel: kernelModule()!,
      keepsRaw: request.keepsRaw ?? true,
    };
    this.totalBytes = totalBytesOf(sources);
    this.seeds = tuning.seeds ?? (dedupe ? seedsOf(sources) : NO_SEEDS);
  }

  async read(): Promise<RowResult & Pick<ProbeResult, 'probed'>> {
    const { threads } = this;
    await this.spool();
    let tasks = this.tasks(threads > 1 || this.tuning.cutsAlways ? this.tuning.rangeBytes : Number.POSITIVE_INFINITY);
    let results = await this.work(tasks, threads);
    if (!rangesMeet(tasks, results)) {
      // A quoted line end was retracted for the end of a row: each file in one piece, then.
      for (const task of tasks) if (task.reportsRejects) this.reported.add(task.source);
      await this.pool!.dismiss();
      tasks = this.tasks(Number.POSITIVE_INFINITY);
      results = await this.work(tasks, threads);
    }
    const parts = this.pool!.reports.map((report) => report.part);
    const resultsOf = bySource(results, tasks, this.request.sources.length);
    const refetchers = this.refetchers(tasks, resultsOf);
    const deliveries = this.request.dedupe ? await this.compare(refetchers) : undefined;
    await this.reportPending(resultsOf, refetchers, deliveries?.conflicts ?? []);

    let added = [...parts, ...(deliveries?.added ?? [])];
    let retracted = deliveries?.retracted ?? [];
    if (deliveries?.needsAnotherPass) {
      added = await this.readWithout(deliveries.places(), tasks, threads);
      retracted = [];
    }
    const sum = (count: (result: TaskResult) => number) => results.reduce((total, result) => total + count(result), 0);
    const repeated = deliveries?.repeated ?? 0;
    const conflicts = deliveries?.conflicts.length ?? 0;
    const net = (count: (part: ThreadTotals) => number) => {
      return added.reduce((all, part) => all + count(part), 0) - retracted.reduce((all, part) => all + count(part), 0);
    };
    const rows = {
      read: sum((result) => result.rowsRead),
      rated: net((part) => part.rated),
      duplicate: repeated,
      outOfPeriod: net((part) => part.outOfPeriod),
      ...(this.job.wanted.where.length > 0 && { filtered: sum((result) => result.leftOutRows) }),
      rejected: sum((result) => result.rejected) + conflicts,
    };
    return {
      ledger: new SlabLedgerView(
        added.map((part) => part.usage),
        retracted.map((part) => part.usage),
        this.request,
      ),
      probed: mergeProbed(
        added.map((part) => part.probed),
        retracted.map((part) => part.probed),
        { ...this.request, probes: this.probes },
      ),
      rows,
      bytes: resultsOf.reduce((total, own, number) => total + this.bytesOf(number, own), 0),
      failures: this.failures(tasks, results, deliveries?.failures ?? []),
      guessedTimeUnits: [...new Set(parts.flatMap((part) => part.units))].sort(),
      unendedSources: this.request.sources.flatMap((source, number) =>
        results.some((result) => result.lacksLineEnd && tasks[result.task]!.source === number) ? [source.name] : [],
      ),
      repeatedHourRows: parts.reduce((total, part) => total + part.repeatedHourRows, 0),
      seenMeters: new Set(parts.flatMap((part) => part.seenMeters)),
      missingDimensions: missingDimensions(
        parts.map((part) => part.seenDimensions),
        this.request,
      ),
      distinctIds: parts.reduce((total, part) => total + part.events.entries, 0) - repeated - conflicts,
      idBytes: logBytes(parts.map((part) => part.events)),
    };
  }

  /** Names that a mapping mentions and that no line of a source of NDJSON has. */
  private missingKeysOf(number: number, tasks: readonly Task[], results: readonly TaskResult[]): Problem[] {
    const { wanted } = this.job;
    if (wanted.promised.length === 0) return [];
    const own = results.filter((result) => tasks[result.task]!.source === number);
    if (!own.some((result) => result.hasRows)) return [];
    const names = own[0]!.missingKeys.filter((name) => own.every((result) => result.missingKeys.includes(name)));
    return names.length === 0
      ? []
      : [missingKeys(this.request.sources[number]!, names, inputNames(wanted.names.customer, wanted)).problem];
  }

  /** `others`: what went wrong when rows were read a second time. */
  /** Problems of the sources, in their order; of a file that changed only that, because all others may come from it. */
  private failures(tasks: readonly Task[], results: readonly TaskResult[], others: readonly Problem[]): Problem[] {
    const found = new Map<number, Problem[]>();
    for (const { task, failure } of results) {
      const { source } = tasks[task]!;
      const before = found.get(source) ?? [];
      // What goes wrong in a file as a whole goes wrong in each of its ranges.
      const isNew =
        failure && !before.some(({ code, message }) => code === failure.code && message === failure.message);
      if (isNew) found.set(source, [...before, failure]);
    }
    return this.request.sources.flatMap((source, number) => {
      const change = changeOf(source);
      if (change) return [change.problem];
      const own = found.get(number) ?? this.missingKeysOf(number, tasks, results);
      const isMissed = ({ message }: Problem) => !own.some((known) => known.message === message);
      return [...own, ...others.filter((other) => other.source?.file === source.name && isMissed(other))];
    });
  }

  /** Runs tasks and gives their results, in the order of the sources and of the rows within each. */
  private async work(
    tasks: readonly Task[],
    threads: number,
    skip: ReadJob['skip'] = new Map(),
  ): Promise<TaskResult[]> {
    const isHere = (task: Task) => !task.range && !canReadAgain(this.job.sources[task.source]!);
    const here = [...tasks.keys()].filter((number) => isHere(tasks[number]!));
    const queue = [...tasks.keys()].filter((number) => !isHere(tasks[number]!));
    this.shared = newSharedState(queue.length);
    const isSilent = skip.size > 0;
    const place: WorkerContext = {
      here,
      reportReject: (source, { fault, line, raw }) => {
        if (isSilent || this.reported.has(source)) return;
        const { name } = this.request.sources[source]!;
        this.request.onReject({ ...fault, file: name, line, raw: decodeLoosely(raw) });
      },
      yieldToEventLoop: () => this.yieldToEventLoop(),
      openStream: (source) => this.openStream(source),
    };
    const workers = Math.max(0, Math.min(threads - 1, queue.length - (here.length > 0 ? 0 : 1)));
    const job: ReadJob = {
      ...this.job,
      request: isSilent ? { ...this.job.request, dedupe: false } : this.job.request,
      tasks,
      queue,
      memory: this.memory(workers + 1),
      skip,
      shared: this.shared,
      member: { number: 0, of: workers + 1 },
    };
    const progress = setInterval(() => this.tellProgress(), PROGRESS_MS);
    try {
      this.pool = await runPool(job, workers, place, this.request.signal);
    } finally {
      clearInterval(progress);
    }
    const results = this.pool.reports.flatMap((report) => report.results).sort((a, b) => a.task - b.task);
    return withAbsoluteLines(results, tasks);
  }

  /** Limits for each of so many threads. */
  private memory(threads: number): MemoryLimits {
    return {
      kernelBytes: this.tuning.kernelBytes,
      log: {
        bytes: Math.max((this.request.dedupeMemory ?? USUAL_DEDUPE_MEMORY) / threads, this.tuning.leastLogBytes),
        spillPath: this.scratch?.pathOf(`events-${++this.attempts}`) ?? '',
        seeds: this.seeds,
      },
    };
  }

  private tasks(rangeBytes: number): Task[] {
    const { dedupe } = this.request;
    const { sources } = this.job;
    // What is read from a stream cannot be read twice, which cutting may lead to.
    const canCut = sources.every(canReadAgain);
    return tasksOf(sources, {
      rangeBytes: canCut ? rangeBytes : Number.POSITIVE_INFINITY,
      dedupe,
      forcedFormat: this.job.forcedFormat,
      wanted: this.job.wanted,
    });
  }

  /**
   * Writes what can be read only once to files, and takes those in its place: rows may have to be read again. A source that
   * fails stays as it is, a stream that ends with the failure.
   */
  private async spool(): Promise<void> {
    const pipes = this.request.pipes ?? (this.scratch && new SpooledPipes(COMPARED_ROWS, this.scratch));
    if (!pipes) return;
    const sources = [...this.job.sources];
    const { signal } = this.request;
    let before = 0;
    const onProgress = (bytes: number) => {
      this.spooledBytes = before + bytes;
    };
    const progress = setInterval(() => this.tellProgress(), PROGRESS_MS);
    try {
      for (const [number, source] of sources.entries()) {
        if (canReadAgain(source)) continue;
        const found = await pipes.keep(source, { signal, onProgress });
        before += found.bytes;
        this.spooled.set(number, found);
        if (!found.failure) sources[number] = found.source;
      }
    } finally {
      clearInterval(progress);
    }
    this.job = { ...this.job, sources };
  }

  private openStream(source: number): OpenSource {
    const spooled = this.spooled.get(source);
    return spooled ? openSpooled(spooled) : openSource(this.job.sources[source]!);
  }

  /** Bytes of a source before decompression. */
  private bytesOf(source: number, results: readonly TaskResult[]): number {
    return this.spooled.get(source)?.bytes ?? results.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  private yieldToEventLoop(): Promise<void> | undefined {
    const now = Number(process.hrtime.bigint()) / 1e6;
    if (now - this.breathedAt < BREATH_MS) return undefined;
    this.breathedAt = now;
    return new Promise((resolve) => setImmediate(resolve)).then(() => this.request.signal?.throwIfAborted());
  }

  private tellProgress(): void {
    // What was written to a file is read from there: it does not count twice.
    const bytes = Math.max(this.spooledBytes, Atomics.load(this.shared, KIB_READ) * 1024);
    this.request.onProgress?.({ bytes: Math.min(bytes, this.totalBytes || bytes), totalBytes: this.totalBytes });
  }

  private refetchers(tasks: readonly Task[], resultsOf: readonly (readonly TaskResult[])[]): (Refetcher | undefined)[] {
    return this.job.sources.map((source, number) => {
      const own = resultsOf[number]!;
      const shapes = own.flatMap((result, i) => (i === 0 ? result.shapes : result.shapes.slice(1)));
      if (shapes.length === 0) return undefined;
      const isPlain = tasks[own[0]!.task]!.range !== undefined;
      const path = isPlain && source.kind === 'file' ? source.path : this.spooled.get(number)?.source.path;
      const checkpoints = own.flatMap((result) => result.checkpoints);
      const hasLists = !shapes[0]!.shape.header && this.job.wanted.records.each !== undefined;
      const yieldToEventLoop = () => this.yieldToEventLoop();
      return new Refetcher({ source, shapes, path, checkpoints, hasLists, yieldToEventLoop });
    });
  }

  private compare(refetchers: readonly (Refetcher | undefined)[]): Promise<Deliveries> {
    const { pool, shared } = this;
    const job = { ...this.job, shared, memory: this.memory(pool!.reports.length) };
    const logs = pool!.reports.map((report) => report.part.events);
    return compareDeliveries(pool!, logs, refetchers, job, {
      memoryHere: this.memory(1),
      yieldToEventLoop: () => this.yieldToEventLoop(),
      canTakeOff: (found) => this.canTakeOff(found),
    });
  }

  /** False if what would be there without such rows is not known from what they amount to. */
  private canTakeOff({ conflicts }: { conflicts: number }): boolean {
    const { trace, meters } = this.request;
    const isUndone = (meter: Meter) => meter.aggregation !== 'max' && !isValue(meter);
    const isProbed = this.probes.length > 0; // the largest and the latest row of a step cannot be retracted either
    return conflicts === 0 || (!trace && !isProbed && meters.every(isUndone));
  }

  /** `conflicts`: in the order of the sources. */
  private async reportPending(
    resultsOf: readonly (readonly TaskResult[])[],
    refetchers: readonly (Refetcher | undefined)[],
    conflicts: readonly Conflict[],
  ): Promise<void> {
    let next = 0;
    for (const [number, refetcher] of refetchers.entries()) {
      const first = next;
      while (conflicts[next]?.source === number) next++;
      const context = {
        request: this.request,
        wanted: this.job.wanted,
        yieldToEventLoop: () => this.yieldToEventLoop(),
      };
      if (refetcher) await reportPending(refetcher, resultsOf[number]!, conflicts.slice(first, next), context);
    }
  }

  /** Reads everything again without some rows, for usage from which rows cannot be retracted off afterwards. */
  private async readWithout(skip: ReadonlyMap<number, Float64Array>, tasks: readonly Task[], threads: number) {
    await this.pool!.dismiss();
    await this.work(tasks, threads, skip);
    return this.pool!.reports.map((report) => report.part);
  }

  async end(): Promise<void> {
    await this.pool?.dismiss();
    this.scratch?.remove();
  }
}

const PROGRESS_MS = 100;
const USUAL_DEDUPE_MEMORY = 2 ** 30;

/** Results by source, of `sources` of them, in their order. */
function bySource(results: readonly TaskResult[], tasks: readonly Task[], sources: number): TaskResult[][] {
  const lists = Array.from({ length: sources }, (): TaskResult[] => []);
  for (const result of results) lists[tasks[result.task]!.source]!.push(result);
  return lists;
}

/** True if every range begins where the one before it ended, with the header that was valid there. */
function rangesMeet(tasks: readonly Task[], results: readonly TaskResult[]): boolean {
  return results.every((result, i) => {
    const before = results[i - 1];
    const follows = before && tasks[before.task]!.source === tasks[result.task]!.source;
    return !follows || (before.end === result.start && isSameLayout(before.shapes.at(-1), result.shapes[0]));
  });
}

function isSameLayout(before: ShapeFrom | undefined, after: ShapeFrom | undefined): boolean {
  return before !== undefined && after !== undefined && isSameShape(before.shape, after.shape);
}

/** Counts the lines of ranges from the beginning of their file. */
function withAbsoluteLines(results: readonly TaskResult[], tasks: readonly Task[]): TaskResult[] {
  let before = 0;
  return results.map((result, i) => {
    const previous = results[i - 1];
    before = previous && tasks[previous.task]!.source === tasks[result.task]!.source ? before + previous.lines : 0;
    const shifted = (pairs: readonly number[]) =>
      pairs.map((value, place) => (place % 2 === 0 ? value : value + before));
    const failure = result.failure && withLine(result.failure, before);
    const checkpoints = [result.start, before, ...shifted(result.checkpoints)];
    return { ...result, pending: shifted(result.pending), checkpoints, failure };
  });
}

function withLine(problem: Problem, before: number): Problem {
  const { source } = problem;
  return source?.line === undefined ? problem : { ...problem, source: { ...source, line: source.line + before } };
}

function newSharedState(tasks: number): Int32Array {
  return new Int32Array(new SharedArrayBuffer((CLAIMED + tasks) * 4));
}

/** Bytes of the sources that are regular files. */
function totalBytesOf(sources: readonly Source[]): number {
  const bytesOf = (source: Source) => {
    if (source.kind === 'stream') return 0;
    return source.entry?.compressedSize ?? statusOf(source.path)?.size ?? 0;
  };
  return sources.reduce((sum, source) => sum + bytesOf(source), 0);
}
