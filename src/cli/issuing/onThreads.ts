/** Decides whether the invoices of a run are issued on several threads. */
import { availableParallelism } from 'node:os';
import type { ReadRun } from '../../app/billExports.ts';
import { mostInvoices } from '../../app/sharedRun.ts';
import { PIECED_FORMATS, type PiecedFormatName } from '../../report/invoice/pieces.ts';
import type { InvoiceReport } from '../../report/invoice/report.ts';
import type { Io } from '../io.ts';
import type { ProgressLine } from '../progress.ts';
import { issuedOnThreads } from './issuing.ts';

/** Invoices that take as long as starting a thread for them. */
const FEW = 8000;

/**
 * The result as pieces of text, made on several threads; undefined where there are few invoices, or where this thread has to
 * see them all. `isSeen`: it has to.
 */
export function piecesOnThreads(
  read: ReadRun,
  report: InvoiceReport,
  how: {
    readonly format: string;
    readonly threads: number | undefined;
    readonly isSeen: boolean;
    readonly progress: ProgressLine;
  },
  io: Io,
): AsyncGenerator<string | Uint8Array> | undefined {
  const { format, threads = availableParallelism(), isSeen, progress } = how;
  if (isSeen || threads === 1 || !isPieced(format) || mostInvoices(read.run) < FEW) return undefined;
  const shared = read.share();
  if (!shared) return undefined;
  const { run } = read;
  const onIssued = (count: number) => {
    progress.issued(count);
    progress.erase(); // what is written now may go to the same terminal
  };
  return issuedOnThreads(report, { format, run, shared, threads, signal: io.signal, onIssued });
}

function isPieced(format: string): format is PiecedFormatName {
  return Object.hasOwn(PIECED_FORMATS, format);
}
