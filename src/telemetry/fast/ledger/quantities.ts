/**
 * Quantities as fixed-point numbers: whole multiples of 10^-scale in a double, below 2^52, so that adding two is exact; or, of
 * wide meters, two such doubles: low + high × {@link HIGH_UNIT}, in units of 10^-{@link WIDE_SCALE}, with low < HIGH_UNIT. What does not fit is left to exact numbers of any size, which count in multiples of 10^-{@link EXACT_SCALE}.
 */

import { HIGH_UNIT, LIMB, MOST_CHARACTERS, MOST_WHOLE_DIGITS, WIDE_SCALE } from '../../../kernel/contract.ts';

/** Zeros of {@link HIGH_UNIT}. */
const HIGH_DIGITS: number = Math.log10(HIGH_UNIT);
/** Enough for every quantity that is allowed: at most 64 characters, and an exponent of at most 64. */
export const EXACT_SCALE = 128;

export const POWERS_OF_TEN: Float64Array = Float64Array.from({ length: WIDE_SCALE + 1 }, (_, i) => 10 ** i);

/** A checked quantity in units of a scale, if they can hold it exactly. */
export function fittingQuantity(text: string, scale: number): number | undefined {
  const point = text.indexOf('.');
  const fractionDigits = point < 0 ? 0 : text.length - 1 - point;
  if (text.length > MOST_CHARACTERS || fractionDigits > scale) return undefined;
  const value = Number(text.replace('.', '')) * POWERS_OF_TEN[scale - fractionDigits]!;
  return value < LIMB ? value : undefined;
}

export type WideQuantity = { readonly low: number; readonly high: number };

/** A checked quantity in two parts, if they can hold it exactly. */
export function wideQuantity(text: string): WideQuantity | undefined {
  const [whole, fraction = ''] = text.split('.') as [string, string?];
  const digits = whole.replace(/^0+/, '');
  if (digits.length > MOST_WHOLE_DIGITS || /[^0]/.test(fraction.slice(WIDE_SCALE))) return undefined;
  const units = digits + fraction.slice(0, WIDE_SCALE).padEnd(WIDE_SCALE, '0');
  return { low: Number(units.slice(-HIGH_DIGITS)), high: Number(units.slice(0, -HIGH_DIGITS)) };
}

/** A checked quantity as a multiple of 10^-{@link EXACT_SCALE}. */
export function exactQuantity(text: string): bigint {
  const point = text.indexOf('.');
  if (point < 0) return BigInt(text) * EXACT_ONE;
  const fraction = text.slice(point + 1);
  return BigInt(text.slice(0, point) + fraction) * 10n ** BigInt(EXACT_SCALE - fraction.length);
}

/** Adds to an exact number, or raises it, where the largest counts. */
export function addExact(exact: Map<number, bigint>, key: number, more: bigint, isMax: boolean): void {
  const known = exact.get(key) ?? 0n;
  exact.set(key, isMax ? (more > known ? more : known) : known + more);
}

const EXACT_ONE = 10n ** BigInt(EXACT_SCALE);

/** The number of multiples of 10^-{@link EXACT_SCALE} in one unit of a scale. */
export function exactUnit(scale: number): bigint {
  return 10n ** BigInt(EXACT_SCALE - scale);
}
