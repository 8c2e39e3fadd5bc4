import { describe, expect, test } from 'vitest';
import { ExactSum } from '../../../src/core/usage/exactSum.ts';

function sumOf(...texts: string[]): string {
  const sum = new ExactSum();
  for (const text of texts) sum.add(text);
  return sum.quantity.toFixed();
}

describe('a sum', () => {
  // 2^53 = 9007199254740992: from there on doubles leave out every second whole number.
  test.each`
    texts                                               | total
    ${['9007199254740991', '1']}                        | ${'9007199254740992'}
    ${['9007199254740992', '1', '1']}                   | ${'9007199254740994'}
    ${['999999999999999', '0.1']}                       | ${'999999999999999.1'}
    ${['90071992547409', '0.91', '0.02', '0.001']}      | ${'90071992547409.931'}
    ${['0.1', '0.2']}                                   | ${'0.3'}
    ${['5', '0.000000000000000000000001']}              | ${'5.000000000000000000000001'}
    ${['0.000000000000000000000001', '5', '12']}        | ${'17.000000000000000000000001'}
    ${['-5', '3']}                                      | ${'-2'}
    ${['-0.5', '0.25', '9007199254740993']}             | ${'9007199254740992.75'}
    ${['9007199254740993', '-9007199254740993', '0.5']} | ${'0.5'}
    ${['007', '0.50']}                                  | ${'7.5'}
  `('of $texts is $total, in any order, whether rows or sums of rows are added', ({ texts, total }) => {
    expect(sumOf(...texts)).toBe(total);
    expect(sumOf(...texts.toReversed())).toBe(total);
    const merged = new ExactSum();
    for (const text of texts) {
      const one = new ExactSum();
      one.add(text);
      merged.merge(one);
    }
    expect(merged.quantity.toFixed()).toBe(total);
  });

  test('of many numbers of all lengths is that of their digits as one long whole number each', () => {
    // A generator of pseudo-random whole numbers (multiplier and increment of Knuth's MMIX), so that failures repeat.
    let state = 1n;
    const below = (bound: number) => {
      state = (state * 6364136223846793005n + 1442695040888963407n) % 2n ** 64n;
      return Number((state >> 33n) % BigInt(bound));
    };
    const digits = (count: number) => Array.from({ length: count }, () => below(10)).join('');
    for (let round = 0; round < 300; round++) {
      const texts = Array.from({ length: 1 + below(20) }, () => {
        const fraction = digits(below(13));
        return `${below(4) === 0 ? '-' : ''}${digits(1 + below(18))}${fraction === '' ? '' : `.${fraction}`}`;
      });
      const units = texts.map((text) => {
        const [whole = '', fraction = ''] = text.split('.');
        return BigInt(whole + fraction.padEnd(12, '0'));
      });
      const total = units.reduce((sum, one) => sum + one, 0n);
      const sum = new ExactSum();
      for (const text of texts) sum.add(text);
      expect(sum.quantity.times('1e12').toFixed(), texts.join(' + ')).toBe(String(total));
    }
  });
});
