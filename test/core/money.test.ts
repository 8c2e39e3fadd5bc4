import { describe, expect, test } from 'vitest';
import { Decimal } from '../../src/core/decimal.ts';
import { Fraction } from '../../src/core/fraction.ts';
import { CURRENCY_SYMBOLS, currencyOf, formatMoney, roundToMinorUnit } from '../../src/core/money.ts';

describe('a currency', () => {
  test.each`
    code     | digits
    ${'USD'} | ${2}
    ${'EUR'} | ${2}
    ${'JPY'} | ${0}
    ${'KRW'} | ${0}
    ${'KWD'} | ${3}
    ${'TND'} | ${3}
    ${'CLF'} | ${4}
  `('$code has $digits digits after the point', ({ code, digits }) => {
    expect(currencyOf(code)?.minorUnit).toBe(digits);
  });

  test.each(['XAU', 'XDR', 'usd', 'US', '', 'ABC'])('"%s" is none that can be invoiced', (code) => {
    expect(currencyOf(code)).toBeUndefined();
  });

  test('every symbol stands for a known one', () => {
    expect([...CURRENCY_SYMBOLS.values()].filter((code) => !currencyOf(code))).toEqual([]);
  });
});

describe('an amount', () => {
  test.each`
    exact                                   | code     | shown
    ${'19'}                                 | ${'USD'} | ${'19.00'}
    ${'0.004'}                              | ${'USD'} | ${'0.00'}
    ${'-0.004'}                             | ${'USD'} | ${'0.00'}
    ${'-0.005'}                             | ${'USD'} | ${'-0.01'}
    ${'1199.5'}                             | ${'JPY'} | ${'1200'}
    ${'1.2345'}                             | ${'KWD'} | ${'1.235'}
    ${'123456789012345678901234567890.125'} | ${'USD'} | ${'123456789012345678901234567890.13'}
  `('of $exact $code is shown as $shown', ({ exact, code, shown }) => {
    const currency = currencyOf(code)!;
    expect(formatMoney(roundToMinorUnit(Fraction.of(new Decimal(exact)), currency), currency)).toBe(shown);
  });

  test.each`
    amount      | code     | shown
    ${'12.345'} | ${'USD'} | ${'12.35'}
    ${'-1.005'} | ${'USD'} | ${'-1.01'}
    ${'1199.5'} | ${'JPY'} | ${'1200'}
  `('an amount that is finer than the minor unit, as an edited baseline may have, is shown rounded: $amount', (one) => {
    expect(formatMoney(new Decimal(one.amount), currencyOf(one.code)!)).toBe(one.shown);
  });
});
