/** The program of a thread that walks over parts of a simulation's population. */
import { parentPort } from 'node:worker_threads';
import type { BillTable } from '../core/simulation/bills.ts';
import { type PlainJob, type Queue, workOnParts } from '../core/simulation/crew.ts';
import type { PartResult } from '../core/simulation/part.ts';

export type CrewOrder = { readonly job: PlainJob; readonly queue: Queue };

/** A part, or, when there are no more, the bills of all parts of this thread by scenario. */
export type CrewAnswer =
  | { readonly part: number; readonly result: PartResult }
  | { readonly bills: readonly BillTable[] };

const port = parentPort!;
const send = (answer: CrewAnswer) => port.postMessage(answer);

port.on('message', async ({ job, queue }: CrewOrder) => {
  send({ bills: await workOnParts(job, queue, (part, result) => send({ part, result })) });
});
