/**
 * The gallery of what can be wrong with a usage export: bad rows (test/errors/rows, a file for each reason) and inputs that
 * cannot be read (test/errors/exports; most are binary and are made here). `vitest -u` rewrites the answers.
 */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join, parse, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { describe, expect, test } from 'vitest';
import { FAULTS } from '../src/telemetry/row.ts';
import { missingCodes } from './support/codes.ts';
import { transcript } from './support/pages.ts';
import { ROOT, runMeter } from './support/runMeter.ts';
import { temporaryDirectory } from './support/temporary.ts';
import { zipOf } from './support/zip.ts';

const TIERS = ['--tiers', 'tiers.example.yaml', '--tier', 'production'];
const rowFiles = readdirSync(join(ROOT, 'test/errors/rows')).filter((name) => !name.endsWith('.txt'));

/** What it takes to meet some reasons. */
const FLAGS: Readonly<Record<string, readonly string[]>> = {
  'skipped-time': ['--timezone', 'Europe/Berlin'],
  'repeated-time': ['--timezone', 'Europe/Berlin', '--repeated-hour', 'reject'],
  'not-in-format': ['--preset', 'combined'],
  'not-in-lookup': ['--lookup', 'test/errors/hosts.csv'],
  'no-tier-then': ['--customers', 'test/errors/history.yaml'],
  'ambiguous-customer': ['--customers', 'test/errors/aliases.yaml'],
  'corrects-nothing': ['--map', 'fixtures/corrections/mapping.yaml'],
  'corrects-too-much': ['--map', 'fixtures/corrections/mapping.yaml'],
  'not-a-weight': ['--map', 'test/errors/weights.yaml'],
  'start-after-end': ['--map', 'test/errors/counters.yaml'],
  'contradicted-reading': ['--map', 'test/errors/counters.yaml'],
};

describe('a bad row is shown with file, line, column, the offending text and the reason', () => {
  test.each(rowFiles)('%s', async (name) => {
    const code = parse(name).name;
    const file = `test/errors/rows/${name}`;
    const flags = FLAGS[code] ?? [];
    const args = ['invoice', file, ...TIERS, ...flags];
    const result = await runMeter(args);
    expect(result).toMatchObject({ exitCode: 3, stdout: '' });
    if (code !== 'several') expect(result.stderr).toContain(`[row/${code}]`);
    const text = [`$ meter ${args.join(' ')}`, ...transcript(result)].join('\n');
    await expect(`${text}\n`).toMatchFileSnapshot(join(ROOT, 'test/errors/rows', `${code}.txt`));
  });

  test('and every reason has an entry in the gallery', () => {
    expect(Object.keys(FAULTS).filter((code) => !rowFiles.some((name) => parse(name).name === code))).toEqual([]);
  });
});

const TIERS_FILE = 'pricing_tiers:\n  production: { cost: 19 }\n';
const HEADER = 'timestamp,event_id,customer_id,requests\n';
const CSV = `${HEADER}2026-10-01T00:00:00Z,e1,acme,100\n`;
const LONG = HEADER + Array.from({ length: 5000 }, (_, i) => `2026-10-01T00:00:00Z,e${i},acme,${i}\n`).join('');
/** `timestamp,customer_id,requests` and one row. */
const ZSTD = Buffer.from(
  '28b52ffd0458c1010074696d657374616d702c637573746f6d65725f69642c72657175657374730a323032362d31302d30315430303a3030' +
    '3a30305a2c612c310a146d1a53',
  'hex',
);
const flipped = (bytes: Buffer, at: number) => bytes.map((byte, i) => (i === at ? byte ^ 0xff : byte));

/** A row whose quantity is of a type, in a column of that name. */
function parquet(type: 'BYTE_ARRAY' | 'DOUBLE' | 'FIXED_LEN_BYTE_ARRAY' | 'INT64', name = 'requests'): Buffer {
  const values = { BYTE_ARRAY: '1', DOUBLE: 0.1, FIXED_LEN_BYTE_ARRAY: Buffer.alloc(4), INT64: 1n };
  const text = (column: string, value: string) => ({ name: column, data: [value] });
  const fixed = type === 'FIXED_LEN_BYTE_ARRAY' ? { type_length: 4 } : {};
  const file = parquetWriteBuffer({
    columnData: [
      text('timestamp', '2026-10-01T00:00:00Z'),
      text('customer_id', 'acme'),
      { name, data: [values[type]] },
    ],
    schema: [
      { name: 'root', num_children: 3 },
      { name: 'timestamp', type: 'BYTE_ARRAY', converted_type: 'UTF8' },
      { name: 'customer_id', type: 'BYTE_ARRAY', converted_type: 'UTF8' },
      { name, type, ...fixed, ...(type === 'BYTE_ARRAY' && { converted_type: 'UTF8' }) },
    ],
  });
  return Buffer.from(file);
}

