/**
 * The one decimal type of the project. Adding, subtracting, multiplying and comparing are exact, whatever the size.
 *
 * Nearly every amount and quantity is a whole number of units below 2^53, and is kept as that: `12.05` as 1205 and a scale of
 * 2. What does not fit is computed by decimal.js, and is put back into units as soon as it fits again. A thousand digits are
 * never needed; they are room in which decimal.js is exact for every number that can be read (its default of twenty would
 * silently drop the end of a long sum). Division is the one operation that can lose digits: it lives in fraction.ts and
 * nowhere else.
 */
import { Decimal as Library } from 'decimal.js';

/** An own clone, so that no other code's configuration reaches it. */
const Long = Library.clone({
  precision: 1000,
  rounding: Library.ROUND_HALF_UP, // decimal.js: half away from zero, for negative numbers too
  toExpNeg: -9e15, // never exponential notation, whichever way a number is printed
  toExpPos: 9e15,
});

/** For estimates: decimal.js with so many significant digits instead of exact results. */
export function decimalsOf(digits: number): typeof Library {
  return Library.clone({ precision: digits });
}

/** A number as it stands in a sum, or its text. */
export type Operand = Decimal | number | string;

/** From 10^0 to 10^22: these are doubles without an error. */
export const POWERS_OF_TEN: readonly number[] = Array.from({ length: 23 }, (_, i) => Number(`1e${i}`));
const MOST_SCALE = POWERS_OF_TEN.length - 1;
/** The largest exponent of ten within 2^53. */
const MOST_EXACT_POWER = 15;

const DIGIT_0 = 48;
const PLAIN_DECIMAL = /^-?\d+(\.\d+)?$/;

export class Decimal {
  /** The number is units × 10^−scale: a whole number within ±(2^53 − 1), or NaN where `long` holds the number. Never −0. */
  private readonly units: number;
  /** Digits after the point, 0 to 22; units do not end in 0 unless it is 0. */
  private readonly scale: number;
  /** A number that does not fit into units. */
  private readonly long: Library | undefined;

  /**
   * The number that `value` is, times 10^−`scale`; a `scale` (from 0) may be given for whole numbers within ±(2^53 − 1).
   * Text: a decimal as decimal.js reads it. Throws decimal.js's error if it is none.
   */
  constructor(value: Operand | Library, scale = 0) {
    if (typeof value === 'number' && isExact(value) && Number.isInteger(value) && scale <= MOST_SCALE) {
      let units = value + 0;
      let digits = units === 0 ? 0 : scale;
      for (; digits > 0 && units % 10 === 0; digits--) units /= 10;
      this.units = units;
      this.scale = digits;
      this.long = undefined;
      return;
    }
    const from: Parts = value instanceof Decimal ? value.parts() : fitted(scale === 0 ? value : `${value}e-${scale}`);
    this.units = from.units;
    this.scale = from.scale;
    this.long = from.long;
  }

  plus(other: Operand): Decimal {
    const b = decimalOf(other);
    const scale = Math.max(this.scale, b.scale);
    const units = this.unitsAt(scale) + b.unitsAt(scale);
    return isExact(units) ? new Decimal(units, scale) : new Decimal(this.asLong().plus(b.asLong()));
  }

  minus(other: Operand): Decimal {
    const b = decimalOf(other);
    const scale = Math.max(this.scale, b.scale);
    const units = this.unitsAt(scale) - b.unitsAt(scale);
    return isExact(units) ? new Decimal(units, scale) : new Decimal(this.asLong().minus(b.asLong()));
  }

  times(other: Operand): Decimal {
    const b = decimalOf(other);
    const units = this.units * b.units;
    const scale = this.scale + b.scale;
    if (isExact(units) && scale <= MOST_SCALE) return new Decimal(units, scale);
    return new Decimal(this.asLong().times(b.asLong()));
  }

