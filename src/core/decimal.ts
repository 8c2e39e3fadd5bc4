/**
 * The one decimal type of the project: an own clone of decimal.js, so that no other code's configuration reaches it.
 *
 * A thousand digits are never needed; they are room in which adding and multiplying are exact for every number that can
 * be read (the library's default of twenty digits would silently drop the end of a long sum). Division is the one
 * operation that can lose digits: it lives in fraction.ts and nowhere else.
 */
import { Decimal as Library } from 'decimal.js';

export const Decimal = Library.clone({
  precision: 1000,
  rounding: Library.ROUND_HALF_UP, // decimal.js: half away from zero, for negative numbers too
  toExpNeg: -9e15, // never exponential notation, whichever way a number is printed
  toExpPos: 9e15,
});
export type Decimal = Library;

export const ZERO: Decimal = new Decimal(0);
export const ONE: Decimal = new Decimal(1);

const PLAIN_DECIMAL = /^-?\d+(\.\d+)?$/;

/** True for `0`, `12`, `0.05`, `-3`: digits, with a point only between digits. No exponent, sign `+`, blank or separator. */
export function isPlainDecimal(text: string): boolean {
  return PLAIN_DECIMAL.test(text);
}

/** The number of a plain decimal; of a short whole one without reading its text as one that may be anything. */
export function decimalOfDigits(text: string): Decimal {
  return text.length <= LONGEST_SHORT && /^\d+$/.test(text) ? new Decimal(Number(text)) : new Decimal(text);
}

const LONGEST_SHORT = 7;

/** The sum, exact. Empty: 0. */
export function sum(values: Iterable<Decimal>): Decimal {
  let total: Decimal = ZERO;
  for (const value of values) total = plus(total, value);
  return total;
}

/** a + b. Much on an invoice is zero, and adding that needs no new number. */
export function plus(a: Decimal, b: Decimal): Decimal {
  if (b.isZero()) return a;
  return a.isZero() ? b : a.plus(b);
}

/** a − b. */
export function minus(a: Decimal, b: Decimal): Decimal {
  return b.isZero() ? a : a.minus(b);
}
