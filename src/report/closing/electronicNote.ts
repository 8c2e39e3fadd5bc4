/** Credit notes and debit notes as electronic documents: type 381, or an invoice of the difference (380). */
import { Decimal, ONE } from '../../core/decimal.ts';
import { Fraction } from '../../core/fraction.ts';
import type { TaxDetail } from '../../core/invoice/invoice.ts';
import type { Problem } from '../../core/problem.ts';
import { type Built, headOf, orOne, problem } from '../invoice/electronic/build.ts';
import { figuresOf, onePiece } from '../invoice/electronic/figures.ts';
import { messageOf, type UblNode } from '../invoice/electronic/message.ts';
import type { ElectronicFormatName } from '../invoice/electronic/parties.ts';
import { ONE_UNIT } from '../invoice/electronic/units.ts';
import type { InvoiceReport } from '../invoice/report.ts';
import type { DocumentTerms } from '../invoice/sheet/sheet.ts';
import type { Correction, SavedInvoice } from './corrections.ts';
import { type NotedInvoice, noteDescriptions } from './noteSheet.ts';

/** `before`, `after`: the invoice as it was issued, and as it is now. */
export type SavedNote = NotedInvoice & { readonly before?: SavedInvoice; readonly after?: SavedInvoice };

/**
 * Amounts of a credit note are those that are given back: above 0. The tax of a note is a difference of rounded amounts; where it
 * is not that of the rest, the difference is a rounding amount (BT-114).
 */
export function electronicNote(
  saved: SavedNote,
  report: InvoiceReport,
  terms: DocumentTerms,
  format: ElectronicFormatName,
): Built<UblNode> {
  const { note, before, after } = saved;
  const { currency } = report;
  const period = { start: Date.parse(note.period.start), end: Date.parse(note.period.end) };
  const detail = taxOf(saved);
  const subject = { customer: note.customer, currency, period, ...(detail && { taxDetail: detail }) };
  const head = headOf(subject, note.number, report, terms, format);
  const changed = before && after && before.taxRate !== after.taxRate ? [taxChanged(note.number)] : [];
  if (!('built' in head)) return { problems: [...head.problems, ...changed] };
  if (changed.length > 0) return { problems: changed };
  const isCredit = note.kind === 'credit note';
  const sign = isCredit ? ONE.neg() : ONE;
  const given = (line: Correction) => line.amount.times(sign);
  const own = note.lines.filter(({ kind }) => kind !== 'tax');
  const lines = own.filter(({ kind }) => PRICED.has(kind));
  const adjustments = own.filter(({ kind }) => !PRICED.has(kind));
  const figures = figuresOf({
    currency,
    lines: lines.map(given),
    adjustments: adjustments.map(given),
    rate: detail!.rate,
    tax: taxDifference(saved).times(sign),
    isIncluded: (after ?? before)?.taxIncluded !== undefined,
  });
  const descriptionOf = noteDescriptions(saved, report, terms.texts);
  const { reasons } = terms.texts.words.notes;
  const shown = lines.map((line, i) => ({
    ...onePiece(figures.lines[i]!),
    name: descriptionOf(line),
    description: line.reasons.map((reason) => reasons[reason]).join(', '),
    unit: ONE_UNIT,
  }));
  return {
    built: messageOf({
      ...head.built,
      kind: isCredit ? 'credit note' : 'invoice',
      ...(note.corrects !== null && { corrects: { number: note.corrects } }),
      figures,
      lines: orOne(shown, head.built),
      reasons: adjustments.map(descriptionOf),
    }),
  };
}

const PRICED: ReadonlySet<string> = new Set(['fee', 'usage', 'pack']);

/** The tax that the invoice has now, or had. */
function taxOf({ now, before }: SavedNote): TaxDetail | undefined {
  if (now) return now.taxDetail;
  if (before?.taxRate === undefined) return undefined;
  const rate = new Decimal(before.taxRate);
  const { taxReason: reason } = before;
  return { text: '', rate, base: ONE, exact: Fraction.ZERO, ...(reason !== undefined && { reason }) };
}

/** Tax that is added, or contained, now less before. */
function taxDifference({ before, after }: SavedNote): Decimal {
  const of = (invoice: SavedInvoice | undefined) => new Decimal(invoice?.taxIncluded ?? invoice?.tax ?? 0);
  return of(after).minus(of(before));
}

function taxChanged(number: string): Problem {
  const message = `note ${number} corrects the rate of tax, and an electronic note has one rate for all of its lines`;
  return problem('tax-changed', message, 'send it as pdf or html');
}
