/** Finds the fields of CSV rows that are as most rows are: bare, or quoted as a whole with no quote and no line end inside. */
import { BATCH_ROWS, type Batch } from './batch.ts';
import type { Bytes } from './bytes.ts';

const QUOTE = 0x22;
const LF = 0x0a;
const CR = 0x0d;
/**
 * One bit for each byte of a word. Comma, quote, tab, CR, LF and NUL, all that can end a bare field or make it odd, are below
 * 0x2d; letters, digits and most punctuation are not.
 */
const HIGH_BITS = 0x80808080 | 0;

export class CsvIndexer {
  private readonly delimiter: number;
  /** For each column of the file, where its column in the batch begins, or −1 for one that nobody wants. */
  private readonly columns: Int32Array;

  /** `columns`: for each column of the file, its column in the batch, or −1. */
  constructor(delimiter: string, columns: readonly number[]) {
    this.delimiter = delimiter.charCodeAt(0);
    this.columns = Int32Array.from(columns, (column) => (column < 0 ? -1 : column * BATCH_ROWS));
  }

  /**
   * Adds to the batch the rows that begin from `from` and before `stop`, until it is full or a row is odd; returns where
   * the first row begins that it did not take. The bytes end with a line end at or after `stop`. A row takes one line.
   */
  index({ bytes, view }: Bytes, from: number, stop: number, line: number, batch: Batch): number {
    const { delimiter, columns } = this;
    const { starts, ends, rowStarts, lines } = batch;
    const last = columns.length - 1;
    let row = batch.rows;
    let lineNow = line;
    let rowStart = from;
    rows: while (rowStart < stop && row < BATCH_ROWS) {
      let i = rowStart;
      for (let field = 0; field <= last; field++) {
        let c = bytes[i]!;
        let start = i;
        let end: number;
        if (c === QUOTE) {
          start = ++i;
          c = bytes[i]!;
          while (c !== QUOTE) {
            if (c === LF || c === 0) break rows;
            c = bytes[++i]!;
          }
          end = i++;
          c = bytes[i]!;
        } else {
          for (;;) {
            // Four bytes at a time: has any of them a value below 0x2d?
            let word = view.getInt32(i, true);
            let special = (word - 0x2d2d2d2d) & ~word & HIGH_BITS;
            while (special === 0) {
              i += 4;
              word = view.getInt32(i, true);
              special = (word - 0x2d2d2d2d) & ~word & HIGH_BITS;
            }
            i += (31 - Math.clz32(special & -special)) >> 3; // bits above the lowest may be false
            c = bytes[i]!;
            if (c === delimiter || c === LF) break;
            if (c === QUOTE || c === 0) break rows;
            if (c === CR && bytes[i + 1] === LF) break;
            i++;
          }
          end = i;
        }
        if (field < last ? c !== delimiter : c !== LF && (c !== CR || bytes[i + 1] !== LF)) break rows;
        i += c === CR ? 2 : 1;
        const column = columns[field]!;
        if (column >= 0) {
          starts[column + row] = start;
          ends[column + row] = end;
        }
      }
      rowStarts[row] = rowStart;
      lines[row] = lineNow++;
      row++;
      rowStart = i;
    }
    batch.rows = row;
    return rowStart;
  }
}
