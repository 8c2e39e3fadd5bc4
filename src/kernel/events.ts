/**
 * The log of event ids: eight bytes for each row. An entry holds 44 bits of a fingerprint of source and event id, of which
 * the first 8 choose the partition of the entry, and the row's position within a window of 2^27 bytes; a mark among the
 * entries names the window. Rows with equal fingerprints are compared later, so fingerprints need be neither secret nor
 * perfect. Entries are sorted into partitions as they come; at the end each partition is small enough to be searched in the
 * processor's cache.
 */
import {
  CANDIDATE_BYTES,
  ENTRY_BYTES,
  HEADER_BYTES,
  OFFSET_BITS,
  PARTITION_BITS,
  PARTITIONS,
  WINDOW_BITS,
} from './contract';
import { spillEvents } from './host';
import { allocate, assertBlock, release } from './memory';
import { isNothing } from './rows';
import { firstBytes } from './texts';

const BLOCK_ENTRIES: u32 = 2055;
/** A cache line more than a power of two: what is written to all partitions in turn would else get into each other's way. */
const BLOCK_BYTES: u32 = HEADER_BYTES + BLOCK_ENTRIES * ENTRY_BYTES;
const IN_WINDOW: u64 = (u64(1) << WINDOW_BITS) - 1;
/** A mark: this bit, and the number of the window in which the rows of the entries after it begin. */
const MARK: u64 = 1 << 63;

/** Bits for an entry's number in a slot of the table in which pairs are found. */
const NUMBER_BITS: u64 = 28;
const NUMBERS: u64 = (1 << NUMBER_BITS) - 1;

/**
 * Seed of the run, so that nobody can choose ids with equal fingerprints; the two keys are halves of another seed, made odd.
 */
let seed: u64 = 0;
let lowKey: u64 = 1;
let highKey: u64 = 1;
const FACTOR: u64 = 0xff51_afd7_ed55_8ccd;

/** For each partition the address of its last block, 0 if there is none. */
const lastBlocks: usize = allocate(PARTITIONS * 4);
/**
 * For each partition the address of the next entry (u32), that from which on its last block has no room for an entry and its
 * mark (u32), and the window of the last mark (u64).
 */
const partitions: usize = allocate(PARTITIONS * 16);
const NO_WINDOW: u64 = u64.MAX_VALUE;
let blocks: u32 = 0;
let mostBlocks: u32 = 0;

/**
 * Begins a log that may take about so many bytes before it has to be moved elsewhere. Logs that are searched together have the
 * same seeds.
 */
export function initEvents(bytes: f64, ownSeed: u64, otherSeed: u64): void {
  seed = ownSeed;
  lowKey = u64(u32(otherSeed)) | 1;
  highKey = (otherSeed >> 32) | 1;
  mostBlocks = max(1, u32(bytes / f64(BLOCK_BYTES)));
  releaseEvents();
}

/** Forgets everything logged. */
export function releaseEvents(): void {
  for (let partition: u32 = 0; partition < PARTITIONS; partition++) {
    let block = load<u32>(lastBlocks + (partition << 2));
    while (block !== 0) {
      const before = load<u32>(block);
      release(block, BLOCK_BYTES);
      block = before;
    }
    store<u32>(lastBlocks + (partition << 2), 0);
    memory.fill(partitions + (partition << 4), 0, 16);
  }
  blocks = 0;
}

/** Bytes that the log takes. */
export function eventBytes(): usize {
  return blocks * BLOCK_BYTES;
}

/** The address of a partition's last block; 0: nothing is logged in it. */
export function lastEvents(partition: u32): usize {
  return load<u32>(lastBlocks + (partition << 2));
}

/** Entries and marks in a partition's last block. */
export function lastEventCount(partition: u32): u32 {
  const block = load<u32>(lastBlocks + (partition << 2));
  return block === 0 ? 0 : (load<u32>(partitions + (partition << 4)) - block - HEADER_BYTES) / ENTRY_BYTES;
}

function addBlock(partition: u32): void {
  if (blocks >= mostBlocks) spillEvents();
  const block = allocate(BLOCK_BYTES);
  store<u32>(block, load<u32>(lastBlocks + (partition << 2)));
  store<u32>(block, lastEventCount(partition), 4);
  store<u32>(lastBlocks + (partition << 2), u32(block));
  const state = partitions + (partition << 4);
  store<u32>(state, u32(block) + HEADER_BYTES);
  store<u32>(state, u32(block) + BLOCK_BYTES - ENTRY_BYTES, 4);
  store<u64>(state, NO_WINDOW, 8);
  blocks++;
}

