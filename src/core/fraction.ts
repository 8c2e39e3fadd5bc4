/**
 * Exact numbers that survive division.
 *
 * A price per 10 000, 11 of 31 days, a third of an included quantity: as decimals they would be cut somewhere, and a
 * cut just below half a cent is a cent lost. A Fraction keeps a decimal numerator over an integer denominator; while a
 * value terminates as a decimal – nearly always – the denominator is 1 and every operation is one on plain decimals.
 */
import { assert } from './assert.ts';
import { Decimal, decimalOf, ONE, ZERO } from './decimal.ts';

const TWO = new Decimal(2);
const FIVE = new Decimal(5);

/** Digits after the point when a number that does not terminate has to be written down. */
export const SHOWN_FRACTION_DIGITS = 12;

export class Fraction {
  /** Any decimal. */
  readonly numerator: Decimal;
  /** An integer ≥ 1 without the factors 2 and 5 (those are moved into the numerator), in lowest terms; 1 is always ONE. */
  readonly denominator: Decimal;

  private constructor(numerator: Decimal, denominator: Decimal) {
    this.numerator = numerator;
    this.denominator = denominator;
  }

  static of(numerator: Decimal | number | string, denominator: Decimal | number | string = ONE): Fraction {
    const top = decimalOf(numerator);
    if (denominator === ONE) return new Fraction(top, ONE);
    const over = decimalOf(denominator);
    assert(!over.isZero(), () => `${numerator} is divided by zero`);
    return over.eq(ONE) ? new Fraction(top, ONE) : reduce(top, over);

    function reduce(top: Decimal, bottom: Decimal): Fraction {
      if (top.isZero()) return Fraction.ZERO;
      const { factor, rest } = partsOf(bottom);
      const n = top.times(factor);
      if (rest.eq(ONE)) return new Fraction(n, ONE);
      // The numerator's own powers of ten share no factor with the denominator, so its digits decide.
      const divisor = greatestCommonDivisor(n.digits, rest.digits);
      const common = new Decimal(typeof divisor === 'bigint' ? String(divisor) : divisor);
      if (common.eq(ONE)) return new Fraction(n, rest);
      return new Fraction(n.div(common), rest.eq(common) ? ONE : rest.div(common));
    }
  }

  /** True if the value is a decimal with an end, and `numerator` is that decimal. */
  get terminates(): boolean {
    return this.denominator === ONE;
  }

  plus(other: Fraction): Fraction {
    if (other.isZero()) return this;
    if (this.isZero()) return other;
    if (this.terminates && other.terminates) return new Fraction(this.numerator.plus(other.numerator), ONE);
    return Fraction.of(
      this.numerator.times(other.denominator).plus(other.numerator.times(this.denominator)),
      this.denominator.times(other.denominator),
    );
  }

  minus(other: Fraction): Fraction {
    if (other.isZero()) return this;
    if (this.terminates && other.terminates) return new Fraction(this.numerator.minus(other.numerator), ONE);
    return this.plus(other.negated());
  }

  times(other: Fraction): Fraction {
    if (other === Fraction.ONE) return this;
    if (this === Fraction.ONE) return other;
    if (this.terminates && other.terminates) return new Fraction(this.numerator.times(other.numerator), ONE);
    return Fraction.of(this.numerator.times(other.numerator), this.denominator.times(other.denominator));
  }

  /** Fails with a Bug if `other` is 0. */
  dividedBy(other: Fraction): Fraction {
    if (other.terminates) return this.times(inverseOf(other.numerator));
    return Fraction.of(this.numerator.times(other.denominator), this.denominator.times(other.numerator));
  }

  negated(): Fraction {
    return new Fraction(this.numerator.neg(), this.denominator);
  }

  /** Negative, 0 or positive, as this is less than, equal to or greater than `other`. */
  cmp(other: Fraction): number {
    if (this === other) return 0;
    if (this.terminates && other.terminates) return this.numerator.cmp(other.numerator);
    return this.numerator.times(other.denominator).cmp(other.numerator.times(this.denominator));
  }

  eq(other: Fraction): boolean {
    return this.cmp(other) === 0;
  }

  isZero(): boolean {
    return this.numerator.isZero();
  }

  isPositive(): boolean {
    return !this.numerator.isZero() && this.numerator.isPositive();
  }

  /** The smallest integer that is not below the value. */
  ceil(): Decimal {
    const whole = this.numerator.divToInt(this.denominator);
    return whole.times(this.denominator).lt(this.numerator) ? whole.plus(ONE) : whole;
  }

  /** The nearest decimal with `digits` digits after the point, half away from zero, decided on the exact value. */
  round(digits: number): Decimal {
    if (this.terminates) return this.numerator.toDecimalPlaces(digits);
    return roundedRatio(this.numerator, this.denominator, digits);
  }

