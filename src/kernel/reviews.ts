/**
 * A second look at rows whose fingerprints are equal: sorts them by position, and hashes them, so that equal bytes are known
 * again. The hash is SipHash-1-3 of 128 bits under a key that nobody can know before the run.
 */
import {
  CONTENT_HASH_AT,
  ENTRY_BYTES,
  HASH_BYTES,
  ID_LENGTH_AT,
  ID_OFFSET_AT,
  JUDGED_BYTES,
  JUDGED_FIELD_WORDS,
  KEY_HASH_AT,
  OF_KEY,
  QUANTITY,
  SLACK,
  SLOW,
  TEXT,
} from './contract';
import { allocate, assertBlock, release } from './memory';
import { isNothing } from './rows';
import { firstBytes } from './texts';

const DIGIT_BITS: u32 = 7;
const DIGITS: u32 = 1 << DIGIT_BITS;
/** Enough for the 27 bits of a place in its window; an even number of passes ends where it began. */
const PASSES: u32 = 4;

/** Sorts entries of 64 bits by their lower 28, those with the same ones in the order in which they come. */
export function sortByPosition(entries: usize, count: u32): void {
  const spare = allocate(count * ENTRY_BYTES);
  const counts = allocate(DIGITS * 4);
  let from = entries;
  let to = spare;
  for (let pass: u32 = 0; pass < PASSES; pass++) {
    const shift = u64(pass * DIGIT_BITS);
    memory.fill(counts, 0, DIGITS * 4);
    for (let i: u32 = 0; i < count; i++) {
      const place = counts + (usize((load<u64>(from + i * ENTRY_BYTES) >> shift) & (DIGITS - 1)) << 2);
      store<u32>(place, load<u32>(place) + 1);
    }
    let before: u32 = 0;
    for (let digit: u32 = 0; digit < DIGITS; digit++) {
      const own = load<u32>(counts + (digit << 2));
      store<u32>(counts + (digit << 2), before);
      before += own;
    }
    for (let i: u32 = 0; i < count; i++) {
      const entry = load<u64>(from + i * ENTRY_BYTES);
      const place = counts + (usize((entry >> shift) & (DIGITS - 1)) << 2);
      const next = load<u32>(place);
      assertBlock(to + next * ENTRY_BYTES, ENTRY_BYTES);
      store<u64>(to + next * ENTRY_BYTES, entry);
      store<u32>(place, next + 1);
    }
    const read = from;
    from = to;
    to = read;
  }
  release(counts, DIGITS * 4);
  release(spare, count * ENTRY_BYTES);
}

/**
 * Writes for each row of a batch its address to `addresses` and a hash of its bytes, 16 bytes, to `hashes`. A row ends where
 * the next one begins, the last one at `end`.
 */
export function hashRows(
  rowStarts: usize,
  stride: u32,
  delta: u32,
  rows: i32,
  end: usize,
  key: u64,
  otherKey: u64,
  addresses: usize,
  hashes: usize,
): void {
  assertBlock(addresses, usize(rows) << 2);
  assertBlock(hashes, usize(rows) * HASH_BYTES);
  for (let row = 0; row < rows; row++) {
    const start = usize(load<u32>(rowStarts + row * stride) + delta);
    const next = row + 1 < rows ? usize(load<u32>(rowStarts + (row + 1) * stride) + delta) : end;
    store<u32>(addresses + (row << 2), u32(start));
    hashBytes(start, u32(next - start), key, otherKey, hashes + row * HASH_BYTES);
  }
}

function hashBytes(start: usize, length: u32, key: u64, otherKey: u64, out: usize): void {
  let v0 = key ^ 0x736f_6d65_7073_6575;
  let v1 = otherKey ^ 0x646f_7261_6e64_6f6d ^ 0xee;
  let v2 = key ^ 0x6c79_6765_6e65_7261;
  let v3 = otherKey ^ 0x7465_6462_7974_6573;
  let at = start;
  let left = length;
  let word: u64 = 0;
  let rest: i32 = -1;
  // The bytes by words, then what is left of them with their number, then three rounds for each half of the hash.
  while (rest < 6) {
    if (left >= 8) {
      word = load<u64>(at);
      at += 8;
      left -= 8;
    } else if (rest < 0) {
      word = (load<u64>(at) & firstBytes(left)) | (u64(length) << 56);
      rest = 0;
    } else {
      word = 0;
      if (rest === 0) v2 ^= 0xee;
      else if (rest === 3) {
        store<u64>(out, v0 ^ v1 ^ v2 ^ v3);
        v1 ^= 0xdd;
      }
      rest++;
    }
    v3 ^= word;
    v0 += v1;
    v2 += v3;
    v1 = rotl<u64>(v1, 13) ^ v0;
    v3 = rotl<u64>(v3, 16) ^ v2;
    v0 = rotl<u64>(v0, 32);
    v2 += v1;
    v0 += v3;
    v1 = rotl<u64>(v1, 17) ^ v2;
    v3 = rotl<u64>(v3, 21) ^ v0;
    v2 = rotl<u64>(v2, 32);
    v0 ^= word;
  }
  store<u64>(out, v0 ^ v1 ^ v2 ^ v3, 8);
}

