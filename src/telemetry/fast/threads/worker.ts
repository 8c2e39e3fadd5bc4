/** The program of a thread: runs its share of the tasks, then its share of the search for repeated events and of their review. */
import { parentPort, workerData } from 'node:worker_threads';
import type { Problem } from '../../../core/problem.ts';
import { systemFault } from '../../outsideFault.ts';
import { type CandidatePairs, findCandidates } from '../dedupe/candidates.ts';
import { type JudgingJob, judgeRows } from '../dedupe/judging.ts';
import { type Review, type ReviewJob, reviewRows } from '../dedupe/review.ts';
import { useKernelModule } from '../kernel.ts';
import type { EventLogShard } from '../ledger/eventLog.ts';
import type { FoundReject } from '../scan/scan.ts';
import { type ReadJob, runTasks } from './readJob.ts';

export type WorkerMessage =
  | { readonly kind: 'reject'; readonly source: number; readonly reject: FoundReject }
  | { readonly kind: 'report'; readonly report: Awaited<ReturnType<typeof runTasks>> }
  | { readonly kind: 'candidates'; readonly candidates: CandidatePairs }
  | { readonly kind: 'review'; readonly review: Review }
  | { readonly kind: 'judged'; readonly failures: readonly Problem[] }
  /** The thread ends because of a fault that is not the program's. */
  | { readonly kind: 'failed'; readonly origin: 'input' | 'system'; readonly problem: Problem };

export type WorkerCommand =
  | { readonly kind: 'run'; readonly job: ReadJob }
  | { readonly kind: 'review'; readonly job: ReviewJob }
  | { readonly kind: 'judge'; readonly job: JudgingJob }
  | {
      readonly kind: 'findCandidates';
      readonly logs: readonly EventLogShard[];
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
  if (command.kind === 'findCandidates') {
    send({ kind: 'candidates', candidates: await findCandidates(command.logs, command.share, () => undefined) });
    return;
  }
  if (command.kind === 'review') {
    send({ kind: 'review', review: await reviewRows(command.job, () => undefined) });
    return;
  }
  if (command.kind === 'judge') {
    send({ kind: 'judged', failures: await judgeRows(command.job, () => undefined) });
    return;
  }
  Atomics.store(workerData as Int32Array, 0, 1);
  useKernelModule(command.job.kernel);
  const report = await runTasks(command.job, {
    here: [],
    reportReject: (source, reject) => send({ kind: 'reject', source, reject }),
    yieldToEventLoop: () => undefined,
  });
  send({ kind: 'report', report });
}
