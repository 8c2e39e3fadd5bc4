/**
 * Exact numbers for tests to compute expected values with: a BigInt over a BigInt, by the rules of school. Shares no code
 * with the product.
 */
import type { Fraction } from '../../src/core/fraction.ts';

export type Rational = { readonly n: bigint; readonly d: bigint };

export const ZERO: Rational = { n: 0n, d: 1n };

/** `12.5`, `-3`, `1/3`, or a whole number. */
export function rational(text: string | number): Rational {
  const [top, bottom] = String(text).split('/') as [string, string?];
  if (bottom !== undefined) return divide(rational(top), rational(bottom));
  const [, sign, whole, fraction = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(top)!;
  const digits = BigInt(`${whole}${fraction}`);
  return { n: sign === '-' ? -digits : digits, d: 10n ** BigInt(fraction.length) };
}

export function plus(a: Rational, b: Rational): Rational {
  // Amounts of money have one denominator, which a long sum of them keeps.
  if (a.d === b.d) return { n: a.n + b.n, d: a.d };
  return { n: a.n * b.d + b.n * a.d, d: a.d * b.d };
}

export function minus(a: Rational, b: Rational): Rational {
  return plus(a, { n: -b.n, d: b.d });
}

export function times(a: Rational, b: Rational): Rational {
  return { n: a.n * b.n, d: a.d * b.d };
}

export function divide(a: Rational, b: Rational): Rational {
  return b.n < 0n ? { n: -a.n * b.d, d: a.d * -b.n } : { n: a.n * b.d, d: a.d * b.n };
}

export function compare(a: Rational, b: Rational): number {
  const difference = a.n * b.d - b.n * a.d;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

export function least(a: Rational, b: Rational): Rational {
  return compare(a, b) <= 0 ? a : b;
}

export function most(a: Rational, b: Rational): Rational {
  return compare(a, b) >= 0 ? a : b;
}

export function total(values: readonly Rational[]): Rational {
  return values.reduce(plus, ZERO);
}

/** The smallest whole number not below a value ≥ 0. */
export function ceiling({ n, d }: Rational): Rational {
  return { n: (n + d - 1n) / d, d: 1n };
}

/** Half away from zero: the digits before the cut, and one more if twice the rest is at least the whole. */
export function rounded({ n, d }: Rational, digits: number): Rational {
  const scale = 10n ** BigInt(digits);
  const positive = (n < 0n ? -n : n) * scale;
  const cut = positive / d + (2n * (positive % d) >= d ? 1n : 0n);
  return { n: n < 0n ? -cut : cut, d: scale };
}

/** With all its digits, for a value that has at most `digits` after the point. */
export function shown(value: Rational, digits: number): string {
  const { n } = rounded(value, digits);
  const text = String(n < 0n ? -n : n).padStart(digits + 1, '0');
  const point = text.length - digits;
  return `${n < 0n ? '-' : ''}${text.slice(0, point)}${digits > 0 ? `.${text.slice(point)}` : ''}`;
}

/** A value of the product's own kind, through its digits. */
export function ofFraction(value: Fraction): Rational {
  return divide(rational(value.numerator.toFixed()), rational(value.denominator.toFixed()));
}
