/**
 * Blocks of the kernel's memory. Released blocks are kept by size and used again; others are taken from the end of the memory.
 *
 * The debug build (`npm run build:debug`) also keeps a map of the blocks in use, and leaves a gap behind each, so that
 * {@link assertBlock} and {@link release} can stop at a write that is not inside one. In the usual build none of it is left.
 */

import { SLACK } from './contract';

const PAGE: usize = 65_536;
/** So many pages at a time: asking for more takes longer than having some that are never touched. */
const PAGES_AT_ONCE: usize = 64;
const SIZE_CLASSES: usize = 33;

/**
 * For each power of two the first of the free blocks that are as large or larger, but not twice as large. Each begins with the
 * next one's address and its own size.
 */
const heads: usize = (__heap_base + 63) & ~63;
/** Debug build: a bit for each 64 bytes of 4 GiB, 1 while they are in a block. */
const map: usize = heads + SIZE_CLASSES * sizeof<usize>();
const MAP_BYTES: usize = ASC_NO_ASSERT ? 0 : 1 << 23;
/** Debug build: bytes behind each block that are in none. */
const GAP: usize = ASC_NO_ASSERT ? 0 : 64;
let unused: usize = map + MAP_BYTES;
let used: usize = 0;

/** A block of zeros, aligned to 64 bytes. Traps if there is no more memory. */
export function allocate(bytes: usize): usize {
  const size = sizeOf(bytes);
  used += size;
  const free = takeFree(size);
  if (free !== 0) {
    memory.fill(free, 0, size);
    if (!ASC_NO_ASSERT) setInUse(free, size - GAP, true);
    return free;
  }
  const block = (unused + 63) & ~63;
  const missing = i64(block) + i64(size) - (i64(memory.size()) << 16);
  if (missing > 0) {
    const pages = (usize(missing) + PAGE - 1) / PAGE;
    if (memory.grow(i32(max(pages, PAGES_AT_ONCE))) < 0 && memory.grow(i32(pages)) < 0) unreachable();
  }
  unused = block + size;
  if (!ASC_NO_ASSERT) setInUse(block, size - GAP, true);
  return block;
}

/** Bytes that a block takes. */
function sizeOf(bytes: usize): usize {
  return ((bytes + 63) & ~63) + GAP;
}

/**
 * Room for texts of `bytes` bytes, and {@link SLACK} behind them, in place of room for `had` bytes at `block`, whose texts are
 * not kept; `had` 0: there is none yet.
 */
export function enlarged(block: usize, had: usize, bytes: usize): usize {
  if (had > 0) release(block, had + SLACK);
  return allocate(bytes + SLACK);
}

/** Stops the debug build unless `bytes` bytes from `address` on are in blocks that are in use. */
export function assertBlock(address: usize, bytes: usize): void {
  if (!ASC_NO_ASSERT) assert(isInUse(address, bytes), 'outside of every block');
}

function isInUse(address: usize, bytes: usize): bool {
  if (bytes === 0) return true;
  const last = (address + bytes - 1) >> 6;
  for (let part = address >> 6; part <= last; part++) {
    if (((load<u8>(map + (part >> 3)) >> u8(part & 7)) & 1) === 0) return false;
  }
  return true;
}

function setInUse(block: usize, bytes: usize, inUse: bool): void {
  const end = (block + bytes) >> 6;
  for (let part = block >> 6; part < end; part++) {
    const byte = map + (part >> 3);
    const bit = u8(1) << u8(part & 7);
    store<u8>(byte, inUse ? load<u8>(byte) | bit : load<u8>(byte) & ~bit);
  }
}

/** A free block of that size or more; 0 if there is none at hand. */
function takeFree(size: usize): usize {
  // Nearly always one of the same size was given back: it is first in the class below.
  let head = heads + classBelow(size) * sizeof<usize>();
  let free = load<usize>(head);
  if (free === 0 || load<usize>(free, sizeof<usize>()) < size) {
    head = heads + classAbove(size) * sizeof<usize>();
    free = load<usize>(head);
  }
  if (free !== 0) store<usize>(head, load<usize>(free));
  return free;
}

/** Gives back a block of that size. */
export function release(block: usize, bytes: usize): void {
  const size = sizeOf(bytes);
  if (!ASC_NO_ASSERT) {
    assertBlock(block, size - GAP);
    assert(!isInUse(block + size - GAP, GAP), 'a block of another size');
    setInUse(block, size - GAP, false);
  }
  used -= size;
  const head = heads + classBelow(size) * sizeof<usize>();
  store<usize>(block, load<usize>(head));
  store<usize>(block, size, sizeof<usize>());
  store<usize>(head, block);
}

/** A larger block that begins like `block`, which is given back. */
export function enlarge(block: usize, bytes: usize, larger: usize): usize {
  const found = allocate(larger);
  memory.copy(found, block, bytes);
  release(block, bytes);
  return found;
}

export function bytesInUse(): usize {
  return used;
}

/** The power of two at or above a size. */
function classAbove(size: usize): usize {
  return 32 - clz(u32(size - 1));
}

/** The power of two at or below a size. */
function classBelow(size: usize): usize {
  return 31 - clz(u32(size));
}
