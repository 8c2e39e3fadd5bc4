/** Finds the special bytes of CSV, 64 at a time, and lists where they stand. */
import { allocate, assertBlock } from './memory';

const LF: u8 = 0x0a;

/** Bytes that are listed in one go, at most. Rows longer than this are left to others. */
export const LONGEST_PIECE: usize = 1 << 16;

/** End of the list of addresses that was written last. */
export let placesEnd: usize = 0;
/** For each line feed of a piece where the next row's places begin on its list. */
export const rowPlaces: usize = allocate(LONGEST_PIECE * 4 + 512);
export let rowPlacesEnd: usize = 0;

/**
 * Notes where delimiters and line feeds stand, and which of them are line feeds. False if there are quotes or NUL bytes as
 * well; then not all has been noted. `quote`: NUL where quotes are characters like any other.
 */
export function notePlaces(list: usize, from: usize, to: usize, delimiter: u8, quote: u8): bool {
  let next = list;
  let nextRow = rowPlaces;
  const feed = i8x16.splat(LF);
  const delimiters = i8x16.splat(delimiter);
  const quotes = i8x16.splat(quote);
  for (let block = from; block < to; block += 64) {
    const a = v128.load(block);
    const b = v128.load(block, 16);
    const c = v128.load(block, 32);
    const d = v128.load(block, 48);
    const feedsA = i8x16.eq(a, feed);
    const feedsB = i8x16.eq(b, feed);
    const feedsC = i8x16.eq(c, feed);
    const feedsD = i8x16.eq(d, feed);
    let feeds = bitsOf(feedsA, feedsB, feedsC, feedsD);
    let mask = bitsOf(
      v128.or(feedsA, i8x16.eq(a, delimiters)),
      v128.or(feedsB, i8x16.eq(b, delimiters)),
      v128.or(feedsC, i8x16.eq(c, delimiters)),
      v128.or(feedsD, i8x16.eq(d, delimiters)),
    );
    const others = v128.or(
      v128.or(oddBytes(a, quotes), oddBytes(b, quotes)),
      v128.or(oddBytes(c, quotes), oddBytes(d, quotes)),
    );
    if (to - block < 64) {
      const inside = (u64(1) << u64(to - block)) - 1;
      mask &= inside;
      feeds &= inside;
    }
    if (v128.any_true(others)) return false; // maybe beyond the end of the piece, but that is as well
    while (feeds !== 0) {
      const upTo = mask & (feeds ^ (feeds - 1));
      assertBlock(nextRow, 4);
      store<u32>(nextRow, u32(next) + (u32(popcnt(upTo)) << 2));
      nextRow += 4;
      feeds &= feeds - 1;
    }
    next = noteBits(mask, block, next);
  }
  placesEnd = next;
  rowPlacesEnd = nextRow;
  return true;
}

/** Notes where delimiters, line feeds, quotes and NUL bytes stand; `quote` as for {@link notePlaces}. */
export function noteAllPlaces(list: usize, from: usize, to: usize, delimiter: u8, quote: u8): void {
  const quotes = i8x16.splat(quote);
  let next = list;
  for (let block = from; block < to; block += 64) {
    let mask = bitsOf(
      specialBytes(v128.load(block), delimiter, quotes),
      specialBytes(v128.load(block, 16), delimiter, quotes),
      specialBytes(v128.load(block, 32), delimiter, quotes),
      specialBytes(v128.load(block, 48), delimiter, quotes),
    );
    if (to - block < 64) mask &= (u64(1) << u64(to - block)) - 1;
    for (; mask !== 0; mask &= mask - 1) {
      assertBlock(next, 4);
      store<u32>(next, u32(block) + u32(ctz(mask)));
      next += 4;
    }
  }
  placesEnd = next;
}

/** Adds the addresses of a block's bits to the list that ends at `next`; returns where it ends then. */
function noteBits(mask: u64, block: usize, next: usize): usize {
  const end = next + (usize(popcnt(mask)) << 2);
  // In eights, so that the number of rounds is nearly always the same; what is too much is overwritten.
  while (mask !== 0) {
    assertBlock(next, 32);
    store<u32>(next, u32(block) + u32(ctz(mask)));
    mask &= mask - 1;
    store<u32>(next, u32(block) + u32(ctz(mask)), 4);
    mask &= mask - 1;
    store<u32>(next, u32(block) + u32(ctz(mask)), 8);
    mask &= mask - 1;
    store<u32>(next, u32(block) + u32(ctz(mask)), 12);
    mask &= mask - 1;
    store<u32>(next, u32(block) + u32(ctz(mask)), 16);
    mask &= mask - 1;
    store<u32>(next, u32(block) + u32(ctz(mask)), 20);
    mask &= mask - 1;
    store<u32>(next, u32(block) + u32(ctz(mask)), 24);
    mask &= mask - 1;
    store<u32>(next, u32(block) + u32(ctz(mask)), 28);
    mask &= mask - 1;
    next += 32;
  }
  return end;
}

function oddBytes(bytes: v128, quotes: v128): v128 {
  return v128.or(i8x16.eq(bytes, quotes), i8x16.eq(bytes, i8x16.splat(0)));
}

function specialBytes(bytes: v128, delimiter: u8, quotes: v128): v128 {
  const ends = v128.or(i8x16.eq(bytes, i8x16.splat(LF)), i8x16.eq(bytes, i8x16.splat(delimiter)));
  return v128.or(ends, oddBytes(bytes, quotes));
}

/** One bit for each of 64 bytes that are all ones or all zeros. */
function bitsOf(a: v128, b: v128, c: v128, d: v128): u64 {
  return (
    u64(i8x16.bitmask(a)) |
    (u64(i8x16.bitmask(b)) << 16) |
    (u64(i8x16.bitmask(c)) << 32) |
    (u64(i8x16.bitmask(d)) << 48)
  );
}
