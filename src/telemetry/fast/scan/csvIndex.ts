/** Finds the fields of CSV rows: each field is bare, or quoted as a whole. Blank lines between rows are passed over. */
import type { Dialect } from '../../csvRow.ts';
import type { Batch, DelimiterList } from '../batch.ts';
import type { Kernel } from '../kernel.ts';

export class CsvIndexer {
  private readonly kernel: Kernel;
  private readonly columns: number;
  private readonly list: DelimiterList;
  private readonly needsColumns: boolean;

  /**
   * `columns`: for each column of the file, its column in the batch, or −1 for one that nobody wants. `needsColumns`: fields
   * are never told by a list of places.
   */
  constructor(
    kernel: Kernel,
    { delimiter, quotes }: Dialect,
    columns: readonly number[],
    needsColumns: boolean,
    batch: Batch,
  ) {
    const { call } = kernel;
    this.kernel = kernel;
    this.needsColumns = needsColumns;
    this.columns = call.newCsvColumns(
      delimiter.charCodeAt(0),
      columns.length,
      batch.rowStarts.address,
      batch.lines.address,
      quotes === 'csv',
    );
    batch.locateFieldsBy('columns'); // not by the list of another indexer
    const fields: number[] = [];
    this.list = { address: call.delimiterList(this.columns) >>> 0, stride: columns.length * 4, fields };
    for (const [field, column] of columns.entries()) {
      if (column < 0) continue;
      fields[column] = field;
      call.wantField(this.columns, field, batch.startsOf(column), batch.endsOf(column));
    }
  }

  /**
   * Adds to the batch the rows that begin from `from` and before `stop`, until it is full or a row is slow; returns where
   * the first row begins that it did not take. The bytes end, at `end`, with a line end at or after `stop`. All
   * places are addresses.
   */
  index(from: number, stop: number, end: number, line: number, batch: Batch): number {
    const { call } = this.kernel;
    batch.rows = call.indexCsv(this.columns, from, stop, end, line, batch.rows);
    if (this.needsColumns) call.useColumns(this.columns);
    batch.locateFieldsBy(call.listedRows(this.columns) === batch.rows ? this.list : 'columns');
    return call.nextRow(this.columns) >>> 0;
  }

  /** Lines before the row that {@link index} has returned, counted as those before `from` were. */
  get linesBefore(): number {
    return this.kernel.call.linesBefore(this.columns);
  }

  /** Gives its memory back; it cannot be used any more. */
  release(): void {
    this.kernel.call.releaseCsvColumns(this.columns);
  }
}
