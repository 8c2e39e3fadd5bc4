/** Money, shares and spans of days as our YAML files write them. */
import type { Decimal } from '../core/decimal.ts';
import { CURRENCY_SYMBOLS, type Currency } from '../core/money.ts';
import { failed, type Parsed, parseNumber } from '../core/quantity.ts';

/** `0.40`, `$0.40`, `USD 0.40`; a currency that is not `currency` is refused, never converted. */
export function parseMoney(text: string, currency: Currency): Parsed<{ value: Decimal }> {
  const match = /^([$€£¥]|[A-Za-z]{3}(?=[\s\d]))\s*(.*)$/.exec(text.trim());
  if (!match) return parseNumber(text.trim());
  const symbol = match[1]!;
  const code = CURRENCY_SYMBOLS.get(symbol) ?? symbol.toUpperCase();
  if (code !== currency.code) {
    return {
      code: 'wrong-currency',
      reason: `is in ${code}, but the file's currency is ${currency.code}`,
      hint: `write ${currency.code} ${match[2]}, or set currency: ${code} for the whole file`,
    };
  }
  return parseNumber(match[2]!);
}

/** `80%` is 0.8. */
export function parseShare(text: string): Parsed<{ value: Decimal }> {
  const match = /^(.*?)\s*%$/.exec(text.trim());
  if (!match)
    return { code: 'not-a-share', reason: 'is not a share', hint: `write it in percent: ${shareExample(text)}` };
  const number = parseNumber(match[1]!);
  return failed(number) ? number : { value: number.value.div(100) };
}

/** `90d` is 90: a whole number of days, at least one. */
export function parseDays(text: string): Parsed<{ value: number }> {
  const match = /^(\d{1,6})\s*d$/.exec(text.trim());
  if (!match || Number(match[1]) === 0) {
    return { code: 'not-days', reason: 'is not a number of days', hint: 'write for instance 90d' };
  }
  return { value: Number(match[1]) };
}

function shareExample(text: string): string {
  const number = parseNumber(text);
  if (failed(number)) return '10%';
  return number.value.lt(1) ? `${number.value.times(100).toFixed()}%` : `${number.value.toFixed()}%`;
}
