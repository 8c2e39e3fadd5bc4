/** The threads of a run: this one and its helpers. */
import { Worker } from 'node:worker_threads';
import type { Problem } from '../../core/problem.ts';
import { OutsideFault } from '../outsideFault.ts';
import type { Source } from '../source.ts';
import { type CrewMemberPlace, type CrewMemberReport, type CrewOrder, runTasks, STOPPED } from './crewMember.ts';
import type { EventLogPart } from './eventLog.ts';
import { type JudgingOrder, judgeRows } from './judging.ts';
import { findMeetings, type Meetings } from './meetings.ts';
import { type Review, type ReviewOrder, reviewRows } from './review.ts';
import type { WorkerCommand, WorkerMessage } from './worker.ts';

/** Threads that have been started, and wait for work. They do not keep the process alive. */
const waiting: Helper[] = [];

/** Starts threads that the next crews will need: that takes a while, in which this one can do something else. */
export function startHelpers(count: number): void {
  while (waiting.length < count) {
    const helper = startHelper();
    if (!helper) return;
    waiting.push(helper);
  }
}

/** Undefined if the system has no thread to give: the others do its share. */
function startHelper(): Helper | undefined {
  try {
    return new Helper();
  } catch {
    return undefined;
  }
}

export type Crew = {
  readonly reports: readonly CrewMemberReport[];
  /** Searches the logs of all threads, each thread its share. */
  findMeetings(logs: readonly EventLogPart[], breathe: CrewMemberPlace['breathe']): Promise<Meetings[]>;
  /** Looks at rows a second time, each thread at what is next. */
  review(order: ReviewOrder): Promise<Review[]>;
  /** Marks rows in dispute, in the same way; what went wrong with their sources. */
  judge(order: JudgingOrder): Promise<Problem[][]>;
  dismiss(): Promise<void>;
};

/** Threads run compiled code: from the sources that is the last build. */
const WORKER = new URL('./worker.js', import.meta.url.replace('/src/telemetry/', '/dist/telemetry/'));

export async function runCrew(
  order: CrewOrder,
  helpers: number,
  place: CrewMemberPlace,
  signal: AbortSignal | undefined,
): Promise<Crew> {
  signal?.throwIfAborted();
  // Streams stay with this thread, which is the only one to read them.
  const sources = order.sources.map((source) => ('stream' in source ? { ...source, stream: undefined } : source));
  const workers = Array.from({ length: helpers }, () => waiting.pop() ?? startHelper()).filter((worker) => !!worker);
  const dismiss = async () => {
    await Promise.all(workers.map((worker) => worker.dismiss()));
  };
  const together = async <T>({ shared }: Pick<CrewOrder, 'shared'>, shares: Promise<T>[]): Promise<T[]> => {
    try {
      return await unlessAborted(Promise.all(shares), signal);
    } catch (error) {
      Atomics.store(shared, STOPPED, 1);
      await dismiss();
      throw error;
    }
  };
  try {
    const shared = { ...order, sources: sources as readonly Source[] };
    const others = workers.map((worker, i) => {
      return worker.run({ ...shared, member: { number: i + 1, of: helpers + 1 } }, place);
    });
    const own = runTasks(order, place);
    const reports = await unlessAborted(Promise.all([own, ...others]), signal);
    const working = workers.filter((_, i) => reports[i + 1] !== undefined);
    return {
      reports: reports.filter((report) => report !== undefined),
      findMeetings: (logs, breathe) => {
        const of = working.length + 1;
        return Promise.all([
          ...working.map((worker, i) => worker.findMeetings(logs, { number: i + 1, of })),
          findMeetings(logs, { number: 0, of }, breathe),
        ]);
      },
      review: (order) => {
        const others = working.map((worker) => worker.review({ ...order, sources: shared.sources }));
        return together(order, [reviewRows(order, place.breathe), ...others]);
      },
      judge: (order) => {
        const others = working.map((worker) => worker.judge({ ...order, sources: shared.sources }));
        return together(order, [judgeRows(order, place.breathe), ...others]);
      },
      dismiss,
    };
  } catch (error) {
    Atomics.store(order.shared, STOPPED, 1);
    await dismiss();
    throw error;
  }
}

/** What the work comes to; the signal's reason is thrown if that is there first. */
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

class Helper {
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
  async run(order: CrewOrder, place: CrewMemberPlace): Promise<CrewMemberReport | undefined> {
    this.worker.ref();
    this.worker.on('message', (message: WorkerMessage) => {
      if (message.kind !== 'reject') return;
      try {
        place.tellReject(message.source, message.reject);
      } catch (error) {
        this.fail(error); // thrown from a listener it would end the process
      }
    });
    const report = this.next('report');
    this.tell({ kind: 'run', order });
    try {
      return (await report).report;
    } catch (error) {
      if (Atomics.load(this.began, 0) === 0) return undefined;
      throw error;
    }
  }

  async review(order: ReviewOrder): Promise<Review> {
    const found = this.next('review');
    this.tell({ kind: 'review', order });
    return (await found).review;
  }

  async judge(order: JudgingOrder): Promise<Problem[]> {
    const found = this.next('judged');
    this.tell({ kind: 'judge', order });
    return [...(await found).failures];
  }

  async findMeetings(logs: readonly EventLogPart[], share: { number: number; of: number }): Promise<Meetings> {
    const found = this.next('meetings');
    this.tell({ kind: 'findMeetings', logs, share });
    return (await found).meetings;
  }

  private tell(command: WorkerCommand): void {
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
