/**
 * Archives, encodings and signs between fields. A request costs a dollar, so that a total is what was read; each is worked out by
 * hand beside its export.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { billExports, filePorts } from '../../src/index.ts';
import { contentOf } from '../../src/telemetry/zipContent.ts';
import { entriesOf } from '../../src/telemetry/zipDirectory.ts';
import { runMeter } from '../support/runMeter.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { type ZipFile, zipOf } from '../support/zip.ts';

const TIERS = 'pricing_tiers:\n  payg: { cost: usage, overage: { requests: 1.00/1, egress: 0.01/MB } }\n';
const MAPPING = "decimal: ','\n";
const AT = '2026-10-05T00:00:00Z';
const HEADER = 'timestamp,customer_id,requests\n';
const csv = (requests: number, customer = 'acme') => Buffer.from(`${HEADER}${AT},${customer},${requests}\n`);

type Files = Readonly<Record<string, string | Uint8Array>>;

async function run(files: Files, operands: readonly string[], flags: readonly string[] = [], stdin?: Uint8Array) {
  const cwd = temporaryDirectory({ 'tiers.yaml': TIERS, 'mapping.yaml': MAPPING, ...files });
  const args = ['invoice', ...operands, '--tiers', 'tiers.yaml', '--tier', 'payg', '--format', 'json', ...flags];
  const { stdout, stderr, exitCode } = await runMeter(args, { cwd, ...(stdin && { stdin }) });
  const result = stdout === '' ? undefined : JSON.parse(stdout);
  const total: string | undefined = result?.totals.total;
  const customers: string[] | undefined = result?.invoices.map(({ customer }: { customer: string }) => customer);
  return { total, customers, rows: result?.rows, stderr, exitCode };
}

describe('each file of a ZIP archive is an export', () => {
  const files: readonly ZipFile[] = [
    { name: 'october/', content: Buffer.alloc(0), method: 0 },
    { name: 'october/a.csv', content: csv(1) },
    { name: 'october/deep/b.csv', content: csv(10), method: 0 },
    { name: 'c.csv.gz', content: gzipSync(csv(100)) },
    { name: '__MACOSX/october/._a.csv', content: Buffer.from([0, 5, 22, 7]) },
  ];

  test.each<[string, Buffer]>([
    ['stored and deflated, with directories', zipOf(files)],
    ['with sizes and offsets in 64 bits', zipOf(files.map((file) => ({ ...file, isLong: true })))],
    ['with a 64-bit directory', zipOf(files, { isLong: true })],
    ['with a comment that looks like an end', zipOf(files, { comment: `PK\x05\x06${'.'.repeat(30)}` })],
  ])('%s: 1 + 10 + 100 requests', async (_, archive) => {
    expect(await run({ 'x.zip': archive }, ['x.zip'])).toMatchObject({ total: '111.00', rows: { read: 3, rated: 3 } });
  });

  test.each([
    ['x.zip/october/a.csv', '1.00'],
    ['x.zip/october/*.csv', '1.00'],
    ['x.zip/october/**/*.csv', '11.00'],
    ['x.zip/?.csv.gz', '100.00'],
  ])('and some of them can be named: %s', async (name, total) => {
    expect(await run({ 'x.zip': zipOf(files) }, [name])).toMatchObject({ total });
  });

  test('an archive and one of its files are read once', async () => {
    const { total } = await run({ 'x.zip': zipOf(files) }, ['x.zip', 'x.zip/october/a.csv', './x.zip']);
    expect(total).toBe('111.00');
  });

  test('a name that none of its files has is no export', async () => {
    const { exitCode, stderr } = await run({ 'x.zip': zipOf(files) }, ['x.zip/*.json']);
    expect(exitCode).toBe(3);
    expect(stderr).toContain('no file matches x.zip/*.json');
  });

  test('its bad rows are named with its name and their line', async () => {
    const content = Buffer.from(`${HEADER}${AT},acme,1\n${AT},acme,one\n`);
    const { exitCode, stderr } = await run({ 'x.zip': zipOf([{ name: 'u/a.csv', content }]) }, ['x.zip']);
    expect(exitCode).toBe(3);
    expect(stderr).toContain('x.zip/u/a.csv:3: requests "one"');
  });

  test('events that stand in two of its files count once', async () => {
    const content = Buffer.from(`timestamp,event_id,customer_id,requests\n${AT},e1,acme,5\n`);
    const archive = zipOf([
      { name: 'a.csv', content },
      { name: 'b.csv', content },
    ]);
    expect(await run({ 'x.zip': archive }, ['x.zip'])).toMatchObject({
      total: '5.00',
      rows: { read: 2, rated: 1, duplicate: 1 },
    });
  });

  test('a library reads them, too', async () => {
    const directory = temporaryDirectory({ 'tiers.yaml': TIERS, 'x.zip': zipOf(files) });
    const outcome = await billExports(['x.zip'], { tiers: ['tiers.yaml'], tier: 'payg' }, filePorts({ directory }), {});
    expect(outcome.result?.reading.result.rows.read).toBe(3);
  });

  test('ledger, usage, preview and timeline read them, too', async () => {
    const cwd = temporaryDirectory({ 'tiers.yaml': TIERS, 'x.zip': zipOf(files) });
    const answer = async (command: string) => (await runMeter([command, 'x.zip', '--quiet'], { cwd })).stdout;
    // 1 + 10 + 100 in one month and on one day.
    expect(await answer('usage')).toContain('acme,2026-10,111,');
    expect(await answer('preview')).toMatch(/acme/);
    expect((await runMeter(['ledger', 'x.zip', '-o', 'l.ndjson'], { cwd })).exitCode).toBe(0);
    const { sources } = JSON.parse(readFileSync(join(cwd, 'l.ndjson'), 'utf8').split('\n')[0]!);
    expect(sources.map(({ name }: { name: string }) => name)).toEqual([
      'x.zip/october/a.csv',
      'x.zip/october/deep/b.csv',
      'x.zip/c.csv.gz',
    ]);
    expect(new Set(sources.map(({ sha256 }: { sha256: string }) => sha256)).size).toBe(3);
  });

  const plain = zipOf([{ name: 'a.csv', content: csv(1), method: 0 }]);
  const at = (offset: number, byte: number) => plain.map((old, i) => (i === offset ? byte : old));

  // The local header has 30 bytes and the name 5: the data begins at byte 35, the directory behind it.
  const directory = 35 + csv(1).length;
  test.each<[string, Uint8Array, string]>([
    ['cut off', plain.subarray(0, plain.length - 30), `byte ${plain.length - 30}: the directory`],
    ['with a changed byte', at(50, 0x58), 'byte 35: its content does not fit its check sum'],
    ['with a changed directory', at(directory, 0), `byte ${directory}: entry 1 of its directory should be there`],
    [
      'without its second header',
      zipOf([
        { name: 'a.csv', content: csv(1), method: 0 },
        { name: 'b.csv', content: csv(1), method: 0 },
      ]).map((old, i) => (i === directory ? 0 : old)),
      `byte ${directory}: b.csv should begin there`,
    ],
    ['with too much content', zipOf([{ name: 'a.csv', content: csv(1), says: { size: 9 } }]), 'more than the 9 bytes'],
    ['with too little content', zipOf([{ name: 'a.csv', content: csv(1), says: { size: 999 } }]), 'instead of 999'],
  ])('one that is %s is damaged, at an offset', async (_, archive, message) => {
    const { exitCode, stderr } = await run({ 'x.zip': archive }, ['x.zip']);
    expect(stderr).toContain(message);
    expect(exitCode).toBe(3);
  });

  test('a pipe has no directory to read: the message says what to do', async () => {
    const { exitCode, stderr } = await run({}, ['-'], [], plain);
    expect(exitCode).toBe(3);
    expect(stderr).toContain('give an archive as a file');
  });

  test('a file of 50 MB in 50 kB comes in pieces of 256 KiB, and no faster than they are taken', async () => {
    const content = Buffer.alloc(50_000_000, 'a');
    const archive = zipOf([{ name: 'a.csv', content }]);
    expect(archive.length).toBeLessThan(content.length / 900);
    const path = join(temporaryDirectory({ 'x.zip': archive }), 'x.zip');
    const [entry] = entriesOf({ name: 'x.zip' }, path);
    const sizes: number[] = [];
    for await (const chunk of contentOf({ name: 'x.zip/a.csv', path, entry: entry! }, () => undefined))
      sizes.push(chunk.length);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(content.length);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(1 << 18);
  });

  test('files that share bytes, with which a small archive holds a lot, are damage', async () => {
    const [one, two] = ['a.csv', 'b.csv'].map((name) => ({ name, content: csv(1), method: 0 }));
    const archive = zipOf([one!, two!]);
    // The offset of the second entry, at byte 42 of its record, becomes that of the first.
    const shared = Buffer.from(archive);
    shared.writeUInt32LE(0, shared.lastIndexOf('PK\x01\x02') + 42);
    const { exitCode, stderr } = await run({ 'x.zip': shared }, ['x.zip']);
    expect(stderr).toContain('share bytes');
    expect(exitCode).toBe(3);
  });
});

