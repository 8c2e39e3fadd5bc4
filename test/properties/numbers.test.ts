import { expect, test } from 'vitest';
import { allocate } from '../../src/core/allocate.ts';
import { Decimal } from '../../src/core/decimal.ts';
import { Fraction } from '../../src/core/fraction.ts';
import { check, fc } from '../support/properties.ts';
import {
  compare,
  divide,
  minus,
  ofFraction,
  plus,
  type Rational,
  rational,
  rounded,
  shown,
  times,
  total,
} from '../support/rationals.ts';

const decimal = fc.oneof(
  fc.constantFrom('0', '1', '-1', '0.5', '-0.5', '0.005', '7', '28', '29', '30', '31', '10000'),
  fc.stringMatching(/^-?\d{1,20}(\.\d{1,20})?$/),
);
const denominator = fc.oneof(
  fc.constantFrom('1', '3', '7', '30', '31', '0.3', '-6', '1024', '10000', '365'),
  decimal.filter((text) => /[1-9]/.test(text)),
);
const fraction = fc.tuple(decimal, denominator);

function both([n, d]: readonly [string, string]): { value: Fraction; expected: Rational } {
  return { value: Fraction.of(n, d), expected: divide(rational(n), rational(d)) };
}

test('adding, subtracting, multiplying, dividing and comparing fractions is exact', () => {
  check(
    fc.property(fraction, fraction, (one, other) => {
      const [a, b] = [both(one), both(other)];
      expect(compare(ofFraction(a.value), a.expected)).toBe(0);
      expect(compare(ofFraction(a.value.plus(b.value)), plus(a.expected, b.expected))).toBe(0);
      expect(compare(ofFraction(a.value.minus(b.value)), minus(a.expected, b.expected))).toBe(0);
      expect(compare(ofFraction(a.value.times(b.value)), times(a.expected, b.expected))).toBe(0);
      if (b.expected.n !== 0n)
        expect(compare(ofFraction(a.value.dividedBy(b.value)), divide(a.expected, b.expected))).toBe(0);
      expect(Math.sign(a.value.cmp(b.value))).toBe(compare(a.expected, b.expected));
    }),
    { runs: 1000 },
  );
});

test('a denominator is a whole number above 0 that shares no factor with 2, 5 or the numerator', () => {
  check(
    fc.property(fraction, (one) => {
      const { value } = both(one);
      const bottom = BigInt(value.denominator.toFixed());
      expect(bottom > 0n && bottom % 2n !== 0n && bottom % 5n !== 0n).toBe(true);
      let [a, b] = [BigInt(value.numerator.toFixed().replace(/[-.]/g, '')), bottom];
      while (b !== 0n) [a, b] = [b, a % b];
      expect(a).toBe(value.isZero() ? bottom : 1n);
    }),
    { runs: 500 },
  );
});

test('rounding is to the nearest, half away from zero', () => {
  const half = fc
    .tuple(fc.integer({ min: -10_000, max: 10_000 }), fc.constantFrom('2', '200', '2000', '3', '7'))
    .map(([n, d]) => [String(n), d] as const);
  check(
    fc.property(fc.oneof(half, fraction), fc.integer({ min: 0, max: 6 }), (one, digits) => {
      const { value, expected } = both(one);
      const result = value.round(digits).toFixed(digits);
      expect(result.replace(/^-(?=[0.]*$)/, '')).toBe(shown(rounded(expected, digits), digits));
    }),
    { runs: 1000 },
  );
});

test('an amount that is spread stays whole, and no part is a unit away from its exact share', () => {
  const weights = fc
    .array(fc.oneof(fc.constantFrom('0', '1', '1'), fc.stringMatching(/^\d{1,9}(\.\d{1,3})?$/)), {
      minLength: 1,
      maxLength: 8,
    })
    .filter((all) => all.some((weight) => /[1-9]/.test(weight)));
  check(
    fc.property(fc.nat(1_000_000), weights, fc.constantFrom('1', '0.01', '0.001'), (units, texts, unit) => {
      const exactTotal = times(rational(units), rational(unit));
      const sum = total(texts.map(rational));
      const parts = allocate({
        total: new Decimal(units).times(unit),
        weights: texts.map((text) => new Decimal(text)),
        unit: new Decimal(unit),
      }).map((part) => rational(part.toFixed()));
      expect(compare(total(parts), exactTotal)).toBe(0);
      for (const [i, part] of parts.entries()) {
        const share = divide(times(exactTotal, rational(texts[i]!)), sum);
        const distance = minus(part, share);
        expect(compare(distance, rational(unit))).toBeLessThan(0);
        expect(compare(rational(unit), minus(share, part))).toBeGreaterThan(0);
      }
    }),
    { runs: 500 },
  );
});
