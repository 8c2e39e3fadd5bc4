/** Columns of texts that stand nowhere in the rows: instants in formats of their own, and products (see forms.ts). */
import { SLOW, TIME_DIGITS, TIME_FRACTION, TIME_LITERAL, TIME_MONTH_NAME, TIME_PART_BYTES } from './contract';
import { isDigit } from './digits';
import { assertColumn, copied, keepText, putField, putNothing, roomForText } from './forms';
import { assertBlock } from './memory';
import { isNothing } from './rows';

const ZERO: u8 = 0x30;
const POINT: u8 = 0x2e;
const PLUS: u8 = 0x2b;
const MINUS: u8 = 0x2d;
const COLON: u8 = 0x3a;
const SMALL_WORD: u32 = 0x0020_2020;

/** Characters of `2026-10-01T12:34:56`. */
const WRITTEN: usize = 19;
const LONGEST: u32 = 64;
/** `0000-00-`, `00T00:00` and `:0`. */
const DATE_TEXT: u64 = 0x2d30_302d_3030_3030;
const TIME_TEXT: u64 = 0x3030_3a30_3054_3030;
const SECONDS_TEXT: u16 = 0x303a;

/** Three letters of each month, small, in a word of 4 bytes. */
const MONTHS: usize = memory.data<u32>([
  0x006e_616a, 0x0062_6566, 0x0072_616d, 0x0072_7061, 0x0079_616d, 0x006e_756a, 0x006c_756a, 0x0067_7561, 0x0070_6573,
  0x0074_636f, 0x0076_6f6e, 0x0063_6564,
]);

let fractionStart: usize = 0;
let fractionEnd: usize = 0;
let zoneStart: usize = 0;
let zoneEnd: usize = 0;

/** Instants as RFC 3339 has them. `format`: its parts, so many bytes (contract.ts). Texts that do not fit are slow. */
export function writeInstants(
  starts: usize,
  ends: usize,
  rows: i32,
  format: usize,
  formatBytes: u32,
  outStarts: usize,
  outEnds: usize,
  slow: usize,
): void {
  assertColumn(outStarts, outEnds, rows);
  for (let row = 0; row < rows; row++) {
    const start = usize(load<u32>(starts + (row << 2)));
    const end = usize(load<u32>(ends + (row << 2)));
    putNothing(outStarts, outEnds, row);
    const length = u32(end - start);
    if (isNothing(start, length)) continue;
    const text: usize = length > LONGEST ? 0 : roomForText(WRITTEN + 2 * LONGEST);
    if (text === 0 || !writeInstant(start, end, format, format + formatBytes, text)) {
      store<u8>(slow + row, SLOW);
      continue;
    }
    let to = text + WRITTEN;
    if (fractionEnd > fractionStart) {
      assertBlock(to, 1);
      store<u8>(to, POINT);
      to = copied(fractionStart, u32(fractionEnd - fractionStart), to + 1);
    }
    to = copied(zoneStart, u32(zoneEnd - zoneStart), to);
    keepText(to);
    putField(outStarts, outEnds, row, text, to, slow);
  }
}

/** Writes date and time, and finds fraction and zone; false for what is not of the common form. */
function writeInstant(start: usize, end: usize, format: usize, formatEnd: usize, out: usize): bool {
  assertBlock(out, WRITTEN);
  store<u64>(out, DATE_TEXT);
  store<u64>(out, TIME_TEXT, 8);
  store<u16>(out, SECONDS_TEXT, 16);
  store<u8>(out, ZERO, 18);
  fractionStart = end;
  fractionEnd = end;
  zoneStart = end;
  zoneEnd = end;
  let at = start;
  for (let part = format; part < formatEnd; part += TIME_PART_BYTES) {
    if (at >= end) return false;
    at = partEnd(part, at, end, out);
    if (at === 0) return false;
  }
  return at === end;
}

/** Takes a part of a format; returns where the next one begins, 0 if the text is of another form. */
function partEnd(part: usize, at: usize, end: usize, out: usize): usize {
  const argument = load<u8>(part, 1);
  switch (load<u8>(part)) {
    case TIME_LITERAL:
      return load<u8>(at) === argument ? at + 1 : 0;
    case TIME_DIGITS:
      return digitsCopied(at, end, load<u8>(part, 2), out + argument);
    case TIME_MONTH_NAME:
      return monthWritten(at, end, out);
    case TIME_FRACTION:
      fractionStart = at;
      while (fractionStart < end && isDigit(load<u8>(fractionStart))) fractionStart++;
      fractionEnd = fractionStart;
      fractionStart = at;
      return fractionEnd === at ? 0 : fractionEnd;
    default:
      zoneStart = at;
      zoneEnd = zoneEndAt(at, end);
      return zoneEnd;
  }
}

