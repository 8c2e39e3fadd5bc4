/** Blocks of the kernel's memory. What is given back is kept by size and used again; the rest is taken from the end. */

const PAGE: usize = 65_536;
/** So many pages at a time: asking for more takes longer than having some that are never touched. */
const PAGES_AT_ONCE: usize = 64;
const SIZE_CLASSES: usize = 33;

/**
 * For each power of two the first of the free blocks that are as large or larger, but not twice as large. Each begins with the
 * next one's address and its own size.
 */
const heads: usize = (__heap_base + 63) & ~63;
let unused: usize = heads + SIZE_CLASSES * sizeof<usize>();
let used: usize = 0;

/** A block of zeros, aligned to 64 bytes. Traps if there is no more memory. */
export function allocate(bytes: usize): usize {
  const size = (bytes + 63) & ~63;
  used += size;
  const free = takeFree(size);
  if (free !== 0) {
    memory.fill(free, 0, size);
    return free;
  }
  const block = (unused + 63) & ~63;
  const missing = i64(block) + i64(size) - (i64(memory.size()) << 16);
  if (missing > 0) {
    const pages = (usize(missing) + PAGE - 1) / PAGE;
    if (memory.grow(i32(max(pages, PAGES_AT_ONCE))) < 0 && memory.grow(i32(pages)) < 0) unreachable();
  }
  unused = block + size;
  return block;
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
  const size = (bytes + 63) & ~63;
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
