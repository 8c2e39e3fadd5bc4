/**
 * Random numbers of the sample: 32-bit integer steps only, so that every machine draws the same ones.
 *
 * Written here rather than taken from a library because a row needs five draws and is to cost a fraction of a microsecond.
 */

/** State of one stream of numbers (sfc32, by Chris Doty-Humphrey: 128 bits, of which 32 are a counter). */
export type RandomState = Int32Array;

/** A stream of its own for each pair of `seed` (a whole number below 2⁵³) and `stream` (a small one). */
export function randomState(seed: number, stream: number): RandomState {
  const state = Int32Array.of(seed, Math.floor(seed / 2 ** 32), stream, 1);
  for (let i = 0; i < 16; i++) nextInt32(state); // seeds that differ in one bit begin alike; after these they no longer do
  return state;
}

/** The next 32 random bits, as a signed integer. */
export function nextInt32(state: RandomState): number {
  const a = state[0]!;
  const b = state[1]!;
  const c = state[2]!;
  const counter = state[3]!;
  const result = (((a + b) | 0) + counter) | 0;
  state[0] = b ^ (b >>> 9);
  state[1] = (c + (c << 3)) | 0;
  state[2] = (((c << 21) | (c >>> 11)) + result) | 0;
  state[3] = (counter + 1) | 0;
  return result;
}

/** From 0 (inclusive) to 1 (exclusive), a multiple of 2⁻³². */
export function nextFraction(state: RandomState): number {
  return (nextInt32(state) >>> 0) * 2 ** -32;
}

/** A whole number from 0 to `end` − 1; `end` is at most 2³². */
export function nextBelow(state: RandomState, end: number): number {
  return Math.floor(nextFraction(state) * end);
}

/** The numbers from 0 to `count` − 1 in random order. */
export function shuffled(state: RandomState, count: number): Uint32Array {
  const order = new Uint32Array(count);
  for (let i = 0; i < count; i++) {
    const j = nextBelow(state, i + 1);
    order[i] = order[j]!;
    order[j] = i;
  }
  return order;
}

/**
 * Draws an index with a given probability in constant time (Walker's alias method, built as by Vose): take any column;
 * below the column's first number, of 2³², the index is the column itself, otherwise its second number.
 *
 * The two numbers of a column lie next to each other: with a million columns, fetching them is what a draw costs.
 */
export type WeightedIndex = Float64Array;

/** `weights` are positive; index i is drawn with the probability `weights[i]` ÷ `total`, their sum. */
export function weightedIndex(weights: Float64Array, total: number): WeightedIndex {
  const count = weights.length;
  const keep = weights.map((weight) => (weight * count) / total);
  const columns = new Float64Array(count * 2);
  // One array, used from both ends: columns below the average at the front, the others at the back.
  const open = new Uint32Array(count);
  let poorEnd = 0;
  let richStart = count;
  for (let i = 0; i < count; i++) open[keep[i]! < 1 ? poorEnd++ : --richStart] = i;
  while (poorEnd > 0 && richStart < count) {
    const poor = open[--poorEnd]!;
    const rich = open[richStart]!;
    columns[poor * 2] = keep[poor]! * 2 ** 32;
    columns[poor * 2 + 1] = rich;
    keep[rich] = keep[rich]! - (1 - keep[poor]!);
    if (keep[rich]! < 1) {
      richStart++;
      open[poorEnd++] = rich;
    }
  }
  // What is left differs from the average by rounding only.
  while (poorEnd > 0) columns[open[--poorEnd]! * 2] = 2 ** 32;
  while (richStart < count) columns[open[richStart++]! * 2] = 2 ** 32;
  return columns;
}

/** Draws from a {@link WeightedIndex}. */
export function drawIndex(columns: WeightedIndex, state: RandomState): number {
  const column = ((nextInt32(state) >>> 0) * 2 ** -33 * columns.length) | 0;
  return nextInt32(state) >>> 0 < columns[column * 2]! ? column : columns[column * 2 + 1]!;
}
