/**
 * Rows come in batches, column by column. Where a field begins is told by a number at `starts`, from one row to the next
 * `step` bytes on, to which `more` has to be added; where it ends by one at `ends`. All else has one element a row.
 */

import { SLOW } from './contract';
import { assertBlock } from './memory';

const QUOTE: u8 = 0x22;

export function countSlow(slow: usize, rows: i32): i32 {
  let count = 0;
  for (let row = 0; row < rows; row++) count += i32(load<u8>(slow + row) !== 0);
  return count;
}

/** Marks rows whose field holds nothing. */
export function markEmpty(starts: usize, ends: usize, stride: u32, delta: u32, slow: usize, rows: i32): void {
  assertBlock(slow, rows);
  for (let row = 0; row < rows; row++) {
    const start = usize(load<u32>(starts + row * stride) + delta);
    if (isNothing(start, load<u32>(ends + row * stride) - u32(start))) store<u8>(slow + row, SLOW);
  }
}

/** Marks rows that begin with a byte order mark. */
export function markMarks(rowStarts: usize, stride: u32, delta: u32, slow: usize, rows: i32): void {
  assertBlock(slow, rows);
  for (let row = 0; row < rows; row++) {
    const bytes = load<u32>(load<u32>(rowStarts + row * stride) + delta);
    if ((bytes & 0xff_ffff) === 0xbf_bbef) store<u8>(slow + row, SLOW);
  }
}

/** Marks rows whose field begins with a quote. */
export function markQuoted(starts: usize, stride: u32, delta: u32, slow: usize, rows: i32): void {
  assertBlock(slow, rows);
  for (let row = 0; row < rows; row++) {
    if (load<u8>(load<u32>(starts + row * stride) + delta) === QUOTE) store<u8>(slow + row, SLOW);
  }
}

/**
 * Replaces fields of a column that hold nothing by those of another one; both are told by columns. With `slow`, rows are
 * marked there instead: somebody else wants the column as it is.
 */
export function choose(starts: usize, ends: usize, otherStarts: usize, otherEnds: usize, rows: i32, slow: usize): void {
  if (slow !== 0) assertBlock(slow, rows);
  else {
    assertBlock(starts, usize(rows) << 2);
    assertBlock(ends, usize(rows) << 2);
  }
  for (let row = 0; row < rows; row++) {
    const place = usize(row) << 2;
    const start = usize(load<u32>(starts + place));
    if (!isNothing(start, load<u32>(ends + place) - u32(start))) continue;
    if (slow !== 0) {
      store<u8>(slow + row, SLOW);
      continue;
    }
    store<u32>(starts + place, load<u32>(otherStarts + place));
    store<u32>(ends + place, load<u32>(otherEnds + place));
  }
}

let hasWords: bool = false;

/** Has {@link isNothing} know the words of text formats, or not. */
export function setNothingWords(isText: bool): void {
  hasWords = isText;
}

let isExact: bool = false;

/** Has {@link isNothing} know no text but the empty one, for a row whose texts are those that count. */
export function setExact(exact: bool): void {
  isExact = exact;
}

const MINUS: u8 = 0x2d;
const NULL_LOWER: u32 = 0x6c6c_756e;
const NULL_UPPER: u32 = 0x4c4c_554e;
/** `\\N` */
const BACKSLASH_N: u16 = 0x4e5c;
/** `(nul`, and `l)`. */
const IN_BRACKETS: u32 = 0x6c75_6e28;
const IN_BRACKETS_END: u16 = 0x296c;

/** True for a field that means nothing, as `textIn` in src/telemetry/row.ts has it. */
export function isNothing(start: usize, length: u32): bool {
  if (length > 6) return false;
  if (length === 0) return true;
  if (isExact) return false;
  if (length === 1) return load<u8>(start) === MINUS;
  return hasWords && isNothingWord(start, length);
}

function isNothingWord(start: usize, length: u32): bool {
  if (length === 4) return load<u32>(start) === NULL_LOWER || load<u32>(start) === NULL_UPPER;
  if (length === 2) return load<u16>(start) === BACKSLASH_N;
  return length === 6 && load<u32>(start) === IN_BRACKETS && load<u16>(start, 4) === IN_BRACKETS_END;
}
