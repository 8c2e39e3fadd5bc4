/**
 * Takes a line of NDJSON apart, as RFC 8259 says and no more leniently. Every key that lines have is kept in a table, by the
 * object that it stands in, with its last value: so one search finds out both whether somebody wants the value and whether the
 * object has the key already. Most lines have their keys in the order of an earlier line, so each key remembers which one
 * followed it last, and mostly there is no search at all.
 */
import { allocate, release, SLACK } from './memory';
import { isSame, mixText } from './texts';

/** In place of the next line's address: it is for the exact reader, because it is no valid JSON or because it is unusual. */
export const UNUSUAL: usize = 0;
/** In place of the next line's address: {@link makeRoom} is to be called first. */
export const NO_ROOM: usize = 1;

const TAB: u8 = 0x09;
const LF: u8 = 0x0a;
const CR: u8 = 0x0d;
const BLANK: u8 = 0x20;
const QUOTE: u8 = 0x22;
const PLUS: u8 = 0x2b;
const COMMA: u8 = 0x2c;
const MINUS: u8 = 0x2d;
const POINT: u8 = 0x2e;
const ZERO: u8 = 0x30;
const COLON: u8 = 0x3a;
const OPENING_BRACKET: u8 = 0x5b;
const BACKSLASH: u8 = 0x5c;
const CLOSING_BRACKET: u8 = 0x5d;
const LETTER_U: u8 = 0x75;
const OPENING_BRACE: u8 = 0x7b;
const CLOSING_BRACE: u8 = 0x7d;
/** A letter with this bit is a small one. */
const SMALL: u8 = 0x20;

/** `true`, `null`, and the beginning of `false`. */
const TRUE: u32 = 0x6575_7274;
const NULL: u32 = 0x6c6c_756e;
const FALS: u32 = 0x736c_6166;

const FACTOR_OF_ENDS: u64 = 0xd6e8_feb8_6659_fd93;

/** Objects and arrays within each other. */
const DEEPEST: usize = 256;

const FIRST_KEYS: usize = 1 << 10;
/** A line with more keys than this is unusual. */
const MOST_KEYS: usize = 1 << 16;
const SLOTS_PER_KEY: usize = 4;
const NAME_BYTES_PER_KEY: usize = 32;
/** A longer search means that somebody has chosen the names for it. */
const LONGEST_SEARCH: u32 = 64;

/** A key of the objects that stand in one place of a line. The first of a table is not a key, but the place of whole lines. */
@unmanaged
export class Key {
  /** Number of the object that had it last. */
  object: u64;
  /** Its last value as it is written. */
  start: u32;
  end: u32;
  /** What its last value means, if {@link isText}: a text without escapes, a number, or no text for null. */
  textStart: u32;
  textEnd: u32;
  isText: bool;
  /** Its last value's text is wanted. */
  isWanted: bool;
  /** A key with these bytes is written without escapes. */
  isPlain: bool;
  /** Its bytes, and a quote and a colon after them. */
  name: usize;
  length: u32;
  /** A bit for each of the first 16 bytes that are among those. */
  firstBytes: i32;
  /** The place of its objects: the key that they are the value of, plus 1 if they are in an array there. */
  place: usize;
  hash: u32;
  /** The key that followed it last; 0 for none. */
  next: usize;
  /** The key that was first in the last object that is its value, and in the last one in an array there; 0 for none. */
  firstInside: usize;
  firstInArray: usize;
}

const KEY_BYTES: usize = 64;

@unmanaged
export class KeyTable {
  /** How many keys there is room for. */
  room: usize;
  keys: usize;
  /** Address of the next key. */
  nextKey: usize;
  names: usize;
  nextName: usize;
  /** Open addressing: addresses of keys, 0 is free. */
  slots: usize;
  /** Objects begun so far. */
  objects: u64;
  /** Objects begun before the last line. */
  objectsBefore: u64;
  /** Where containers around the current one are put. */
  frames: usize;
  /** Where the next text is written that has escapes in the line. */
  texts: usize;
  /** For each wanted key three words: the number of the key that its objects are the value of, and its name's address and length. */
  wanted: usize;
  wantedCount: u32;
}

