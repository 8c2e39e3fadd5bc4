/** The registry of invoice formats. A new one is a file beside this one and a line here. */
import { invoiceCsv } from './csv.ts';
import { invoiceFocus } from './focus.ts';
import { invoiceJson, invoiceNdjson } from './json.ts';
import { invoiceMarkdown } from './markdown.ts';
import type { InvoiceFormat } from './report.ts';
import { invoiceTable } from './table.ts';

export const INVOICE_FORMATS = {
  table: invoiceTable,
  json: invoiceJson,
  ndjson: invoiceNdjson,
  csv: invoiceCsv,
  md: invoiceMarkdown,
  focus: invoiceFocus,
} as const satisfies Record<string, InvoiceFormat>;
export type InvoiceFormatName = keyof typeof INVOICE_FORMATS;

/** Where a format's files do not end in its name. */
export const FORMAT_ENDINGS: Partial<Record<InvoiceFormatName, string>> = { table: 'txt', focus: 'focus.csv' };
