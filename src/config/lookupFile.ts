/** Lookup files: what a text of an export stands for, `value,customer`. */
import type { Problem } from '../core/problem.ts';
import { type CodeOf, codesOf } from '../core/problemCodes.ts';
import { type Header, TableReader, type TakeRow } from '../records/table.ts';

/** `lookup`: result by value; without the rows that have problems. */
export function readLookup(text: string, name: string): { lookup: Map<string, string>; problems: readonly Problem[] } {
  const lookup = new Map<string, string>();
  const problems: Problem[] = [];
  const table = new TableReader<CodeOf<'lookup'>>(
    {
      codeOf: codesOf('lookup'),
      required: [['value'], ['customer', 'result']],
      rows: (header) => lookupRows(header, lookup),
    },
    name,
    problems,
  );
  table.push(text.replace(/^\uFEFF/, ''));
  table.end();
  return { lookup, problems };
}

function lookupRows(header: Header, lookup: Map<string, string>): TakeRow<CodeOf<'lookup'>> {
  const [valueAt, resultAt] = [header.position('value'), header.position('customer', 'result')];
  return (fields) => {
    const [value, result] = [fields[valueAt]!, fields[resultAt]!];
    const known = lookup.get(value);
    if (known !== undefined && known !== result) {
      const message = `"${value}" stands for ${known} and for ${result}`;
      return { code: 'value-twice', message, hint: 'remove one of the rows' };
    }
    lookup.set(value, result);
    return undefined;
  };
}
