import { describe, expect, test } from 'vitest';
import { priced } from '../../support/prices.ts';

const PRICE = '{ model: percentage, rate: 1.5%, fixed: 0.10 }';

describe('percentage pricing: a share of the metered money, and a fee for each event', () => {
  test.each`
    used                     | events | lines
    ${'0'}                   | ${0}   | ${'0 for 0'}
    ${'0.01'}                | ${1}   | ${'0.01 for 0.10015'}
    ${'200'}                 | ${1}   | ${'200 for 3.1'}
    ${'200'}                 | ${3}   | ${'200 for 3.3'}
    ${'1000000000000000001'} | ${2}   | ${'1000000000000000001 for 15000000000000000.215'}
  `('$used in $events payments: $lines', ({ used, events, lines }) => {
    expect(priced(PRICE, { quantity: used, events })).toBe(lines);
  });

  test('without a fixed fee the number of payments does not matter', () => {
    expect(priced('{ model: percentage, rate: 1.5% }', { quantity: '200', events: 3 })).toBe('200 for 3');
  });
});
