/** Finds the fields of CSV rows that are as most rows are: bare, or quoted as a whole with no quote and no line end inside. */
import type { Batch, PlacesList } from './batch.ts';
import type { Kernel } from './kernel.ts';

export class CsvIndexer {
  private readonly kernel: Kernel;
  private readonly columns: number;
  private readonly list: PlacesList;

  /** `columns`: for each column of the file, its column in the batch, or −1 for one that nobody wants. */
  constructor(kernel: Kernel, delimiter: string, columns: readonly number[], batch: Batch) {
    const { call } = kernel;
    this.kernel = kernel;
    this.columns = call.newCsvColumns(
      delimiter.charCodeAt(0),
      columns.length,
      batch.rowStarts.address,
      batch.lines.address,
    );
    batch.tellFieldsBy('columns'); // not by the list of another indexer
    const fields: number[] = [];
    this.list = { address: call.placesList(this.columns) >>> 0, step: columns.length * 4, fields };
    for (const [field, column] of columns.entries()) {
      if (column < 0) continue;
      fields[column] = field;
      call.wantField(this.columns, field, batch.startsOf(column), batch.endsOf(column));
    }
  }

  /**
   * Adds to the batch the rows that begin from `from` and before `stop`, until it is full or a row is odd; returns where
   * the first row begins that it did not take. The bytes end, at `end`, with a line end at or after `stop`. A row takes one
   * line. All places are addresses.
   */
  index(from: number, stop: number, end: number, line: number, batch: Batch): number {
    const { call } = this.kernel;
    batch.rows = call.indexCsv(this.columns, from, stop, end, line, batch.rows);
    batch.tellFieldsBy(call.listedRows(this.columns) === batch.rows ? this.list : 'columns');
    return call.nextRow(this.columns) >>> 0;
  }

  /** Gives its memory back; it cannot be used any more. */
  release(): void {
    this.kernel.call.releaseCsvColumns(this.columns);
  }
}
