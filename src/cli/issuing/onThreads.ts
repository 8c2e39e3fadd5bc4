/** Decides whether the invoices of a run are issued on several threads, and puts them out if they are. */
import { availableParallelism } from 'node:os';
import type { ReadRun } from '../../app/billExports.ts';
import { mostInvoices, mostOfOne, sharedRunOf } from '../../app/sharedRun.ts';
import { CSV_FORMATS } from '../../report/invoice/index.ts';
import { PIECED_FORMATS, type PiecedFormatName } from '../../report/invoice/pieces.ts';
import type { InvoiceReport } from '../../report/invoice/report.ts';
import { type CsvFlags, csvDialect } from '../flags/csv.ts';
import { isGitHubActions } from '../github.ts';
import type { Io } from '../io.ts';
import { writeFileAtomically, writeOut } from '../output.ts';
import type { ProgressLine } from '../progress.ts';
import type { ResultTarget } from '../resultTarget.ts';
import { issuedOnThreads } from './issuing.ts';

/** Invoices that take as long as starting a thread for them. */
const FEW = 8000;
/** Invoices of one customer, whose texts a thread puts together: of more than a few megabytes each would be kept in memory. */
const MOST_OF_ONE = 4096;

type Putting = {
  readonly rules: readonly unknown[];
  readonly target: ResultTarget<string>;
  readonly progress: ProgressLine;
  readonly flags: CsvFlags & {
    readonly threads?: number;
    readonly timeline?: boolean;
    readonly closing?: string;
  };
};

/**
 * Puts out the result of a run of many invoices, which several threads issue. False, and nothing is done, where there are few
 * invoices, or where this thread has to see them all.
 */
export async function putFromThreads(
  read: ReadRun,
  report: InvoiceReport,
  { rules, target, progress, flags }: Putting,
  io: Io,
): Promise<boolean> {
  const { format } = target;
  const { threads = availableParallelism(), timeline, closing } = flags;
  const isSeen = rules.length > 0 || timeline === true || closing !== undefined || isGitHubActions(io);
  if (isSeen || threads === 1 || target.kind === 'directory' || !isPieced(format)) return false;
  const isSpelt = csvDialect(flags, { format, formats: CSV_FORMATS }) !== undefined;
  if (isSpelt || mostInvoices(read.run) < FEW || mostOfOne(read.run) > MOST_OF_ONE) return false;
  const shared = sharedRunOf(read.run);
  if (!shared) return false;
  const onIssued = (count: number) => {
    progress.issued(count);
    progress.erase(); // what is written now may go to the same terminal
  };
  const { run } = read;
  const pieces = issuedOnThreads(report, { format, run, shared, threads, signal: io.signal, onIssued });
  if (target.kind === 'stdout') await writeOut(io, pieces);
  else await writeFileAtomically(io, target.name, pieces);
  return true;
}

function isPieced(format: string): format is PiecedFormatName {
  return Object.hasOwn(PIECED_FORMATS, format);
}
