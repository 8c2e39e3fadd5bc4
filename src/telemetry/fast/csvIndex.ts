/** Finds the fields of CSV rows that are as most rows are: bare, or quoted as a whole with no quote and no line end inside. */
import { BATCH_ROWS, type Batch } from './batch.ts';

const QUOTE = 0x22;
const LF = 0x0a;
const CR = 0x0d;
/** The largest byte that can end a bare field or makes it odd: comma, quote, tab, CR, LF and NUL are not above it. */
const LARGEST_SPECIAL = 0x2c;

export class CsvIndexer {
  private readonly delimiter: number;
  /** For each column of the file, its column in the batch, or −1 for one that nobody wants. */
  private readonly columns: Int32Array;

  constructor(delimiter: string, columns: readonly number[]) {
    this.delimiter = delimiter.charCodeAt(0);
    this.columns = Int32Array.from(columns);
  }

  /**
   * Adds to the batch the rows that begin from `from` and before `stop`, until it is full or a row is odd; returns where
   * the first row begins that it did not take. The bytes end with a line end at or after `stop`. A row takes one line.
   */
  index(bytes: Uint8Array, from: number, stop: number, line: number, batch: Batch): number {
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
            while (c > LARGEST_SPECIAL) c = bytes[++i]!;
            if (c === delimiter || c === LF) break;
            if (c === QUOTE || c === 0) break rows;
            if (c === CR && bytes[i + 1] === LF) break;
            c = bytes[++i]!;
          }
          end = i;
        }
        if (field < last ? c !== delimiter : c !== LF && (c !== CR || bytes[i + 1] !== LF)) break rows;
        i += c === CR ? 2 : 1;
        const column = columns[field]!;
        if (column >= 0) {
          starts[column * BATCH_ROWS + row] = start;
          ends[column * BATCH_ROWS + row] = end;
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
