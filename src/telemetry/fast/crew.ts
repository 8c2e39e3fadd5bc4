/** The threads of a run: this one and its helpers. */
import { Worker } from 'node:worker_threads';
import { type CrewMemberPlace, type CrewMemberReport, type CrewOrder, runTasks, STOPPED } from './crewMember.ts';
import type { EventLogPart } from './eventLog.ts';
import { findMeetings } from './meetings.ts';
import type { WorkerCommand, WorkerMessage } from './worker.ts';

export type Crew = {
  readonly reports: readonly CrewMemberReport[];
  /** Searches the logs of all threads, each thread its share. */
  findMeetings(logs: readonly EventLogPart[]): Promise<Float64Array[]>;
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
  const sources = order.sources.map((source) => (source.kind === 'file' ? source : { ...source, stream: undefined }));
  const workers = Array.from({ length: helpers }, () => new Helper({ ...order, sources }, place));
  const dismiss = async () => {
    await Promise.all(workers.map((worker) => worker.dismiss()));
  };
  let stop = () => {};
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal!.reason);
    signal?.addEventListener('abort', stop);
  });
  try {
    const own = runTasks(order, place);
    const reports = await Promise.race([Promise.all([own, ...workers.map((worker) => worker.report)]), aborted]);
    return {
      reports,
      findMeetings: (logs) =>
        Promise.all([
          ...workers.map((worker, i) => worker.findMeetings({ logs, share: { number: i + 1, of: helpers + 1 } })),
          Promise.resolve().then(() => findMeetings(logs, { number: 0, of: helpers + 1 })),
        ]),
      dismiss,
    };
  } catch (error) {
    Atomics.store(order.shared, STOPPED, 1);
    await dismiss();
    throw error;
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}

class Helper {
  readonly report: Promise<CrewMemberReport>;
  private readonly worker: Worker;
  private readonly failed: Promise<never>;

  constructor(order: object, place: CrewMemberPlace) {
    this.worker = new Worker(WORKER, { workerData: order, execArgv: [] });
    this.failed = new Promise((_, reject) => this.worker.once('error', reject));
    this.failed.catch(() => undefined); // whoever waits for a report hears of it
    this.worker.on('message', (message: WorkerMessage) => {
      if (message.kind === 'reject') place.tellReject(message.source, message.reject);
    });
    this.report = this.next('report').then((message) => message.report);
    this.report.catch(() => undefined);
  }

  async findMeetings(command: WorkerCommand): Promise<Float64Array> {
    this.worker.postMessage(command);
    return (await this.next('meetings')).meetings;
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
