/** The registry of invoice formats. A new one is a file beside this one and a line in the list; what is peculiar to it stands below. */
import { markdown } from '../render/markdown.ts';
import { rulesJunit } from '../render/rulesJunit.ts';
import { terminal } from '../render/terminal.ts';
import type { InvoiceDigest } from './digest.ts';
import { digestDocument, invoiceDocument } from './document.ts';
import type { DocumentFormatName } from './documentFormats.ts';
import { invoiceFocus } from './focus.ts';
import { invoiceHledger } from './hledger.ts';
import { invoiceJournal } from './journal.ts';
import { PIECED_FORMATS, wholeOf } from './pieces.ts';
import type { InvoiceFormat, InvoiceReport } from './report.ts';
import { invoiceHtml } from './sheet/html.ts';
import { invoiceStripe } from './stripe.ts';

export const INVOICE_FORMATS = {
  table: (report, presentation) =>
    terminal(invoiceDocument(report, { medium: 'terminal', all: presentation.all }), presentation),
  json: wholeOf(PIECED_FORMATS.json),
  ndjson: wholeOf(PIECED_FORMATS.ndjson),
  csv: wholeOf(PIECED_FORMATS.csv),
  md: (report, { all }) => markdown(invoiceDocument(report, { medium: 'markdown', all })),
  focus: invoiceFocus,
  journal: invoiceJournal,
  hledger: invoiceHledger,
  stripe: invoiceStripe,
  html: invoiceHtml,
  junit: invoiceRules,
} as const satisfies Record<string, InvoiceFormat>;
/** Rules alone. The invoices are issued all the same, so that what is beside a result is made of them. */
function* invoiceRules({ invoices, checks }: InvoiceReport): Generator<string> {
  for (const _ of invoices()) yield '';
  yield* rulesJunit('meter invoice', checks);
}

export type InvoiceFormatName = keyof typeof INVOICE_FORMATS;

/** Endings of files whose format has another name. */
export const FORMAT_ENDINGS: Partial<Record<InvoiceFormatName, string>> = {
  table: 'txt',
  focus: 'focus.csv',
  journal: 'journal.csv',
  hledger: 'journal',
  stripe: 'stripe.ndjson',
  junit: 'xml',
};

/** Markdown of invoices that have passed: what is shown beside a result in whatever format. */
export function invoiceSummary(digest: InvoiceDigest, report: InvoiceReport): Iterable<string> {
  return markdown(digestDocument(digest, report, { medium: 'markdown', all: false }));
}

/** Formats in which every row is a part of an invoice, or of its booking, and that of rules: they have no place for entries of a timeline, or for explanations. */
export const FORMATS_OF_LINES: ReadonlySet<InvoiceFormatName | DocumentFormatName> = new Set([
  ...(['csv', 'focus', 'journal', 'hledger', 'stripe', 'junit'] as const),
]);

/** Formats that may be written for a spreadsheet: with another separator and decimal sign. FOCUS prescribes its own. */
export const CSV_FORMATS: readonly InvoiceFormatName[] = ['csv', 'journal'];
