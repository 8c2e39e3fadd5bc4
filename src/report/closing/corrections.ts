/**
 * Corrections: an issued invoice beside the invoice that its month would have now. Issued invoices never change; the
 * difference is a document of its own, line by line, with the reasons.
 */
import { assert } from '../../core/assert.ts';
import { Decimal, sum, ZERO } from '../../core/decimal.ts';
import { type Currency, formatMoney } from '../../core/money.ts';
import type { Reason } from '../invoice/correctionReasons.ts';

/** An invoice as a line of `invoices.ndjson` holds it; amounts are texts of major units. */
export type SavedInvoice = {
  readonly number: string | null;
  readonly customer: string;
  readonly period: { readonly start: string; readonly end: string };
  readonly lines: readonly SavedLine[];
  readonly subtotal: string;
  readonly credits: readonly { readonly id: string; readonly drawn: string }[];
  readonly creditsApplied: string;
  readonly tax: string;
  readonly taxIncluded?: string;
  readonly taxRate?: string;
  readonly taxReason?: string;
  readonly total: string;
};

type SavedLine = {
  readonly key: string;
  readonly kind: string;
  readonly description: string;
  readonly amount: string;
  readonly tier?: string;
  readonly meter?: string;
  readonly used?: string;
  readonly included?: string;
  readonly quantity?: string;
  readonly price?: string;
  readonly unitPrice?: string;
  readonly rate?: string;
  readonly stretch?: { readonly start: string };
  readonly rows?: { readonly count: number };
};

export type Correction = {
  readonly key: string;
  readonly kind: string;
  readonly description: string;
  /** Null: the issued invoice has no such line. */
  readonly before: CorrectedSide | null;
  /** Null: there is no such line any more. */
  readonly now: CorrectedSide | null;
  /** now − before, in major units; below 0 is owed to the customer. */
  readonly amount: Decimal;
  readonly reasons: readonly Reason[];
};
export type CorrectedSide = { readonly quantity?: string; readonly price?: string; readonly amount: string };

export type Note = {
  readonly number: string;
  readonly kind: 'credit note' | 'debit note';
  /** Number of the issued invoice; null: the customer had none for the period. */
  readonly corrects: string | null;
  readonly customer: string;
  readonly period: SavedInvoice['period'];
  readonly lines: readonly Correction[];
  /** The lines' sum, and what of the invoice's total is another: credits and tax are lines. */
  readonly total: Decimal;
};

/** Lines with another amount. Empty: nothing is to be corrected. */
export function correctionsOf(before: SavedInvoice | undefined, now: SavedInvoice | undefined): Correction[] {
  const [old, fresh] = [bookedLines(before), bookedLines(now)];
  const keys = [...new Set([...old.keys(), ...fresh.keys()])];
  const found = keys.flatMap((key): Correction[] => {
    const [was, is] = [old.get(key), fresh.get(key)];
    const amount = amountOf(is).minus(amountOf(was));
    if (amount.isZero()) return [];
    const { kind, description } = (is ?? was)!;
    const reasons = !before || !now ? [wholeReason(before, now)] : reasonsOf(was, is, before);
    return [{ key, kind, description, before: sideOf(was), now: sideOf(is), amount, reasons }];
  });
  const difference = new Decimal(now?.total ?? 0).minus(before?.total ?? 0);
  const corrected = sum(found.map(({ amount }) => amount));
  assert(corrected.eq(difference), () => `corrections of ${corrected} make a difference of ${difference}`);
  return found;
}

/** Less than 0 in all is owed to the customer. */
export function noteOf(
  number: string,
  lines: readonly Correction[],
  before: SavedInvoice | undefined,
  now: SavedInvoice | undefined,
): Note {
  const { customer, period } = (now ?? before)!;
  const total = sum(lines.map(({ amount }) => amount));
  const kind = total.gt(ZERO) ? 'debit note' : 'credit note';
  return { number, kind, corrects: before?.number ?? null, customer, period, lines, total };
}