  /** this × other, rounded as in {@link round}; the product itself is not put into lowest terms. */
  timesRounded(other: Fraction, digits: number): Decimal {
    return roundedRatio(this.numerator.times(other.numerator), this.denominator.times(other.denominator), digits);
  }

  /** The whole value in plain digits if it terminates; otherwise its nearest decimal of {@link SHOWN_FRACTION_DIGITS} digits. */
  toString(): string {
    if (this.isZero()) return '0';
    return (this.terminates ? this.numerator : this.round(SHOWN_FRACTION_DIGITS)).toFixed();
  }

  /** Exact whatever the value: `239/31` in lowest terms, `-1/3`; a whole number without a denominator. */
  toRatio(): string {
    const top = BigInt(this.numerator.digits);
    const bottom = BigInt(this.denominator.digits) * 10n ** BigInt(this.numerator.decimalPlaces());
    const common = BigInt(greatestCommonDivisor(top, bottom));
    return bottom === common ? String(top / common) : `${top / common}/${bottom / common}`;
  }

  static min(a: Fraction, b: Fraction): Fraction {
    return a.cmp(b) <= 0 ? a : b;
  }

  static max(a: Fraction, b: Fraction): Fraction {
    return a.cmp(b) >= 0 ? a : b;
  }

  static sum(values: Iterable<Fraction>): Fraction {
    let total = Fraction.ZERO;
    for (const value of values) total = total.plus(value);
    return total;
  }

  static readonly ZERO: Fraction = new Fraction(ZERO, ONE);
  static readonly ONE: Fraction = new Fraction(ONE, ONE);
}

/** The nearest decimal of numerator ÷ denominator, half away from zero. The denominator is a whole number above 0. */
function roundedRatio(numerator: Decimal, denominator: Decimal, digits: number): Decimal {
  const shift = digits - numerator.decimalPlaces();
  const top = BigInt(numerator.abs().digits) * 10n ** BigInt(Math.max(0, shift));
  const bottom = BigInt(denominator.digits) * 10n ** BigInt(Math.max(0, -shift));
  const units = (top * 2n + bottom) / (bottom * 2n);
  const rounded = new Decimal(units <= Number.MAX_SAFE_INTEGER ? Number(units) : String(units), digits);
  return numerator.isNegative() ? rounded.neg() : rounded;
}

/**
 * Inverses of divisors already met: the same few, the quantities that prices are for, come back for every line of every
 * invoice.
 */
const KNOWN_INVERSES = new WeakMap<Decimal, Fraction>();

function inverseOf(divisor: Decimal): Fraction {
  let inverse = KNOWN_INVERSES.get(divisor);
  if (!inverse) {
    inverse = divisor.eq(ONE) ? Fraction.ONE : Fraction.of(ONE, divisor);
    KNOWN_INVERSES.set(divisor, inverse);
  }
  return inverse;
}

/** A denominator taken apart: dividing by it is multiplying by `factor`, a decimal with an end, and dividing by `rest`. */
type Parts = { readonly factor: Decimal; readonly rest: Decimal };

/**
 * Parts of denominators already met: the same few – a price's `per`, the days of a month – come back for every line of
 * every invoice.
 */
const KNOWN_PARTS = new Map<string, Parts>();
const MOST_KNOWN_PARTS = 1000;

function partsOf(denominator: Decimal): Parts {
  const key = denominator.toFixed();
  const known = KNOWN_PARTS.get(key);
  if (known) return known;
  let factor = new Decimal(10).pow(denominator.decimalPlaces());
  let rest: Decimal = denominator.times(factor);
  if (rest.isNegative()) [factor, rest] = [factor.neg(), rest.neg()];
  for (; rest.mod(TWO).isZero(); rest = rest.div(TWO)) factor = factor.div(TWO);
  for (; rest.mod(FIVE).isZero(); rest = rest.div(FIVE)) factor = factor.div(FIVE);
  const parts = { factor, rest };
  if (KNOWN_PARTS.size >= MOST_KNOWN_PARTS) KNOWN_PARTS.clear();
  KNOWN_PARTS.set(key, parts);
  return parts;
}

/** `a`, `b`: whole numbers; b ≥ 1. */
function greatestCommonDivisor(a: number | bigint, b: number | bigint): number | bigint {
  if (typeof a === 'number' && typeof b === 'number') {
    let [x, y] = [Math.abs(a), b];
    while (y !== 0) [x, y] = [y, x % y];
    return x;
  }
  let [x, y] = [BigInt(a), BigInt(b)];
  if (x < 0n) x = -x;
  while (y !== 0n) [x, y] = [y, x % y];
  return x;
}
