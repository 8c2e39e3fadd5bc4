/** Numbers kept as units give what decimal.js gives, operation by operation, also where they cease to fit into units. */
import { Decimal as Library } from 'decimal.js';
import { expect, test } from 'vitest';
import { Decimal } from '../../src/core/decimal.ts';
import { Random } from '../telemetry/random.ts';

/** Set up here for itself: exact in a thousand digits, half away from zero. */
const Exact = Library.clone({ precision: 1000, rounding: Library.ROUND_HALF_UP, toExpNeg: -9e15, toExpPos: 9e15 });

const LARGEST = 2 ** 53 - 1;
const EDGES = [
  ...['0', '-0', '1', '-1', '9', '10', '0.5', '-0.05', '0.005', '1.005', '-2.4999999999', '9.995', '00012.50', '7e-7'],
  ...[
    `${LARGEST}`,
    `-${LARGEST}`,
    `${2 ** 53}`,
    `${2 ** 53}.1`,
    `${LARGEST - 1}`,
    '900719925474099.1',
    '900719925474099.25',
  ],
  ...[
    '1e15',
    '1e16',
    '1e22',
    '1e23',
    '1e-15',
    '1e-16',
    '1e-22',
    '1e-23',
    '9e-22',
    '18446744073709551615',
    '4503599627370496',
  ],
  ...['99999999999999999999.999999999999', '-0.000000000001', '12.00000005', '3', '7', '1024', '1e-60', '123456789e40'],
];

/** Numbers of any size and scale, of which many end in zeros or are close to what fits. */
function some(random: Random): string {
  if (random.below(4) === 0) return EDGES[random.below(EDGES.length)]!;
  let units = Math.floor(random.below(LARGEST) / 10 ** random.below(16));
  if (random.below(3) === 0) units -= units % 10 ** random.below(12);
  const sign = random.below(3) === 0 ? '-' : '';
  return `${sign}${units}e${random.below(12) - 9}`;
}

/** A zero of decimal.js may have a sign, which ours never has. */
const text = (number: Decimal | Library) => (number.isZero() ? '0' : number.toFixed());

test('two numbers: sums, differences, products, quotients, rests and comparisons', () => {
  const random = new Random(1);
  for (let run = 0; run < 3_000; run++) {
    const [a, b] = [some(random), some(random)];
    const [x, y, exactX, exactY] = [new Decimal(a), new Decimal(b), new Exact(a), new Exact(b)];
    const told = (name: string) => `${a} ${name} ${b}`;
    for (const name of ['plus', 'minus', 'times'] as const)
      expect(text(x[name](y)), told(name)).toBe(text(exactX[name](exactY)));
    for (const name of ['cmp', 'eq', 'lt', 'lte', 'gt', 'gte'] as const)
      expect(+x[name](y), told(name)).toBe(+exactX[name](exactY));
    expect(text(Decimal.max(x, y)), told('max')).toBe(text(Exact.max(exactX, exactY)));
    expect(text(Decimal.min(x, y)), told('min')).toBe(text(Exact.min(exactX, exactY)));
    if (y.isZero()) continue;
    for (const name of ['div', 'divToInt', 'mod'] as const)
      expect(text(x[name](y)), told(name)).toBe(text(exactX[name](exactY)));
  }
});

test('one number: as text, as a double, its sign and places, and rounded', () => {
  const random = new Random(2);
  for (let run = 0; run < 1_500; run++) {
    const a = some(random);
    const [x, exact] = [new Decimal(a), new Exact(a)];
    expect(x.toFixed(), a).toBe(text(exact));
    expect(`${x} ${JSON.stringify({ x })}`, a).toBe(`${text(exact)} {"x":"${text(exact)}"}`);
    expect(x.toNumber(), a).toBe(exact.toNumber() + 0);
    expect([x.decimalPlaces(), x.isInteger(), x.isZero()], a).toEqual([exact.dp(), exact.isInteger(), exact.isZero()]);
    expect([x.isNegative(), x.isPositive()], a).toEqual([exact.lt(0), exact.gte(0)]);
    expect([text(x.neg()), text(x.abs())], a).toEqual([text(exact.neg()), text(exact.abs())]);
    expect(text(x.toSignificantDigits(4)), a).toBe(text(exact.toSignificantDigits(4)));
    for (const digits of [0, 2, 3, 4, 12]) {
      if (!exact.isZero()) expect(x.toFixed(digits), `${a} to ${digits} digits`).toBe(exact.toFixed(digits));
      for (const how of ['ROUND_HALF_UP', 'ROUND_UP', 'ROUND_DOWN'] as const) {
        const rounded = x.toDecimalPlaces(digits, Decimal[how]);
        expect(text(rounded), `${a} to ${digits} digits, ${how}`).toBe(text(exact.toDecimalPlaces(digits, Exact[how])));
      }
    }
  }
});

test('equal numbers are the same parts, whichever way they were made, and zero has no sign', () => {
  const random = new Random(3);
  for (let run = 0; run < 1_000; run++) {
    const [x, y] = [new Decimal(some(random)), new Decimal(some(random))];
    expect(x.plus(y).minus(y), `${x} ${y}`).toEqual(x);
    expect(x.times(y).plus(x), `${x} ${y}`).toEqual(y.plus(1).times(x));
  }
  for (const zero of [new Decimal('-0'), new Decimal(-0), new Decimal(0).neg(), new Decimal(-3).times(0)])
    expect(Object.is(zero.toNumber(), 0) && zero.isPositive() && zero.toFixed(2) === '0.00').toBe(true);
});

test('units of any scale are the number that their text is', () => {
  const random = new Random(4);
  for (let run = 0; run < 1_000; run++) {
    const units = Math.floor(random.below(LARGEST) / 10 ** random.below(16));
    const scale = random.below(30);
    expect(new Decimal(units, scale), `${units}e-${scale}`).toEqual(new Decimal(`${units}e-${scale}`));
  }
});

test('a text without a number is refused, and what is not finite stays that', () => {
  for (const none of ['', 'abc', '1,5', '0x', '1.2.3']) expect(() => new Decimal(none), none).toThrow('[DecimalError]');
  expect(new Decimal(Number.NaN).toFixed()).toBe('NaN');
  expect(new Decimal(1).div(0).toFixed()).toBe('Infinity');
});
