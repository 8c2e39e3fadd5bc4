/**
 * The one decimal type of the project: an own clone of decimal.js, so that no other code's configuration reaches it.
 *
 * A thousand digits are never needed; they are room in which adding and multiplying are exact for every number that can
 * be read (the library's default of twenty digits would silently drop the end of a long sum). Division is the one
 * operation that can lose digits: it lives in fraction.ts and nowhere else.
 */
import { Decimal as Library } from 'decimal.js';
import type { Mutable } from './mutable.ts';

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

/** Digits of a word: decimal.js keeps a number as words in base 10^7, aligned to the point. */
const WORD_DIGITS = 7;
const WORD = 10_000_000;
const MOST_UNIT_DIGITS = 2 * WORD_DIGITS;
const POWERS_OF_TEN = Array.from({ length: MOST_UNIT_DIGITS + 1 }, (_, i) => 10 ** i);

/**
 * `units` × 10^−`scale`, exact. `units`: a whole number from 0 to 2^53. A `scale` of up to 14 is written word by word, which
 * takes a fraction of the time that reading a text does.
 */
export function decimalOfUnits(units: number, scale: number): Decimal {
  if (scale > MOST_UNIT_DIGITS) return new Decimal(`${units}e-${scale}`);
  const one = POWERS_OF_TEN[scale]!;
  const below = units % one;
  const words = wholeWords((units - below) / one);
  const wholes = words.length;
  if (below > 0) {
    // Below 10^14, as 14 digits behind the point.
    const fraction = below * POWERS_OF_TEN[MOST_UNIT_DIGITS - scale]!;
    const low = fraction % WORD;
    words.push((fraction - low) / WORD);
    if (low > 0) words.push(low);
    if (words[0] === 0) words.shift(); // nothing but zeros before it
  }
  if (words.length === 0) return ZERO;
  // The place of the first word: from 0 upwards before the point, −1 and −2 behind it.
  const place = wholes > 0 ? wholes - 1 : below * POWERS_OF_TEN[MOST_UNIT_DIGITS - scale]! >= WORD ? -1 : -2;
  while (words.at(-1) === 0) words.pop();
  const number = new Decimal(1) as Mutable<Decimal>;
  number.e = place * WORD_DIGITS + digitsOf(words[0]!) - 1;
  number.d = words;
  return number;
}

/** The number in plain digits, as `toFixed` of decimal.js writes it. */
export function plainText(number: Decimal): string {
  const { d: words, e: exponent, s: sign } = number;
  if (sign < 0 || exponent < 0 || !words) return number.toFixed();
  const wholes = Math.floor(exponent / WORD_DIGITS) + 1;
  let text = String(words[0]);
  for (let i = 1; i < wholes; i++) text += i < words.length ? wordText(words[i]!) : '0000000';
  if (words.length <= wholes) return text;
  text += '.';
  for (let i = wholes; i < words.length - 1; i++) text += wordText(words[i]!);
  return text + wordText(words.at(-1)!).replace(/0+$/, '');
}

function wordText(word: number): string {
  return String(word + WORD).slice(1);
}

/** Words of a whole number from 0 to 2^53; none for 0. */
function wholeWords(whole: number): number[] {
  if (whole === 0) return [];
  if (whole < WORD) return [whole];
  const low = whole % WORD;
  const rest = (whole - low) / WORD;
  if (rest < WORD) return [rest, low];
  const middle = rest % WORD;
  return [(rest - middle) / WORD, middle, low];
}

/** Digits of a whole number from 1 to 10^7. */
function digitsOf(word: number): number {
  let digits = 1;
  for (let bound = 10; word >= bound; bound *= 10) digits++;
  return digits;
}

/** The number of a plain decimal; of a short whole one without reading its text as one that may be anything. */
export function decimalOfDigits(text: string): Decimal {
  return text.length <= LONGEST_SHORT && /^\d+$/.test(text) ? new Decimal(Number(text)) : new Decimal(text);
}

const LONGEST_SHORT = 7;

/** The nearest number with so many digits behind the point, half away from zero. */
export function rounded(number: Decimal, digits: number): Decimal {
  const { d: words, e: exponent, s: sign } = number;
  const wholes = Math.floor(exponent / WORD_DIGITS) + 1;
  if (words.length <= wholes) return number; // nothing behind the point
  // Of larger and smaller numbers, and such with more digits, the words make no unit that a double holds.
  const isSmall = sign > 0 && exponent >= 0 && wholes <= 2 && digits <= 4 && (wholes < 2 || words[0]! < 100);
  if (!isSmall) return number.toDecimalPlaces(digits, Decimal.ROUND_HALF_UP);
  const whole = wholes === 1 ? words[0]! : words[0]! * WORD + words[1]!;
  // The first word behind the point decides: half of a unit has at most five digits there.
  const unit = POWERS_OF_TEN[WORD_DIGITS - digits]!;
  const below = words[wholes]!;
  const units = whole * POWERS_OF_TEN[digits]! + Math.floor((below + unit / 2) / unit);
  return decimalOfUnits(units, digits);
}

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
