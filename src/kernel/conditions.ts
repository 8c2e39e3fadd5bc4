/** Conditions on the fields of rows, as masks with a byte for each row (see forms.ts). */
import { SLOW } from './contract';
import { isDigit } from './digits';
import { assertBlock } from './memory';
import { isNothing } from './rows';
import { isSame } from './texts';

/** Texts one after another: for each its length (u32) and its bytes, padded to words of 4 bytes. */
export function isAmong(start: usize, length: u32, list: usize, count: u32): bool {
  let text = list;
  for (let i: u32 = 0; i < count; i++) {
    const own = load<u32>(text);
    if (own === length && isSame(text + 4, start, length)) return true;
    text += 4 + ((own + 3) & ~3);
  }
  return false;
}

/** Adds 1 to the mask of rows whose field has one of the texts; an empty one is nothing. */
export function markTexts(starts: usize, ends: usize, rows: i32, list: usize, count: u32, mask: usize): void {
  assertBlock(mask, rows);
  for (let row = 0; row < rows; row++) {
    const start = usize(load<u32>(starts + (row << 2)));
    const length = load<u32>(ends + (row << 2)) - u32(start);
    if (isAmong(start, isNothing(start, length) ? 0 : length, list, count)) store<u8>(mask + row, 1);
  }
}

/** Adds 1 to the mask of rows whose field is a number of three digits that begins with `digit`. */
export function markClass(starts: usize, ends: usize, rows: i32, digit: u8, mask: usize): void {
  assertBlock(mask, rows);
  for (let row = 0; row < rows; row++) {
    const start = usize(load<u32>(starts + (row << 2)));
    if (load<u32>(ends + (row << 2)) - u32(start) !== 3 || load<u8>(start) !== digit) continue;
    if (isDigit(load<u8>(start, 1)) && isDigit(load<u8>(start, 2))) store<u8>(mask + row, 1);
  }
}

/** Adds 1 to the mask of rows whose field is there: it has a text, or begins at 0, as objects and lists do. */
export function markThere(starts: usize, ends: usize, rows: i32, mask: usize): void {
  assertBlock(mask, rows);
  for (let row = 0; row < rows; row++) {
    const start = usize(load<u32>(starts + (row << 2)));
    if (start === 0 || !isNothing(start, load<u32>(ends + (row << 2)) - u32(start))) store<u8>(mask + row, 1);
  }
}

/** Takes the mark off rows for which a condition is not met: `met` is 1 for those that it describes. */
export function requireMarks(mask: usize, rows: i32, met: usize, isNegated: bool): void {
  assertBlock(mask, rows);
  for (let row = 0; row < rows; row++) {
    if ((load<u8>(met + row) !== 0) === isNegated) store<u8>(mask + row, 0);
  }
}

/** Has `leftOut` mark rows that `mask` does not, if they are not slow; returns how many those are. */
export function markLeftOut(mask: usize, rows: i32, slow: usize, leftOut: usize): i32 {
  assertBlock(leftOut, rows);
  let count = 0;
  for (let row = 0; row < rows; row++) {
    const isLeftOut = load<u8>(mask + row) === 0 && load<u8>(slow + row) === 0;
    store<u8>(leftOut + row, u8(isLeftOut));
    count += i32(isLeftOut);
  }
  return count;
}

/** Gives rows with a mark in `marks` another one in `slow`; with `ifPlain` only those that have none there. */
export function setMarks(marks: usize, rows: i32, slow: usize, mark: u8, ifPlain: bool): void {
  assertBlock(slow, rows);
  for (let row = 0; row < rows; row++) {
    if (load<u8>(marks + row) !== 0 && (!ifPlain || load<u8>(slow + row) === 0)) store<u8>(slow + row, mark);
  }
}

/** Marks rows that begin with a text as slow. `rowStarts`: addresses of the rows. */
export function markStarts(rowStarts: usize, rows: i32, text: usize, length: u32, slow: usize): void {
  assertBlock(slow, rows);
  for (let row = 0; row < rows; row++) {
    if (isSame(load<u32>(rowStarts + (row << 2)), text, length)) store<u8>(slow + row, SLOW);
  }
}
