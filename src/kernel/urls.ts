/** Parts of URLs, and percent-encoded texts, as {@link FieldForm}s have them (see forms.ts). */
import { SLOW } from './contract';
import { assertColumn, isLetter, keepText, putField, putNothing, roomForText } from './forms';
import { assertBlock } from './memory';
import { isNothing } from './rows';

const SLASH: u8 = 0x2f;
const COLON: u8 = 0x3a;
const QUESTION: u8 = 0x3f;
const FRAGMENT: u8 = 0x23;
const AT: u8 = 0x40;
const PERCENT: u8 = 0x25;
const SMALL: u8 = 0x20;

/** Parts, in the order of URL_PARTS in src/core/usage/fieldForm.ts. */
const HOST: i32 = 0;
const PATH: i32 = 1;

export function urlParts(
  starts: usize,
  ends: usize,
  rows: i32,
  part: i32,
  outStarts: usize,
  outEnds: usize,
  slow: usize,
): void {
  assertColumn(outStarts, outEnds, rows);
  for (let row = 0; row < rows; row++) {
    const start = usize(load<u32>(starts + (row << 2)));
    const end = usize(load<u32>(ends + (row << 2)));
    putNothing(outStarts, outEnds, row);
    if (isNothing(start, u32(end - start))) continue;
    const authority = authorityStart(start, end);
    const path = stopAt(authority, end, true);
    if (part === HOST) {
      putHost(authority, path, row, outStarts, outEnds, slow);
      continue;
    }
    const query = stopAt(path, end, false);
    if (part === PATH) putField(outStarts, outEnds, row, path, query, slow);
    else if (query < end && load<u8>(query) === QUESTION) {
      let fragment = query + 1;
      while (fragment < end && load<u8>(fragment) !== FRAGMENT) fragment++;
      putField(outStarts, outEnds, row, query + 1, fragment, slow);
    }
  }
}

/** Where the authority begins: behind a scheme and two slashes, or these alone, or at the start. */
function authorityStart(start: usize, end: usize): usize {
  let at = start;
  if (isLetter(load<u8>(at))) {
    while (at < end && isOfScheme(load<u8>(at))) at++;
    if (at >= end || load<u8>(at) !== COLON) return start;
    at++;
  }
  return at + 2 <= end && load<u8>(at) === SLASH && load<u8>(at, 1) === SLASH ? at + 2 : start;
}

function isOfScheme(c: u8): bool {
  return isLetter(c) || c - 0x30 <= 9 || c === 0x2b || c === 0x2e || c === 0x2d;
}

/** The first question mark or fragment, or slash, or the end. */
function stopAt(from: usize, end: usize, slashes: bool): usize {
  let at = from;
  while (at < end) {
    const c = load<u8>(at);
    if (c === QUESTION || c === FRAGMENT || (slashes && c === SLASH)) break;
    at++;
  }
  return at;
}

/** The host of an authority in small letters, without user and port. */
function putHost(authority: usize, end: usize, row: i32, outStarts: usize, outEnds: usize, slow: usize): void {
  let start = authority;
  let hasLarge = false;
  for (let at = authority; at < end; at++) {
    const c = load<u8>(at);
    if (c === AT) start = at + 1;
    if (c - 0x41 <= 25) hasLarge = true;
    if (c >= 0x80 || c < 0x20) {
      store<u8>(slow + row, SLOW);
      return;
    }
  }
  let port = end;
  while (port > start && load<u8>(port - 1) - 0x30 <= 9) port--;
  const hostEnd = port > start && load<u8>(port - 1) === COLON ? port - 1 : end;
  if (!hasLarge) {
    putField(outStarts, outEnds, row, start, hostEnd, slow);
    return;
  }
  const text = roomForText(hostEnd - start);
  if (text === 0) {
    store<u8>(slow + row, SLOW);
    return;
  }
  let to = text;
  for (let at = start; at < hostEnd; at++) {
    const c = load<u8>(at);
    assertBlock(to, 1);
    store<u8>(to++, c - 0x41 <= 25 ? c | SMALL : c);
  }
  keepText(to);
  putField(outStarts, outEnds, row, text, to, slow);
}

/** `%2F` becomes `/`. Sequences of other characters than ASCII are for the exact way. */
export function decodePercents(
  starts: usize,
  ends: usize,
  rows: i32,
  outStarts: usize,
  outEnds: usize,
  slow: usize,
): void {
  assertColumn(outStarts, outEnds, rows);
  for (let row = 0; row < rows; row++) {
    const start = usize(load<u32>(starts + (row << 2)));
    const end = usize(load<u32>(ends + (row << 2)));
    let at = start;
    while (at < end && load<u8>(at) !== PERCENT) at++;
    if (at >= end || isNothing(start, u32(end - start))) {
      store<u32>(outStarts + (row << 2), u32(start));
      store<u32>(outEnds + (row << 2), u32(end));
      continue;
    }
    putNothing(outStarts, outEnds, row);
    const text = roomForText(end - start);
    const to: usize = text === 0 ? 0 : writeDecoded(start, end, text);
    if (to === 0) {
      store<u8>(slow + row, SLOW);
      continue;
    }
    keepText(to);
    putField(outStarts, outEnds, row, text, to, slow);
  }
}

/** Where the decoded text ends; 0 if a sequence is no ASCII. */
function writeDecoded(start: usize, end: usize, text: usize): usize {
  let to = text;
  for (let at = start; at < end; at++) {
    let c = load<u8>(at);
    if (c === PERCENT && at + 2 < end) {
      const high = hexDigit(load<u8>(at, 1));
      const low = hexDigit(load<u8>(at, 2));
      if (high < 16 && low < 16) {
        if (high > 7) return 0;
        c = (high << 4) | low;
        at += 2;
      }
    }
    assertBlock(to, 1);
    store<u8>(to++, c);
  }
  return to;
}

/** 16 and more for what is none. */
function hexDigit(c: u8): u8 {
  if (c - 0x30 <= 9) return c - 0x30;
  const letter = (c | SMALL) - 0x61;
  return letter <= 5 ? letter + 10 : 16;
}
