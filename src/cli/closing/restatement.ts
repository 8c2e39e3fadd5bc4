/** Writes a month as it is now, and the notes that correct the invoices that were issued for it. */
import { formatInstant } from '../../core/calendar.ts';
import type { Invoice } from '../../core/invoice/invoice.ts';
import { periodLabel } from '../../core/period.ts';
import { correctionsOf, type Note, noteOf, type SavedInvoice } from '../../report/closing/corrections.ts';
import type { SavedNote } from '../../report/closing/electronicNote.ts';
import type { Origin } from '../../report/closing/manifest.ts';
import { type FocusRows, focusCorrections, notesCsv, notesJson } from '../../report/closing/noteFormats.ts';
import type { Numbering } from '../../report/closing/numbers.ts';
import { csvRow } from '../../report/safeText.ts';
import type { Io } from '../io.ts';
import { type Before, cellsOf, keyOf } from './before.ts';
import type { DocumentWishes, LogoPlace } from './documents.ts';
import { put, type Sink } from './folder.ts';
import { type Month, writeMonth } from './month.ts';

export type Restated = { readonly totals: Record<string, unknown>; readonly notes: readonly Note[] };

/** `numbering` is of the notes. An invoice that was not issued before has the number of its note. */
export async function writeRestatement(
  month: Month,
  {
    before,
    restates,
    numbering,
    documents,
  }: {
    readonly before: Before;
    readonly restates: Origin;
    readonly numbering: Numbering;
    readonly documents: DocumentWishes & LogoPlace;
  },
  sink: Sink,
  io: Io,
): Promise<Restated> {
  const { currency, timezone } = month.read.run.rateCard;
  const notes: SavedNote[] = [];
  const focus: string[] = [];
  const unmet = new Map(before.invoices);
  const add = ({ was, is, now, rows, given }: Compared) => {
    const lines = correctionsOf(was, is);
    if (lines.length === 0) return;
    const number = given ?? numbering.take();
    const note = noteOf(number, lines, was, is);
    notes.push({ note, ...(now && { now }), ...(was && { before: was }), ...(is && { after: is }) });
    focus.push(...focusCorrections(before.focusHeader, { before: focusOf(was, before, timezone), now: rows, number }));
  };
  const seen = (now: Invoice, texts: { readonly json: string; readonly focus: readonly string[] }) => {
    const is = JSON.parse(texts.json) as SavedInvoice;
    const was = before.invoices.get(keyOf(is));
    unmet.delete(keyOf(is));
    const given = was ? undefined : (is.number ?? undefined);
    add({ was, is, now, rows: cellsOf(texts.focus.join('')), given });
  };
  const numberOf = ({ customer, period, lines }: Invoice) => {
    const was = before.invoices.get(`${formatInstant(period.start)} ${customer}`);
    if (was) return was.number ?? undefined;
    return lines.every(({ amount }) => amount.isZero()) ? undefined : numbering.take();
  };
  await put(sink, 'before-invoices.ndjson', [before.texts.invoices]);
  await put(sink, 'before-invoices.focus.csv', [before.texts.focus]);
  const totals = await writeMonth(month, sink, io, { numberOf, seen });
  for (const was of unmet.values()) add({ was, rows: [] });
  const plain = notes.map(({ note }) => note);
  await put(sink, 'corrections.json', notesJson(plain, restates, currency));
  await put(sink, 'corrections.csv', notesCsv(plain, currency));
  await put(sink, 'corrections.focus.csv', [csvRow(before.focusHeader), ...focus]);
  if (documents.format !== undefined) {
    const { writeNoteDocuments } = await import('./noteDocuments.ts');
    await writeNoteDocuments(notes, month, sink, documents, io);
  }
  return { totals, notes: plain };
}

/** `was`, `is`: the issued invoice and the one of now, as they are saved; `rows`: FOCUS rows of now. */
type Compared = {
  readonly was?: SavedInvoice | undefined;
  readonly is?: SavedInvoice;
  readonly now?: Invoice;
  readonly rows: FocusRows;
  readonly given?: string | undefined;
};

/** Rows of an issued invoice: `InvoiceId` is the customer and the period, as a CSV cell holds them. */
function focusOf(was: SavedInvoice | undefined, { focus }: Before, timezone: string): FocusRows {
  if (!was) return [];
  const [start, end] = [Date.parse(was.period.start), Date.parse(was.period.end)];
  const [[id] = []] = cellsOf(csvRow([`${was.customer}/${periodLabel({ start, end }, timezone)}`]));
  return focus.get(id!) ?? [];
}