describe('text in another encoding', () => {
  const text = `${HEADER}${AT},Łódź 😀,1\n${AT},acme,10\n`;
  const little = Buffer.from(`\ufeff${text}`, 'utf16le');
  const big = Buffer.from(little).swap16();

  test.each<[string, Uint8Array]>([
    ['UTF-16, little end first', little],
    ['UTF-16, big end first', big],
    ['UTF-16, compressed', gzipSync(little)],
    ['UTF-8 with a mark', Buffer.from(`\ufeff${text}`)],
  ])('%s: recognised by its mark, whatever --encoding says', async (_, content) => {
    for (const flags of [[], ['--encoding', 'windows-1252']]) {
      const { total, customers } = await run({ 'u.csv': content }, ['u.csv'], flags);
      expect(total).toBe('11.00');
      expect(customers).toEqual(['acme', 'Łódź 😀']);
    }
  });

  test('NDJSON, from a pipe', async () => {
    const line = `{"ts":"${AT}","customer":"Łódź","requests":3}\n`;
    const { total, customers } = await run({}, ['-'], [], Buffer.from(`\ufeff${line}`, 'utf16le').swap16());
    expect([total, customers]).toEqual(['3.00', ['Łódź']]);
  });

  test('half a surrogate pair is damage, with its line and offset', async () => {
    // Mark 2, header and line end 62, instant and comma 42: the half pair stands at byte 106, on line 2.
    const broken = Buffer.from(`\ufeff${HEADER}${AT},\ud83d,1\n`, 'utf16le');
    const { exitCode, stderr } = await run({ 'u.csv': broken }, ['u.csv']);
    expect(stderr).toContain('u.csv:2: error: the UTF-16LE text has half a surrogate pair at byte 106');
    expect(exitCode).toBe(3);
  });

  test('an odd byte at the end is damage, too', async () => {
    const { exitCode, stderr } = await run({ 'u.csv': little.subarray(0, little.length - 1) }, ['u.csv']);
    expect(stderr).toContain('ends within a character');
    expect(exitCode).toBe(3);
  });

  test('the line of a bad row is that of the file', async () => {
    const bad = Buffer.from(`\ufeff${HEADER}${AT},acme,1\n${AT},acme,one\n`, 'utf16le');
    expect((await run({ 'u.csv': bad }, ['u.csv'])).stderr).toContain('u.csv:3: requests "one"');
  });

  const western = Buffer.from(`${HEADER}${AT},M\xfcller \x80,7\n`, 'latin1');

  test('Windows-1252, where --encoding says so: 0x80 is the euro sign', async () => {
    const { total, customers } = await run({ 'u.csv': western }, ['u.csv'], ['--encoding', 'windows-1252']);
    expect([total, customers]).toEqual(['7.00', ['Müller €']]);
  });

  test.each([
    ['in a row', western],
    ['in the header', Buffer.from(`timestamp,customer_id,requests,gr\xf6\xdfe\n${AT},acme,7,1\n`, 'latin1')],
  ])('without it, the error names the flag: %s', async (_, content) => {
    const { exitCode, stderr } = await run({ 'u.csv': content }, ['u.csv']);
    expect(exitCode).toBe(3);
    expect(stderr).toContain('--encoding windows-1252');
  });

  test.each([
    ['a byte without a character', Buffer.from(`${HEADER}${AT},M\xfc\x81,7\n`, 'latin1'), '0x81 is no character of it'],
    ['UTF-8', Buffer.from(`${HEADER}${AT},Müller,7\n`), 'the text is UTF-8 from begin to end'],
  ])('is not taken for Windows-1252: %s', async (_, content, message) => {
    const { exitCode, stderr } = await run({ 'u.csv': content }, ['u.csv'], ['--encoding', 'windows-1252']);
    expect(stderr).toContain(message);
    expect(exitCode).toBe(3);
  });
});

