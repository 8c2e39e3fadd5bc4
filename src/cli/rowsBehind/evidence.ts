/** A folder with all that a customer's amounts were worked out from, to be sent to whoever disputes them. */
import { basename, join } from 'node:path';
import type { RowsBehind } from '../../app/rows.ts';
import { BREAKDOWN_FORMATS } from '../../report/breakdown/index.ts';
import type { FileMark } from '../../report/closing/manifest.ts';
import { INVOICE_FORMATS } from '../../report/invoice/index.ts';
import type { InvoiceReport } from '../../report/invoice/report.ts';
import { ROWS_FORMATS } from '../../report/rows/index.ts';
import { PLAIN } from '../../report/style.ts';
import { marksOf } from '../closing/hashes.ts';
import type { Io } from '../io.ts';
import { AtomicFiles, gathered, makeDirectory, writeFileAtomically } from '../output.ts';
import { type ZipEntry, zipOf } from '../zip.ts';
import { type Replay, replayText } from './replay.ts';
import { breakdownReport, rowsReport } from './reports.ts';

export type Evidence = Pick<Replay, 'exports' | 'flags'> & {
  readonly folder: string;
  /** Texts of price lists and mappings that were read, by name. */
  readonly texts: ReadonlyMap<string, string>;
};

/** Writes a folder, of which all files appear or none; or an archive where the name is that of one. */
export async function putEvidence(behind: RowsBehind, evidence: Evidence, io: Io): Promise<void> {
  const { folder } = evidence;
  const { sources } = behind.read.reading.request;
  const files = filesOf(behind, evidence, await marksOf(sources, io.signal));
  if (isArchive(folder)) await writeFileAtomically(io, folder, zipOf(folder, files));
  else await putFolder(folder, files, io);
}

/** True for the name of an archive in which evidence is wanted. */
export function isArchive(name: string): boolean {
  return /\.zip$/i.test(name);
}

function* filesOf(
  behind: RowsBehind,
  { texts, exports, flags }: Evidence,
  marks: readonly FileMark[],
): Generator<ZipEntry> {
  const presentation = { style: PLAIN, columns: Number.POSITIVE_INFINITY, all: true };
  const prices = pricesOf(texts);
  const { customer } = behind.billings[0]!.input;
  yield { name: 'invoice.txt', pieces: INVOICE_FORMATS.table(invoiceReport(behind), presentation) };
  yield { name: 'invoice.json', pieces: INVOICE_FORMATS.json(invoiceReport(behind), presentation) };
  yield { name: 'by-day.csv', pieces: BREAKDOWN_FORMATS.csv(breakdownReport(behind, 'day'), presentation) };
  yield { name: 'rows.csv', pieces: ROWS_FORMATS.csv(rowsReport(behind), presentation) };
  for (const { to, text } of prices) yield { name: to, pieces: [text] };
  yield { name: 'README.md', pieces: [replayText({ exports, flags, marks, prices, customer })] };
}

async function putFolder(folder: string, all: Iterable<ZipEntry>, io: Io): Promise<void> {
  await makeDirectory(io, folder);
  await makeDirectory(io, join(folder, PRICES));
  const files = new AtomicFiles(io);
  try {
    for (const { name, pieces } of all) await files.write(join(folder, name), gathered(pieces));
    files.commit();
  } catch (error) {
    await files.discard();
    throw error;
  }
}

const PRICES = 'prices';

/** Files of one name in different folders get a number. */
function pricesOf(texts: ReadonlyMap<string, string>): { name: string; to: string; text: string }[] {
  const taken = new Set<string>();
  return [...texts].map(([name, text]) => {
    let own = basename(name);
    for (let n = 2; taken.has(own.toLowerCase()); n++) own = `${n}-${basename(name)}`;
    taken.add(own.toLowerCase());
    return { name, to: `${PRICES}/${own}`, text };
  });
}

function invoiceReport({ read, billings }: RowsBehind): InvoiceReport {
  const { rateCard, hasPriceLists } = read.run;
  const { currency, timezone, meters } = rateCard;
  return {
    ...{ currency, timezone, meters, rateCard, hasPriceLists },
    invoices: () => billings.map(({ invoice }) => invoice),
    ...{ rows: read.rows, notes: read.notes, explain: true, checks: [] },
  };
}
