/** NDJSON: one JSON object a line. */
import type { Wanted } from '../columns.ts';
import { onlyBlankLines } from '../inputProblems.ts';
import { rowsOfLine } from '../jsonRow.ts';
import { missingKeys, PromisedKeys } from '../keyNames.ts';
import type { Source } from '../source.ts';
import { decodeLoosely, type FoundRow } from '../textRows.ts';

export async function* jsonRows(
  source: Source,
  chunks: AsyncIterable<Buffer>,
  wanted: Wanted,
): AsyncGenerator<FoundRow[]> {
  let line = 0;
  let rest = '';
  let rows = 0;
  const promised = new PromisedKeys(wanted);
  for await (const chunk of chunks) {
    const lines = (rest + chunk.toString('latin1')).split('\n');
    rest = lines.pop()!;
    yield lines.flatMap((text) => read(text));
  }
  const last = read(rest);
  yield last;
  if (line === 0 || (line === 1 && rest === '')) {
    throw onlyBlankLines(source);
  }
  const missing = promised.names();
  if (rows > 0 && missing.length > 0) throw missingKeys(source, missing);

  function read(latin1: string): FoundRow[] {
    line++;
    const raw = latin1.endsWith('\r') ? latin1.slice(0, -1) : latin1;
    if (/^[ \t]*$/.test(raw)) return [];
    promised.look(Buffer.from(raw, 'latin1'));
    rows++;
    return rowsOfLine(raw, wanted).map((found) => ({ line, raw: decodeLoosely(found.raw), ...found.row }));
  }
}
