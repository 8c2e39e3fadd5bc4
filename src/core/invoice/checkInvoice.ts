import { assert } from '../assert.ts';
import { type Decimal, minus, plus, sum } from '../decimal.ts';
import { roundToMinorUnit } from '../money.ts';
import type { Invoice } from './invoice.ts';

/**
 * Asserts what holds on every invoice: line keys are unique, every line is its exact amount rounded, lines add up to the
 * subtotal, draws on credits to what they paid, and subtotal − credits + tax is the total.
 */
export function checkInvoice(invoice: Invoice): void {
  const of = `on the invoice of "${invoice.customer}"`;
  const keys = new Set<string>();
  for (const line of invoice.lines) {
    assert(!keys.has(line.key), () => `two lines are called ${line.key} ${of}`);
    keys.add(line.key);
    const rounded = roundToMinorUnit(line.exact, invoice.currency);
    assert(areEqual(line.amount, rounded), () => `line ${line.key} is ${line.amount} for ${line.exact} ${of}`);
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
  const total = plus(minus(invoice.subtotal, invoice.creditsApplied), invoice.tax);
  assert(
    areEqual(total, invoice.total),
    () => `subtotal − credits + tax is ${total}, but the total is ${invoice.total} ${of}`,
  );
}

function areEqual(a: Decimal, b: Decimal): boolean {
  return a === b || a.eq(b);
}