const ENTRY = { name: 'october.csv', content: Buffer.from(CSV) };
const ZIP = zipOf([ENTRY]);
/** A number of 24 bits in the place of another; places below 0 count from the end. */
function put(bytes: Buffer, at: number, number: number): Buffer {
  const changed = Buffer.from(bytes);
  changed.writeUIntLE(number, at < 0 ? bytes.length + at : at, 3);
  return changed;
}

/** By what is wrong; `directory` and `missing` have no content. */
const INPUTS: Record<string, { code: string; file: string; content?: string | Uint8Array; flags?: string[] }> = {
  'not-found': { code: 'not-found', file: 'usgae.csv' },
  'not-found--below-a-file': { code: 'not-found', file: 'tiers.example.yaml/usage.csv' },
  'not-found--name-too-long': { code: 'not-found', file: `${'x'.repeat(300)}.csv` },
  directory: { code: 'directory', file: 'exports' },
  empty: { code: 'empty', file: 'usage.csv', content: '' },
  'empty--blank-lines': { code: 'empty', file: 'usage.csv', content: '\n\r\n\n' },
  'empty--mark-only': { code: 'empty', file: 'usage.csv', content: '\uFEFF' },
  'empty--compressed': { code: 'empty', file: 'usage.csv.gz', content: gzipSync('') },
  'truncated-gzip': { code: 'truncated-gzip', file: 'usage.csv.gz', content: gzipSync(LONG).subarray(0, 9000) },
  'truncated-gzip--header': { code: 'truncated-gzip', file: 'usage.csv.gz', content: gzipSync(LONG).subarray(0, 5) },
  'broken-gzip': { code: 'broken-gzip', file: 'usage.csv.gz', content: flipped(gzipSync(LONG), 5000) },
  'broken-gzip--checksum': {
    code: 'broken-gzip',
    file: 'usage.csv.gz',
    content: flipped(gzipSync(LONG), gzipSync(LONG).length - 6),
  },
  'truncated-zstd': { code: 'truncated-zstd', file: 'usage.csv.zst', content: ZSTD.subarray(0, 50) },
  'broken-zstd': { code: 'broken-zstd', file: 'usage.csv.zst', content: flipped(ZSTD, 6) },
  'zstd-window': { code: 'zstd-window', file: 'usage.csv.zst', content: Buffer.from('28b52ffd00a8', 'hex') },
  'too-many-columns': {
    code: 'too-many-columns',
    file: 'usage.csv',
    content: `${HEADER.trimEnd()}${',x'.repeat(1_000_000)}\n`,
  },
  'not-text--windows-1252': {
    code: 'not-text',
    file: 'usage.csv',
    content: Buffer.from(`gr\xf6\xdfe,${CSV}`, 'latin1'),
  },
  'not-text--utf-32': { code: 'not-text', file: 'usage.csv', content: Buffer.from('fffe000074000000', 'hex') },
  'not-text--utf-16-without-mark': { code: 'not-text', file: 'usage.csv', content: Buffer.from(CSV, 'utf16le') },
  'not-text--spreadsheet': {
    code: 'not-text',
    file: 'usage.xlsx',
    content: zipOf([{ name: '[Content_Types].xml', content: Buffer.from('<Types/>') }]),
  },
  'broken-zip': { code: 'broken-zip', file: 'usage.zip', content: ZIP.subarray(0, 50) },
  'broken-zip--content': { code: 'broken-zip', file: 'usage.zip', content: flipped(ZIP, 50) },
  'zip-encrypted': { code: 'zip-encrypted', file: 'usage.zip', content: zipOf([{ ...ENTRY, flags: 1 }]) },
  'zip-method': { code: 'zip-method', file: 'usage.zip', content: zipOf([{ ...ENTRY, method: 93 }]) },
  'zip-parts': { code: 'zip-parts', file: 'usage.zip', content: put(ZIP, -18, 2) },
  'zip-entries': {
    code: 'zip-entries',
    file: 'usage.zip',
    content: put(zipOf([ENTRY], { isLong: true }), -64, 0xff0000),
  },
  'empty--zip': { code: 'empty', file: 'usage.zip', content: zipOf([]) },
  'broken-text': { code: 'broken-text', file: 'usage.csv', content: Buffer.from(`\uFEFF${HEADER}\ud83d`, 'utf16le') },
  'broken-text--windows-1252': {
    code: 'broken-text',
    file: 'usage.csv',
    content: CSV.replace('acme', 'Müller'),
    flags: ['--encoding', 'windows-1252'],
  },
  'several-separators': { code: 'several-separators', file: 'usage.csv', content: 'time;subject;x,time,subject\n' },
  'not-text--parquet': {
    code: 'not-text',
    file: 'usage.parquet',
    content: parquet('BYTE_ARRAY'),
    flags: ['--input-format', 'csv'],
  },
  'broken-parquet': { code: 'broken-parquet', file: 'usage.parquet', content: Buffer.from('PAR1\x15\x04\x15') },
  'broken-parquet--cut-off': {
    code: 'broken-parquet',
    file: 'usage.parquet',
    content: parquet('BYTE_ARRAY').subarray(0, 90),
  },
  'engine-failed': { code: 'engine-failed', file: 'duckdb:usage.duckdb?table=usage' },
  'float-column': { code: 'float-column', file: 'usage.parquet', content: parquet('DOUBLE') },
  'column-type': { code: 'column-type', file: 'usage.parquet', content: parquet('FIXED_LEN_BYTE_ARRAY') },
  'missing-column--parquet': { code: 'missing-column', file: 'usage.parquet', content: parquet('INT64', 'hits') },
  'not-text--binary': {
    code: 'not-text',
    file: 'usage.csv',
    content: Buffer.from('7f454c4602010100000000000000000003003e000a', 'hex'),
  },
  'trailing-data': {
    code: 'trailing-data',
    file: 'usage.csv.gz',
    content: Buffer.concat([gzipSync(CSV), Buffer.alloc(5), Buffer.from('garbage')]),
  },
  'compressed-twice': { code: 'compressed-twice', file: 'usage.csv.gz', content: gzipSync(gzipSync(CSV)) },
  'carriage-returns': { code: 'carriage-returns', file: 'usage.csv', content: CSV.replaceAll('\n', '\r') },
  'swallowed-rows': {
    code: 'swallowed-rows',
    file: 'usage.csv',
    content:
      `${HEADER}${['e1', '"e2', 'e3', 'e4"'].map((id) => `2026-10-01T00:00:00Z,acme,1,${id}\n`).join('')}`.replace(
        'event_id,customer_id,requests',
        'customer_id,requests,event_id',
      ),
  },
  'no-line-end': {
    code: 'no-line-end',
    file: 'usage.csv',
    content: CSV.trimEnd(),
    flags: ['--strict'],
  },
  'known-format': {
    code: 'known-format',
    file: 'access.log',
    content: '203.0.113.9 - acme [02/Oct/2026:10:00:01 +0200] "GET /v1/items?x=1 HTTP/1.1" 200 18320 "-" "curl/8.9"\n',
  },
  'known-format--json': {
    code: 'known-format',
    file: 'edge.ndjson',
    content:
      '{"EdgeStartTimestamp":1790899200123456700,"ClientRequestHost":"api.acme.example","RayID":"9a1b2c3d4e5f6071"}\n',
  },
  'near-name': { code: 'near-name', file: 'usage.csv', content: CSV.replace('event_id', 'EventId') },
  'near-name--json': {
    code: 'near-name',
    file: 'usage.ndjson',
    content: '{"ts":"2026-10-01T00:00:00Z","customer":"acme","requests":1,"egressBytes":5}\n',
  },
  'missing-key': {
    code: 'missing-key',
    file: 'usage.ndjson',
    content: '{"ts":"2026-10-01T00:00:00Z","customer":"acme","hits":1}\n',
    flags: ['--map', 'mapping.yaml'],
  },
  'unclosed-quote': {
    code: 'unclosed-quote',
    file: 'usage.csv',
    content: `${CSV}2026-10-01T00:00:01Z,e2,"acme,100\n2026-10-01T00:00:02Z,e3,acme,100\n`,
  },
  'missing-column': { code: 'missing-column', file: 'usage.csv', content: CSV.replace('customer_id', 'costumer_id') },
  'missing-column--timestamp': { code: 'missing-column', file: 'usage.csv', content: CSV.replace('timestamp', 'date') },
  'missing-column--meter': { code: 'missing-column', file: 'usage.csv', content: CSV.replace('requests', 'hits') },
  'missing-column--no-header': { code: 'missing-column', file: 'usage.csv', content: CSV.slice(HEADER.length) },
  'missing-column--semicolons': {
    code: 'missing-column',
    file: 'usage.csv',
    content: CSV.replaceAll(',', ';'),
    flags: ['--input-separator', ','],
  },
  'missing-column--web-page': {
    code: 'missing-column',
    file: 'usage.csv',
    content: '<!DOCTYPE html>\n<html><body>Sign in</body></html>\n',
  },
  'missing-column--wrong-format': {
    code: 'missing-column',
    file: 'usage.ndjson',
    content: '{"ts":"2026-10-01T00:00:00Z"}\n',
    flags: ['--input-format', 'csv'],
  },
  'column-twice': {
    code: 'column-twice',
    file: 'usage.csv',
    content: 'timestamp,customer_id,requests,requests\n2026-10-01T00:00:00Z,acme,1,2\n',
  },
};