/** A container around the current one, and the value of its that the current one is. */
@unmanaged
class Frame {
  object: u64;
  place: usize;
  isArray: bool;
  isTwice: bool;
  nextAt: usize;
  key: usize;
  start: usize;
  earlierStart: u32;
  earlierEnd: u32;
}

const FRAME_BYTES: usize = 64;

/** Wanted keys have the numbers from 1 in the order of their list; 0 is the line itself. */
export function newKeyTable(wanted: usize, wantedCount: u32): KeyTable {
  const table = changetype<KeyTable>(allocate(offsetof<KeyTable>()));
  table.frames = allocate(DEEPEST * FRAME_BYTES);
  table.wanted = wanted;
  table.wantedCount = wantedCount;
  takeRoom(table, FIRST_KEYS);
  while (!addWanted(table)) grow(table);
  return table;
}

/** Forgets all keys but the wanted ones; those found `isNew` to have been no room for one line get more. False: there is no more. */
export function makeRoom(table: KeyTable, isEmpty: bool): bool {
  if (isEmpty && table.room >= MOST_KEYS) return false;
  if (isEmpty) grow(table);
  else {
    memory.fill(table.keys, 0, table.room * KEY_BYTES);
    memory.fill(table.slots, 0, table.room * SLOTS_PER_KEY * 4);
  }
  while (!addWanted(table)) grow(table);
  return true;
}

function grow(table: KeyTable): void {
  const room = table.room;
  release(table.keys, room * KEY_BYTES);
  release(table.slots, room * SLOTS_PER_KEY * 4);
  release(table.names, room * NAME_BYTES_PER_KEY + SLACK);
  takeRoom(table, room * 2);
}

function takeRoom(table: KeyTable, room: usize): void {
  table.room = room;
  table.keys = allocate(room * KEY_BYTES);
  table.slots = allocate(room * SLOTS_PER_KEY * 4);
  table.names = allocate(room * NAME_BYTES_PER_KEY + SLACK);
}

/** Adds the wanted keys to an empty table; false if there is no room for them. */
function addWanted(table: KeyTable): bool {
  table.nextKey = table.keys + KEY_BYTES;
  table.nextName = table.names;
  for (let i: u32 = 0; i < table.wantedCount; i++) {
    const entry = table.wanted + i * 12;
    const place = table.keys + usize(load<u32>(entry)) * KEY_BYTES;
    const key = findKey(table, place, load<u32>(entry, 4), load<u32>(entry, 8));
    if (key <= NO_ROOM) return false;
    changetype<Key>(key).isWanted = true;
  }
  return true;
}

/** The last value of a wanted key, by the key's number, if the last line has one; 0 if not. */
export function valueIn(table: KeyTable, number: u32): usize {
  const key = table.keys + usize(number) * KEY_BYTES;
  return changetype<Key>(key).object > table.objectsBefore ? key : 0;
}

