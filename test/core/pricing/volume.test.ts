import { describe, expect, test } from 'vitest';
import { priced } from '../../support/prices.ts';

const PRICE =
  '{ model: volume, steps: [{ up_to: 10, amount: 0.5, flat: 1 }, { up_to: 20, amount: 0.4 }, { amount: 9, per: 30 }] }';

describe('volume pricing: all units at the price of the step in which the total falls', () => {
  test.each`
    used                     | lines
    ${'0'}                   | ${'1: 0 for 1'}
    ${'0.5'}                 | ${'1: 0.5 for 1.25'}
    ${'1'}                   | ${'1: 1 for 1.5'}
    ${'9.999'}               | ${'1: 9.999 for 5.9995'}
    ${'10'}                  | ${'1: 10 for 6'}
    ${'10.000000000001'}     | ${'2: 10.000000000001 for 4.0000000000004'}
    ${'11'}                  | ${'2: 11 for 4.4'}
    ${'20'}                  | ${'2: 20 for 8'}
    ${'20.001'}              | ${'3: 20.001 for 6.0003'}
    ${'1000000000000000000'} | ${'3: 1000000000000000000 for 300000000000000000'}
  `('$used units are $lines', ({ used, lines }) => {
    expect(priced(PRICE, used)).toBe(lines);
  });
});
