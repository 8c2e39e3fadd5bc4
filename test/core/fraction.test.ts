import { describe, expect, test } from 'vitest';
import { Bug } from '../../src/core/assert.ts';
import { Fraction } from '../../src/core/fraction.ts';

/** `1/3` or `0.5` as a fraction. */
function fraction(text: string): Fraction {
  const [numerator, denominator = '1'] = text.split('/') as [string, string?];
  return Fraction.of(numerator, denominator);
}

describe('a fraction', () => {
  test.each`
    text                       | numerator                | denominator
    ${'1/3'}                   | ${'1'}                   | ${'3'}
    ${'2/6'}                   | ${'1'}                   | ${'3'}
    ${'-2/6'}                  | ${'-1'}                  | ${'3'}
    ${'2/-6'}                  | ${'-1'}                  | ${'3'}
    ${'0/7'}                   | ${'0'}                   | ${'1'}
    ${'1/8'}                   | ${'0.125'}               | ${'1'}
    ${'1/24'}                  | ${'0.125'}               | ${'3'}
    ${'0.3/0.9'}               | ${'1'}                   | ${'3'}
    ${'0.5/0.07'}              | ${'50'}                  | ${'7'}
    ${'14/31'}                 | ${'14'}                  | ${'31'}
    ${'10/4'}                  | ${'2.5'}                 | ${'1'}
    ${'1000000000000000001/3'} | ${'1000000000000000001'} | ${'3'}
  `('$text is $numerator over $denominator, in lowest terms', ({ text, numerator, denominator }) => {
    const value = fraction(text);
    expect([value.numerator.toFixed(), value.denominator.toFixed()]).toEqual([numerator, denominator]);
    expect(value.terminates).toBe(denominator === '1');
  });

  test('a third, three times, is one: nothing is lost on the way', () => {
    const third = fraction('1/3');
    expect(third.plus(third).plus(third).eq(Fraction.ONE)).toBe(true);
    expect(third.times(Fraction.of(3)).terminates).toBe(true);
    expect(Fraction.ONE.dividedBy(third).toString()).toBe('3');
    expect(third.minus(fraction('1/7')).toString()).toBe(fraction('4/21').toString());
    expect(fraction('1/3').cmp(fraction('333333333333333333/1000000000000000000'))).toBeGreaterThan(0);
  });

  test.each`
    value                                             | digits | rounded
    ${'0.005'}                                        | ${2}   | ${'0.01'}
    ${'-0.005'}                                       | ${2}   | ${'-0.01'}
    ${'0.00499999999999999999999999999'}              | ${2}   | ${'0.00'}
    ${'10.275'}                                       | ${2}   | ${'10.28'}
    ${'2.5'}                                          | ${0}   | ${'3'}
    ${'-2.5'}                                         | ${0}   | ${'-3'}
    ${'1.0005'}                                       | ${3}   | ${'1.001'}
    ${'1/3'}                                          | ${2}   | ${'0.33'}
    ${'2/3'}                                          | ${2}   | ${'0.67'}
    ${'-2/3'}                                         | ${2}   | ${'-0.67'}
    ${'-1/3'}                                         | ${0}   | ${'0'}
    ${'5/3'}                                          | ${0}   | ${'2'}
    ${'0.015/3'}                                      | ${2}   | ${'0.01'}
    ${'0.05/7'}                                       | ${2}   | ${'0.01'}
    ${'0.015/7'}                                      | ${2}   | ${'0.00'}
    ${'0.0149999999999999999999999999999999999999/3'} | ${2}   | ${'0.00'}
    ${'0.0150000000000000000000000000000000000001/3'} | ${2}   | ${'0.01'}
    ${'29/30'}                                        | ${2}   | ${'0.97'}
  `('$value with $digits digits is $rounded: half away from zero, decided on the exact value', (one) => {
    expect(fraction(one.value).round(one.digits).toFixed(one.digits)).toBe(one.rounded);
  });

  test.each`
    value                      | ceiling
    ${'0'}                     | ${'0'}
    ${'0.000000001'}           | ${'1'}
    ${'1'}                     | ${'1'}
    ${'4/3'}                   | ${'2'}
    ${'6/3'}                   | ${'2'}
    ${'-4/3'}                  | ${'-1'}
    ${'1000000000000000001/3'} | ${'333333333333333334'}
  `('the smallest integer not below $value is $ceiling', ({ value, ceiling }) => {
    expect(fraction(value).ceil().toFixed()).toBe(ceiling);
  });

  test('is written in full if it ends, and to twelve digits if it does not', () => {
    expect(fraction('0.1234567890123456789').toString()).toBe('0.1234567890123456789');
    expect(fraction('2/3').toString()).toBe('0.666666666667');
  });

  test.each`
    value         | ratio
    ${'2/3'}      | ${'2/3'}
    ${'-239/31'}  | ${'-239/31'}
    ${'12.5/31'}  | ${'25/62'}
    ${'7.5'}      | ${'15/2'}
    ${'12'}       | ${'12'}
    ${'0'}        | ${'0'}
    ${'1e30/3e5'} | ${'10000000000000000000000000/3'}
  `('$value is the ratio $ratio in lowest terms', ({ value, ratio }) => {
    expect(fraction(value).toRatio()).toBe(ratio);
  });

  test('by zero is a bug', () => {
    expect(() => fraction('1/0')).toThrow(Bug);
    expect(() => Fraction.ONE.dividedBy(Fraction.ZERO)).toThrow(Bug);
  });
});