/** Takes apart the line that begins at `from` and ends with a line end; returns where the next one begins. */
export function takeApart(table: KeyTable, from: usize): usize {
  let at = skipBlanks(from);
  if (load<u8>(at) !== OPENING_BRACE) return UNUSUAL;
  at = skipBlanks(at + 1);
  table.objectsBefore = table.objects;

  // Of the container that `at` is in.
  let object = ++table.objects;
  let place = table.keys;
  let isArray = false;
  let isBegun = false;
  /** Where it is noted which key is likely to come next. */
  let nextAt = place + offsetof<Key>('firstInside');
  const outermost = table.frames;
  let frame = outermost;

  while (true) {
    let c = load<u8>(at);
    if (isBegun || c !== (isArray ? CLOSING_BRACKET : CLOSING_BRACE)) {
      let key: usize = 0;
      let isTwice = false;
      let earlierStart: u32 = 0;
      let earlierEnd: u32 = 0;
      if (!isArray) {
        if (c !== QUOTE) return UNUSUAL;
        key = load<usize>(nextAt);
        if (key !== 0 && isAt(changetype<Key>(key), at + 1)) {
          at += changetype<Key>(key).length + 3;
        } else {
          const end = textEnd(at + 1);
          if (end === 0) return UNUSUAL;
          key = keyAt(table, place, at + 1, end);
          if (key <= NO_ROOM) return key;
          if (changetype<Key>(key).isPlain) store<usize>(nextAt, key);
          at = skipBlanks(end + 1);
          if (load<u8>(at) !== COLON) return UNUSUAL;
          at++;
        }
        const found = changetype<Key>(key);
        nextAt = key + offsetof<Key>('next');
        isTwice = found.object === object;
        if (isTwice) {
          earlierStart = found.start;
          earlierEnd = found.end;
        }
        found.object = object;
        at = skipBlanks(at);
        c = load<u8>(at);
      }

      const start = at;
      let textStart = at;
      let textStop = at;
      let isText = true;
      if (c === QUOTE) {
        textStart = at + 1;
        textStop = plainTextEnd(textStart);
        if (load<u8>(textStop) !== QUOTE) {
          const end = textEnd(textStart);
          if (end === 0) return UNUSUAL;
          at = end + 1;
          if (key !== 0 && changetype<Key>(key).isWanted) {
            textStop = writeUnescaped(textStart, end, table.texts);
            if (textStop === 0) return UNUSUAL;
            textStart = table.texts;
            table.texts = textStop;
          }
        } else at = textStop + 1;
      } else if (c === MINUS || c - ZERO <= 9) {
        at = numberEnd(at);
        if (at === 0) return UNUSUAL;
        textStop = at;
      } else if ((c | SMALL) === OPENING_BRACE) {
        if (frame === outermost + (DEEPEST - 1) * FRAME_BYTES) return UNUSUAL;
        const around = changetype<Frame>(frame);
        around.object = object;
        around.place = place;
        around.isArray = isArray;
        around.isTwice = isTwice;
        around.nextAt = nextAt;
        around.key = key;
        around.start = start;
        around.earlierStart = earlierStart;
        around.earlierEnd = earlierEnd;
        frame += FRAME_BYTES;
        isArray = c === OPENING_BRACKET;
        isBegun = false;
        if (key !== 0) place = key + usize(isArray);
        if (!isArray) {
          object = ++table.objects;
          nextAt = (place & 1) === 0 ? place + offsetof<Key>('firstInside') : place - 1 + offsetof<Key>('firstInArray');
        }
        at = skipBlanks(at + 1);
        continue;
      } else {
        const word = load<u32>(at);
        isText = word === NULL;
        if (isText || word === TRUE) at += 4;
        else if (word === FALS && load<u8>(at, 4) === 0x65) at += 5;
        else return UNUSUAL;
      }
      if (key !== 0) {
        const found = changetype<Key>(key);
        if (isTwice && !isSameText(earlierStart, earlierEnd, start, at)) return UNUSUAL;
        found.start = u32(start);
        found.end = u32(at);
        found.textStart = u32(textStart);
        found.textEnd = u32(textStop);
        found.isText = isText;
      }
    }

    while (true) {
      c = load<u8>(at);
      if (c <= BLANK) {
        at = blanksEnd(at);
        c = load<u8>(at);
      }
      if (c === COMMA) break;
      if (c !== (isArray ? CLOSING_BRACKET : CLOSING_BRACE)) return UNUSUAL;
      at++;
      if (frame === outermost) {
        at = skipBlanks(at);
        return load<u8>(at) === LF ? at + 1 : UNUSUAL;
      }
      frame -= FRAME_BYTES;
      const around = changetype<Frame>(frame);
      object = around.object;
      place = around.place;
      isArray = around.isArray;
      nextAt = around.nextAt;
      if (around.key !== 0) {
        if (around.isTwice && !isSameText(around.earlierStart, around.earlierEnd, around.start, at)) return UNUSUAL;
        const found = changetype<Key>(around.key);
        found.start = u32(around.start);
        found.end = u32(at);
        found.isText = false;
      }
    }
    at = skipBlanks(at + 1);
    isBegun = true;
  }
}

/** True if a key stands at `at`, and a quote and a colon after it. */
function isAt(key: Key, at: usize): bool {
  const same = i8x16.bitmask(i8x16.eq(v128.load(at), v128.load(key.name)));
  if ((~same & key.firstBytes) !== 0) return false;
  return key.length <= 14 || isSame(at + 16, key.name + 16, key.length - 14);
}

/** The key whose bytes, perhaps with escapes, stand from `start` to `end`; {@link UNUSUAL} or {@link NO_ROOM} if there is none. */
function keyAt(table: KeyTable, place: usize, start: usize, end: usize): usize {
  if (plainTextEnd(start) === end) return findKey(table, place, start, u32(end - start));
  const name = table.texts;
  const nameEnd = writeUnescaped(start, end, name);
  if (nameEnd === 0) return UNUSUAL;
  return findKey(table, place, name, u32(nameEnd - name));
}

