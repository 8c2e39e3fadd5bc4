/** A folder with all that a customer's amounts were worked out from, to be sent to whoever disputes them. */
import { basename, join } from 'node:path';
import type { RowsBehind } from '../../app/rows.ts';
import { BREAKDOWN_FORMATS } from '../../report/breakdown/index.ts';
import { INVOICE_FORMATS } from '../../report/invoice/index.ts';
import type { InvoiceReport } from '../../report/invoice/report.ts';
import { ROWS_FORMATS } from '../../report/rows/index.ts';
import { PLAIN } from '../../report/style.ts';
import { marksOf } from '../closing/hashes.ts';
import type { Io } from '../io.ts';
import { AtomicFiles, gathered, makeDirectory } from '../output.ts';
import { type Replay, replayText } from './replay.ts';
import { breakdownReport, rowsReport } from './reports.ts';

export type Evidence = Pick<Replay, 'exports' | 'flags'> & {
  readonly folder: string;
  /** Texts of price lists and mappings that were read, by name. */
  readonly texts: ReadonlyMap<string, string>;
};

/** All files appear, or none. */
export async function putEvidence(behind: RowsBehind, { folder, texts, ...asked }: Evidence, io: Io): Promise<void> {
  const { sources } = behind.read.reading.request;
  const marks = await marksOf(sources, io.signal);
  const presentation = { style: PLAIN, columns: Number.POSITIVE_INFINITY, all: true };
  const prices = pricesOf(texts);
  await makeDirectory(io, folder);
  await makeDirectory(io, join(folder, PRICES));
  const files = new AtomicFiles(io);
  try {
    const put = (name: string, pieces: Iterable<string>) => files.write(join(folder, name), gathered(pieces));
    await put('invoice.txt', INVOICE_FORMATS.table(invoiceReport(behind), presentation));
    await put('invoice.json', INVOICE_FORMATS.json(invoiceReport(behind), presentation));
    await put('by-day.csv', BREAKDOWN_FORMATS.csv(breakdownReport(behind, 'day'), presentation));
    await put('rows.csv', ROWS_FORMATS.csv(rowsReport(behind), presentation));
    for (const { to, text } of prices) await put(to, [text]);
    await put('README.md', [replayText({ ...asked, marks, prices, customer: behind.billings[0]!.input.customer })]);
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
    return { name, to: join(PRICES, own), text };
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
