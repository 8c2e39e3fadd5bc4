import { describe, expect, test } from 'vitest';
import { priced } from '../../support/prices.ts';
import { errorCodesOf, tiersWithPrice } from '../../support/rateCards.ts';

const PRICE = '{ model: stairstep, steps: [{ up_to: 5, flat: 50 }, { up_to: 20, flat: 150 }, { flat: 400 }] }';

describe('stairstep pricing: one amount for the step in which the total falls', () => {
  test.each`
    used                     | lines
    ${'0'}                   | ${'1: 0 for 50'}
    ${'0.5'}                 | ${'1: 0.5 for 50'}
    ${'4.999'}               | ${'1: 4.999 for 50'}
    ${'5'}                   | ${'1: 5 for 50'}
    ${'5.000000000001'}      | ${'2: 5.000000000001 for 150'}
    ${'6'}                   | ${'2: 6 for 150'}
    ${'20'}                  | ${'2: 20 for 150'}
    ${'20.5'}                | ${'3: 20.5 for 400'}
    ${'1000000000000000000'} | ${'3: 1000000000000000000 for 400'}
  `('$used units are $lines', ({ used, lines }) => {
    expect(priced(PRICE, used)).toBe(lines);
  });

  test('a step has no price for each unit', () => {
    expect(errorCodesOf(tiersWithPrice('{ model: stairstep, steps: [{ amount: 1 }] }')).length).toBeGreaterThan(0);
  });
});