/** Need a disk that fails, a user who is not root, somebody who writes meanwhile, half a gigabyte, another Node, or no driver. */
const NOT_MADE_HERE = [
  'input/no-zstd',
  'input/no-permission',
  'input/unreadable',
  'input/changed',
  'input/engine-missing',
  'input/no-query',
  'input/row-too-long',
];

describe('an input that cannot be read is a problem of its own, and ends the run with 3', () => {
  test.each(Object.entries(INPUTS))('%s', async (name, { code, file, content, flags = [] }) => {
    const cwd = temporaryDirectory(content === undefined ? {} : { [file]: content });
    if (code === 'directory') mkdirSync(join(cwd, file));
    writeFileSync(join(cwd, 'tiers.example.yaml'), TIERS_FILE);
    writeFileSync(join(cwd, 'mapping.yaml'), 'meters: { requests: hits }\nevent_id: meta.id\n');
    const args = ['invoice', file, ...TIERS, ...flags];
    const result = await runMeter(args, { cwd });
    expect(result).toMatchObject({ exitCode: 3, stdout: '' });
    expect(result.stderr).toContain(`[input/${code}]`);
    const text = [`$ meter ${args.join(' ')}`, ...transcript(result)].join('\n');
    await expect(`${text}\n`).toMatchFileSnapshot(resolve(ROOT, 'test/errors/exports', `${name}.txt`));
  });

  test('not-utf8: a table of sign-ups in another encoding', async () => {
    const signups = 'customer_id,attempted_requests,egress_mb_per_request,peak_rps\nMüller,1,1,1\n';
    const cwd = temporaryDirectory({
      'history.csv': 'customer_id,month,requests\nacme,2026-10,5\n',
      'signups.csv': Buffer.from(signups, 'latin1'),
      'tiers.yaml': TIERS_FILE,
    });
    const args = ['simulate', 'history.csv', '--signups', 'signups.csv', '--tiers', 'tiers.yaml'];
    const result = await runMeter(args, { cwd });
    expect(result).toMatchObject({ exitCode: 3, stdout: '' });
    expect(result.stderr).toContain('[input/not-utf8]');
    const text = [`$ meter ${args.join(' ')}`, ...transcript(result)].join('\n');
    await expect(`${text}\n`).toMatchFileSnapshot(resolve(ROOT, 'test/errors/exports/not-utf8.txt'));
  });

  test('and every such problem has an entry in the gallery', () => {
    const shown = new Set([
      'input/not-utf8',
      ...Object.values(INPUTS).map(({ code }) => `input/${code}`),
      ...NOT_MADE_HERE,
    ]);
    expect(missingCodes(['input'], shown)).toEqual([]);
  });

  test('while all others are still read, and all problems told', async () => {
    const cwd = temporaryDirectory({
      'good.csv': CSV,
      'bad.csv': `${HEADER}x,e2,acme,1\n`,
      'cut.gz': gzipSync(LONG).subarray(0, 9000),
    });
    writeFileSync(join(cwd, 'tiers.yaml'), TIERS_FILE);
    const args = [
      'invoice',
      'missing.csv',
      'cut.gz',
      'bad.csv',
      'good.csv',
      '--tier',
      'production',
      '--max-rejects',
      '5',
    ];
    const { stdout, stderr, exitCode } = await runMeter(args, { cwd });
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 3 });
    for (const code of ['input/not-found', 'input/truncated-gzip', 'row/not-a-timestamp'])
      expect(stderr).toContain(`[${code}]`);
  });
});

describe('a file without usage is none of these:', () => {
  test('a header alone is an export of nothing', async () => {
    const { stdout, stderr, exitCode } = await runMeter(['invoice', '-', ...TIERS], { stdin: HEADER });
    expect({ stdout, exitCode }).toEqual({ stdout: 'no usage, no invoices\n', exitCode: 0 });
    expect(stderr).toContain('0 rows read = 0 rated');
  });
});
