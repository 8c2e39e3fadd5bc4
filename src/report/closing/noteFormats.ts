/** Credit notes and debit notes as JSON, CSV and FOCUS rows. */
import { Decimal } from '../../core/decimal.ts';
import { type Currency, formatMoney } from '../../core/money.ts';
import { FORMAT_VERSION } from '../machine.ts';
import { csvRow, safeJson } from '../safeText.ts';
import { type Note, noteTotals } from './corrections.ts';
import type { Origin } from './manifest.ts';

/** Notes a line each. */
export function* notesJson(notes: readonly Note[], restates: Origin, currency: Currency): Generator<string> {
  yield `{\n  "formatVersion": ${safeJson(FORMAT_VERSION)},\n  "kind": "corrections",\n  "currency": ${safeJson(currency.code)},\n`;
  yield `  "restates": ${safeJson(restates)},\n  "notes": [`;
  for (const [i, note] of notes.entries()) yield `${i === 0 ? '' : ','}\n    ${safeJson(noteObject(note, currency))}`;
  yield `\n  ],\n  "totals": ${safeJson(noteTotals(notes, currency))}\n}\n`;
}

function noteObject(note: Note, currency: Currency): Record<string, unknown> {
  const { lines, total, ...facts } = note;
  return {
    ...facts,
    lines: lines.map(({ amount, reasons, ...line }) => ({ ...line, amount: formatMoney(amount, currency), reasons })),
    total: formatMoney(total, currency),
  };
}

const COLUMNS = [
  ...['note', 'kind', 'corrects', 'customer', 'period_start', 'period_end', 'key', 'line_kind', 'description'],
  ...['quantity_before', 'quantity_now', 'price_before', 'price_now', 'amount_before', 'amount_now', 'amount'],
  ...['currency', 'reasons'],
];

/** A row for each line of each note: the amounts of a note's rows add up to its total. */
export function* notesCsv(notes: readonly Note[], currency: Currency): Generator<string> {
  yield csvRow(COLUMNS);
  for (const { number, kind, corrects, customer, period, lines } of notes) {
    for (const { key, kind: lineKind, description, before, now, amount, reasons } of lines) {
      yield csvRow([
        ...[number, kind, corrects ?? '', customer, period.start, period.end, key, lineKind, description],
        ...[before?.quantity ?? '', now?.quantity ?? '', before?.price ?? '', now?.price ?? ''],
        ...[before?.amount ?? '', now?.amount ?? '', formatMoney(amount, currency), currency.code, reasons.join('; ')],
      ]);
    }
  }
}

/** Columns whose values add up: a row is taken back by their opposites. */
const SUMMED = ['BilledCost', 'ConsumedQuantity', 'ContractedCost', 'EffectiveCost', 'ListCost', 'PricingQuantity'];

/** FOCUS rows of an invoice, as cells by the order of `header`. */
export type FocusRows = readonly (readonly string[])[];

/**
 * Rows that correct those of an issued invoice: each that is no more is taken back, each that is new is there. All are
 * of the class Correction and of the note's number.
 */
export function focusCorrections(
  header: readonly string[],
  { before, now, number }: { readonly before: FocusRows; readonly now: FocusRows; readonly number: string },
): string[] {
  const counts = new Map<string, number>();
  const count = (row: readonly string[], by: number) => {
    const key = JSON.stringify(row);
    counts.set(key, (counts.get(key) ?? 0) + by);
  };
  for (const row of before) count(row, -1);
  for (const row of now) count(row, 1);
  return [...counts].flatMap(([key, times]) => {
    if (times === 0) return [];
    const row = JSON.parse(key) as string[];
    const cells = row.map((cell, i) => correctedCell(header[i]!, cell, times < 0, number));
    return Array.from({ length: Math.abs(times) }, () => csvRow(cells));
  });
}

function correctedCell(column: string, cell: string, isTakenBack: boolean, number: string): string {
  if (column === 'ChargeClass') return 'Correction';
  if (column === 'InvoiceId') return number;
  return isTakenBack && cell !== '' && SUMMED.includes(column) ? new Decimal(cell).neg().plus(0).toFixed() : cell;
}
