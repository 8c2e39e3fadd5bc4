/**
 * Columns that a mapping describes by more than one field as it stands: each is worked out of other columns, all rows of a
 * batch at a time. A column has one start and one end (u32 each) for each row. Whatever is unusual marks its row as slow.
 */
import { isAmong } from './conditions';
import { SLACK, SLOW } from './contract';
import { allocate, assertBlock } from './memory';
import { isNothing } from './rows';
import { isSame } from './texts';

/** Bytes for the texts of a batch that stand nowhere in its rows. */
const TEXT_BYTES: usize = 1 << 20;

let texts: usize = 0;
let usedBytes: usize = 0;

/** A new batch begins: the texts of the one before are gone. */
export function clearFormTexts(): void {
  if (texts === 0) texts = allocate(TEXT_BYTES + SLACK);
  usedBytes = 0;
}

/** An address with room for so many bytes, which {@link keepText} keeps; 0 if there is none. */
export function roomForText(bytes: usize): usize {
  return bytes <= TEXT_BYTES - usedBytes ? texts + usedBytes : 0;
}

export function keepText(end: usize): void {
  usedBytes = end - texts;
}

/** Writes a field. A text that looks like nothing, and is something, marks its row: others take it for nothing. */
export function putField(starts: usize, ends: usize, row: i32, start: usize, end: usize, slow: usize): void {
  store<u32>(starts + (row << 2), u32(start));
  store<u32>(ends + (row << 2), u32(end));
  const length = u32(end - start);
  if (length - 1 < 6 && isNothing(start, length)) store<u8>(slow + row, SLOW);
}

export function putNothing(starts: usize, ends: usize, row: i32): void {
  store<u32>(starts + (row << 2), u32(texts));
  store<u32>(ends + (row << 2), u32(texts));
}

export function assertColumn(starts: usize, ends: usize, rows: i32): void {
  assertBlock(starts, usize(rows) << 2);
  assertBlock(ends, usize(rows) << 2);
}

/** The same text in every row. */
export function fillColumn(start: usize, end: usize, rows: i32, outStarts: usize, outEnds: usize): void {
  assertColumn(outStarts, outEnds, rows);
  for (let row = 0; row < rows; row++) {
    store<u32>(outStarts + (row << 2), u32(start));
    store<u32>(outEnds + (row << 2), u32(end));
  }
}

/** Fields of a column, where one holds nothing those of another. */
export function chooseField(
  starts: usize,
  ends: usize,
  otherStarts: usize,
  otherEnds: usize,
  rows: i32,
  outStarts: usize,
  outEnds: usize,
): void {
  assertColumn(outStarts, outEnds, rows);
  for (let row = 0; row < rows; row++) {
    const place = usize(row) << 2;
    const start = usize(load<u32>(starts + place));
    const end = usize(load<u32>(ends + place));
    const isThere = !isNothing(start, u32(end - start));
    store<u32>(outStarts + place, isThere ? u32(start) : load<u32>(otherStarts + place));
    store<u32>(outEnds + place, isThere ? u32(end) : load<u32>(otherEnds + place));
  }
}

/** The first byte of that value, or `end`. */
export function byteEnd(from: usize, end: usize, byte: u8): usize {
  const wanted = i8x16.splat(byte);
  let at = from;
  while (at < end) {
    const mask = i8x16.bitmask(i8x16.eq(v128.load(at), wanted));
    if (mask !== 0) return min(at + ctz(mask), end);
    at += 16;
  }
  return end;
}

/** The first place of a text that is not empty, or `end`. */
export function placeOf(from: usize, end: usize, text: usize, length: u32): usize {
  const first = load<u8>(text);
  let at = byteEnd(from, end, first);
  while (at + length <= end) {
    if (isSame(at, text, length)) return at;
    at = byteEnd(at + 1, end, first);
  }
  return end;
}

/** All before the first occurrence of a text, or all; with `isBehind` all behind it, or nothing. */
export function cutFields(
  starts: usize,
  ends: usize,
  rows: i32,
  text: usize,
  length: u32,
  isBehind: bool,
  outStarts: usize,
  outEnds: usize,
  slow: usize,
): void {
  assertColumn(outStarts, outEnds, rows);
  for (let row = 0; row < rows; row++) {
    const start = usize(load<u32>(starts + (row << 2)));
    const end = usize(load<u32>(ends + (row << 2)));
    if (isNothing(start, u32(end - start))) {
      putNothing(outStarts, outEnds, row);
      continue;
    }
    const found = placeOf(start, end, text, length);
    if (!isBehind) putField(outStarts, outEnds, row, start, found, slow);
    else if (found === end) putNothing(outStarts, outEnds, row);
    else putField(outStarts, outEnds, row, found + length, end, slow);
  }
}

