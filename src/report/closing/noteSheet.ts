/** Credit notes and debit notes as documents, beside those of invoices. */
import { startOfDate } from '../../core/calendar.ts';
import { Decimal } from '../../core/decimal.ts';
import type { Invoice } from '../../core/invoice/invoice.ts';
import { lineKey } from '../../core/invoice/lineKey.ts';
import type { Currency } from '../../core/money.ts';
import { groupDigits } from '../../core/quantity.ts';
import { type Block, none, type Row, type Table, text } from '../document.ts';
import type { InvoiceReport } from '../invoice/report.ts';
import { dueDate, footOf, moneyCell, partyLines, paymentBlocks } from '../invoice/sheet/build.ts';
import { descriptionOf } from '../invoice/sheet/lines.ts';
import type { DocumentTerms, Sheet } from '../invoice/sheet/sheet.ts';
import type { SheetTexts } from '../invoice/sheet/texts.ts';
import type { CorrectedSide, Correction, Note } from './corrections.ts';

/** A note, and the invoice that its period has now; `now` absent: it has none. */
export type NotedInvoice = { readonly note: Note; readonly now?: Invoice };

/** The document of a note. */
export function noteSheet(noted: NotedInvoice, report: InvoiceReport, terms: DocumentTerms): Sheet {
  const { note } = noted;
  const { texts, issuer, issued } = terms;
  const { words, date, period } = texts;
  const { notes, facts } = words;
  const billTo = terms.billTo(note.customer) ?? {};
  const due = issued && note.kind === 'debit note' ? dueDate(issued, billTo.termsDays ?? issuer?.termsDays) : undefined;
  const name = billTo.name ?? note.customer;
  const kind = note.kind === 'credit note' ? notes.credit : notes.debit;
  const heading = issued ? kind : notes.draft;
  const isAbroad = billTo.country !== undefined && issuer?.country !== undefined && issuer.country !== billTo.country;
  const fact = (label: string, value: string | undefined) => (value === undefined ? [] : [{ label, text: value }]);
  const covered = { start: Date.parse(note.period.start), end: Date.parse(note.period.end) };
  const about = note.corrects === null ? notes.aboutNone : notes.about(note.corrects);
  return {
    language: terms.language.tag,
    createdAt: issued ? startOfDate(issued, 'UTC') : covered.end,
    title: `${heading} ${note.number}`,
    heading,
    ...(!issued && { notice: words.draftNote }),
    issuer: issuer ? partyLines(issuer, issuer.name, isAbroad, texts) : [],
    recipient: { label: words.billTo, lines: partyLines(billTo, name, isAbroad, texts) },
    facts: [
      ...fact(facts.number, note.number),
      ...fact(notes.corrects, note.corrects ?? undefined),
      ...fact(facts.issued, issued && date(issued)),
      ...fact(facts.due, due && date(due)),
      ...fact(facts.period, period(covered)),
      ...fact(facts.customer, note.customer),
      ...fact(facts.reference, billTo.reference),
    ],
    bill: [
      { kind: 'paragraph', text: about },
      lineTable(noted, report, texts),
      ...paymentBlocks(note, issuer, due, texts),
    ] satisfies Block[],
    annex: [],
    foot: footOf(issuer, facts.vatId),
    pageText: words.page,
    missingGlyphs: words.missingGlyphs,
  };
}

function lineTable(noted: NotedInvoice, report: InvoiceReport, texts: SheetTexts): Table {
  const { note } = noted;
  const { currency } = report;
  const { words, digits } = texts;
  const { notes, heads } = words;
  const descriptions = noteDescriptions(noted, report, texts);
  const rows = note.lines.map((line): Row => {
    const small = [`${notes.before}: ${sideText(line.before)}`, `${notes.now}: ${sideText(line.now)}`].map(digits);
    const why = line.reasons.map((reason) => notes.reasons[reason]).join(', ');
    return {
      cells: [
        text(descriptions(line)),
        amountCell(line.before, currency, texts),
        amountCell(line.now, currency, texts),
        moneyCell(line.amount, { currency }, texts),
      ],
      below: [...(hasQuantity(line) ? small : []), why].map((part) => [{ text: part, tone: 'dim' as const }]),
      belowIn: 0,
    };
  });
  const total: Row = {
    role: 'total',
    cells: [text(`${words.total} ${currency.code}`), none(), none(), moneyCell(note.total, { currency }, texts)],
  };
  return {
    kind: 'table',
    title: '',
    columns: [
      { head: heads.description, align: 'left' },
      ...[notes.before, notes.now, `${notes.difference} ${currency.code}`].map(
        (head) => ({ head, align: 'right' }) as const,
      ),
    ],
    rows: [...rows, total],
  };
}

function amountCell(side: CorrectedSide | null, currency: Currency, texts: SheetTexts) {
  return side ? moneyCell(new Decimal(side.amount), { currency }, texts) : none('–');
}

function hasQuantity({ before, now }: Correction): boolean {
  return (before?.quantity ?? now?.quantity) !== undefined;
}

/** `30000 × 0.40/10k`. */
function sideText(side: CorrectedSide | null): string {
  if (!side) return '–';
  const { quantity, price } = side;
  const shown = quantity === undefined || !/^-?[\d.]+$/.test(quantity) ? quantity : groupDigits(quantity);
  return [...(shown === undefined ? [] : [shown]), ...(price === undefined ? [] : [price])].join(' × ');
}

/** Descriptions in the language of the document, of lines that the invoice has now; others are as they were issued. */
export function noteDescriptions(
  { now }: NotedInvoice,
  report: InvoiceReport,
  texts: SheetTexts,
): (line: Correction) => string {
  const known = new Map(now?.lines.map((line) => [lineKey(line), line]));
  return ({ key, kind, description }) => {
    const line = known.get(key);
    if (line && now) return descriptionOf(line, now, report, texts);
    return kind === 'tax' ? texts.words.taxes.title : description;
  };
}
