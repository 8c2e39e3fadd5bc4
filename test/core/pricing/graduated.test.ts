import { describe, expect, test } from 'vitest';
import { priced } from '../../support/prices.ts';
import { errorCodesOf, tiersWithPrice } from '../../support/rateCards.ts';

const PRICE =
  '{ model: graduated, steps: [{ up_to: 10, amount: 0.5 }, { up_to: 20, amount: 0.4, flat: 2 }, { amount: 0.3 }] }';

describe('graduated pricing: each step’s units at that step’s price', () => {
  test.each`
    used                     | lines
    ${'0'}                   | ${'1: 0 for 0'}
    ${'0.5'}                 | ${'1: 0.5 for 0.25'}
    ${'1'}                   | ${'1: 1 for 0.5'}
    ${'9.999'}               | ${'1: 9.999 for 4.9995'}
    ${'10'}                  | ${'1: 10 for 5'}
    ${'10.000000000001'}     | ${'1: 10 for 5, 2: 0.000000000001 for 2.0000000000004'}
    ${'11'}                  | ${'1: 10 for 5, 2: 1 for 2.4'}
    ${'19.999'}              | ${'1: 10 for 5, 2: 9.999 for 5.9996'}
    ${'20'}                  | ${'1: 10 for 5, 2: 10 for 6'}
    ${'20.001'}              | ${'1: 10 for 5, 2: 10 for 6, 3: 0.001 for 0.0003'}
    ${'21'}                  | ${'1: 10 for 5, 2: 10 for 6, 3: 1 for 0.3'}
    ${'1000000000000000000'} | ${'1: 10 for 5, 2: 10 for 6, 3: 999999999999999980 for 299999999999999994'}
  `('$used units are $lines', ({ used, lines }) => {
    expect(priced(PRICE, used)).toBe(lines);
  });

  test('where nothing is included the first step’s flat is owed at zero usage, a later one’s only once something is in it', () => {
    const price = '{ model: graduated, steps: [{ up_to: 1, flat: 3 }, { amount: 1, flat: 4 }] }';
    expect(priced(price, '0')).toBe('1: 0 for 3');
    expect(priced(price, '1')).toBe('1: 1 for 3');
    expect(priced(price, '1.5')).toBe('1: 1 for 3, 2: 0.5 for 4.5');
  });

  test('an up_to counts units after the included quantity', () => {
    expect(priced(PRICE, '100', 'limits: { units: 100 }')).toBe('1: 0 for 0');
    expect(priced(PRICE, '110', 'limits: { units: 100 }')).toBe('1: 10 for 5');
    expect(priced(PRICE, '110.5', 'limits: { units: 100 }')).toBe('1: 10 for 5, 2: 0.5 for 2.2');
  });

  test.each`
    steps                                                                    | code
    ${'[]'}                                                                  | ${'tiers/empty'}
    ${'[{ up_to: 10, amount: 1 }]'}                                          | ${'tiers/last-step-closed'}
    ${'[{ amount: 1 }, { amount: 2 }]'}                                      | ${'tiers/step-without-end'}
    ${'[{ up_to: 10, amount: 1 }, { up_to: 10, amount: 1 }, { amount: 2 }]'} | ${'tiers/not-ascending'}
    ${'[{ up_to: 0, amount: 1 }, { amount: 2 }]'}                            | ${'tiers/not-ascending'}
    ${'[{ up_to: 10 }, { amount: 2 }]'}                                      | ${'tiers/step-without-price'}
    ${'[{ up_to: 10, amount: -1 }, { amount: 2 }]'}                          | ${'tiers/negative'}
    ${'[{ up_to: 10, amount: 1, per: 0 }, { amount: 2 }]'}                   | ${'tiers/zero-per'}
  `('steps $steps are refused: $code', ({ steps, code }) => {
    expect(errorCodesOf(tiersWithPrice(`{ model: graduated, steps: ${steps} }`))).toEqual([code]);
  });
});
