import { assert } from '../assert.ts';
import { sum } from '../decimal.ts';
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
    assert(line.amount.eq(rounded), () => `line ${line.key} is ${line.amount} for ${line.exact} ${of}`);
  }
  const drawn = sum(invoice.credits.map((use) => use.drawn));
  assert(
    drawn.eq(invoice.creditsApplied),
    () => `credits of ${drawn} are drawn, but ${invoice.creditsApplied} applied ${of}`,
  );
  const lineSum = sum(invoice.lines.map((line) => line.amount));
  assert(
    lineSum.eq(invoice.subtotal),
    () => `lines add up to ${lineSum}, but the subtotal is ${invoice.subtotal} ${of}`,
  );
  const total = invoice.subtotal.minus(invoice.creditsApplied).plus(invoice.tax);
  assert(
    total.eq(invoice.total),
    () => `subtotal − credits + tax is ${total}, but the total is ${invoice.total} ${of}`,
  );
}
