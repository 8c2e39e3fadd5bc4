/**
 * What deduplication remembers of a row, in eight bytes: 44 bits of a fingerprint of its source and event id, of which 8 say
 * in which partition its entry stands, and where in a window of 2^27 bytes the row begins. Which window that is, a mark among
 * the entries tells. Neither secret nor perfect: rows whose fingerprints meet are compared. Entries are sorted into
 * partitions as they come; at the end each partition is small enough to be searched in the processor's cache.
 */
import { takeBlock } from './host';
import { allocate, release } from './memory';
import { mixText } from './texts';

const PARTITIONS: u32 = 256;
const PARTITION_BITS: u64 = 8;
/** Per block: small enough that 256 unfinished ones do not matter, large enough to be moved in one go. */
const BLOCK_ENTRIES: u32 = 1024;
const ENTRY_BYTES: u32 = 8;
const BLOCK_BYTES: u32 = BLOCK_ENTRIES * ENTRY_BYTES;
/** An entry: a free bit, the fingerprint, the place in the window. */
const WINDOW_BITS: u64 = 27;
const IN_WINDOW: u64 = (1 << WINDOW_BITS) - 1;
/** A mark: this bit, and the number of the window in which the rows of the entries after it begin. */
const MARK: u64 = 1 << 63;
/** A row's place: source × 2^44 + offset. Windows are counted through all sources. */
const OFFSET_BITS: u64 = 44;

const SEED: u64 = 0x6a09_e667_2f0b_4c47;
const FACTOR: u64 = 0xff51_afd7_ed55_8ccd;

let blocks: usize = 0;
/** Entries and marks in each partition's block. */
let filled: usize = 0;
/** The window of the last mark in each partition's block. */
let windows: usize = 0;

export function initEvents(): void {
  blocks = allocate(PARTITIONS * BLOCK_BYTES);
  filled = allocate(PARTITIONS * 4);
  windows = allocate(PARTITIONS * 8);
}

/** The partitions' blocks, one after another. */
export function eventBlocks(): usize {
  return blocks;
}

/** Entries and marks in each partition's block; whoever takes them sets it to 0. */
export function eventsFilled(): usize {
  return filled;
}

/** Fingerprints and logs the rows of a batch that are not odd and have an id; returns how many. `base`: what is to be added to a row's start for its offset. */
export function logEvents(
  idStarts: usize,
  idEnds: usize,
  sourceStarts: usize,
  sourceEnds: usize,
  rowStarts: usize,
  step: u32,
  more: u32,
  odd: usize,
  rows: i32,
  source: u32,
  base: f64,
): i32 {
  const batchPlace = (u64(source) << OFFSET_BITS) + u64(i64(base)) + u64(more);
  let logged = 0;
  for (let row = 0; row < rows; row++) {
    const id = usize(load<u32>(idStarts + row * step) + more);
    const idLength = load<u32>(idEnds + row * step) - u32(id);
    if (load<u8>(odd + row) !== 0 || idLength === 0) continue;
    let from: usize = 0;
    let fromLength: u32 = 0;
    if (sourceStarts !== 0) {
      from = usize(load<u32>(sourceStarts + row * step) + more);
      fromLength = load<u32>(sourceEnds + row * step) - u32(from);
    }
    let print = mixText(SEED ^ idLength, id, idLength);
    print = mixText((print ^ (print >> 32)) + u64(fromLength) * FACTOR, from, fromLength);
    print = (print ^ (print >> 32)) * FACTOR;
    print ^= print >> 32;
    const partition = u32(print >> (64 - PARTITION_BITS));
    const place = batchPlace + u64(load<u32>(rowStarts + row * step));
    const window = place >> WINDOW_BITS;
    const entries = filled + (partition << 2);
    let count = load<u32>(entries);
    let entry = blocks + partition * BLOCK_BYTES + count * ENTRY_BYTES;
    if (count === 0 || load<u64>(windows + (partition << 3)) !== window) {
      store<u64>(windows + (partition << 3), window);
      store<u64>(entry, MARK | window);
      entry += ENTRY_BYTES;
      count++;
    }
    store<u64>(entry, (((print << PARTITION_BITS) >> (WINDOW_BITS + 1)) << WINDOW_BITS) | (place & IN_WINDOW));
    count++;
    store<u32>(entries, count);
    if (count + 2 > BLOCK_ENTRIES) takeBlock(partition); // the next may need a mark
    logged++;
  }
  return logged;
}

/**
 * Finds entries of a partition whose fingerprints meet: writes to `meetings`, as pairs, the number of the first entry with a
 * fingerprint and that of a later one. Returns the number of pairs; there is room for as many as entries.
 */
export function findMeetings(entries: usize, count: u32, meetings: usize): u32 {
  let slotCount = u32(1) << (32 - clz(count));
  if (count > (slotCount >> 2) * 3) slotCount <<= 1;
  const mask = slotCount - 1;
  // A slot: the fingerprint, and the entry's number + 1; 0 is free.
  const slots = allocate(slotCount * 8);
  let found: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const entry = load<u64>(entries + i * ENTRY_BYTES);
    if ((entry & MARK) !== 0) continue;
    const print = (entry >> WINDOW_BITS) << NUMBER_BITS;
    let slot = u32(entry >> WINDOW_BITS) & mask;
    while (true) {
      const known = load<u64>(slots + (slot << 3));
      if (known === 0) {
        store<u64>(slots + (slot << 3), print | u64(i + 1));
        break;
      }
      if ((known ^ print) >> NUMBER_BITS === 0) {
        store<u32>(meetings + (found << 3), u32(known & NUMBERS) - 1);
        store<u32>(meetings + (found << 3), i, 4);
        found++;
        break;
      }
      slot = (slot + 1) & mask;
    }
  }
  release(slots, slotCount * 8);
  return found;
}

/** Of an entry's number in a slot. */
const NUMBER_BITS: u64 = 28;
const NUMBERS: u64 = (1 << NUMBER_BITS) - 1;

/** Writes the numbers of the marks among entries, in order; returns how many. */
export function listMarks(entries: usize, count: u32, marks: usize): u32 {
  let found: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    if ((load<u64>(entries + i * ENTRY_BYTES) & MARK) === 0) continue;
    store<u32>(marks + (found << 2), i);
    found++;
  }
  return found;
}