const FIELD_BYTES: u32 = JUDGED_FIELD_WORDS * 4;

const MOST_CONTENT_BYTES: usize = 1 << 16;
const ZERO: u8 = 0x30;
const POINT: u8 = 0x2e;

let contentRoom: usize = 0;

/**
 * Writes for each row of a batch that is not slow what decides whether it is the same event as another one. Of `fields` the
 * first two are the source and the event id. Rows for which the exact way has to do it are marked as slow.
 */
export function judgeRows(
  fields: usize,
  count: u32,
  at: usize,
  nanoseconds: usize,
  rowStarts: usize,
  stride: u32,
  delta: u32,
  slow: usize,
  rows: i32,
  key: u64,
  otherKey: u64,
  out: usize,
): void {
  assertBlock(fields, count * FIELD_BYTES);
  assertBlock(slow, rows);
  assertBlock(out, usize(rows) * JUDGED_BYTES);
  if (contentRoom === 0) contentRoom = allocate(MOST_CONTENT_BYTES + SLACK);
  for (let row = 0; row < rows; row++) {
    if (load<u8>(slow + row) !== 0) continue;
    const judged = out + usize(row) * JUDGED_BYTES;
    if (!judgeRow(fields, count, usize(row), at, nanoseconds, stride, delta, key, otherKey, judged)) {
      store<u8>(slow + row, SLOW);
      continue;
    }
    const idField = fields + FIELD_BYTES;
    const id = load<u32>(usize(load<u32>(idField)) + row * stride) + delta;
    store<u32>(judged, id - (load<u32>(rowStarts + row * stride) + delta), ID_OFFSET_AT);
    store<u32>(judged, load<u32>(usize(load<u32>(idField, 4)) + row * stride) - id, ID_LENGTH_AT);
  }
}

function judgeRow(
  fields: usize,
  count: u32,
  row: usize,
  at: usize,
  nanoseconds: usize,
  stride: u32,
  delta: u32,
  key: u64,
  otherKey: u64,
  out: usize,
): bool {
  let filled: usize = contentRoom;
  let isKey = true;
  for (let i: u32 = 0; i < count; i++) {
    const field = fields + i * FIELD_BYTES;
    const starts = usize(load<u32>(field));
    const kind = load<u32>(field, 8);
    let start: usize = 0;
    let length: u32 = 0;
    if (starts !== 0) {
      start = usize(load<u32>(starts + row * stride) + delta);
      length = load<u32>(usize(load<u32>(field, 4)) + row * stride) - u32(start);
      if (isNothing(start, length)) length = 0;
    }
    if (kind !== OF_KEY && isKey) {
      hashBytes(contentRoom, u32(filled - contentRoom), key, otherKey, out + KEY_HASH_AT);
      isKey = false;
      filled = contentRoom;
      store<f64>(filled, load<f64>(at + (row << 3)));
      store<u32>(filled, load<u32>(nanoseconds + (row << 2)), 8);
      filled += 12;
    }
    if (filled - contentRoom + usize(length) + 8 > MOST_CONTENT_BYTES) return false;
    if (kind === OF_KEY || kind === TEXT) {
      filled = writeText(filled, start, length);
      continue;
    }
    if (length > 0) {
      filled = writeQuantity(filled, start, length);
      if (filled === 0) return false;
    } else if (kind === QUANTITY) {
      store<u32>(filled, 1);
      store<u8>(filled, ZERO, 4);
      filled += 5;
    } else {
      store<u32>(filled, 0);
      filled += 4;
    }
  }
  hashBytes(contentRoom, u32(filled - contentRoom), key, otherKey, out + CONTENT_HASH_AT);
  return true;
}

function writeText(to: usize, start: usize, length: u32): usize {
  assertBlock(to, 4 + length);
  store<u32>(to, length);
  memory.copy(to + 4, start, length);
  return to + 4 + length;
}

/** Writes a plain decimal as briefly as it can be written; returns 0 if it is none. */
function writeQuantity(to: usize, start: usize, length: u32): usize {
  const end = start + length;
  let point: usize = 0;
  for (let i = start; i < end; i++) {
    const c = load<u8>(i);
    if (u8(c - ZERO) < 10) continue;
    if (c !== POINT || point !== 0 || i === start || i === end - 1) return 0;
    point = i;
  }
  let from = start;
  let until = end;
  if (point !== 0) {
    while (load<u8>(until - 1) === ZERO) until--;
    if (until - 1 === point) until--;
  }
  const lastZero = (point !== 0 ? point : end) - 1;
  while (from < lastZero && load<u8>(from) === ZERO) from++;
  return writeText(to, from, u32(until - from));
}

/** Writes the hash of some bytes, 16 bytes. */
export function hashText(start: usize, length: u32, key: u64, otherKey: u64, out: usize): void {
  assertBlock(out, HASH_BYTES);
  hashBytes(start, length, key, otherKey, out);
}
