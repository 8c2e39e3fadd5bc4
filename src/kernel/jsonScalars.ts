/** The texts and numbers of JSON, and the blanks between them, as RFC 8259 has them. */
import { assertBlock } from './memory';

const TAB: u8 = 0x09;
export const LF: u8 = 0x0a;
const CR: u8 = 0x0d;
export const BLANK: u8 = 0x20;
export const QUOTE: u8 = 0x22;
const PLUS: u8 = 0x2b;
export const MINUS: u8 = 0x2d;
const POINT: u8 = 0x2e;
export const ZERO: u8 = 0x30;
export const BACKSLASH: u8 = 0x5c;
export const COMMA: u8 = 0x2c;
export const COLON: u8 = 0x3a;
export const OPENING_BRACKET: u8 = 0x5b;
export const CLOSING_BRACKET: u8 = 0x5d;
export const OPENING_BRACE: u8 = 0x7b;
export const CLOSING_BRACE: u8 = 0x7d;
const LETTER_U: u8 = 0x75;
/** A letter with this bit is a small one. */
export const SMALL: u8 = 0x20;

export function skipBlanks(at: usize): usize {
  return load<u8>(at) > BLANK ? at : blanksEnd(at); // short enough to be inlined
}

export function blanksEnd(from: usize): usize {
  let at = from;
  while (true) {
    const c = load<u8>(at);
    if (c !== BLANK && c !== TAB && c !== CR) return at;
    at++;
  }
}

/** The first quote, backslash or control character. */
export function plainTextEnd(from: usize): usize {
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
export function textEnd(from: usize): usize {
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
export function writeUnescaped(from: usize, end: usize, out: usize): usize {
  let at = from;
  while (true) {
    const bytes = v128.load(at);
    assertBlock(out, 16);
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

/** The address behind a JSON number; 0 if there is none. */
export function numberEnd(from: usize): usize {
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
