/** NDJSON: one JSON object a line. */
import { inputNames, type Wanted } from '../columns.ts';
import { rowsOfLine } from '../jsonRow.ts';
import { lacksField, missingKeys, PromisedKeys } from '../keyNames.ts';
import type { Source } from '../source.ts';
import { decodeLoosely, type FilteredRow, placed } from '../textRows.ts';
import { type Lines, withoutReturn } from './lines.ts';

const BLANK = /^[ \t]*$/;

export async function* jsonRows(
  source: Source,
  batches: AsyncIterable<Lines>,
  wanted: Wanted,
): AsyncGenerator<FilteredRow[]> {
  const promised = new PromisedKeys(wanted);
  let isPromiseOpen = promised.names().length > 0;
  let line = 0;
  /** False as long as a mapping filters every row for what it has in a field: of those nothing is promised. */
  let hasRows = false;
  for await (const { lines } of batches) {
    const found: FilteredRow[] = [];
    for (const text of lines) {
      line++;
      const raw = withoutReturn(text);
      if (BLANK.test(raw)) continue;
      if (isPromiseOpen) {
        promised.look(Buffer.from(raw, 'latin1'));
        isPromiseOpen = promised.names().length > 0;
      }
      let decoded = { own: '', raw: '' };
      for (const { raw: own, row } of rowsOfLine(raw, wanted)) {
        hasRows ||= !('leftOut' in row) || lacksField(row.leftOut, wanted);
        // Rows of one record share its text.
        if (decoded.own !== own) decoded = { own, raw: decodeLoosely(own) };
        found.push(placed(line, decoded.raw, row));
      }
    }
    yield found;
  }
  const missing = promised.names();
  if (hasRows && missing.length > 0) throw missingKeys(source, missing, inputNames(wanted.names.customer, wanted));
}
