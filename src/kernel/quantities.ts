/**
 * Quantities as fixed-point numbers: whole multiples of 10^-scale in a double, below 2^52, so that adding two is exact.
 *
 * A meter with a quantity that no such double can hold becomes wide: its quantities are low + high × {@link HIGH_UNIT}, in units of
 * 10^-{@link WIDE_SCALE}, with low < HIGH_UNIT; both parts are whole numbers in doubles.
 */

import { LIMB, MOST_CHARACTERS, MOST_SCALE, MOST_WHOLE_DIGITS, SLOW, WIDE_SCALE } from './contract';
import { eightDigits, HIGH_BITS, isDigits, powerOfTen, ZEROS } from './digits';
import { assertBlock } from './memory';
import { isNothing } from './rows';

/** High parts count in this many whole units: 10^15 × 10^-12. */
const WHOLE_PER_HIGH: u64 = 1000;
const FRACTION_PER_WHOLE: u64 = 1_000_000_000_000;
/** Longer numbers are refused by the rules for rows. */
const MOST_WIDE_CHARACTERS: u32 = 64;

const ONES: u64 = 0x0101_0101_0101_0101;
/** Bytes of eight points, after exclusive or with ZEROS. */
const POINTS: u64 = 0x1e1e_1e1e_1e1e_1e1e;
const POINT: u8 = 0x2e;

/**
 * Decodes a column of plain decimals, in units of 10^-scale; nothing, or `-`, is 0. Others are marked as slow. If one has more
 * fraction digits than `scale`, returns how many, and has to be called again with that; if one needs two parts and
 * `canBeWide`, returns {@link WIDE_SCALE}, and {@link decodeWideQuantities} has to be called instead; otherwise −1.
 */
export function decodeQuantities(
  starts: usize,
  ends: usize,
  stride: u32,
  delta: u32,
  slow: usize,
  rows: i32,
  scale: i32,
  canBeWide: bool,
  out: usize,
): i32 {
  assert(scale >= 0 && scale <= MOST_SCALE);
  assertBlock(out, usize(rows) << 3);
  assertBlock(slow, rows);
  const one = powerOfTen(scale);
  for (let row = 0; row < rows; row++) {
    const start = usize(load<u32>(starts + row * stride) + delta);
    const length = load<u32>(ends + row * stride) - u32(start);
    let value: f64 = 0;
    if (length - 1 < 8) {
      // Mostly one word holds all of it: moved so that the last digit is the word's last, zeros before the first.
      const word = load<u64>(start) ^ ZEROS;
      const free = 64 - (u64(length) << 3);
      let digits = word << free;
      let fractionDigits = 0;
      if (!isDigits(digits)) {
        const others = word ^ POINTS;
        const point = i32(ctz((others - ONES) & ~others & HIGH_BITS)) >> 3;
        fractionDigits = i32(length) - 1 - point;
        if (point === 0 || fractionDigits <= 0 || fractionDigits > scale) fractionDigits = -1;
        else {
          const whole = (u64(1) << (u64(point) << 3)) - 1;
          digits = ((word & whole) | ((word >> 8) & ~whole)) << (free + 8);
          if (!isDigits(digits)) fractionDigits = -1;
        }
      }
      const found = fractionDigits < 0 ? LIMB : f64(eightDigits(digits)) * powerOfTen(scale - fractionDigits);
      if (found < LIMB) {
        store<f64>(out + (row << 3), found);
        continue;
      }
    }
    if (length - 1 < MOST_CHARACTERS) {
      const digits = i8x16.lt_u(i8x16.sub(v128.load(start), i8x16.splat(0x30)), i8x16.splat(10));
      const others = ~i8x16.bitmask(digits) & ((1 << length) - 1);
      const point = ctz(others);
      if (others === 0) {
        value = f64(wholeNumber(start, length)) * one;
      } else if (
        (others & (others - 1)) === 0 &&
        load<u8>(start + point) === POINT &&
        point > 0 &&
        point < i32(length) - 1
      ) {
        const fractionDigits = i32(length) - 1 - point;
        if (fractionDigits > scale) {
          if (fractionDigits <= MOST_SCALE) return fractionDigits;
          value = LIMB;
        } else {
          const fraction = f64(wholeNumber(start + point + 1, fractionDigits)) * powerOfTen(scale - fractionDigits);
          value = f64(wholeNumber(start, point)) * one + fraction;
        }
      } else if (!isNothing(start, length)) store<u8>(slow + row, SLOW);
    } else if (length > 0) value = LIMB;
    if (value >= LIMB) {
      if (canBeWide && readWide(start, length)) return WIDE_SCALE;
      store<u8>(slow + row, SLOW);
      value = 0;
    }
    store<f64>(out + (row << 3), value);
  }
  return -1;
}