describe('the sign between fields', () => {
  const lines = (sign: string, head = HEADER) =>
    `${head.replaceAll(',', sign)}${[AT, 'acme', '4'].join(sign)}\n${[AT, 'acme', '5'].join(sign)}\n`;

  test.each([',', ';', '|', '\t'])('%j is recognised: 4 + 5 requests', async (sign) => {
    expect(await run({ 'u.csv': lines(sign) }, ['u.csv'])).toMatchObject({ total: '9.00' });
  });

  test.each([
    ['commas in names between semicolons', `timestamp;"a,b";c,d;customer_id;requests\n${AT};;;acme;4\n`],
    ['semicolons in names between commas', `timestamp,a;b;c,customer_id,requests\n${AT},,acme,4\n`],
    ['quoted names between bars', `"timestamp"|"customer_id"|"requests"|"x|y"\n${AT}|acme|4|\n`],
    ['commas in names between tabs', `timestamp\ta,b\tcustomer_id\trequests\n${AT}\t\tacme\t4\n`],
  ])('%s: the sign that makes the expected columns', async (_, content) => {
    expect(await run({ 'u.csv': content }, ['u.csv'])).toMatchObject({ total: '4.00' });
  });

  test('rows without a header: the sign that makes as many fields as the mapping has names', async () => {
    const mapping = "header: [timestamp, customer_id, requests]\ndecimal: ','\n";
    // 1.5 + 2 requests.
    const files = { 'm.yaml': mapping, 'u.csv': `${AT};acme;1,5\n${AT};acme;2\n` };
    expect(await run(files, ['u.csv'], ['--map', 'm.yaml'])).toMatchObject({ total: '3.50' });
  });

  test('two signs that fit are no guess to make', async () => {
    const content = `timestamp;x,timestamp;customer_id,customer_id,requests;requests\n`;
    const { exitCode, stderr } = await run({ 'u.csv': content }, ['u.csv']);
    expect(exitCode).toBe(3);
    expect(stderr).toContain('no column timestamp');
    const both = `timestamp;customer_id;requests,timestamp,customer_id,requests\n`;
    const twice = await run({ 'u.csv': both }, ['u.csv']);
    expect(twice.stderr).toContain('--input-separator');
    expect(twice.exitCode).toBe(3);
  });

  test('--input-separator wins, and what does not fit it is an error', async () => {
    const { exitCode, stderr } = await run({ 'u.csv': lines(';') }, ['u.csv'], ['--input-separator', ',']);
    expect(exitCode).toBe(3);
    expect(stderr).toContain("add --input-separator ';'");
    expect(await run({ 'u.csv': lines('\t') }, ['u.csv'], ['--input-separator', 'tab'])).toMatchObject({
      total: '9.00',
    });
  });

  test('another sign in the rows is no silent misreading', async () => {
    const { exitCode, stderr } = await run({ 'u.csv': `${HEADER}${AT};acme;4\n` }, ['u.csv']);
    expect(exitCode).toBe(3);
    expect(stderr).toContain('1 instead of 3');
  });
});

