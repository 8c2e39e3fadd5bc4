/**
 * What deduplication remembers of a row: a 64-bit fingerprint of its source and event id, and where the row stands. Neither
 * secret nor perfect: rows whose fingerprints meet are compared. Entries are sorted into partitions as they come; at the end
 * each partition is small enough to be searched in the processor's cache.
 */
import { takeBlock } from './host';
import { allocate, release } from './memory';
import { mixText } from './texts';

const PARTITIONS: u32 = 256;
/** Per block: small enough that 256 unfinished ones do not matter, large enough to be moved in one go. */
const BLOCK_ENTRIES: u32 = 1024;
/** Fingerprint and place, eight bytes each. */
const ENTRY_BYTES: u32 = 16;
const BLOCK_BYTES: u32 = BLOCK_ENTRIES * ENTRY_BYTES;
/** A place: source × 2^44 + offset. */
const OFFSET_BITS: u64 = 44;

const SEED: u64 = 0x6a09_e667_2f0b_4c47;
const FACTOR: u64 = 0xff51_afd7_ed55_8ccd;

let blocks: usize = 0;
/** Entries in each partition's block. */
let filled: usize = 0;

export function initEvents(): void {
  blocks = allocate(PARTITIONS * BLOCK_BYTES);
  filled = allocate(PARTITIONS * 4);
}

/** The partitions' blocks, one after another. */
export function eventBlocks(): usize {
  return blocks;
}

/** Entries in each partition's block; whoever takes them sets it to 0. */
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
  const place = (u64(source) << OFFSET_BITS) + u64(i64(base));
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
    const partition = u32(print >> 56);
    const entries = filled + (partition << 2);
    const count = load<u32>(entries);
    const entry = blocks + partition * BLOCK_BYTES + count * ENTRY_BYTES;
    store<u64>(entry, print);
    store<u64>(entry, place + u64(load<u32>(rowStarts + row * step) + more), 8);
    store<u32>(entries, count + 1);
    if (count + 1 === BLOCK_ENTRIES) takeBlock(partition);
    logged++;
  }
  return logged;
}

/**
 * Finds entries of a partition whose fingerprints meet: writes to `meetings`, as pairs, the number of the first entry with a
 * fingerprint and that of a later one. Returns the number of pairs; there is room for as many as entries.
 */
export function findMeetings(entries: usize, count: u32, meetings: usize): u32 {
  const slotCount = u32(1) << (33 - clz(count));
  const mask = slotCount - 1;
  // A slot: another part of the fingerprint, and the entry's number + 1; 0 is free.
  const slots = allocate(slotCount * 8);
  let found: u32 = 0;
  for (let entry: u32 = 0; entry < count; entry++) {
    const print = load<u64>(entries + entry * ENTRY_BYTES);
    const tag = (print << 32) | u64(entry + 1);
    let slot = u32(print >> 24) & mask;
    while (true) {
      const known = load<u64>(slots + (slot << 3));
      if (known === 0) {
        store<u64>(slots + (slot << 3), tag);
        break;
      }
      const first = u32(known) - 1;
      if ((known ^ tag) >> 32 === 0 && load<u64>(entries + first * ENTRY_BYTES) === print) {
        store<u32>(meetings + (found << 3), first);
        store<u32>(meetings + (found << 3), entry, 4);
        found++;
        break;
      }
      slot = (slot + 1) & mask;
    }
  }
  release(slots, slotCount * 8);
  return found;
}
