/**
 * What is needed to look at rows a second time, because their fingerprints meet: their places in order, and hashes by which
 * the same bytes are known again. The hash is SipHash-1-3 of 128 bits under a key that nobody can know before the run.
 */
import { allocate, release } from './memory';
import { firstBytes } from './texts';

const DIGIT_BITS: u32 = 7;
const DIGITS: u32 = 1 << DIGIT_BITS;
/** Enough for the 27 bits of a place in its window; an even number of passes ends where it began. */
const PASSES: u32 = 4;
const ENTRY_BYTES: u32 = 8;

/** Sorts entries of 64 bits by their lower 28, those with the same ones in the order in which they come. */
export function sortPlaces(entries: usize, count: u32): void {
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
  step: u32,
  more: u32,
  rows: i32,
  end: usize,
  key: u64,
  otherKey: u64,
  addresses: usize,
  hashes: usize,
): void {
  for (let row = 0; row < rows; row++) {
    const start = usize(load<u32>(rowStarts + row * step) + more);
    const next = row + 1 < rows ? usize(load<u32>(rowStarts + (row + 1) * step) + more) : end;
    store<u32>(addresses + (row << 2), u32(start));
    hashBytes(start, u32(next - start), key, otherKey, hashes + (row << 4));
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
