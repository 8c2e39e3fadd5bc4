/** A thread that issues invoices of a run, share by share, and makes text of them. */
import { parentPort, workerData } from 'node:worker_threads';
import { openSharedRun, type Share, type SharedRun } from '../../app/sharedRun.ts';
import { type PiecedFormatName, pieceMaker } from '../../report/invoice/pieces.ts';
import type { PieceTerms, TotalsPart } from '../../report/invoice/report.ts';

export type IssuingJob = { readonly shared: SharedRun; readonly format: PiecedFormatName; readonly terms: PieceTerms };
export type IssueRequest = { readonly number: number; readonly share: Share };
export type IssueAnswer = { readonly number: number; readonly text: Uint8Array; readonly totals: TotalsPart };

const port = parentPort!;
const { shared, format, terms } = workerData as IssuingJob;
const piecesOf = pieceMaker(format, terms);
const opened = openSharedRun(shared);

port.on('message', async ({ number, share }: IssueRequest) => {
  const { text, totals } = piecesOf((await opened)(share));
  const bytes = new Uint8Array(Buffer.byteLength(text));
  new TextEncoder().encodeInto(text, bytes);
  port.postMessage({ number, text: bytes, totals } satisfies IssueAnswer, [bytes.buffer]);
});