function digitsCopied(at: usize, end: usize, count: usize, out: usize): usize {
  if (at + count > end) return 0;
  for (let i: usize = 0; i < count; i++) {
    const c = load<u8>(at + i);
    if (!isDigit(c)) return 0;
    store<u8>(out + i, c);
  }
  return at + count;
}

function monthWritten(at: usize, end: usize, out: usize): usize {
  const month = at + 3 > end ? 0 : monthOf(load<u32>(at) | SMALL_WORD);
  if (month === 0) return 0;
  store<u8>(out, ZERO + u8(month / 10), 5);
  store<u8>(out, ZERO + u8(month % 10), 6);
  return at + 3;
}

/** 1 to 12; 0 for a word whose first three bytes are no month. */
function monthOf(word: u32): i32 {
  for (let month = 0; month < 12; month++) {
    if (load<u32>(MONTHS + (month << 2)) === (word & 0xff_ffff)) return month + 1;
  }
  return 0;
}

/** The end of `+0100` or `+01:00`; 0 if there is none of them. */
function zoneEndAt(at: usize, end: usize): usize {
  const sign = load<u8>(at);
  if ((sign !== PLUS && sign !== MINUS) || at + 5 > end) return 0;
  if (!isDigit(load<u8>(at, 1)) || !isDigit(load<u8>(at, 2))) return 0;
  const minutes = load<u8>(at, 3) === COLON ? at + 4 : at + 3;
  if (minutes + 2 > end || !isDigit(load<u8>(minutes)) || !isDigit(load<u8>(minutes, 1))) return 0;
  return minutes + 2;
}

/** Digits of a factor at most, so that a product of two fits into 64 bits. */
const MOST_DIGITS: u32 = 9;
/** Bytes of a product at most. */
const PRODUCT_BYTES: usize = 24;

let fractionDigits: u32 = 0;

/** Products of two columns of plain decimals, nothing where one is nothing; others are slow. */
export function multiplyFields(
  starts: usize,
  ends: usize,
  otherStarts: usize,
  otherEnds: usize,
  rows: i32,
  outStarts: usize,
  outEnds: usize,
  slow: usize,
): void {
  assertColumn(outStarts, outEnds, rows);
  for (let row = 0; row < rows; row++) {
    const place = usize(row) << 2;
    const start = usize(load<u32>(starts + place));
    const length = load<u32>(ends + place) - u32(start);
    const otherStart = usize(load<u32>(otherStarts + place));
    const otherLength = load<u32>(otherEnds + place) - u32(otherStart);
    putNothing(outStarts, outEnds, row);
    if (isNothing(start, length)) continue;
    const one = digitsOf(start, length);
    let fraction = fractionDigits;
    if (one < 0) store<u8>(slow + row, SLOW);
    if (one < 0 || isNothing(otherStart, otherLength)) continue;
    const other = digitsOf(otherStart, otherLength);
    fraction += fractionDigits;
    const text = roomForText(PRODUCT_BYTES);
    if (other < 0 || text === 0) {
      store<u8>(slow + row, SLOW);
      continue;
    }
    const end = writeDecimal(u64(one) * u64(other), fraction, text);
    keepText(end);
    putField(outStarts, outEnds, row, text, end, slow);
  }
}

/** The digits of a plain decimal as one number, and its fraction digits; −1 for what is none, or has too many. */
function digitsOf(start: usize, length: u32): i64 {
  if (length > MOST_DIGITS + 1) return -1;
  let value: i64 = 0;
  let point: u32 = length;
  for (let i: u32 = 0; i < length; i++) {
    const c = load<u8>(start + i);
    if (isDigit(c)) value = value * 10 + i64(c - ZERO);
    else if (c === POINT && point === length && i > 0 && i < length - 1) point = i;
    else return -1;
  }
  fractionDigits = point === length ? 0 : length - 1 - point;
  return length - (point === length ? 0 : 1) > MOST_DIGITS ? -1 : value;
}

/** Writes value ÷ 10^fraction without zeros at the ends; returns where it ends. */
function writeDecimal(value: u64, fraction: u32, out: usize): usize {
  let digits = value;
  let behind = fraction;
  while (behind > 0 && digits % 10 === 0) {
    digits /= 10;
    behind--;
  }
  // From the last digit to the first, then moved to where it has to begin.
  let at = out + PRODUCT_BYTES;
  assertBlock(out, PRODUCT_BYTES);
  const last = at;
  let written: u32 = 0;
  while (digits > 0 || written <= behind) {
    if (behind > 0 && written === behind) store<u8>(--at, POINT);
    store<u8>(--at, ZERO + u8(digits % 10));
    digits /= 10;
    written++;
  }
  memory.copy(out, at, last - at);
  return out + (last - at);
}