/** Finds a key, or adds it. */
function findKey(table: KeyTable, place: usize, name: usize, length: u32): usize {
  const hash = u32((mixText((u64(place) << 32) | length, name, length) * FACTOR_OF_ENDS) >> 32);
  const mask = u32(table.room * SLOTS_PER_KEY) - 1;
  let slot = hash >> clz(mask);
  for (let searched: u32 = 0; searched < LONGEST_SEARCH; searched++) {
    const key = load<usize>(table.slots + (slot << 2));
    if (key === 0) return addKey(table, place, name, length, hash, slot);
    const found = changetype<Key>(key);
    if (found.hash === hash && found.place === place && found.length === length && isSame(found.name, name, length)) {
      return key;
    }
    slot = (slot + 1) & mask;
  }
  return UNUSUAL;
}

function addKey(table: KeyTable, place: usize, name: usize, length: u32, hash: u32, slot: u32): usize {
  const key = table.nextKey;
  if (key === table.keys + table.room * KEY_BYTES) return NO_ROOM;
  const nameAt = table.nextName;
  if (nameAt + length + 2 > table.names + table.room * NAME_BYTES_PER_KEY) return NO_ROOM;
  table.nextKey = key + KEY_BYTES;
  table.nextName = nameAt + length + 2;
  memory.copy(nameAt, name, length);
  store<u8>(nameAt + length, QUOTE);
  store<u8>(nameAt + length + 1, COLON);
  store<usize>(table.slots + (slot << 2), key);
  const added = changetype<Key>(key);
  added.isPlain = plainTextEnd(nameAt) === nameAt + length;
  added.name = nameAt;
  added.length = length;
  added.firstBytes = length < 14 ? (1 << (length + 2)) - 1 : 0xffff;
  added.place = place;
  added.hash = hash;
  return key;
}

function isSameText(start: u32, end: u32, otherStart: usize, otherEnd: usize): bool {
  return end - start === u32(otherEnd - otherStart) && isSame(start, otherStart, end - start);
}

function skipBlanks(at: usize): usize {
  return load<u8>(at) > BLANK ? at : blanksEnd(at); // short enough to be inlined
}

function blanksEnd(from: usize): usize {
  let at = from;
  while (true) {
    const c = load<u8>(at);
    if (c !== BLANK && c !== TAB && c !== CR) return at;
    at++;
  }
}

/** The first quote, backslash or control character. */
function plainTextEnd(from: usize): usize {
  const mask = i8x16.bitmask(endsOfText(v128.load(from)));
  return mask !== 0 ? from + ctz(mask) : longTextEnd(from + 16);
}

function longTextEnd(from: usize): usize {
  let at = from;
  while (true) {
    const mask = i8x16.bitmask(endsOfText(v128.load(at)));
    if (mask !== 0) return at + ctz(mask);
    at += 16;
  }
}

function endsOfText(bytes: v128): v128 {
  return v128.or(
    v128.or(i8x16.eq(bytes, i8x16.splat(QUOTE)), i8x16.eq(bytes, i8x16.splat(BACKSLASH))),
    i8x16.lt_u(bytes, i8x16.splat(BLANK)),
  );
}

/** The closing quote of a text that may have escapes; 0 if it is no valid text. */
function textEnd(from: usize): usize {
  let at = plainTextEnd(from);
  while (load<u8>(at) === BACKSLASH) {
    const c = load<u8>(at, 1);
    if (c === LETTER_U) {
      if (!isHex(load<u8>(at, 2)) || !isHex(load<u8>(at, 3)) || !isHex(load<u8>(at, 4)) || !isHex(load<u8>(at, 5)))
        return 0;
      at += 6;
    } else if (unescaped(c) !== 0) at += 2;
    else return 0;
    at = plainTextEnd(at);
  }
  return load<u8>(at) === QUOTE ? at : 0;
}

