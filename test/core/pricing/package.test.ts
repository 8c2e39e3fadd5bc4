import { describe, expect, test } from 'vitest';
import { priced } from '../../support/prices.ts';

const FIVE_FOR_A_THOUSAND = '{ model: package, amount: 5, per: 1k }';

describe('package pricing: a package is owed in full from its first unit', () => {
  test.each`
    used                     | lines
    ${'0'}                   | ${'0 for 0'}
    ${'0.000000000001'}      | ${'0.000000000001 for 5'}
    ${'1'}                   | ${'1 for 5'}
    ${'999'}                 | ${'999 for 5'}
    ${'999.999'}             | ${'999.999 for 5'}
    ${'1000'}                | ${'1000 for 5'}
    ${'1000.001'}            | ${'1000.001 for 10'}
    ${'1001'}                | ${'1001 for 10'}
    ${'2000'}                | ${'2000 for 10'}
    ${'1000000000000000000'} | ${'1000000000000000000 for 5000000000000000'}
    ${'1000000000000000001'} | ${'1000000000000000001 for 5000000000000005'}
  `('$used units: $lines', ({ used, lines }) => {
    expect(priced(FIVE_FOR_A_THOUSAND, used)).toBe(lines);
  });

  test('packages of a third of a unit or of three units are counted exactly', () => {
    expect(priced('{ model: package, amount: 1, per: 3 }', '9')).toBe('9 for 3');
    expect(priced('{ model: package, amount: 1, per: 3 }', '9.1')).toBe('9.1 for 4');
    expect(priced('{ model: package, amount: 1, per: 0.3 }', '0.9')).toBe('0.9 for 3');
  });
});
