/**
 * Takes a line of NDJSON apart, as RFC 8259 says and no more leniently. Most lines have their keys in the order of an earlier
 * line, so each key remembers which one followed it last, and mostly there is no search for it.
 */
import { isAt, Key, KeyTable, keyAt, NO_ROOM, UNUSUAL } from './jsonKeys';
import {
  BLANK,
  blanksEnd,
  CLOSING_BRACE,
  CLOSING_BRACKET,
  COLON,
  COMMA,
  LF,
  MINUS,
  numberEnd,
  OPENING_BRACE,
  OPENING_BRACKET,
  plainTextEnd,
  QUOTE,
  SMALL,
  skipBlanks,
  textEnd,
  writeUnescaped,
  ZERO,
} from './jsonScalars';
import { allocate } from './memory';
import { isSame } from './texts';

/** `true`, `null`, and the beginning of `false`. */
const TRUE: u32 = 0x6575_7274;
const NULL: u32 = 0x6c6c_756e;
const FALS: u32 = 0x736c_6166;

/** Objects and arrays within each other. */
const DEEPEST: usize = 256;

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

/** Room for the containers around one. */
export function newFrames(): usize {
  return allocate(DEEPEST * FRAME_BYTES);
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
  /** Address at which the key that is likely to come next is noted. */
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

function isSameText(start: u32, end: u32, otherStart: usize, otherEnd: usize): bool {
  return end - start === u32(otherEnd - otherStart) && isSame(start, otherStart, end - start);
}
