/** Numbers for tuples of numbers: a customer and the values of the kept dimensions. */
import { allocate, assertBlock, enlarge, release } from './memory';

const FIRST_SLOTS: u32 = 1 << 9;
const FIRST_TUPLES: u32 = 1 << 8;

let width: u32 = 0;
let count: u32 = 0;
let tuples: usize = 0;
let tuplesHeld: u32 = 0;
/** Open addressing: number + 1, 0 is free. */
let slots: usize = 0;
let slotCount: u32 = 0;

/** `size`: numbers in a tuple. */
export function initSeries(size: u32): void {
  width = size;
  tuplesHeld = FIRST_TUPLES;
  tuples = allocate(tuplesHeld * width * 4);
  slotCount = FIRST_SLOTS;
  slots = allocate(slotCount * 4);
}

export function seriesCount(): u32 {
  return count;
}

/** Tuples one after another. */
export function seriesTuples(): usize {
  return tuples;
}

/** Writes to `out` the number of each row's tuple, whose parts are in the columns whose addresses are at `columns`. */
export function numberSeries(columns: usize, rows: i32, out: usize): void {
  assertBlock(columns, width << 2);
  assertBlock(out, usize(rows) << 2);
  for (let row = 0; row < rows; row++) {
    let hash: u64 = 0;
    for (let i: u32 = 0; i < width; i++) hash = mix(hash, part(columns, i, row));
    const mask = slotCount - 1;
    let slot = u32(hash >> 32) & mask;
    while (true) {
      let number = load<u32>(slots + (slot << 2)) - 1;
      if (i32(number) < 0) number = add(columns, row, slot);
      else if (!isTuple(number, columns, row)) {
        slot = (slot + 1) & mask;
        continue;
      }
      store<u32>(out + (row << 2), number);
      break;
    }
  }
}

function isTuple(number: u32, columns: usize, row: i32): bool {
  const tuple = tuples + number * width * 4;
  for (let i: u32 = 0; i < width; i++) if (load<u32>(tuple + (i << 2)) !== part(columns, i, row)) return false;
  return true;
}

function part(columns: usize, i: u32, row: i32): u32 {
  return load<u32>(load<usize>(columns + (i << 2)) + (row << 2));
}

function add(columns: usize, row: i32, slot: u32): u32 {
  const number = count++;
  if (number === tuplesHeld) {
    tuples = enlarge(tuples, tuplesHeld * width * 4, tuplesHeld * width * 8);
    tuplesHeld *= 2;
  }
  for (let i: u32 = 0; i < width; i++) store<u32>(tuples + (number * width + i) * 4, part(columns, i, row));
  store<u32>(slots + (slot << 2), number + 1);
  if (count * 2 > slotCount) rehash();
  return number;
}

function rehash(): void {
  release(slots, slotCount * 4);
  slotCount *= 2;
  slots = allocate(slotCount * 4);
  const mask = slotCount - 1;
  for (let number: u32 = 0; number < count; number++) {
    let hash: u64 = 0;
    for (let i: u32 = 0; i < width; i++) hash = mix(hash, load<u32>(tuples + (number * width + i) * 4));
    let slot = u32(hash >> 32) & mask;
    while (load<u32>(slots + (slot << 2)) !== 0) slot = (slot + 1) & mask;
    store<u32>(slots + (slot << 2), number + 1);
  }
}

function mix(hash: u64, value: u32): u64 {
  const mixed = (hash ^ u64(value)) * 0x9e37_79b9_7f4a_7c15;
  return mixed ^ (mixed >> 32);
}
