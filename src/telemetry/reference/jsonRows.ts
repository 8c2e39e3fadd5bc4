/** NDJSON: one JSON object a line. */
import type { Wanted } from '../columns.ts';
import { rowsOfLine } from '../jsonRow.ts';
import { missingKeys, PromisedKeys } from '../keyNames.ts';
import type { Source } from '../source.ts';
import { decodeLoosely, type FoundRow } from '../textRows.ts';
import { type Lines, withoutReturn } from './lines.ts';

const BLANK = /^[ \t]*$/;

export async function* jsonRows(
  source: Source,
  batches: AsyncIterable<Lines>,
  wanted: Wanted,
): AsyncGenerator<FoundRow[]> {
  const promised = new PromisedKeys(wanted);
  let isPromiseOpen = promised.names().length > 0;
  let line = 0;
  let rows = 0;
  for await (const { lines } of batches) {
    const found: FoundRow[] = [];
    for (const text of lines) {
      line++;
      const raw = withoutReturn(text);
      if (BLANK.test(raw)) continue;
      rows++;
      if (isPromiseOpen) {
        promised.look(Buffer.from(raw, 'latin1'));
        isPromiseOpen = promised.names().length > 0;
      }
      for (const one of rowsOfLine(raw, wanted)) found.push({ line, raw: decodeLoosely(one.raw), ...one.row });
    }
    yield found;
  }
  const missing = promised.names();
  if (rows > 0 && missing.length > 0) throw missingKeys(source, missing);
}
