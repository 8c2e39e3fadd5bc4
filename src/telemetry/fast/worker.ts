/** The program of a thread: runs its share of the tasks, then its share of the search for repeated events and of their review. */
import { parentPort } from 'node:worker_threads';
import { type CrewOrder, runTasks } from './crewMember.ts';
import type { EventLogPart } from './eventLog.ts';
import { useKernelModule } from './kernel.ts';
import { findMeetings, type Meetings } from './meetings.ts';
import { type Review, type ReviewOrder, reviewRows } from './review.ts';
import type { FoundReject } from './scan.ts';

export type WorkerMessage =
  | { readonly kind: 'reject'; readonly source: number; readonly reject: FoundReject }
  | { readonly kind: 'report'; readonly report: Awaited<ReturnType<typeof runTasks>> }
  | { readonly kind: 'meetings'; readonly meetings: Meetings }
  | { readonly kind: 'review'; readonly review: Review };

export type WorkerCommand =
  | { readonly kind: 'run'; readonly order: CrewOrder }
  | { readonly kind: 'review'; readonly order: ReviewOrder }
  | {
      readonly kind: 'findMeetings';
      readonly logs: readonly EventLogPart[];
      readonly share: { readonly number: number; readonly of: number };
    };

const port = parentPort!;
const send = (message: WorkerMessage) => port.postMessage(message);

port.on('message', async (command: WorkerCommand) => {
  if (command.kind === 'findMeetings') {
    send({ kind: 'meetings', meetings: findMeetings(command.logs, command.share) });
    return;
  }
  if (command.kind === 'review') {
    send({ kind: 'review', review: await reviewRows(command.order, () => undefined) });
    return;
  }
  useKernelModule(command.order.kernel);
  const report = await runTasks(command.order, {
    here: [],
    tellReject: (source, reject) => send({ kind: 'reject', source, reject }),
    breathe: () => undefined,
  });
  send({ kind: 'report', report });
});
