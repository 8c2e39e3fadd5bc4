/** The program of a thread: runs its share of the tasks, then its share of the search for repeated events and of their review. */
import { parentPort, workerData } from 'node:worker_threads';
import type { Problem } from '../../core/problem.ts';
import { systemFault } from '../outsideFault.ts';
import { type CrewOrder, runTasks } from './crewMember.ts';
import type { EventLogPart } from './eventLog.ts';
import { type JudgingOrder, judgeRows } from './judging.ts';
import { useKernelModule } from './kernel.ts';
import { findMeetings, type Meetings } from './meetings.ts';
import { type Review, type ReviewOrder, reviewRows } from './review.ts';
import type { FoundReject } from './scan.ts';

export type WorkerMessage =
  | { readonly kind: 'reject'; readonly source: number; readonly reject: FoundReject }
  | { readonly kind: 'report'; readonly report: Awaited<ReturnType<typeof runTasks>> }
  | { readonly kind: 'meetings'; readonly meetings: Meetings }
  | { readonly kind: 'review'; readonly review: Review }
  | { readonly kind: 'judged'; readonly failures: readonly Problem[] }
  /** The thread ends because of a fault that is not the program's. */
  | { readonly kind: 'failed'; readonly origin: 'input' | 'system'; readonly problem: Problem };

export type WorkerCommand =
  | { readonly kind: 'run'; readonly order: CrewOrder }
  | { readonly kind: 'review'; readonly order: ReviewOrder }
  | { readonly kind: 'judge'; readonly order: JudgingOrder }
  | {
      readonly kind: 'findMeetings';
      readonly logs: readonly EventLogPart[];
      readonly share: { readonly number: number; readonly of: number };
    };

const port = parentPort!;
const send = (message: WorkerMessage) => port.postMessage(message);

port.on('message', (command: WorkerCommand) => {
  obey(command).catch((error: unknown) => {
    const fault = systemFault(error);
    if (!fault) throw error;
    send({ kind: 'failed', origin: fault.origin, problem: fault.problem });
  });
});

async function obey(command: WorkerCommand): Promise<void> {
  if (command.kind === 'findMeetings') {
    send({ kind: 'meetings', meetings: await findMeetings(command.logs, command.share, () => undefined) });
    return;
  }
  if (command.kind === 'review') {
    send({ kind: 'review', review: await reviewRows(command.order, () => undefined) });
    return;
  }
  if (command.kind === 'judge') {
    send({ kind: 'judged', failures: await judgeRows(command.order, () => undefined) });
    return;
  }
  Atomics.store(workerData as Int32Array, 0, 1);
  useKernelModule(command.order.kernel);
  const report = await runTasks(command.order, {
    here: [],
    tellReject: (source, reject) => send({ kind: 'reject', source, reject }),
    breathe: () => undefined,
  });
  send({ kind: 'report', report });
}
