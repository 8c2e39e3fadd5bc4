/**
 * Distinct values by record, of the meters whose distinct values are counted. Each pair of a record and a value is kept once:
 * record, value and the pair before it with the same record (u32 each; 1 + its place, 0: none). The record has 1 + the place
 * of its latest pair where other meters have a quantity (f64). A hash table finds pairs; memory grows with their number, by
 * 20 to 28 bytes each.
 */
import { PAIR_BEFORE_AT, PAIR_RECORD_AT, PAIR_VALUE_AT, PAIR_WORDS } from './contract';
import { countOne, recordsOfRows } from './ledger';
import { allocate, assertBlock, enlarge, release } from './memory';

const FIRST_PAIRS: u32 = 1 << 8;
const PAIR_BYTES: u32 = PAIR_WORDS * 4;
const SLOTS_PER_PAIR: u32 = 2;
const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;

@unmanaged
export class DistinctValues {
  count: u32;
  pairs: usize;
  held: u32;
  /** Open addressing: 1 + place of a pair, 0 is free. */
  slots: usize;
  slotCount: u32;
}

export function newDistinct(): DistinctValues {
  const distinct = changetype<DistinctValues>(allocate(offsetof<DistinctValues>()));
  begin(distinct);
  return distinct;
}

function begin(distinct: DistinctValues): void {
  distinct.count = 0;
  distinct.held = FIRST_PAIRS;
  distinct.pairs = allocate(FIRST_PAIRS * PAIR_BYTES);
  distinct.slotCount = FIRST_PAIRS * SLOTS_PER_PAIR;
  distinct.slots = allocate(distinct.slotCount * 4);
}

/** Forgets all pairs and gives back what they took. */
export function clearDistinct(distinct: DistinctValues): void {
  release(distinct.pairs, distinct.held * PAIR_BYTES);
  release(distinct.slots, distinct.slotCount * 4);
  begin(distinct);
}

export function distinctCount(distinct: DistinctValues): u32 {
  return distinct.count;
}

export function distinctPairs(distinct: DistinctValues): usize {
  return distinct.pairs;
}

/** Adds the values (u32) of the rows that were placed last; those whose place at `present` (f64) is 0 have none. */
export function addDistinct(distinct: DistinctValues, present: usize, values: usize, meter: i32, rows: i32): void {
  const places = recordsOfRows();
  for (let row = 0; row < rows; row++) {
    const record = load<u32>(places + (row << 2));
    if (record === 0 || load<f64>(present + (row << 3)) === 0) continue;
    addDistinctOne(distinct, record, load<u32>(values + (row << 2)), meter);
    countOne(record, 1 + meter);
  }
}

export function addDistinctOne(distinct: DistinctValues, record: usize, value: u32, meter: i32): void {
  const mask = distinct.slotCount - 1;
  let slot = firstSlot(u32(record), value, mask);
  let known = load<u32>(distinct.slots + (slot << 2));
  while (known !== 0) {
    const pair = distinct.pairs + (known - 1) * PAIR_BYTES;
    if (load<u32>(pair, PAIR_RECORD_AT) === u32(record) && load<u32>(pair, PAIR_VALUE_AT) === value) return;
    slot = (slot + 1) & mask;
    known = load<u32>(distinct.slots + (slot << 2));
  }
  if (distinct.count === distinct.held) {
    distinct.pairs = enlarge(distinct.pairs, distinct.held * PAIR_BYTES, distinct.held * 2 * PAIR_BYTES);
    distinct.held *= 2;
  }
  const pair = distinct.pairs + distinct.count * PAIR_BYTES;
  distinct.count++;
  const latest = record + (meter << 3);
  assertBlock(pair, PAIR_BYTES);
  assertBlock(latest, 8);
  store<u32>(pair, u32(record), PAIR_RECORD_AT);
  store<u32>(pair, value, PAIR_VALUE_AT);
  store<u32>(pair, u32(load<f64>(latest)), PAIR_BEFORE_AT);
  store<f64>(latest, distinct.count);
  store<u32>(distinct.slots + (slot << 2), distinct.count);
  if (distinct.count * SLOTS_PER_PAIR > distinct.slotCount) rehash(distinct);
}

function rehash(distinct: DistinctValues): void {
  release(distinct.slots, distinct.slotCount * 4);
  distinct.slotCount *= 2;
  distinct.slots = allocate(distinct.slotCount * 4);
  const mask = distinct.slotCount - 1;
  for (let i: u32 = 0; i < distinct.count; i++) {
    const pair = distinct.pairs + i * PAIR_BYTES;
    let slot = firstSlot(load<u32>(pair, PAIR_RECORD_AT), load<u32>(pair, PAIR_VALUE_AT), mask);
    while (load<u32>(distinct.slots + (slot << 2)) !== 0) slot = (slot + 1) & mask;
    store<u32>(distinct.slots + (slot << 2), i + 1);
  }
}

function firstSlot(record: u32, value: u32, mask: u32): u32 {
  let hash = u64(record) * FACTOR;
  hash = (hash ^ (hash >> 32) ^ u64(value)) * FACTOR;
  return u32(hash >> 32) >> clz(mask);
}
