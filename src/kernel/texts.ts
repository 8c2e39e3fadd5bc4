/** Texts to small numbers, by their bytes: found by hash, told apart by comparing every byte. */
import { SLACK } from './contract';
import { allocate, assertBlock, enlarge, release } from './memory';
import { isNothing } from './rows';

const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;
const FACTOR_OF_ENDS: u64 = 0xd6e8_feb8_6659_fd93;

/** At least: with two, every fourth text of many is not found at the first attempt. */
const SLOTS_PER_TEXT: u32 = 4;
const FIRST_SLOTS: u32 = 1 << 9;
const FIRST_TEXTS: u32 = 1 << 7;
const FIRST_BYTES: u32 = 1 << 12;

@unmanaged
export class Interner {
  count: u32;
  /** Open addressing: number + 1, 0 is free. */
  slots: usize;
  slotCount: u32;
  /** Offsets of the texts in the arena; one more for the end of the last text. */
  offsets: usize;
  hashes: usize;
  textsHeld: u32;
  arena: usize;
  arenaBytes: u32;
}

export function newInterner(): Interner {
  const interner = changetype<Interner>(allocate(offsetof<Interner>()));
  begin(interner);
  return interner;
}

function begin(interner: Interner): void {
  interner.count = 0;
  interner.slotCount = FIRST_SLOTS;
  interner.slots = allocate(FIRST_SLOTS * 4);
  interner.textsHeld = FIRST_TEXTS;
  interner.offsets = allocate(FIRST_TEXTS * 4 + 4);
  interner.hashes = allocate(FIRST_TEXTS * 4);
  interner.arenaBytes = FIRST_BYTES;
  interner.arena = allocate(FIRST_BYTES);
}

/** Forgets all texts and gives back what they took. */
export function clearInterner(interner: Interner): void {
  release(interner.slots, interner.slotCount * 4);
  release(interner.offsets, interner.textsHeld * 4 + 4);
  release(interner.hashes, interner.textsHeld * 4);
  release(interner.arena, interner.arenaBytes);
  begin(interner);
}

export function textCount(interner: Interner): u32 {
  return interner.count;
}

export function textOffsets(interner: Interner): usize {
  return interner.offsets;
}

export function textHashes(interner: Interner): usize {
  return interner.hashes;
}

export function textArena(interner: Interner): usize {
  return interner.arena;
}

/** Writes to `out` the numbers of a column's texts (see rows.ts); all that means nothing has one. */
export function internColumn(
  interner: Interner,
  starts: usize,
  ends: usize,
  stride: u32,
  delta: u32,
  rows: i32,
  out: usize,
): void {
  assertBlock(out, usize(rows) << 2);
  for (let row = 0; row < rows; row++) {
    const start = usize(load<u32>(starts + row * stride) + delta);
    const found = load<u32>(ends + row * stride) - u32(start);
    const length = isNothing(start, found) ? 0 : found;
    const hash = hashText(start, length);
    const mask = interner.slotCount - 1;
    let slot = firstSlot(hash, mask);
    let number = load<u32>(interner.slots + (slot << 2)) - 1;
    while (i32(number) >= 0) {
      const offsets = interner.offsets + (number << 2);
      const known = load<u32>(offsets);
      if (load<u32>(offsets, 4) - known === length && isSame(interner.arena + known, start, length)) break;
      slot = (slot + 1) & mask;
      number = load<u32>(interner.slots + (slot << 2)) - 1;
    }
    if (i32(number) < 0) number = add(interner, start, length, hash, slot);
    store<u32>(out + (row << 2), number);
  }
}

function add(interner: Interner, start: usize, length: u32, hash: u32, slot: u32): u32 {
  const number = interner.count++;
  if (number === interner.textsHeld) {
    const held = interner.textsHeld * 2;
    interner.offsets = enlarge(interner.offsets, number * 4 + 4, held * 4 + 4);
    interner.hashes = enlarge(interner.hashes, number * 4, held * 4);
    interner.textsHeld = held;
  }
  const offset = load<u32>(interner.offsets + (number << 2));
  const needed = offset + length + u32(SLACK);
  if (needed > interner.arenaBytes) {
    const larger = max(interner.arenaBytes * 2, needed);
    interner.arena = enlarge(interner.arena, interner.arenaBytes, larger);
    interner.arenaBytes = larger;
  }
  if (!ASC_NO_ASSERT) assertBlock(interner.arena + offset, length);
  memory.copy(interner.arena + offset, start, length);
  store<u32>(interner.offsets + (number << 2), offset + length, 4);
  store<u32>(interner.hashes + (number << 2), hash);
  store<u32>(interner.slots + (slot << 2), number + 1);
  if (interner.count * SLOTS_PER_TEXT > interner.slotCount) rehash(interner);
  return number;
}

function rehash(interner: Interner): void {
  release(interner.slots, interner.slotCount * 4);
  interner.slotCount *= 2;
  const slots = allocate(interner.slotCount * 4);
  const mask = interner.slotCount - 1;
  for (let number: u32 = 0; number < interner.count; number++) {
    let slot = firstSlot(load<u32>(interner.hashes + (number << 2)), mask);
    while (load<u32>(slots + (slot << 2)) !== 0) slot = (slot + 1) & mask;
    store<u32>(slots + (slot << 2), number + 1);
  }
  interner.slots = slots;
}

/** By the hash's highest bits: only these depend on all bytes of a text. */
function firstSlot(hash: u32, mask: u32): u32 {
  return hash >> clz(mask);
}

function hashText(start: usize, length: u32): u32 {
  let hash: u64;
  if (length - 8 <= 8) {
    // The usual length of an id: two words, which may overlap.
    hash = (load<u64>(start) ^ u64(length)) * FACTOR;
    hash = (hash ^ (hash >> 32) ^ load<u64>(start + length - 8)) * FACTOR_OF_ENDS;
  } else hash = mixText(u64(length), start, length) * FACTOR_OF_ENDS;
  return u32(hash >> 32);
}

/** Mixes the bytes of a text into a hash, eight at a time. */
export function mixText(hash: u64, start: usize, length: u32): u64 {
  let at = start;
  let left = length;
  while (left > 8) {
    hash = (hash ^ load<u64>(at)) * FACTOR;
    hash ^= hash >> 32;
    at += 8;
    left -= 8;
  }
  return (hash ^ (load<u64>(at) & firstBytes(left))) * FACTOR;
}

export function isSame(a: usize, b: usize, length: u32): bool {
  if (length - 8 <= 8) {
    const last = length - 8;
    return ((load<u64>(a) ^ load<u64>(b)) | (load<u64>(a + last) ^ load<u64>(b + last))) === 0;
  }
  while (length > 8) {
    if (load<u64>(a) !== load<u64>(b)) return false;
    a += 8;
    b += 8;
    length -= 8;
  }
  return ((load<u64>(a) ^ load<u64>(b)) & firstBytes(length)) === 0;
}

/** Has the bits of the first `count` bytes of a word, 0 to 8. */
export function firstBytes(count: u32): u64 {
  return count === 0 ? 0 : u64.MAX_VALUE >> (64 - (u64(count) << 3));
}