describe("decimal: ',' in a mapping", () => {
  const HEAD = 'timestamp;customer_id;requests;egress_bytes\n';
  const flags = ['--map', 'mapping.yaml'];

  test('1,5 is one and a half: 1.5 + 2 + 0.25 requests', async () => {
    const content = `${HEAD}${AT};acme;1,5;0\n${AT};acme;2;\n${AT};acme;0,25;-\n`;
    expect(await run({ 'u.csv': content }, ['u.csv'], flags)).toMatchObject({ total: '3.75' });
  });

  test.each(['1.234,56', '1.234', '1,2,3', '1 234,5'])('%s is rejected, as it is written', async (text) => {
    const { exitCode, stderr } = await run({ 'u.csv': `${HEAD}${AT};acme;${text};0\n` }, ['u.csv'], flags);
    expect(exitCode).toBe(3);
    expect(stderr).toMatch(new RegExp(`u\\.csv:2: requests.* "${text}"`));
  });

  test('units are taken of it, and fields that a mapping names: 1.5 kB and 0.5 kB at a cent a megabyte are 0.002 cent', async () => {
    const mapping = "decimal: ','\nmeters: { requests: n, egress: { field: size, unit: kB } }\n";
    const content = `timestamp;customer_id;n;size\n${AT};acme;1,25;1500,5\n${AT};acme;0,75;499,5\n`;
    // 2 requests are 2.00; 2 000 kB are 2 MB at 0.01.
    const { total } = await run({ 'u.csv': content, 'm.yaml': mapping }, ['u.csv'], ['--map', 'm.yaml']);
    expect(total).toBe('2.02');
  });

  test('without it, a comma is an error that names it', async () => {
    const { stderr, exitCode } = await run({ 'u.csv': `${HEAD}${AT};acme;1,5;0\n` }, ['u.csv']);
    expect(exitCode).toBe(3);
    expect(stderr).toContain("decimal: ','");
  });
});

