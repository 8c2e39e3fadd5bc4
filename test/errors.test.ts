/**
 * The gallery of configuration problems: a broken file for each code, and beside it what meter says of it.
 * A file is called after its code, `negative.yaml`, or `negative--variant.yaml`; `vitest -u` rewrites the answers.
 */
import { readdirSync } from 'node:fs';
import { join, parse, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Area } from '../src/core/problemCodes.ts';
import { ALL_CODES, missingCodes } from './support/codes.ts';
import { transcript } from './support/pages.ts';
import { ROOT, runMeter } from './support/runMeter.ts';

const COMMANDS: Record<string, (file: string) => string[]> = {
  tiers: (file) => ['validate', file],
  scenarios: (file) => ['validate', file],
  yaml: (file) => ['validate', file],
  cases: (file) => ['test', file],
  lint: (file) => [
    'validate',
    file,
    ...(file.includes('estimator') ? ['--tiers', 'test/estimate/regional.tiers.yaml'] : []),
  ],
  mapping: (file) => [
    'invoice',
    'fixtures/functions/usage.csv',
    '--tiers',
    /not-additive|weighted-count/.test(file) ? 'test/errors/levels.yaml' : 'fixtures/functions/tiers.yaml',
    '--map',
    file,
  ],
  balances: (file) => [
    ...['invoice', 'fixtures/closing/usage-2026-10.csv', '--tiers', 'fixtures/closing/tiers.yaml', '--quiet'],
    ...['--customers', 'fixtures/closing/customers.yaml', '--opening', file],
  ],
  lists: (file) => [
    ...['invoice', 'fixtures/first-month/usage.csv', '--tier', 'production'],
    ...['--tiers', 'tiers.example.yaml', '--tiers', file],
  ],
  settings: (file) => ['invoice', 'fixtures/first-month/usage.csv', '--config', file],
  customers: (file) => [
    ...['invoice', 'fixtures/first-month/usage.csv', '--tiers', 'tiers.example.yaml', '--customers', file],
    ...(file.includes('trimmed-id') ? ['--trim-ids'] : []),
  ],
};

/** A file with problems of several kinds: all of them are reported. */
const SEVERAL = 'tiers/several';

/** In the table, but out of reach of every file so far. */
const UNREACHABLE = ['tiers/invalid'];

const entries = Object.keys(COMMANDS).flatMap((area) =>
  readdirSync(resolve(ROOT, 'test/errors', area))
    .filter((name) => !name.endsWith('.txt'))
    .map((name) => ({
      file: join('test/errors', area, name),
      code: `${area}/${parse(name).name.replace(/--.*/, '')}`,
    })),
);

describe('what is wrong with a file is said with its place, the offending text and what to write instead', () => {
  test.each(entries)('$file', async ({ file, code }) => {
    const args = COMMANDS[code.split('/')[0]!]!(file);
    const result = await runMeter(args);
    if (code !== SEVERAL) expect(result.stderr).toContain(`[${code}]`);
    expect(result.exitCode).toBe(/: error: /.test(result.stderr) ? 2 : 0);
    const text = [`$ meter ${args.join(' ')}`, ...transcript(result)].join('\n');
    await expect(`${text}\n`).toMatchFileSnapshot(resolve(ROOT, file.replace(/\.\w+$/, '.txt')));
  });
});

test('every problem that a file can have has an entry in the gallery', () => {
  const shown = new Set([...entries.map(({ code }) => code), ...UNREACHABLE]);
  expect(missingCodes(Object.keys(COMMANDS) as Area[], shown)).toEqual([]);
});

test('every entry of the gallery is about a problem that exists', () => {
  expect(entries.filter(({ code }) => code !== SEVERAL && !ALL_CODES.has(code)).map(({ file }) => file)).toEqual([]);
});
