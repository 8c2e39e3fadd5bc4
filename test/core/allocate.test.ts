import { describe, expect, test } from 'vitest';
import { allocate } from '../../src/core/allocate.ts';
import { Bug } from '../../src/core/assert.ts';
import { Decimal } from '../../src/core/decimal.ts';

function spread(total: string, weights: readonly string[], unit = '0.01'): string {
  const parts = allocate({
    total: new Decimal(total),
    weights: weights.map((w) => new Decimal(w)),
    unit: new Decimal(unit),
  });
  return parts.map((part) => part.toFixed()).join(' ');
}

describe('spreading an amount by largest remainder', () => {
  test.each`
    total     | weights                  | parts
    ${'0'}    | ${['1', '2']}            | ${'0 0'}
    ${'0.01'} | ${['1', '1']}            | ${'0.01 0'}
    ${'0.01'} | ${['1', '1.000001']}     | ${'0 0.01'}
    ${'10'}   | ${['0', '1', '0']}       | ${'0 10 0'}
    ${'10'}   | ${['1', '1', '1']}       | ${'3.34 3.33 3.33'}
    ${'0.02'} | ${['1', '1', '1']}       | ${'0.01 0.01 0'}
    ${'100'}  | ${['0.1', '0.2', '0.3']} | ${'16.67 33.33 50'}
  `('$total over $weights is $parts', ({ total, weights, parts }) => {
    expect(spread(total, weights)).toBe(parts);
  });

  test('in yen nothing smaller than a yen is given', () => {
    expect(spread('100', ['1', '1', '1'], '1')).toBe('34 33 33');
  });

  test('weights that add up to nothing, a negative total and one that is no multiple of the unit are bugs', () => {
    expect(() => spread('1', ['0', '0'])).toThrow(Bug);
    expect(() => spread('1', [])).toThrow(Bug);
    expect(() => spread('-1', ['1'])).toThrow(Bug);
    expect(() => spread('0.005', ['1'])).toThrow(Bug);
  });
});
