/** Works out sums as explanations print them: `2 000 000/31 ÷ 10 000 × 0.4 + 2`, `⌈7 ÷ 3⌉ × 5`, `-12.5% × 8.00`. */
import { ceiling, divide, minus, plus, type Rational, rational, times, ZERO } from './rationals.ts';

/** A number with its digits in groups, or a sign. Words between them say what is counted, and change nothing. */
const TOKEN = /\d{1,3}(?: \d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|[-+−×÷/%⌈⌉]/g;

/** Fails if the text is no sum. */
export function resultOf(text: string): Rational {
  const tokens = text.match(TOKEN) ?? [];
  let at = 0;
  const take = (...signs: string[]) => (signs.includes(tokens[at] ?? '') ? tokens[at++] : undefined);
  const value = sum();
  if (at !== tokens.length || at === 0) throw new Error(`"${text}" is no sum at ${tokens[at]}`);
  return value;

  function sum(): Rational {
    let value = product();
    for (let sign = take('+', '−'); sign; sign = take('+', '−'))
      value = sign === '+' ? plus(value, product()) : minus(value, product());
    return value;
  }

  function product(): Rational {
    let value = factor();
    for (let sign = take('×', '÷'); sign; sign = take('×', '÷'))
      value = sign === '×' ? times(value, factor()) : divide(value, factor());
    return value;
  }

  function factor(): Rational {
    if (take('-')) return minus(ZERO, factor());
    if (take('⌈')) {
      const value = ceiling(sum());
      if (!take('⌉')) throw new Error(`"${text}" does not end what is rounded up`);
      return value;
    }
    const number = tokens[at++];
    if (number === undefined || !/^\d/.test(number)) throw new Error(`"${text}" has no number at ${number}`);
    const top = rational(number.replaceAll(' ', ''));
    const value = take('/') ? divide(top, factor()) : top;
    return take('%') ? divide(value, rational(100)) : value;
  }
}
