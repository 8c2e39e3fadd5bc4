/** Passes values of JSON that is known to be valid. */
import {
  BACKSLASH,
  BLANK,
  CLOSING_BRACE,
  CLOSING_BRACKET,
  COMMA,
  OPENING_BRACE,
  OPENING_BRACKET,
  plainTextEnd,
  QUOTE,
  SMALL,
  skipBlanks,
} from './jsonScalars';

/** Where a value ends. */
export function valueEnd(from: usize): usize {
  let c = load<u8>(from);
  if (c === QUOTE) return quotedEnd(from + 1) + 1;
  if ((c | SMALL) === OPENING_BRACE) return containerEnd(from);
  let at = from;
  while (c > BLANK && c !== COMMA && (c | SMALL) !== CLOSING_BRACE) c = load<u8>(++at);
  return at;
}

/** The closing quote of a text. */
export function quotedEnd(from: usize): usize {
  let at = plainTextEnd(from);
  while (load<u8>(at) === BACKSLASH) at = plainTextEnd(at + 2);
  return at;
}

function containerEnd(from: usize): usize {
  let depth = 0;
  let at = from;
  while (true) {
    const bytes = v128.load(at);
    const small = v128.or(bytes, i8x16.splat(SMALL));
    const braces = v128.or(i8x16.eq(small, i8x16.splat(OPENING_BRACE)), i8x16.eq(small, i8x16.splat(CLOSING_BRACE)));
    let mask = i8x16.bitmask(v128.or(braces, i8x16.eq(bytes, i8x16.splat(QUOTE))));
    let next = at + 16;
    while (mask !== 0) {
      const place = at + ctz(mask);
      const c = load<u8>(place);
      mask &= mask - 1;
      if (c === QUOTE) {
        next = quotedEnd(place + 1) + 1;
        mask = 0;
      } else if ((c | SMALL) === OPENING_BRACE) depth++;
      else if (--depth === 0) return place + 1;
    }
    at = next;
  }
}

/** The first entry of a list; 0 if it has none, or if it is none. */
export function firstEntry(at: usize): usize {
  if (load<u8>(at) !== OPENING_BRACKET) return 0;
  const first = skipBlanks(at + 1);
  return load<u8>(first) === CLOSING_BRACKET ? 0 : first;
}
