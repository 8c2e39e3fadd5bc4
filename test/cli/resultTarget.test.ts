import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Refusal } from '../../src/app/refusal.ts';
import { resultTarget } from '../../src/cli/resultTarget.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const formats = { table: 1, json: 1, ndjson: 1, csv: 1, md: 1, focus: 1, html: 1, yaml: 1 };
const endings = { table: 'txt', focus: 'focus.csv' };

describe('the format of a result', () => {
  test.each`
    output               | format
    ${'x.json'}          | ${'json'}
    ${'x.JSON'}          | ${'json'}
    ${'x.txt'}           | ${'table'}
    ${'x.Markdown'}      | ${'md'}
    ${'x.jsonl'}         | ${'ndjson'}
    ${'x.htm'}           | ${'html'}
    ${'x.yml'}           | ${'yaml'}
    ${'x.csv'}           | ${'csv'}
    ${'x.focus.csv'}     | ${'focus'}
    ${'x.FOCUS.CSV'}     | ${'focus'}
    ${'a.b.csv'}         | ${'csv'}
    ${'deep/er.d/x.csv'} | ${'csv'}
    ${'.json.csv'}       | ${'csv'}
  `('$output: by its ending, in whatever case, $format', ({ output, format }) => {
    expect(resultTarget({ output }, { formats, endings })).toEqual({ kind: 'file', name: output, format });
  });

  test.each(['x', 'x.pdf', 'x.csv.gz', '.csv', 'dir.csv/x'])('%s: none, and the endings are named', (output) => {
    const failure = failureOf(() => resultTarget({ output }, { formats, endings }));
    expect(failure.problems[0]!.code).toBe('usage/unknown-ending');
    expect(failure.problems[0]!.hint).toContain('.focus.csv');
  });

  test('--format wins over the ending; without a file it is the first of the registry', () => {
    expect(resultTarget({ output: 'x.csv', format: 'json' }, { formats })).toMatchObject({ format: 'json' });
    expect(resultTarget({ output: '-' }, { formats })).toEqual({ kind: 'stdout', format: 'table' });
    expect(resultTarget({}, { formats: { csv: 1, ndjson: 1 } })).toEqual({ kind: 'stdout', format: 'csv' });
  });

  test('a directory gets its own format, where a command takes one', () => {
    const cwd = temporaryDirectory();
    mkdirSync(join(cwd, 'there'));
    const own = { formats, inDirectory: { format: 'json', cwd } } as const;
    expect(resultTarget({ output: 'there' }, own)).toEqual({ kind: 'directory', name: 'there', format: 'json' });
    expect(resultTarget({ output: 'new/' }, own)).toMatchObject({ kind: 'directory' });
    expect(failureOf(() => resultTarget({ output: 'there' }, { formats })).problems).toHaveLength(1);
  });
});

function failureOf(work: () => unknown): Refusal {
  try {
    work();
  } catch (error) {
    if (error instanceof Refusal) return error;
  }
  throw new Error('it did not fail');
}
