/** Mismatches and parts of price lists in words. */
import type { Mismatch } from '../../core/cases/compare.ts';
import type { PriceListPart } from '../../core/cases/coverage.ts';
import type { Subject } from '../../core/cases/priceCase.ts';
import { valuesIn } from '../../core/catalog/grouping.ts';
import type { RateCard } from '../../core/catalog/rateCard.ts';
import { Fraction } from '../../core/fraction.ts';
import type { Invoice } from '../../core/invoice/invoice.ts';
import { lineKey } from '../../core/invoice/lineKey.ts';
import { type Currency, formatMoney } from '../../core/money.ts';
import { groupDigits } from '../../core/quantity.ts';
import { bookingsOf } from '../invoice/bookings.ts';
import { arithmetic, blockedArithmetic } from '../invoice/explanation.ts';
import type { CaseReport } from './report.ts';

/** `what`: the fact in words. Numbers are as machines read them; null: none. */
export type MismatchText = { readonly what: string; readonly expected: string | null; readonly actual: string | null };

export function mismatchText({ expectation, actual }: Mismatch, { currency }: Invoice): MismatchText {
  const { subject } = expectation;
  const what = subjectText(subject);
  if ('tier' in expectation) return { what, expected: expectation.tier, actual: String(actual) };
  const shown = (value: Fraction) => valueText(value, subject, currency);
  const found = actual instanceof Fraction ? shown(actual) : null;
  return { what, expected: 'isAbsent' in expectation ? null : shown(expectation.value), actual: found };
}

/** `total: expected 19.00, got 20.00`. */
function mismatchSentence(mismatch: Mismatch, invoice: Invoice): string {
  const { what, expected, actual } = mismatchText(mismatch, invoice);
  const found = actual === null ? missingText(mismatch.expectation.subject, invoice) : grouped(actual);
  return `${what}: expected ${expected === null ? 'no such line' : grouped(expected)}, got ${found}`;
}

/** Digits in groups of three, also in a fraction: `400 000/31`. */
function grouped(shown: string): string {
  return /^-?[\d./]+$/.test(shown) ? shown.split('/').map(groupDigits).join('/') : shown;
}

/** `total`; `usage:egress:2, amount`; `blocked requests`. */
function subjectText(subject: Subject | { readonly of: 'line'; readonly key: string }): string {
  switch (subject.of) {
    case 'invoice':
      return subject.field;
    case 'usage':
    case 'blocked':
      return `${subject.of} ${subject.meter}`;
    case 'line':
      return 'field' in subject ? `line ${subject.key}, ${subject.field}` : `line ${subject.key}`;
    case 'credit':
      return `credit ${subject.id}, ${subject.field}`;
    case 'tier':
      return 'tier';
  }
}

function missingText(subject: { readonly of: string }, invoice: Invoice): string {
  const names =
    subject.of === 'credit' ? invoice.credits.map(({ grant }) => grant.id) : invoice.lines.map((line) => lineKey(line));
  const kind = subject.of === 'credit' ? 'credits' : 'lines';
  return names.length === 0 ? `none: the invoice has no ${kind}` : `none; ${kind} of the invoice: ${names.join(', ')}`;
}

const MONEY: ReadonlySet<string> = new Set(['amount', 'base']);

function valueText(value: Fraction, subject: object, currency: Currency): string {
  const isMoney =
    !('of' in subject) ||
    subject.of === 'invoice' ||
    subject.of === 'credit' ||
    (subject.of === 'line' && (!('field' in subject) || MONEY.has(String(subject.field))));
  const isWhole = value.terminates && value.numerator.decimalPlaces() <= currency.minorUnit;
  if (isMoney && isWhole) return formatMoney(value.numerator, currency);
  return value.terminates ? value.toString() : value.toRatio();
}

/** Arithmetic of the amounts that a mismatch is about, as `meter invoice --explain` shows it. */
export function mismatchArithmetic(
  { expectation: { subject }, lines }: Mismatch,
  invoice: Invoice,
  rateCard: RateCard,
): string[] {
  if (subject.of === 'blocked') {
    const parts = invoice.blockedUsage.filter(({ meter }) => meter === subject.meter);
    return parts.map((part) => blockedArithmetic(part, invoice, rateCard));
  }
  const isOfInvoice = subject.of === 'invoice';
  const own: ReadonlySet<unknown> = new Set(lines);
  const bookings = bookingsOf(invoice).filter(
    (booking) => own.has(booking) || (isOfInvoice && 'key' in booking) || (subject.of === 'credit' && 'use' in booking),
  );
  return bookings.flatMap((booking) => {
    const texts = arithmetic(booking, invoice, rateCard);
    return [`${booking.description}: ${texts.join('; ')}`];
  });
}

/** What is wrong with a failed case, and the arithmetic of it, line by line. */
export function failureLines({ invoice, problems, mismatches }: CaseReport, rateCard: RateCard): FailureLine[] {
  if (!invoice) {
    return problems.flatMap(({ message, code, hint }) => [
      { text: `cannot be billed: ${message} [${code}]`, isArithmetic: false },
      ...(hint === undefined ? [] : [{ text: `hint: ${hint}`, isArithmetic: true }]),
    ]);
  }
  const shown = new Set<string>();
  return mismatches.flatMap((mismatch) => {
    // What the total is made of is also that of its lines: once is enough.
    const texts = mismatchArithmetic(mismatch, invoice, rateCard).filter((text) => !shown.has(text));
    for (const text of texts) shown.add(text);
    return [
      { text: mismatchSentence(mismatch, invoice), isArithmetic: false },
      ...texts.map((text) => ({ text, isArithmetic: true })),
    ];
  });
}

export type FailureLine = { readonly text: string; readonly isArithmetic: boolean };

/** `scale: price of egress, step 2, syd`. */
export function partText(part: PriceListPart, { tiers }: RateCard): string {
  switch (part.kind) {
    case 'pack':
      return `pack ${part.pack}`;
    case 'tier':
      return `tier ${part.tier}`;
    case 'cap':
      return `${part.tier}: hard cap of ${part.meter}`;
    case 'price': {
      const { tier, meter, step, group } = part;
      const texts = [`price of ${meter}`];
      const charge = tiers.get(tier)?.charges?.get(meter);
      if (typeof group === 'string' && charge?.kind === 'byDimension') {
        const values = valuesIn(group, charge.dimensions).map((value) => (value === '' ? 'unknown' : value));
        texts.push(`${charge.dimensions.join(' × ')} ${values.join(' × ')}`);
      } else if (group !== undefined) texts.push('default');
      if (step !== undefined) texts.push(`step ${step}`);
      return `${tier}: ${texts.join(', ')}`;
    }
    default:
      return `${part.tier}: ${part.kind}`;
  }
}
