/** The registry of invoice formats. A new one is a file beside this one and a line in the list; what is peculiar to it stands below. */
import { markdown } from '../render/markdown.ts';
import { terminal } from '../render/terminal.ts';
import { invoiceCsv } from './csv.ts';
import { invoiceDocument } from './document.ts';
import { invoiceFocus } from './focus.ts';
import { invoiceJson, invoiceNdjson } from './json.ts';
import type { InvoiceFormat } from './report.ts';

export const INVOICE_FORMATS = {
  table: (report, presentation) => terminal(invoiceDocument(report, 'terminal', presentation.all), presentation),
  json: invoiceJson,
  ndjson: invoiceNdjson,
  csv: invoiceCsv,
  md: (report, { all }) => markdown(invoiceDocument(report, 'markdown', all)),
  focus: invoiceFocus,
} as const satisfies Record<string, InvoiceFormat>;
export type InvoiceFormatName = keyof typeof INVOICE_FORMATS;

/** Where a format's files do not end in its name. */
export const FORMAT_ENDINGS: Partial<Record<InvoiceFormatName, string>> = { table: 'txt', focus: 'focus.csv' };

/** Formats in which every row is a part of an invoice: they have no place for entries of a timeline, or for explanations. */
export const FORMATS_OF_LINES: ReadonlySet<InvoiceFormatName> = new Set(['csv', 'focus']);
