/** Texts that several kinds of results are put together from. */
import type { Decimal } from '../core/decimal.ts';
import { Fraction } from '../core/fraction.ts';
import { type Currency, formatMoney } from '../core/money.ts';
import { groupDigits } from '../core/quantity.ts';

/** `14.2 %` of a share of 1, half away from zero; `digits` after the point. */
export function percentText(share: number | Decimal | Fraction, digits: number): string {
  const exact = share instanceof Fraction ? share.round(digits + 2) : share;
  const value = typeof exact === 'number' ? (exact * 100).toFixed(digits) : exact.times(100).toFixed(digits);
  return `${groupDigits(value)} %`;
}

/** `80 %`, `12.5 %` of a share of 1: all digits that there are. */
export function exactPercentText(share: Decimal): string {
  return `${groupDigits(share.times(100).toFixed())} %`;
}

/** `10%`, as a tier file writes it: all digits, ungrouped. */
export function writtenPercent(share: Decimal): string {
  return `${share.times(100).toFixed()}%`;
}

/** `1 234.50`: with all digits of the minor unit, in groups of three. */
export function moneyText(amount: Decimal, currency: Currency): string {
  return groupDigits(formatMoney(amount, currency));
}

/** `+14.2 %`, `−3.0 %`. */
export function signedPercentText(share: number, digits: number, isGain = share >= 0): string {
  return `${isGain ? '+' : '−'}${percentText(Math.abs(share), digits)}`;
}

/** `12 000`. */
export function countText(count: number): string {
  return groupDigits(String(count));
}

/** `1 day`, `3 days`. */
export function counted(count: number, noun: string): string {
  return `${countText(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** `a, b, c and 4 more`. */
export function some(names: readonly string[], most = 5): string {
  const shown = names.slice(0, most).join(', ');
  return names.length > most ? `${shown} and ${names.length - most} more` : shown;
}

/** The texts that say something, one after the other. */
export function joined(texts: readonly string[], between: string): string {
  return texts.filter((text) => text !== '').join(between);
}

/** `Nobody reached a limit.` of `nobody reached a limit`. */
export function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`;
}
