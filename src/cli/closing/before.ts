/** Invoices of a closed month as its folder holds them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RecordSplitter } from '../../records/splitRecords.ts';
import type { SavedInvoice } from '../../report/closing/corrections.ts';
import type { FocusRows } from '../../report/closing/noteFormats.ts';

export type Before = {
  /** By customer and begin of the period. */
  readonly invoices: ReadonlyMap<string, SavedInvoice>;
  readonly focusHeader: readonly string[];
  /** FOCUS rows by `InvoiceId`. */
  readonly focus: ReadonlyMap<string, FocusRows>;
  readonly texts: { readonly invoices: string; readonly focus: string };
};

/** `folder`: path of the folder; `prefix`: of the names of its two files of invoices. */
export function readBefore(folder: string, prefix = ''): Before {
  const invoices = readFileSync(join(folder, `${prefix}invoices.ndjson`), 'utf8');
  const focus = readFileSync(join(folder, `${prefix}invoices.focus.csv`), 'utf8');
  const lines = invoices.split('\n').filter((line) => line !== '');
  const saved = lines.slice(0, -1).map((line) => JSON.parse(line) as SavedInvoice); // the last one has totals
  const [header = [], ...rows] = cellsOf(focus);
  const byInvoice = new Map<string, (readonly string[])[]>();
  const place = header.indexOf('InvoiceId');
  for (const row of rows) {
    const known = byInvoice.get(row[place]!);
    if (known) known.push(row);
    else byInvoice.set(row[place]!, [row]);
  }
  return {
    invoices: new Map(saved.map((invoice) => [keyOf(invoice), invoice])),
    focusHeader: header,
    focus: byInvoice,
    texts: { invoices, focus },
  };
}

export function keyOf({ customer, period }: Pick<SavedInvoice, 'customer' | 'period'>): string {
  return `${period.start} ${customer}`;
}

/** Cells of CSV rows that this program has written. */
export function cellsOf(text: string): (readonly string[])[] {
  const splitter = new RecordSplitter();
  return [...splitter.push(text), ...splitter.end()].map(({ fields }) => fields as readonly string[]);
}