test('a closed month keeps the encoding and the sign, and one mark of an archive', async () => {
  const cwd = temporaryDirectory({ 'tiers.yaml': TIERS });
  const row = `timestamp;customer_id;requests\n${AT};M\xfcller;7\n`;
  const content = Buffer.from(row, 'latin1');
  const archive = zipOf([
    { name: 'a.csv', content },
    { name: 'b.csv', content },
  ]);
  writeFileSync(join(cwd, 'x.zip'), archive);
  const flags = ['--tiers', 'tiers.yaml', '--tier', 'payg', '--encoding', 'windows-1252', '--input-separator', ';'];
  const closed = await runMeter(['close', '2026-10', 'x.zip', ...flags, '-o', 'closed'], { cwd });
  expect(closed.exitCode, closed.stderr).toBe(0);
  const manifest = JSON.parse(readFileSync(join(cwd, 'closed/manifest.json'), 'utf8'));
  expect(manifest.exports.map(({ name }: { name: string }) => name)).toEqual(['x.zip']);
  expect(manifest.options).toMatchObject({ encoding: 'windows-1252', inputSeparator: ';' });
  const verified = await runMeter(['verify', 'closed', 'x.zip'], { cwd });
  expect(verified.exitCode, verified.stderr).toBe(0);
});
