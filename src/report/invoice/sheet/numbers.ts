/** Numbers of invoices, in the order in which they are issued. */
import type { Invoice } from '../../../core/invoice/invoice.ts';
import { periodLabel } from '../../../core/period.ts';

/** The digits at the end of a number, which count up; undefined: it has none. */
export function countedPart(number: string): { readonly before: string; readonly digits: string } | undefined {
  const match = /^(.*?)(\d+)$/s.exec(number);
  return match ? { before: match[1]!, digits: match[2]! } : undefined;
}

/**
 * Gives each invoice that it is asked for the next number: `from`, then as `from` with 1, 2, … added to the digits at its
 * end, which keep their width (`2026-0099`, `2026-0100`). With a `pattern`, `{n}` counts from `from`, or from 1. Without
 * either there are no numbers.
 */
export function numbersOf({
  from,
  pattern,
  timezone,
}: {
  readonly from: string | undefined;
  readonly pattern: string | undefined;
  readonly timezone: string;
}): (invoice: Invoice) => string | undefined {
  if (from === undefined && pattern === undefined) return () => undefined;
  const { before, digits } = countedPart(from ?? '1')!;
  let next = BigInt(digits);
  return (invoice) => {
    const number = `${before}${String(next++).padStart(digits.length, '0')}`;
    if (pattern === undefined) return number;
    const values = {
      n: number,
      period: periodLabel(invoice.period, timezone),
      customer: invoice.customer,
      tier: invoice.tier,
    };
    return pattern.replace(/\{(n|period|customer|tier)\}/g, (_, name: keyof typeof values) => values[name]);
  };
}