  /** To 1000 digits: exact if the quotient ends before. */
  div(other: Operand): Decimal {
    const b = decimalOf(other);
    // As many zeros behind this as there is room for.
    for (let zeros = Math.max(0, b.scale - this.scale); this.scale + zeros - b.scale <= MOST_SCALE; zeros++) {
      const units = this.units * (POWERS_OF_TEN[zeros] ?? Number.NaN);
      if (!isExact(units)) break;
      if (units % b.units === 0) return new Decimal(units / b.units, this.scale + zeros - b.scale);
    }
    return new Decimal(this.asLong().div(b.asLong()));
  }

  /** Towards zero. */
  divToInt(other: Operand): Decimal {
    const b = decimalOf(other);
    const scale = Math.max(this.scale, b.scale);
    const [top, bottom] = [this.unitsAt(scale), b.unitsAt(scale)];
    const units = (top - (top % bottom)) / bottom;
    return isExact(units) ? new Decimal(units) : new Decimal(this.asLong().divToInt(b.asLong()));
  }

  /** The rest of {@link divToInt}: it has the sign of this. */
  mod(other: Operand): Decimal {
    const b = decimalOf(other);
    const scale = Math.max(this.scale, b.scale);
    const units = this.unitsAt(scale) % b.unitsAt(scale);
    return isExact(units) ? new Decimal(units, scale) : new Decimal(this.asLong().mod(b.asLong()));
  }

  /** `exponent`: a whole number. */
  pow(exponent: number): Decimal {
    if (this.units === 10 && exponent >= 0 && exponent <= MOST_EXACT_POWER)
      return new Decimal(POWERS_OF_TEN[exponent]!);
    return new Decimal(this.asLong().pow(exponent));
  }

  neg(): Decimal {
    return this.long ? new Decimal(this.long.neg()) : new Decimal(-this.units, this.scale);
  }

  abs(): Decimal {
    return this.isNegative() ? this.neg() : this;
  }

  /** −1, 0 or 1, as this is less than, equal to or greater than `other`. */
  cmp(other: Operand): number {
    const b = decimalOf(other);
    const scale = Math.max(this.scale, b.scale);
    const difference = this.unitsAt(scale) - b.unitsAt(scale);
    return Number.isNaN(difference) ? this.asLong().cmp(b.asLong()) : Math.sign(difference);
  }

  eq(other: Operand): boolean {
    return this.cmp(other) === 0;
  }

  lt(other: Operand): boolean {
    return this.cmp(other) < 0;
  }

  lte(other: Operand): boolean {
    return this.cmp(other) <= 0;
  }

  gt(other: Operand): boolean {
    return this.cmp(other) > 0;
  }

  gte(other: Operand): boolean {
    return this.cmp(other) >= 0;
  }

  isZero(): boolean {
    return this.units === 0;
  }

  /** Below 0. */
  isNegative(): boolean {
    return this.long ? this.long.isNegative() : this.units < 0;
  }

  /** 0 or above. */
  isPositive(): boolean {
    return !this.isNegative();
  }

  isInteger(): boolean {
    return this.long ? this.long.isInteger() : this.scale === 0;
  }

  /** Digits after the point; zeros at the end do not count. */
  decimalPlaces(): number {
    return this.long ? this.long.decimalPlaces() : this.scale;
  }

  /** All digits as a whole number, without the point: −12.05 is −1205. A bigint beyond ±(2^53 − 1). */
  get digits(): number | bigint {
    return this.long ? BigInt(this.long.toFixed().replace('.', '')) : this.units;
  }

  /** The nearest number with at most so many digits after the point; half away from zero unless `rounding` says otherwise. */
  toDecimalPlaces(digits: number, rounding: Rounding = Decimal.ROUND_HALF_UP): Decimal {
    if (this.long) return new Decimal(this.long.toDecimalPlaces(digits, rounding));
    if (this.scale <= digits) return this;
    const unit = POWERS_OF_TEN[this.scale - digits]!;
    const rest = Math.abs(this.units % unit);
    const whole = (Math.abs(this.units) - rest) / unit;
    const isUp = rounding === Decimal.ROUND_HALF_UP ? rest >= unit / 2 : rounding === Decimal.ROUND_UP && rest > 0;
    const units = isUp ? whole + 1 : whole;
    return new Decimal(this.units < 0 ? -units : units, digits);
  }

