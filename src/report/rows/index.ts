/** The registry of formats of rows. A new one is a file beside this one and a line here. */
import { rowsCsv, rowsJson, rowsNdjson } from './json.ts';
import type { RowsFormat } from './report.ts';
import { rowsTable } from './table.ts';

export const ROWS_FORMATS = {
  table: rowsTable,
  json: rowsJson,
  ndjson: rowsNdjson,
  csv: rowsCsv,
} as const satisfies Record<string, RowsFormat>;
