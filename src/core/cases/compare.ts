/** Compares an invoice with what a case says of it. What a case does not mention is not compared. */
import { Decimal, ZERO } from '../decimal.ts';
import { Fraction } from '../fraction.ts';
import type { Invoice, InvoiceLine } from '../invoice/invoice.ts';
import { lineKey } from '../invoice/lineKey.ts';
import type { Expectation, Subject } from './priceCase.ts';

/** An expectation that does not hold. */
export type Mismatch = {
  readonly expectation: Expectation;
  /** Undefined: the invoice has no such line, credit or amount. */
  readonly actual: Fraction | string | undefined;
  /** Lines that the amount comes from. */
  readonly lines: readonly InvoiceLine[];
};

export function mismatchesIn(invoice: Invoice, expected: readonly Expectation[]): Mismatch[] {
  return expected.flatMap((expectation) => {
    const found = compare(invoice, expectation);
    return found ? [{ expectation, ...found }] : [];
  });
}

function compare(invoice: Invoice, expectation: Expectation): Omit<Mismatch, 'expectation'> | undefined {
  if ('tier' in expectation) return expectation.tier === invoice.tier ? undefined : { actual: invoice.tier, lines: [] };
  if ('isAbsent' in expectation) {
    const lines = linesCalled(expectation.subject.key, invoice);
    return lines.length === 0 ? undefined : { actual: sumOf(lines, ({ amount }) => Fraction.of(amount)), lines };
  }
  const actual = factOf(expectation.subject, invoice);
  if (actual !== undefined && isSame(expectation.value, actual)) return undefined;
  return { actual, lines: linesBehind(expectation.subject, invoice) };
}

/**
 * A number without an end as a decimal may be expected as a fraction, or as reports show it: cut after twelve digits.
 */
function isSame(expected: Fraction, actual: Fraction): boolean {
  return expected.eq(actual) || (!actual.terminates && expected.eq(Fraction.of(new Decimal(actual.toString()))));
}

function factOf(subject: Exclude<Subject, { of: 'tier' }>, invoice: Invoice): Fraction | undefined {
  switch (subject.of) {
    case 'invoice':
      return amountOf(subject.field, invoice);
    case 'usage':
      return Fraction.of(invoice.usage.get(subject.meter) ?? 0);
    case 'blocked':
      return invoice.blocked.get(subject.meter) ?? Fraction.ZERO;
    case 'line':
      return fieldOf(linesCalled(subject.key, invoice), subject.field);
    case 'credit': {
      const use = invoice.credits.find(({ grant }) => grant.id === subject.id);
      return use && Fraction.of(use[subject.field]);
    }
  }
}

function amountOf(field: Extract<Subject, { of: 'invoice' }>['field'], invoice: Invoice): Fraction {
  const { total, subtotal, tax, taxIncluded = ZERO, creditsApplied } = invoice;
  return Fraction.of({ total, subtotal, tax, tax_included: taxIncluded, credits_applied: creditsApplied }[field]);
}

/** The line of that key, or all lines of the meter's usage. */
export function linesCalled(key: string, { lines }: Pick<Invoice, 'lines'>): InvoiceLine[] {
  const named = lines.filter((line) => lineKey(line) === key || lineKey(line) === `usage:${key}`);
  return named.length > 0 ? named : lines.filter((line) => line.kind === 'usage' && line.meter === key);
}

type LineField = Extract<Subject, { of: 'line'; field: string }>['field'];

/** Undefined: there is no such line, or it has no such field, or several lines have one each that cannot be added up. */
function fieldOf(lines: readonly InvoiceLine[], field: LineField): Fraction | undefined {
  const [first, ...others] = lines;
  if (!first) return undefined;
  if (field === 'amount') return sumOf(lines, ({ amount }) => Fraction.of(amount));
  if (field === 'exact') return sumOf(lines, ({ exact }) => exact);
  if (field === 'quantity')
    return lines.every((line) => 'quantity' in line)
      ? sumOf(lines, (line) => ('quantity' in line ? line.quantity : Fraction.ZERO))
      : undefined;
  if (others.length > 0) return undefined;
  switch (field) {
    case 'used':
      return first.kind === 'usage' ? (first.usedExact ?? Fraction.of(first.used)) : undefined;
    case 'included':
      return first.kind === 'usage' ? first.included : undefined;
    case 'unit_price':
      return 'unitPrice' in first ? Fraction.of(first.unitPrice) : undefined;
    case 'base':
      return 'base' in first ? Fraction.of(first.base) : undefined;
  }
}

function sumOf(lines: readonly InvoiceLine[], value: (line: InvoiceLine) => Fraction): Fraction {
  return Fraction.sum(lines.map(value));
}

function linesBehind(subject: Subject, invoice: Invoice): readonly InvoiceLine[] {
  if (subject.of === 'line') return linesCalled(subject.key, invoice);
  return subject.of === 'invoice' ? invoice.lines : [];
}
