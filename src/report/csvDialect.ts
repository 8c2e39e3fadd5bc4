/** CSV as spreadsheets of other countries read it: another separator, a decimal comma, a byte order mark. */

export type CsvDialect = {
  readonly separator: ',' | ';' | '\t';
  readonly decimal: '.' | ',';
  /** A byte order mark at the start, by which spreadsheets see that it is UTF-8. */
  readonly bom: boolean;
};

/** Columns of names and texts: `1.5` in one of them is a name and stays as it is. */
const TEXT_COLUMNS: ReadonlySet<string> = new Set([
  ...[
    'customer',
    'tier',
    'tier_before',
    'tier_after',
    'key',
    'meter',
    'description',
    'dimension',
    'value',
    'price_list',
  ],
  ...['account', 'entry', 'against', 'compared_with', 'cheaper_tier', 'base_tier'],
]);

/** A cell of RFC 4180 with what ends it. */
const CELL = /("(?:[^"]|"")*"|[^",\n]*)(,|\n)/y;
const DECIMAL = /^-?\d+\.\d+$/;

/** `pieces`: text of a CSV with commas, cut anywhere. An empty row is followed by the header of another table. */
export function* inDialect(pieces: Iterable<string>, dialect: CsvDialect): Generator<string> {
  const row = new Row(dialect);
  let waiting = dialect.bom ? '\ufeff' : '';
  let rest = '';
  for (const piece of pieces) {
    rest += piece;
    let taken = 0;
    CELL.lastIndex = 0;
    for (let cell = CELL.exec(rest); cell; cell = CELL.exec(rest)) {
      taken = CELL.lastIndex;
      waiting += row.cell(cell[1]!, cell[2] === '\n');
    }
    rest = rest.slice(taken);
    yield waiting;
    waiting = '';
  }
  yield waiting + rest;
}

/** The place in a table, cell by cell. */
class Row {
  private readonly dialect: CsvDialect;
  private isHeader = true;
  private columns: string[] = [];
  private at = 0;

  constructor(dialect: CsvDialect) {
    this.dialect = dialect;
  }

  /** The cell in the dialect, with the sign behind it. */
  cell(written: string, isLast: boolean): string {
    if (this.at === 0 && isLast && written === '') {
      this.isHeader = true;
      return '\n';
    }
    if (this.isHeader && this.at === 0) this.columns = [];
    if (this.isHeader) this.columns.push(written);
    const shown = this.shown(written, this.isHeader ? '' : (this.columns[this.at] ?? ''));
    this.at = isLast ? 0 : this.at + 1;
    if (isLast) this.isHeader = false;
    return `${shown}${isLast ? '\n' : this.dialect.separator}`;
  }

  private shown(written: string, column: string): string {
    const { separator, decimal } = this.dialect;
    if (decimal === ',' && DECIMAL.test(written) && !TEXT_COLUMNS.has(column)) return written.replace('.', ',');
    return written.includes(separator) && !written.startsWith('"') ? `"${written}"` : written;
  }
}
