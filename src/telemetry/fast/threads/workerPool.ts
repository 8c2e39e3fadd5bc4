/** The threads of a run: this one and its workers. */
import { Worker } from 'node:worker_threads';
import type { Problem } from '../../../core/problem.ts';
import { OutsideFault } from '../../outsideFault.ts';
import type { Source } from '../../source.ts';
import { type CandidatePairs, findCandidates } from '../dedupe/candidates.ts';
import type { DedupeWorkers } from '../dedupe/dedupeWorkers.ts';
import { type JudgingJob, judgeRows } from '../dedupe/judging.ts';
import { type Review, type ReviewJob, reviewRows } from '../dedupe/review.ts';
import type { EventLogShard } from '../ledger/eventLog.ts';
import { STOPPED } from '../scan/scanJob.ts';
import { type ReadJob, runTasks, type WorkerContext, type WorkerReport } from './readJob.ts';
import type { WorkerCommand, WorkerMessage } from './worker.ts';

/** Threads that have been started, and wait for work. They do not keep the process alive. */
const waiting: PoolWorker[] = [];

/** Starts threads that the next pools will need: that takes a while, in which this one can do something else. */
export function startWorkers(count: number): void {
  while (waiting.length < count) {
    const worker = startWorker();
    if (!worker) return;
    waiting.push(worker);
  }
}

/** Undefined if the system has no thread to give: the others do its share. */
function startWorker(): PoolWorker | undefined {
  try {
    return new PoolWorker();
  } catch {
    return undefined;
  }
}

export type WorkerPool = DedupeWorkers & {
  readonly reports: readonly WorkerReport[];
  /** Ends the threads. */
  dismiss(): Promise<void>;
};

/** Threads run compiled code: from the sources that is the last build. */
const WORKER = new URL('./worker.js', import.meta.url.replace('/src/telemetry/', '/dist/telemetry/'));

export async function runPool(
  job: ReadJob,
  count: number,
  place: WorkerContext,
  signal: AbortSignal | undefined,
): Promise<WorkerPool> {
  signal?.throwIfAborted();
  // Streams stay with this thread, which is the only one to read them.
  const sources = job.sources.map((source) => ('stream' in source ? { ...source, stream: undefined } : source));
  const workers = Array.from({ length: count }, () => waiting.pop() ?? startWorker()).filter((worker) => !!worker);
  const dismiss = async () => {
    await Promise.all(workers.map((worker) => worker.dismiss()));
  };
  const together = async <T>({ shared }: Pick<ReadJob, 'shared'>, shares: Promise<T>[]): Promise<T[]> => {
    try {
      return await unlessAborted(Promise.all(shares), signal);
    } catch (error) {
      Atomics.store(shared, STOPPED, 1);
      await dismiss();
      throw error;
    }
  };
  try {
    const shared = { ...job, sources: sources as readonly Source[] };
    const others = workers.map((worker, i) => {
      return worker.run({ ...shared, member: { number: i + 1, of: count + 1 } }, place);
    });
    const own = runTasks(job, place);
    const reports = await unlessAborted(Promise.all([own, ...others]), signal);
    const working = workers.filter((_, i) => reports[i + 1] !== undefined);
    return {
      reports: reports.filter((report) => report !== undefined),
      findCandidates: (logs, yieldToEventLoop) => {
        const of = working.length + 1;
        return Promise.all([
          ...working.map((worker, i) => worker.findCandidates(logs, { number: i + 1, of })),
          findCandidates(logs, { number: 0, of }, yieldToEventLoop),
        ]);
      },
      review: (job) => {
        const others = working.map((worker) => worker.review({ ...job, sources: shared.sources }));
        return together(job, [reviewRows(job, place.yieldToEventLoop), ...others]);
      },
      judge: (job) => {
        const others = working.map((worker) => worker.judge({ ...job, sources: shared.sources }));
        return together(job, [judgeRows(job, place.yieldToEventLoop), ...others]);
      },
      dismiss,
    };
  } catch (error) {
    Atomics.store(job.shared, STOPPED, 1);
    await dismiss();
    throw error;
  }
}

/** Resolves with the result of the work; rejects with the signal's reason if that is there first. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  let stop = () => {};
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal!.reason);
    signal?.addEventListener('abort', stop);
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}

class PoolWorker {
  /** [0] 1 once the thread has begun with its first order. */
  private readonly began = new Int32Array(new SharedArrayBuffer(4));
  private readonly worker: Worker = new Worker(WORKER, { execArgv: [], workerData: this.began });
  private readonly failed: Promise<never>;
  private fail: (error: unknown) => void = () => undefined;

  constructor() {
    this.failed = new Promise((_, reject) => {
      this.fail = reject;
    });
    this.failed.catch(() => undefined); // whoever waits for a report hears of it
    this.worker.once('error', this.fail);
    this.worker.on('message', (message: WorkerMessage) => {
      if (message.kind === 'failed') this.fail(new OutsideFault(message.origin, message.problem));
    });
    this.worker.unref();
  }

  /** Undefined if the thread could not be started, and so has taken no task: the system may have too few threads or files. */
  async run(job: ReadJob, place: WorkerContext): Promise<WorkerReport | undefined> {
    this.worker.ref();
    this.worker.on('message', (message: WorkerMessage) => {
      if (message.kind !== 'reject') return;
      try {
        place.reportReject(message.source, message.reject);
      } catch (error) {
        this.fail(error); // thrown from a listener it would end the process
      }
    });
    const report = this.next('report');
    this.send({ kind: 'run', job });
    try {
      return (await report).report;
    } catch (error) {
      if (Atomics.load(this.began, 0) === 0) return undefined;
      throw error;
    }
  }

  async review(job: ReviewJob): Promise<Review> {
    const found = this.next('review');
    this.send({ kind: 'review', job });
    return (await found).review;
  }

  async judge(job: JudgingJob): Promise<Problem[]> {
    const found = this.next('judged');
    this.send({ kind: 'judge', job });
    return [...(await found).failures];
  }

  async findCandidates(logs: readonly EventLogShard[], share: { number: number; of: number }): Promise<CandidatePairs> {
    const found = this.next('candidates');
    this.send({ kind: 'findCandidates', logs, share });
    return (await found).candidates;
  }

  private send(command: WorkerCommand): void {
    this.worker.postMessage(command);
  }

  dismiss(): Promise<number> {
    return this.worker.terminate();
  }

  private next<K extends WorkerMessage['kind']>(kind: K): Promise<Extract<WorkerMessage, { kind: K }>> {
    const message = new Promise<Extract<WorkerMessage, { kind: K }>>((resolve) => {
      const listen = (found: WorkerMessage) => {
        if (found.kind !== kind) return;
        this.worker.off('message', listen);
        resolve(found as Extract<WorkerMessage, { kind: K }>);
      };
      this.worker.on('message', listen);
    });
    return Promise.race([message, this.failed]);
  }
}
