/** Rows come in batches, column by column: for each of these arrays one element a row. */

/** Enough to keep loops busy, few enough for all columns to stay in the processor's cache. */
export const BATCH_ROWS: i32 = 1024;

/** Rows that are not of the common form, to be read the exact way, are marked by 1 in an array of bytes. */
export const ODD: u8 = 1;

export function countOdd(odd: usize, rows: i32): i32 {
  let count = 0;
  for (let row = 0; row < rows; row++) count += load<u8>(odd + row);
  return count;
}

/** Marks rows whose field is empty. */
export function markEmpty(starts: usize, ends: usize, odd: usize, rows: i32): void {
  for (let row = 0; row < rows; row++) {
    if (load<u32>(starts + (row << 2)) === load<u32>(ends + (row << 2))) store<u8>(odd + row, ODD);
  }
}