/** The character that one after a backslash stands for, if that is not a `u`; 0 for none. */
function unescaped(c: u8): u8 {
  switch (c) {
    case QUOTE:
    case BACKSLASH:
    case 0x2f: // slash
      return c;
    case 0x62: // b
      return 0x08;
    case 0x66: // f
      return 0x0c;
    case 0x6e: // n
      return LF;
    case 0x72: // r
      return CR;
    case 0x74: // t
      return TAB;
    default:
      return 0;
  }
}

function isHex(c: u8): bool {
  return c - ZERO <= 9 || (c | SMALL) - 0x61 <= 5;
}

function hexDigit(c: u8): u32 {
  return c <= 0x39 ? c - ZERO : (c | SMALL) - 0x61 + 10;
}

/** The UTF-16 code unit that four digits from `at` stand for. */
function codeUnit(at: usize): u32 {
  return (
    (hexDigit(load<u8>(at)) << 12) |
    (hexDigit(load<u8>(at, 1)) << 8) |
    (hexDigit(load<u8>(at, 2)) << 4) |
    hexDigit(load<u8>(at, 3))
  );
}

/**
 * Writes to `out` what a valid text means, in UTF-8: it is never longer than the text, but up to 16 bytes after it are
 * overwritten. Returns where it ends; 0 if half of a surrogate pair is in it, which UTF-8 has no bytes for.
 */
function writeUnescaped(from: usize, end: usize, out: usize): usize {
  let at = from;
  while (true) {
    const bytes = v128.load(at);
    v128.store(out, bytes);
    const mask = i8x16.bitmask(endsOfText(bytes));
    if (mask === 0) {
      at += 16;
      out += 16;
      continue;
    }
    at += ctz(mask);
    out += ctz(mask);
    if (at === end) return out;
    const c = load<u8>(at, 1);
    if (c !== LETTER_U) {
      store<u8>(out++, unescaped(c));
      at += 2;
      continue;
    }
    let code = codeUnit(at + 2);
    at += 6;
    if (code - 0xd800 < 0x800) {
      if (code >= 0xdc00 || load<u8>(at) !== BACKSLASH || load<u8>(at, 1) !== LETTER_U) return 0;
      const low = codeUnit(at + 2) - 0xdc00;
      if (low >= 0x400) return 0;
      code = 0x1_0000 + ((code - 0xd800) << 10) + low;
      at += 6;
    }
    out = writeCharacter(out, code);
  }
}

function writeCharacter(out: usize, code: u32): usize {
  if (code < 0x80) {
    store<u8>(out, code);
    return out + 1;
  }
  if (code < 0x800) {
    store<u8>(out, 0xc0 | (code >> 6));
    store<u8>(out, 0x80 | (code & 0x3f), 1);
    return out + 2;
  }
  if (code < 0x1_0000) {
    store<u8>(out, 0xe0 | (code >> 12));
    store<u8>(out, 0x80 | ((code >> 6) & 0x3f), 1);
    store<u8>(out, 0x80 | (code & 0x3f), 2);
    return out + 3;
  }
  store<u8>(out, 0xf0 | (code >> 18));
  store<u8>(out, 0x80 | ((code >> 12) & 0x3f), 1);
  store<u8>(out, 0x80 | ((code >> 6) & 0x3f), 2);
  store<u8>(out, 0x80 | (code & 0x3f), 3);
  return out + 4;
}

/** Where a JSON number ends; 0 if there is none. */
function numberEnd(from: usize): usize {
  let at = from;
  if (load<u8>(at) === MINUS) at++;
  const whole = digitsEnd(at);
  if (whole === at || (load<u8>(at) === ZERO && whole !== at + 1)) return 0;
  at = whole;
  if (load<u8>(at) === POINT) {
    const fraction = digitsEnd(at + 1);
    if (fraction === at + 1) return 0;
    at = fraction;
  }
  if ((load<u8>(at) | SMALL) !== 0x65) return at;
  at++;
  const sign = load<u8>(at);
  if (sign === PLUS || sign === MINUS) at++;
  const exponent = digitsEnd(at);
  return exponent === at ? 0 : exponent;
}

function digitsEnd(from: usize): usize {
  let at = from;
  while (true) {
    const digits = i8x16.lt_u(i8x16.sub(v128.load(at), i8x16.splat(ZERO)), i8x16.splat(10));
    const mask = ~i8x16.bitmask(digits) & 0xffff;
    if (mask !== 0) return at + ctz(mask);
    at += 16;
  }
}
