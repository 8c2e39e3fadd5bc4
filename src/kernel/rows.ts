/**
 * Rows come in batches, column by column. Where a field begins is told by a number at `starts`, from one row to the next
 * `step` bytes on, to which `more` has to be added; where it ends by one at `ends`. All else has one element a row.
 */

/** Enough to keep loops busy, few enough for all columns to stay in the processor's cache. */
export const BATCH_ROWS: i32 = 1024;

/**
 * From a column's starts to the next one's. A cache line more than they take: arrays at the same place of different pages
 * push each other out of the cache.
 */
export const COLUMN_BYTES: i32 = BATCH_ROWS * 4 + 64;

/** Rows that are not of the common form, to be read the exact way, are marked by 1 in an array of bytes. */
export const ODD: u8 = 1;

export function countOdd(odd: usize, rows: i32): i32 {
  let count = 0;
  for (let row = 0; row < rows; row++) count += load<u8>(odd + row);
  return count;
}

/** Marks rows whose field is empty. */
export function markEmpty(starts: usize, ends: usize, step: u32, more: u32, odd: usize, rows: i32): void {
  for (let row = 0; row < rows; row++) {
    if (load<u32>(starts + row * step) + more === load<u32>(ends + row * step)) store<u8>(odd + row, ODD);
  }
}