/** The fields, but nothing for those that have one of the texts. */
export function dropFields(
  starts: usize,
  ends: usize,
  rows: i32,
  list: usize,
  count: u32,
  outStarts: usize,
  outEnds: usize,
): void {
  assertColumn(outStarts, outEnds, rows);
  for (let row = 0; row < rows; row++) {
    const start = usize(load<u32>(starts + (row << 2)));
    const end = usize(load<u32>(ends + (row << 2)));
    const isDropped = isAmong(start, u32(end - start), list, count);
    store<u32>(outStarts + (row << 2), u32(start));
    store<u32>(outEnds + (row << 2), isDropped ? u32(start) : u32(end));
  }
}

/** One of the parts between dots, of which one at the end is none: from 1 at the left, from −1 at the right. */
export function labelsOf(
  starts: usize,
  ends: usize,
  rows: i32,
  place: i32,
  outStarts: usize,
  outEnds: usize,
  slow: usize,
): void {
  assertColumn(outStarts, outEnds, rows);
  for (let row = 0; row < rows; row++) {
    const start = usize(load<u32>(starts + (row << 2)));
    let end = usize(load<u32>(ends + (row << 2)));
    if (isNothing(start, u32(end - start))) {
      putNothing(outStarts, outEnds, row);
      continue;
    }
    if (load<u8>(end - 1) === DOT) end--;
    let from = start;
    let to = end;
    let isThere = true;
    if (place > 0) {
      to = byteEnd(from, end, DOT);
      for (let i = 1; i < place && isThere; i++) {
        isThere = to < end;
        from = to + 1;
        to = byteEnd(from, end, DOT);
      }
    } else {
      from = labelStart(start, to);
      for (let i = -1; i > place && isThere; i--) {
        isThere = from > start;
        to = from - 1;
        from = labelStart(start, to);
      }
    }
    if (isThere) putField(outStarts, outEnds, row, from, to, slow);
    else putNothing(outStarts, outEnds, row);
  }
}

const DOT: u8 = 0x2e;
/** A letter with this bit is a small one. */
const SMALL: u8 = 0x20;

export function isLetter(c: u8): bool {
  return (c | SMALL) - 0x61 <= 25;
}

function labelStart(start: usize, end: usize): usize {
  let at = end;
  while (at > start && load<u8>(at - 1) !== DOT) at--;
  return at;
}

/**
 * The fields of `count` columns one after another, with a text between them; nothing where one is nothing. `columns`: for
 * each the address of its starts and of its ends (u32 each).
 */
export function joinFields(
  columns: usize,
  count: u32,
  rows: i32,
  between: usize,
  betweenLength: u32,
  outStarts: usize,
  outEnds: usize,
  slow: usize,
): void {
  assertColumn(outStarts, outEnds, rows);
  for (let row = 0; row < rows; row++) {
    const place = usize(row) << 2;
    let bytes: usize = 0;
    let isThere = true;
    for (let i: u32 = 0; i < count; i++) {
      const start = usize(load<u32>(usize(load<u32>(columns + (i << 3))) + place));
      const length = load<u32>(usize(load<u32>(columns + (i << 3), 4)) + place) - u32(start);
      if (isNothing(start, length)) isThere = false;
      bytes += length + betweenLength;
    }
    putNothing(outStarts, outEnds, row);
    if (!isThere) continue;
    const text = roomForText(bytes);
    if (text === 0) {
      store<u8>(slow + row, SLOW);
      continue;
    }
    let at = text;
    for (let i: u32 = 0; i < count; i++) {
      if (i > 0) at = copied(between, betweenLength, at);
      const start = usize(load<u32>(usize(load<u32>(columns + (i << 3))) + place));
      at = copied(start, load<u32>(usize(load<u32>(columns + (i << 3), 4)) + place) - u32(start), at);
    }
    keepText(at);
    putField(outStarts, outEnds, row, text, at, slow);
  }
}

/** Copies a text; returns the end of the copy. */
export function copied(text: usize, length: u32, to: usize): usize {
  assertBlock(to, length);
  memory.copy(to, text, length);
  return to + length;
}

/** The fields of rows with a mark, nothing in the others. */
export function keepFields(starts: usize, ends: usize, rows: i32, mask: usize, outStarts: usize, outEnds: usize): void {
  assertColumn(outStarts, outEnds, rows);
  for (let row = 0; row < rows; row++) {
    const start = load<u32>(starts + (row << 2));
    store<u32>(outStarts + (row << 2), start);
    store<u32>(outEnds + (row << 2), load<u8>(mask + row) !== 0 ? load<u32>(ends + (row << 2)) : start);
  }
}

/** Has fields of rows with a mark hold nothing. */
export function blankFields(starts: usize, ends: usize, rows: i32, mask: usize): void {
  assertColumn(starts, ends, rows);
  for (let row = 0; row < rows; row++) {
    if (load<u8>(mask + row) !== 0) store<u32>(ends + (row << 2), load<u32>(starts + (row << 2)));
  }
}