  toSignificantDigits(digits: number): Decimal {
    return new Decimal(this.asLong().toSignificantDigits(digits));
  }

  /** Plain digits, never an exponent; `digits`: so many after the point, rounded half away from zero. */
  toFixed(digits?: number): string {
    if (this.long) return this.long.toFixed(digits as number);
    const { units, scale } = digits === undefined ? this : this.toDecimalPlaces(digits);
    const places = digits ?? scale;
    const sign = this.units < 0 ? '-' : '';
    if (places === 0) return sign + Math.abs(units);
    const text = (String(Math.abs(units)) + '0'.repeat(places - scale)).padStart(places + 1, '0');
    return `${sign}${text.slice(0, -places)}.${text.slice(-places)}`;
  }

  toString(): string {
    return this.toFixed();
  }

  toJSON(): string {
    return this.toFixed();
  }

  /** The nearest double. */
  toNumber(): number {
    return this.long ? this.long.toNumber() : this.units / POWERS_OF_TEN[this.scale]!;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toFixed();
  }

  static max(a: Decimal, b: Operand): Decimal {
    return a.cmp(b) >= 0 ? a : decimalOf(b);
  }

  static min(a: Decimal, b: Operand): Decimal {
    return a.cmp(b) <= 0 ? a : decimalOf(b);
  }

  static isDecimal(value: unknown): value is Decimal {
    return value instanceof Decimal;
  }

  static readonly ROUND_UP = Library.ROUND_UP;
  static readonly ROUND_DOWN = Library.ROUND_DOWN;
  static readonly ROUND_HALF_UP = Library.ROUND_HALF_UP;

  private parts(): Parts {
    return { units: this.units, scale: this.scale, long: this.long };
  }

  /** The number in units of a larger or equal `scale`; NaN where they are no exact double. */
  private unitsAt(scale: number): number {
    if (scale === this.scale) return this.units;
    const units = this.units * POWERS_OF_TEN[scale - this.scale]!;
    return isExact(units) ? units : Number.NaN;
  }

  private asLong(): Library {
    return this.long ?? new Long(this.units).div(POWERS_OF_TEN[this.scale]!);
  }
}

type Parts = { readonly units: number; readonly scale: number; readonly long: Library | undefined };

/** A way to round: away from zero, towards it, or to the nearest with halves away from it. */
export type Rounding = typeof Decimal.ROUND_UP | typeof Decimal.ROUND_DOWN | typeof Decimal.ROUND_HALF_UP;

/** True within ±(2^53 − 1): a whole number is then what it was computed as. False for NaN. */
function isExact(units: number): boolean {
  return units <= Number.MAX_SAFE_INTEGER && units >= -Number.MAX_SAFE_INTEGER;
}

/** Units where the number fits into them. */
function fitted(value: number | string | Library): Parts {
  const text = typeof value === 'string' && PLAIN_DECIMAL.test(value) ? value : new Long(value).toFixed();
  const point = text.indexOf('.');
  const wholes = point < 0 ? text.length : point;
  let scale = Math.max(0, text.length - wholes - 1);
  while (scale > 0 && text.charCodeAt(wholes + scale) === DIGIT_0) scale--;
  const units = Number(text.slice(0, wholes) + text.slice(wholes + 1, wholes + 1 + scale));
  if (scale <= MOST_SCALE && isExact(units)) return { units: units + 0, scale, long: undefined };
  return { units: Number.NaN, scale: 0, long: new Long(value) };
}

/** Decimals never change, so that one can be shared. */
export function decimalOf(value: Operand): Decimal {
  return typeof value === 'object' ? value : new Decimal(value);
}

export const ZERO: Decimal = new Decimal(0);
export const ONE: Decimal = new Decimal(1);

/** True for `0`, `12`, `0.05`, `-3`: digits, with a point only between digits. No exponent, sign `+`, blank or separator. */
export function isPlainDecimal(text: string): boolean {
  return PLAIN_DECIMAL.test(text);
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
