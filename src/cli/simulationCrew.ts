/** Threads that walk over parts of a simulation's population. */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { BillTable } from '../core/simulation/bills.ts';
import type { Crew } from '../core/simulation/crew.ts';
import type { PartResult } from '../core/simulation/part.ts';
import type { CrewAnswer, CrewOrder } from './simulationWorker.ts';

/** Threads run compiled code: from the sources that is the last build. */
const WORKER = new URL('./simulationWorker.js', import.meta.url.replace('/src/cli/', '/dist/cli/'));

/** Started with the first job, and kept for the next ones. */
export class SimulationCrew implements Crew {
  private readonly count: number;
  private readonly signal: AbortSignal;
  private workers: CrewWorker[] = [];

  /** `threads`: all of them, this one included. */
  constructor(threads = availableParallelism(), signal: AbortSignal = new AbortController().signal) {
    this.count = threads - 1;
    this.signal = signal;
  }

  async work(...[job, queue, deliver]: Parameters<Crew['work']>): ReturnType<Crew['work']> {
    const { signal } = this;
    signal.throwIfAborted();
    while (this.workers.length < this.count) this.workers.push(new CrewWorker());
    const order: CrewOrder = { job, queue };
    let interrupt = () => {};
    const interrupted = new Promise<never>((_, reject) => {
      interrupt = () => reject(signal.reason);
    });
    signal.addEventListener('abort', interrupt);
    try {
      return await Promise.race([Promise.all(this.workers.map((worker) => worker.work(order, deliver))), interrupted]);
    } finally {
      signal.removeEventListener('abort', interrupt);
    }
  }

  /** Ends the threads. */
  async dismiss(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.dismiss()));
    this.workers = [];
  }
}

class CrewWorker {
  private readonly worker = new Worker(WORKER, { execArgv: [] });
  private fail: (reason: unknown) => void = () => undefined;
  private answer: (answer: CrewAnswer) => void = () => undefined;

  constructor() {
    this.worker.on('message', (answer: CrewAnswer) => this.answer(answer));
    this.worker.on('error', (error) => this.fail(error));
    this.worker.unref();
  }

  work(order: CrewOrder, deliver: (part: number, result: PartResult) => void): Promise<readonly BillTable[]> {
    return new Promise((resolve, reject) => {
      this.fail = reject;
      this.answer = (answer) => {
        if ('bills' in answer) resolve(answer.bills);
        else deliver(answer.part, answer.result);
      };
      this.worker.ref();
      this.worker.postMessage(order);
    });
  }

  async dismiss(): Promise<void> {
    await this.worker.terminate();
  }
}
