/**
 * Quantities as fixed-point numbers: whole multiples of 10^-scale in a double, below 2^52, so that adding two is exact.
 * What does not fit is left to exact numbers of any size, which count in multiples of 10^-{@link EXACT_SCALE}.
 */
import { BATCH_ROWS, type Batch } from './batch.ts';
import type { Bytes } from './bytes.ts';

/** Values from here on are not kept in a double. */
export const LIMB = 2 ** 52;
/** Fraction digits that the doubles of a column can be widened to. */
export const MOST_SCALE = 9;
/** Enough for every quantity that is allowed: it has at most 64 characters. */
export const EXACT_SCALE = 64;

export const POWERS_OF_TEN: readonly number[] = Array.from({ length: MOST_SCALE + 1 }, (_, i) => 10 ** i);

/** Most characters of a number whose digits a double holds exactly. */
const MOST_CHARACTERS = 16;
const MOST_INTEGER_CHARACTERS = 9;

/**
 * Decodes a column, or tells that one of its numbers has more fraction digits than `scale` (and how many); the caller
 * widens the scale and tries again.
 */
export function decodeQuantities(
  { bytes }: Bytes,
  column: number,
  scale: number,
  batch: Batch,
  out: Float64Array,
): number | undefined {
  const { starts, ends, odd, rows } = batch;
  const first = column * BATCH_ROWS;
  for (let row = 0; row < rows; row++) {
    const start = starts[first + row]!;
    const end = ends[first + row]!;
    const length = end - start;
    let value = 0;
    let point = -1;
    let i = start;
    if (length <= MOST_INTEGER_CHARACTERS) {
      let digits = 0;
      for (; i < end; i++) {
        const digit = bytes[i]! - 48;
        if (digit >>> 0 <= 9) digits = (Math.imul(digits, 10) + digit) | 0;
        else if (digit === -2 && point < 0) point = i;
        else break;
      }
      value = digits;
    } else if (length <= MOST_CHARACTERS) {
      for (; i < end; i++) {
        const digit = bytes[i]! - 48;
        if (digit >>> 0 <= 9) value = value * 10 + digit;
        else if (digit === -2 && point < 0) point = i;
        else break;
      }
    }
    if (i < end || length === 0 || point === start || point === end - 1) {
      if (!isNothing(bytes, start, length)) odd[row] = 1;
      out[row] = 0;
      continue;
    }
    if (point >= 0 || scale > 0) {
      const fractionDigits = point < 0 ? 0 : end - 1 - point;
      if (fractionDigits > scale) {
        if (fractionDigits <= MOST_SCALE) return fractionDigits;
        value = LIMB;
      } else value *= POWERS_OF_TEN[scale - fractionDigits]!;
    }
    if (value >= LIMB) {
      odd[row] = 1;
      value = 0;
    }
    out[row] = value;
  }
  return undefined;
}

/** 1 for every row whose field is there. */
export function countPresent({ bytes }: Bytes, column: number, batch: Batch, out: Float64Array): void {
  const { starts, ends, rows } = batch;
  const first = column * BATCH_ROWS;
  for (let row = 0; row < rows; row++) {
    const start = starts[first + row]!;
    out[row] = isNothing(bytes, start, ends[first + row]! - start) ? 0 : 1;
  }
}

function isNothing(bytes: Uint8Array, start: number, length: number): boolean {
  return length === 0 || (length === 1 && bytes[start] === 45);
}

/** A checked quantity in units of a scale, if they can hold it exactly. */
export function fittingQuantity(text: string, scale: number): number | undefined {
  const point = text.indexOf('.');
  const fractionDigits = point < 0 ? 0 : text.length - 1 - point;
  if (text.length > MOST_CHARACTERS || fractionDigits > scale) return undefined;
  const value = Number(text.replace('.', '')) * POWERS_OF_TEN[scale - fractionDigits]!;
  return value < LIMB ? value : undefined;
}

/** A checked quantity as a multiple of 10^-{@link EXACT_SCALE}. */
export function exactQuantity(text: string): bigint {
  const point = text.indexOf('.');
  if (point < 0) return BigInt(text) * EXACT_ONE;
  const fraction = text.slice(point + 1);
  return BigInt(text.slice(0, point) + fraction) * 10n ** BigInt(EXACT_SCALE - fraction.length);
}

const EXACT_ONE = 10n ** BigInt(EXACT_SCALE);

/** How many multiples of 10^-{@link EXACT_SCALE} one unit of a scale is. */
export function exactUnit(scale: number): bigint {
  return 10n ** BigInt(EXACT_SCALE - scale);
}
