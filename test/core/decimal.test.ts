/** Shortcuts past texts give the numbers, texts and roundings of decimal.js itself. */
import { expect, test } from 'vitest';
import { Decimal, decimalOfDigits, decimalOfUnits, plainText, rounded } from '../../src/core/decimal.ts';
import { Random } from '../telemetry/random.ts';

const EDGES = [0, 1, 9, 10, 99, 9_999_999, 10_000_000, 10_000_001, 99_999_999_999_999, 100_000_000_000_000];
const LARGEST = 2 ** 53 - 1;

/** Numbers of any size, of which many have words of zeros. */
function someUnits(random: Random): number[] {
  const sizes = Array.from({ length: 400 }, () => Math.floor(random.below(LARGEST) / 10 ** random.below(16)));
  return [...EDGES, LARGEST, ...sizes, ...sizes.map((size) => size - (size % 10 ** random.below(12)))];
}

test('units of any scale are the number that their text is', () => {
  for (const units of someUnits(new Random(1))) {
    for (let scale = 0; scale <= 16; scale++) {
      const [number, expected] = [decimalOfUnits(units, scale), new Decimal(`${units}e-${scale}`)];
      const parts = ({ s, e, d }: Decimal) => [s, e, d];
      expect(parts(number), `${units}e-${scale}`).toEqual(parts(expected));
    }
  }
});

test('a number in plain digits is what decimal.js writes', () => {
  for (const units of someUnits(new Random(2))) {
    for (const exponent of [-30, -15, -14, -9, -8, -7, -6, -2, -1, 0, 1, 6, 7, 8, 20]) {
      for (const sign of ['', '-']) {
        const number = new Decimal(`${sign}${units}e${exponent}`);
        expect(plainText(number)).toBe(number.toFixed());
      }
    }
  }
});

test('half a unit is rounded away from zero, as decimal.js does it', () => {
  const halves = [
    '0.5',
    '0.05',
    '0.005',
    '1.005',
    '2.4999999999',
    '9.995',
    '99999.995',
    '999999999.995',
    '12.00000005',
  ];
  const numbers = someUnits(new Random(3)).flatMap((units) =>
    [0, 1, 2, 3, 5, 8, 13].map((scale) => `${units}e-${scale}`),
  );
  for (const text of [...halves, ...numbers]) {
    for (const sign of ['', '-']) {
      for (const digits of [0, 2, 3, 4, 12]) {
        const number = new Decimal(`${sign}${text}`);
        const expected = number.toDecimalPlaces(digits, Decimal.ROUND_HALF_UP);
        expect(plainText(rounded(number, digits)), `${number} to ${digits} digits`).toBe(expected.toFixed());
      }
    }
  }
});

test('short and long digits are read alike', () => {
  for (const text of ['0', '7', '007', '1234567', '12345678', '0.50', '1234567890123456789.000000000001'])
    expect(decimalOfDigits(text).eq(new Decimal(text)), text).toBe(true);
});
