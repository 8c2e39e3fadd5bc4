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

export const POWERS_OF_TEN: Float64Array = Float64Array.from({ length: MOST_SCALE + 1 }, (_, i) => 10 ** i);

/** Most characters of a number whose digits a double holds exactly. */
const MOST_CHARACTERS = 16;
/** The same for those that are decoded four digits at a time. */
const MOST_DIGITS = 8;

/** Bytes of four characters '0': exclusive or turns digits to their values. */
const ZEROS = 0x30303030;
/** What turns a digit's value into the largest byte without the high bit if it is 9. */
const ABOVE_NINE = 0x76767676;
const HIGH_BITS = 0x80808080 | 0;
/** A point, after {@link ZEROS}. */
const POINTS = 0x1e1e1e1e;

/**
 * Decodes a column, or tells that one of its numbers has more fraction digits than `scale` (and how many); the caller
 * widens the scale and tries again.
 *
 * Loops over digits cost a mispredicted branch for every number whose length differs from the last. So usual numbers are
 * read as words of four characters, moved so that their last digit is the word's last, which leaves zeros before them.
 */
export function decodeQuantities(
  { bytes, view }: Bytes,
  column: number,
  scale: number,
  batch: Batch,
  out: Float64Array,
): number | undefined {
  const { starts, ends, odd, rows } = batch;
  const first = column * BATCH_ROWS;
  const one = POWERS_OF_TEN[scale]!;
  for (let row = 0; row < rows; row++) {
    const start = starts[first + row]!;
    const end = ends[first + row]!;
    const length = end - start;
    const head = view.getInt32(start, true) ^ ZEROS;
    if (scale > 0) {
      const others = head ^ POINTS;
      const points = (others - 0x01010101) & ~others & HIGH_BITS;
      const wholeDigits = (31 - Math.clz32(points & -points)) >> 3; // −1 if there is no point
      const fractionDigits = length - wholeDigits - 1;
      if (wholeDigits > 0 && fractionDigits > 0 && fractionDigits <= MOST_DIGITS && fractionDigits <= scale) {
        const whole = head << (32 - 8 * wholeDigits);
        let high = view.getInt32(start + wholeDigits + 1, true) ^ ZEROS;
        let low = 0;
        let factor = 1;
        if (fractionDigits > 4) {
          low = (view.getInt32(start + wholeDigits + 5, true) ^ ZEROS) << (64 - 8 * fractionDigits);
          factor = POWERS_OF_TEN[fractionDigits - 4]!;
        } else high <<= 32 - 8 * fractionDigits;
        if ((notDigits(whole) | notDigits(high) | notDigits(low)) === 0) {
          const fraction = fourDigits(high) * factor + fourDigits(low);
          out[row] = fourDigits(whole) * one + fraction * POWERS_OF_TEN[scale - fractionDigits]!;
          continue;
        }
      }
    }
    if (length > 0 && length <= 4) {
      const digits = head << (32 - 8 * length);
      if (notDigits(digits) === 0) {
        out[row] = fourDigits(digits) * one;
        continue;
      }
    } else if (length > 0 && length <= MOST_DIGITS) {
      const low = (view.getInt32(start + 4, true) ^ ZEROS) << (64 - 8 * length);
      const value = (fourDigits(head) * POWERS_OF_TEN[length - 4]! + fourDigits(low)) * one;
      if ((notDigits(head) | notDigits(low)) === 0 && value < LIMB) {
        out[row] = value;
        continue;
      }
    }
    let value = 0;
    let point = -1;
    let i = start;
    if (length <= MOST_CHARACTERS) {
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

/** Not 0 if one of a word's bytes is no digit's value. */
function notDigits(word: number): number {
  return ((word + ABOVE_NINE) | word) & HIGH_BITS;
}

/** The number that four digits' values make, the first of them in the lowest byte. */
function fourDigits(word: number): number {
  const pairs = (Math.imul(word, 10) + (word >>> 8)) & 0x00ff00ff;
  return Math.imul(pairs & 0xff, 100) + (pairs >>> 16);
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
