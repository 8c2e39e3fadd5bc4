/** Invoices as files of a directory. */
import { readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Invoice } from '../core/invoice/invoice.ts';
import type { RunNotes } from '../core/invoice/runNotes.ts';
import { periodLabel } from '../core/period.ts';
import type { TimelineEntry } from '../core/timeline/entry.ts';
import type { RunWarning } from '../core/usage/exportNotes.ts';
import { DocumentIndex } from '../report/invoice/documentIndex.ts';
import type { InvoiceReport } from '../report/invoice/report.ts';
import { printable } from '../report/safeText.ts';
import type { TimelineReport } from '../report/timeline/report.ts';
import type { Io } from './io.ts';
import { AtomicFiles, gathered, makeDirectory } from './output.ts';
import { INDEX_FILES, isGenerated } from './outputs.ts';

export type Pieces = Iterable<string | Uint8Array>;

export type EachFile = {
  /** The content of a file: of a report about one invoice. */
  readonly contentOf: (single: InvoiceReport) => Pieces | Promise<Pieces>;
  /** Contents that may be made while others are written. Default: 0. */
  readonly ahead?: number;
};

/**
 * Writes a file for each invoice, all of them or none, and beside documents an index. Gives a sentence about files that an
 * earlier run has left there: they look like a part of this one's result. '': there are none.
 */
export async function putEach(
  report: InvoiceReport,
  target: { readonly name: string; readonly ending: string },
  { contentOf, ahead = 0 }: EachFile,
  io: Io,
): Promise<string> {
  const made = await makeDirectory(io, target.name);
  const { fileNames } = await import('./fileNames.ts');
  const nameOf = fileNames();
  const notesFor = notesByCustomer(report.notes);
  const names = new Set<string>();
  const files = new AtomicFiles(io);
  const pending: { readonly name: string; readonly invoice: Invoice; readonly content: Promise<Pieces> }[] = [];
  const index = report.documents && new DocumentIndex(report, report.documents);
  const writeNext = async () => {
    const { name, invoice, content } = pending.shift()!;
    await files.write(join(target.name, name), gathered(await content));
    index?.add(invoice, name);
  };
  try {
    for (const one of report.invoices()) {
      const single: InvoiceReport = {
        ...report,
        invoices: () => [one],
        notes: notesFor(one.customer),
        ...(report.timeline && { timeline: entriesOf(one, report.timeline) }),
      };
      const name = nameOf(nameBase(one, report), target.ending);
      names.add(name);
      const content = Promise.resolve(contentOf(single));
      content.catch(() => undefined); // it is awaited when its turn comes
      pending.push({ name, invoice: one, content });
      if (pending.length > ahead) await writeNext();
    }
    while (pending.length > 0) await writeNext();
    if (index) {
      const [page, table] = INDEX_FILES.map((name) => join(target.name, name)) as [string, string];
      await files.write(page, gathered(index.html()));
      await files.write(table, gathered(index.csv()));
      for (const name of INDEX_FILES) names.add(name);
    }
    files.commit();
  } catch (error) {
    await files.discard();
    if (made !== undefined) rmSync(made, { recursive: true, force: true });
    throw error;
  }
  return formatEarlier(target, names, io);
}

function formatEarlier({ name, ending }: { name: string; ending: string }, own: ReadonlySet<string>, io: Io): string {
  const found = readdirSync(resolve(io.cwd, name)).sort();
  const earlier = found.filter((entry) => isGenerated(entry, ending) && !own.has(entry));
  if (earlier.length === 0) return '';
  const shown = earlier.slice(0, MOST_EARLIER).map(printable).join(', ');
  const more = earlier.length > MOST_EARLIER ? ` and ${earlier.length - MOST_EARLIER} more` : '';
  const files = earlier.length === 1 ? '1 file' : `${earlier.length} files`;
  return `${printable(name)} holds ${files} that this run did not write: ${shown}${more}\n`;
}

const MOST_EARLIER = 10;

/** The part of a timeline that is about an invoice's customer and period. */
function entriesOf({ customer, period }: Invoice, timeline: TimelineReport): TimelineReport {
  const isOwn = (entry: TimelineEntry) => entry.customer === customer && entry.period.start === period.start;
  return { ...timeline, entries: timeline.entries.filter(isOwn) };
}

/** A run's notes without the lists of customers, which every file would repeat, and without warnings about other customers. */
function notesByCustomer({ daysWithoutRows, sample, warnings }: RunNotes): (customer: string) => RunNotes {
  const general = warnings.filter(({ customers }) => !customers);
  const own = new Map<string, RunWarning>();
  for (const warning of warnings) for (const id of warning.customers ?? []) own.set(id, warning);
  return (customer) => {
    const about = own.get(customer);
    return { daysWithoutRows, ...(sample && { sample }), warnings: about ? [...general, about] : general };
  };
}

function nameBase(invoice: Invoice, report: InvoiceReport): string {
  return `${invoice.customer}.${periodLabel(invoice.period, report.timezone)}`;
}