/** Lines, credits and added tax by key: their amounts add up to the total. */
function bookedLines(invoice: SavedInvoice | undefined): Map<string, SavedLine> {
  if (!invoice) return new Map();
  const { lines, credits, tax, taxRate } = invoice;
  const drawn = credits.map(({ id, drawn }): SavedLine => {
    const amount = new Decimal(drawn).isZero() ? drawn : `-${drawn}`;
    return { key: `credit:${id}`, kind: 'credits', description: `credit ${id}`, amount };
  });
  const taxed: SavedLine = {
    ...{ key: 'tax', kind: 'tax', description: 'tax', amount: tax },
    ...(taxRate !== undefined && { rate: taxRate }),
  };
  return new Map([...lines, ...drawn, taxed].map((line) => [line.key, line]));
}

function amountOf(line: SavedLine | undefined): Decimal {
  return line ? new Decimal(line.amount) : ZERO;
}

function sideOf(line: SavedLine | undefined): CorrectedSide | null {
  if (!line) return null;
  const { quantity, price = line.unitPrice, amount } = line;
  return { ...(quantity !== undefined && { quantity }), ...(price !== undefined && { price }), amount };
}

function reasonsOf(was: SavedLine | undefined, is: SavedLine | undefined, before: SavedInvoice | undefined): Reason[] {
  const { kind } = (is ?? was)!;
  const reasons = kind === 'usage' ? usageReasons(was ?? sameMeter(is!, before), is, was) : termReasons(was, is);
  return reasons.length === 0 ? ['follows'] : reasons;
}

/** The reason of an invoice that there was not, or is not any more. */
function wholeReason(before: SavedInvoice | undefined, now: SavedInvoice | undefined): Reason {
  const hasRows = (before ?? now)!.lines.some(({ rows }) => rows !== undefined && rows.count > 0);
  if (!hasRows) return 'corrected terms';
  return before ? 'corrected rows' : 'late rows';
}

/** `was`: the line, or another of its meter: of a step that had not been reached. */
function usageReasons(was: SavedLine | undefined, is: SavedLine | undefined, own: SavedLine | undefined): Reason[] {
  const reasons: Reason[] = [];
  const [rowsBefore, rowsNow] = [was?.rows?.count ?? 0, is?.rows?.count ?? 0];
  if (rowsNow > rowsBefore) reasons.push('late rows');
  else if (rowsNow < rowsBefore || was?.used !== is?.used) reasons.push('corrected rows');
  if (!own || !is) return reasons;
  if (own.tier !== is.tier) reasons.push('corrected terms');
  else if (own.price !== is.price || (own.included !== is.included && reasons.length === 0))
    reasons.push('corrected price');
  return reasons;
}

function sameMeter({ meter, stretch }: SavedLine, before: SavedInvoice | undefined): SavedLine | undefined {
  return before?.lines.find((line) => line.meter === meter && line.stretch?.start === stretch?.start);
}

function termReasons(was: SavedLine | undefined, is: SavedLine | undefined): Reason[] {
  const { kind } = (is ?? was)!;
  if (kind === 'credits' || kind === 'pack') return [];
  if (!was || !is) return kind === 'fee' ? ['corrected terms'] : [];
  if (was.tier !== is.tier || (kind === 'fee' && was.quantity !== is.quantity)) return ['corrected terms'];
  return was.unitPrice !== is.unitPrice || was.rate !== is.rate ? ['corrected price'] : [];
}

export type NoteTotals = {
  readonly notes: number;
  readonly credited: string;
  readonly debited: string;
  readonly total: string;
};

export function noteTotals(notes: readonly Note[], currency: Currency): NoteTotals {
  const of = (kind: Note['kind']) => sum(notes.filter((note) => note.kind === kind).map(({ total }) => total));
  const [credited, debited] = [of('credit note'), of('debit note')];
  const money = (amount: Decimal) => formatMoney(amount, currency);
  return {
    notes: notes.length,
    credited: money(credited),
    debited: money(debited),
    total: money(credited.plus(debited)),
  };
}
