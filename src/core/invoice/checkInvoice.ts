import { assert } from '../assert.ts';
import { type Decimal, minus, plus, sum } from '../decimal.ts';
import { Fraction } from '../fraction.ts';
import { roundToMinorUnit } from '../money.ts';
import type { Invoice } from './invoice.ts';
import { lineKey } from './lineKey.ts';

/**
 * Asserts the invariants of an invoice: line keys are unique, every line is its exact amount rounded and about a
 * stretch of the invoice or about all of them, lines add up to the subtotal, draws on credits to what they paid, tax is
 * that of subtotal − credits, and subtotal − credits + tax is the total.
 */
export function checkInvoice(invoice: Invoice): void {
  const of = `on the invoice of "${invoice.customer}"`;
  const keys = new Set<string>();
  for (const line of invoice.lines) {
    const key = lineKey(line);
    assert(!keys.has(key), () => `two lines are called ${key} ${of}`);
    keys.add(key);
    const { stretch } = line;
    assert(
      stretch === undefined || stretch in invoice.stretches,
      () => `line ${key} is about stretch ${stretch} of ${invoice.stretches.length} ${of}`,
    );
    const rounded = roundToMinorUnit(line.exact, invoice.currency);
    assert(areEqual(line.amount, rounded), () => `line ${key} is ${line.amount} for ${line.exact} ${of}`);
  }
  const drawn = sum(invoice.credits.map((use) => use.drawn));
  assert(
    areEqual(drawn, invoice.creditsApplied),
    () => `credits of ${drawn} are drawn, but ${invoice.creditsApplied} applied ${of}`,
  );
  const lineSum = sum(invoice.lines.map((line) => line.amount));
  assert(
    areEqual(lineSum, invoice.subtotal),
    () => `lines add up to ${lineSum}, but the subtotal is ${invoice.subtotal} ${of}`,
  );
  const owed = minus(invoice.subtotal, invoice.creditsApplied);
  checkTax(invoice, owed, of);
  const total = plus(owed, invoice.tax);
  assert(
    areEqual(total, invoice.total),
    () => `subtotal − credits + tax is ${total}, but the total is ${invoice.total} ${of}`,
  );
}

function checkTax({ taxDetail, tax, taxIncluded = tax, currency }: Invoice, owed: Decimal, of: string): void {
  const { base, exact } = taxDetail ?? { base: owed, exact: Fraction.ZERO };
  assert(areEqual(base, owed), () => `tax is on ${base}, but ${owed} are owed ${of}`);
  const rounded = roundToMinorUnit(exact, currency);
  assert(areEqual(taxIncluded, rounded), () => `tax is ${taxIncluded} for ${exact} ${of}`);
}

function areEqual(a: Decimal, b: Decimal): boolean {
  return a === b || a.eq(b);
}
