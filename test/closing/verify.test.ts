/** A closed month proves itself: whatever is changed in its folder is found, and named. */
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import { ROOT, runMeter } from '../support/runMeter.ts';
import { temporaryDirectory } from '../support/temporary.ts';

let cwd = '';

const run = (line: string, from = cwd) => runMeter(line.split(' '), { cwd: from });

beforeAll(async () => {
  cwd = mkdtempSync(join(tmpdir(), 'meter-test-'));
  cpSync(join(ROOT, 'fixtures/closing'), cwd, { recursive: true });
  writeFileSync(join(cwd, 'map.yaml'), 'customer_id: customer_id\n');
  appendFileSync(join(cwd, 'usage-2026-10.csv'), '2026-10-29T00:00:00Z,r-10,acme,many,\n');
  const closed = [
    'close 2026-09 usage-2026-09.csv --customers customers.yaml -o close/2026-09',
    'close 2026-10 usage-2026-10.csv --customers customers.yaml --map map.yaml --max-rejects 1 --from close/2026-09 -o close/2026-10',
  ];
  for (const line of closed) expect((await run(line)).exitCode).toBe(0);
  return () => rmSync(cwd, { recursive: true, force: true });
}, 60_000);

/** A copy of the place, in which something is changed. */
function copy(): string {
  const directory = temporaryDirectory();
  cpSync(cwd, directory, { recursive: true });
  return directory;
}

/** What verify says, by the files that it names. */
async function findings(
  directory: string,
  exports: string,
): Promise<{ files: string[]; exitCode: number; text: string }> {
  const { stdout, stderr, exitCode } = await run(`verify close/2026-10${exports} --quiet`, directory);
  const files = [...stdout.matchAll(/^✗ ([^:]+): /gm)].map(([, file]) => file!);
  return { files: [...new Set(files)], exitCode, text: stdout + stderr };
}

const EXPORTS = ' usage-2026-10.csv';

test('the first month, whose levels begin in it, is rated again from its ledger', async () => {
  const { stdout, exitCode } = await run('verify close/2026-09 --quiet');
  expect(stdout).toContain('and the month rated again from its ledger gives the same invoices and balances');
  expect(exitCode).toBe(0);
});

describe('a file that is changed by hand is found by its hash', () => {
  const FILES = [
    ...['balances.json', 'customers.yaml', 'invoices.focus.csv', 'invoices.ndjson', 'manifest.json'],
    ...['ledger.ndjson.gz', 'map.yaml', 'opening.json', 'rejects.ndjson', 'tiers.yaml'],
  ];

  test.each(FILES)('%s', async (file) => {
    const directory = copy();
    const path = join(directory, 'close/2026-10', file);
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, text.includes('0') ? text.replace('0', '1') : `${text}#`);
    for (const exports of ['', EXPORTS]) {
      const found = await findings(directory, exports);
      expect(found.files).toEqual([file]);
      expect(found.exitCode).toBe(1);
    }
  });

  test('a file that is missing, and one that does not belong there', async () => {
    const directory = copy();
    rmSync(join(directory, 'close/2026-10/invoices.ndjson'));
    writeFileSync(join(directory, 'close/2026-10/invoice-acme.html'), '<p>1000000 USD</p>');
    const found = await findings(directory, '');
    expect(found.files).toEqual(['invoice-acme.html', 'invoices.ndjson']);
  });

  test('an export that is another one', async () => {
    const directory = copy();
    const path = join(directory, 'usage-2026-10.csv');
    writeFileSync(path, readFileSync(path, 'utf8').replace('400000', '300000'));
    const found = await findings(directory, EXPORTS);
    expect(found.files[0]).toBe('usage-2026-10.csv');
    expect(found.exitCode).toBe(1);
  });
});

describe('a change with all hashes made to fit is found by making the month again', () => {
  const FORGED: readonly (readonly [file: string, from: string, to: string])[] = [
    ['invoices.ndjson', '"total":"47.00"', '"total":"41.00"'],
    ['invoices.focus.csv', 'acme,acme,USD', 'acme,acme,EUR'],
    ['balances.json', '"remaining":"2.50"', '"remaining":"9.50"'],
    ['rejects.ndjson', 'many', 'none'],
    ['manifest.json', '"total": "68.00"', '"total": "62.00"'],
  ];

  test.each(FORGED)('%s', async (file, from, to) => {
    const directory = copy();
    const folder = join(directory, 'close/2026-10');
    const path = join(folder, file);
    const text = readFileSync(path, 'utf8');
    expect(text).toContain(from);
    writeFileSync(path, text.replace(from, to));
    forge(folder);
    expect((await findings(directory, EXPORTS)).files).toEqual([file]);
    // The ledger does not hold rejected rows.
    expect((await findings(directory, '')).files).toEqual(file === 'rejects.ndjson' ? [] : [file]);
  });

  /** Writes the hashes of the files as they are now into the manifest, as somebody would who knows how it is made. */
  function forge(folder: string): void {
    const hash = (content: string | Uint8Array) => createHash('sha256').update(content).digest('hex');
    const {
      digest: _,
      files,
      ...manifest
    } = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as {
      digest: string;
      files: { name: string }[];
    };
    const marks = files.map(({ name }) => {
      const bytes = readFileSync(join(folder, name));
      const content = name.endsWith('.gz') ? gunzipSync(bytes) : bytes;
      return { name, bytes: content.length, sha256: hash(content) };
    });
    const forged = { ...manifest, files: marks };
    const whole = { ...forged, digest: hash(JSON.stringify(forged)) };
    writeFileSync(join(folder, 'manifest.json'), `${JSON.stringify(whole, undefined, 2)}\n`);
  }
});

test('an unchanged month is sound, and made again to the same bytes', async () => {
  for (const exports of ['', EXPORTS]) {
    const found = await findings(cwd, exports);
    expect(found.files).toEqual([]);
    expect(found.exitCode).toBe(0);
  }
});

test('a close that cannot be finished leaves nothing', async () => {
  const directory = copy();
  const line = `close 2026-11 usage-2026-10.csv --customers customers.yaml --from close/2026-10 -o close/2026-11`;
  expect((await run(line, directory)).exitCode).toBe(3);
  expect(readdirSync(join(directory, 'close')).sort()).toEqual(['2026-09', '2026-10']);
  expect(existsSync(join(directory, 'close/2026-11'))).toBe(false);
});