let wideLow: f64 = 0;
let wideHigh: f64 = 0;

/** Decodes a column of plain decimals to the two parts of wide quantities; nothing, or `-`, is 0. Others are marked as slow. */
export function decodeWideQuantities(
  starts: usize,
  ends: usize,
  stride: u32,
  delta: u32,
  slow: usize,
  rows: i32,
  lows: usize,
  highs: usize,
): void {
  assertBlock(lows, usize(rows) << 3);
  assertBlock(highs, usize(rows) << 3);
  for (let row = 0; row < rows; row++) {
    const start = usize(load<u32>(starts + row * stride) + delta);
    const length = load<u32>(ends + row * stride) - u32(start);
    wideLow = 0;
    wideHigh = 0;
    if (!isNothing(start, length) && !readWide(start, length)) store<u8>(slow + row, SLOW);
    store<f64>(lows + (row << 3), wideLow);
    store<f64>(highs + (row << 3), wideHigh);
  }
}

/** Reads a plain decimal to `wideLow` and `wideHigh`; false if it is none, or has too many digits for them. */
function readWide(start: usize, length: u32): bool {
  if (length - 1 >= MOST_WIDE_CHARACTERS) return false;
  let others = u64(othersAmong16(start)) | (u64(othersAmong16(start + 16)) << 16);
  if (length > 32) others |= (u64(othersAmong16(start + 32)) << 32) | (u64(othersAmong16(start + 48)) << 48);
  if (length < 64) others &= (u64(1) << u64(length)) - 1;
  let end = start + length;
  let point = end;
  if (others !== 0) {
    point = start + u32(ctz(others));
    if ((others & (others - 1)) !== 0 || load<u8>(point) !== POINT || point === start || point === end - 1)
      return false;
  }
  let from = start;
  while (from < point && load<u8>(from) === 0x30) from++;
  const wholeDigits = u32(point - from);
  if (wholeDigits > MOST_WHOLE_DIGITS) return false;
  let fraction: u64 = 0;
  if (point !== end) {
    while (i32(end - point - 1) > WIDE_SCALE && load<u8>(end - 1) === 0x30) end--;
    const fractionDigits = i32(end - point - 1);
    if (fractionDigits > WIDE_SCALE) return false;
    fraction = wholeNumber(point + 1, fractionDigits) * u64(powerOfTen(WIDE_SCALE - fractionDigits));
  }
  let whole: u64 = 0;
  if (wholeDigits > 16) {
    const first = wholeDigits - 16;
    whole = wholeNumber(from, first) * u64(powerOfTen(16)) + wholeNumber(from + first, 16);
  } else if (wholeDigits > 0) whole = wholeNumber(from, wholeDigits);
  wideLow = f64((whole % WHOLE_PER_HIGH) * FRACTION_PER_WHOLE + fraction);
  wideHigh = f64(whole / WHOLE_PER_HIGH);
  return true;
}

/** One bit for each of 16 characters that is no digit. */
function othersAmong16(start: usize): u32 {
  const digits = i8x16.lt_u(i8x16.sub(v128.load(start), i8x16.splat(0x30)), i8x16.splat(10));
  return ~i8x16.bitmask(digits) & 0xffff;
}

/** 1 for every row whose field is there. */
export function countPresent(starts: usize, ends: usize, stride: u32, delta: u32, rows: i32, out: usize): void {
  assertBlock(out, usize(rows) << 3);
  for (let row = 0; row < rows; row++) {
    const start = usize(load<u32>(starts + row * stride) + delta);
    const length = load<u32>(ends + row * stride) - u32(start);
    store<f64>(out + (row << 3), isNothing(start, length) ? 0 : 1);
  }
}

/** The number that 1 to 16 digits make. */
function wholeNumber(start: usize, digits: u32): u64 {
  const first = load<u64>(start) ^ ZEROS;
  if (digits <= 8) return eightDigits(first << (64 - (u64(digits) << 3)));
  const last = (load<u64>(start, 8) ^ ZEROS) << (128 - (u64(digits) << 3));
  return eightDigits(first) * u64(powerOfTen(digits - 8)) + eightDigits(last);
}