/** Fingerprints and logs the rows of a batch that are not slow and have an id; returns how many. `base`: what is to be added to a row's start for its offset. */
export function logEvents(
  idStarts: usize,
  idEnds: usize,
  sourceStarts: usize,
  sourceEnds: usize,
  rowStarts: usize,
  stride: u32,
  delta: u32,
  slow: usize,
  rows: i32,
  source: u32,
  base: f64,
): i32 {
  const batchPlace = (u64(source) << OFFSET_BITS) + u64(i64(base)) + u64(delta);
  let logged = 0;
  for (let row = 0; row < rows; row++) {
    const id = usize(load<u32>(idStarts + row * stride) + delta);
    const idLength = load<u32>(idEnds + row * stride) - u32(id);
    if (load<u8>(slow + row) !== 0 || isNothing(id, idLength)) continue;
    let print = fingerprint(id, idLength);
    if (sourceStarts !== 0) {
      const from = usize(load<u32>(sourceStarts + row * stride) + delta);
      const fromLength = load<u32>(sourceEnds + row * stride) - u32(from);
      if (!isNothing(from, fromLength))
        print = mixId((print ^ (print >> 32)) + u64(fromLength) * FACTOR, from, fromLength);
    }
    print = (print ^ (print >> 32)) * FACTOR;
    print ^= print >> 32;
    const place = batchPlace + u64(load<u32>(rowStarts + row * stride));
    const window = place >> WINDOW_BITS;
    const partition = u32(print >> (64 - PARTITION_BITS));
    const state = partitions + (partition << 4);
    if (load<u32>(state) >= load<u32>(state, 4)) addBlock(partition);
    let next = usize(load<u32>(state));
    if (load<u64>(state, 8) !== window) {
      assertBlock(next, ENTRY_BYTES);
      store<u64>(state, window, 8);
      store<u64>(next, MARK | window);
      next += ENTRY_BYTES;
    }
    assertBlock(next, ENTRY_BYTES);
    store<u64>(next, (((print << PARTITION_BITS) >> (WINDOW_BITS + 1)) << WINDOW_BITS) | (place & IN_WINDOW));
    store<u32>(state, u32(next) + ENTRY_BYTES);
    logged++;
  }
  return logged;
}

function fingerprint(id: usize, length: u32): u64 {
  if (length - 8 > 8) return mixId(seed ^ length, id, length);
  // The usual length of an id: two words, which may overlap.
  return mix(mix(seed ^ length, load<u64>(id)), load<u64>(id + length - 8));
}

function mixId(hash: u64, start: usize, length: u32): u64 {
  let at = start;
  let left = length;
  while (left > 8) {
    hash = mix(hash, load<u64>(at));
    at += 8;
    left -= 8;
  }
  return mix(hash, load<u64>(at) & firstBytes(left));
}

/** A difference in either half of a word comes out multiplied by what only the seeds tell: no later word can make up for it. */
function mix(hash: u64, word: u64): u64 {
  const mixed = hash ^ word;
  return (u64(u32(mixed)) + lowKey) * ((mixed >> 32) + highKey) + rotl<u64>(mixed, 32);
}

/**
 * Finds entries of a partition whose fingerprints meet: writes to `pairs`, as pairs, the number of the first entry with a
 * fingerprint and that of a later one. Returns the number of pairs; there is room for as many as entries.
 */
export function findCandidates(entries: usize, count: u32, pairs: usize): u32 {
  // A bit for each fingerprint tells of most that they are the only ones, in less room than a table of them would take.
  const bits = u32(1) << min(36 - clz(count | 0xff), 31);
  const seen = allocate(bits >> 3);
  const again = allocate(bits >> 3);
  let repeated: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const entry = load<u64>(entries + i * ENTRY_BYTES);
    if ((entry & MARK) !== 0) continue;
    const bit = u32(entry >> WINDOW_BITS) & (bits - 1);
    const word = (bit >> 5) << 2;
    const mask = u32(1) << (bit & 31);
    const known = load<u32>(seen + word);
    if ((known & mask) === 0) store<u32>(seen + word, known | mask);
    else {
      store<u32>(again + word, load<u32>(again + word) | mask);
      repeated++;
    }
  }
  const found = repeated === 0 ? 0 : findAmong(entries, count, again, bits - 1, min(count, repeated * 2), pairs);
  release(seen, bits >> 3);
  release(again, bits >> 3);
  return found;
}

/** Finds pairs among the entries whose fingerprint has its bit set in `bits`; there are at most `most` such entries. */
function findAmong(entries: usize, count: u32, bits: usize, bitMask: u32, most: u32, pairs: usize): u32 {
  const slotCount = u32(1) << (33 - clz(most));
  // A slot: the fingerprint, and the entry's number + 1; 0 is free.
  const slots = allocate(slotCount * 8);
  let found: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const entry = load<u64>(entries + i * ENTRY_BYTES);
    const bit = u32(entry >> WINDOW_BITS) & bitMask;
    if (((load<u32>(bits + ((bit >> 5) << 2)) >> (bit & 31)) & 1) === 0 || (entry & MARK) !== 0) continue;
    const print = (entry >> WINDOW_BITS) << NUMBER_BITS;
    let slot = u32(entry >> (WINDOW_BITS + 4)) & (slotCount - 1);
    while (true) {
      const known = load<u64>(slots + (slot << 3));
      if (known === 0) {
        store<u64>(slots + (slot << 3), print | u64(i + 1));
        break;
      }
      if ((known ^ print) >> NUMBER_BITS === 0) {
        assertBlock(pairs + found * CANDIDATE_BYTES, CANDIDATE_BYTES);
        store<u32>(pairs + found * CANDIDATE_BYTES, u32(known & NUMBERS) - 1);
        store<u32>(pairs + found * CANDIDATE_BYTES, i, 4);
        found++;
        break;
      }
      slot = (slot + 1) & (slotCount - 1);
    }
  }
  release(slots, slotCount * 8);
  return found;
}

/** Writes the numbers of the marks among entries, in order; returns how many. */
export function listMarks(entries: usize, count: u32, marks: usize): u32 {
  let found: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    if ((load<u64>(entries + i * ENTRY_BYTES) & MARK) === 0) continue;
    assertBlock(marks + (found << 2), 4);
    store<u32>(marks + (found << 2), i);
    found++;
  }
  return found;
}
