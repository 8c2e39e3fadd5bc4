/** The same usage in many shapes: the result never tells how it was delivered. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import { describe, expect, test } from 'vitest';
import { generateSample, sampleOptions } from '../../src/sample/index.ts';
import { ROOT, runMeter } from '../support/runMeter.ts';
import { temporaryDirectory } from '../support/temporary.ts';

type Row = Record<string, string>;

const FIXTURE = join(ROOT, 'fixtures/first-month');
const csv = readFileSync(join(FIXTURE, 'usage.csv'), 'utf8');
const rows = parse(csv, { columns: true }) as Row[];
const columns = csv.split('\n')[0]!.split(',');

const toCsv = (
  some: readonly Row[],
  { order = columns, delimiter = ',', end = '\n', quote = (text: string) => text } = {},
) =>
  [order, ...some.map((row) => order.map((column) => row[column]!))]
    .map((cells) => `${cells.map(quote).join(delimiter)}${end}`)
    .join('');
const toNdjson = (some: readonly Row[]) => some.map((row) => `${JSON.stringify(row)}\n`).join('');
const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;

/** Rows in another order; the seed is the rule itself. */
const shuffled = rows
  .map((row, i) => ({ row, key: (i * 7919) % 1009 }))
  .sort((a, b) => a.key - b.key)
  .map(({ row }) => row);

const FLAGS = ['--tiers', join(ROOT, 'tiers.example.yaml'), '--customers', join(FIXTURE, 'customers.csv')];

async function invoices(
  files: Readonly<Record<string, string | Uint8Array>>,
  args: readonly string[] = Object.keys(files),
) {
  const cwd = temporaryDirectory(files);
  const stdin = files['-'] ?? '';
  const { stdout, stderr, exitCode } = await runMeter(['invoice', ...args, ...FLAGS, '--format', 'json'], {
    cwd,
    stdin,
  });
  expect(stderr, stderr).toMatch(/rows read/);
  expect(exitCode).toBe(0);
  return stdout;
}

describe('the same usage gives the same bytes', async () => {
  const expected = readFileSync(join(FIXTURE, 'usage.csv'));
  const half = Math.floor(rows.length / 2);
  const withNumbers = (row: Row) =>
    `{"requests":${row.requests},"compute_seconds":${row.compute_seconds},"egress_bytes":${row.egress_bytes},"extra":{"deep":[1,{}]},` +
    `"customer_id":"${row.customer_id}","region":"${row.region}","route":"${row.route}","event_id":"${row.event_id}","timestamp":"${row.timestamp}"}\n`;
  const inEpoch = (row: Row, unit: string): Row => ({
    ...row,
    timestamp: `${Date.parse(row.timestamp!) / 1000}${unit}`,
  });
  const zoned = (row: Row): Row => ({
    ...row,
    timestamp: `${new Date(Date.parse(row.timestamp!) + 5.5 * 3_600_000).toISOString().slice(0, 19).replace('T', ' ')}.000000000000+05:30`,
  });

  test.each<[string, Readonly<Record<string, string | Uint8Array>>]>([
    ['as TSV', { 'u.tsv': toCsv(rows, { delimiter: '\t' }) }],
    ['as NDJSON of texts', { 'u.ndjson': toNdjson(rows) }],
    [
      'as NDJSON of numbers, with keys in another order and others besides',
      { 'u.ndjson': rows.map(withNumbers).join('') },
    ],
    ['whatever its name says', { 'u.json': csv, 'empty-name': 'timestamp,customer_id,requests\n' }],
    ['as gzip', { 'u.csv.gz': gzipSync(expected) }],
    ['as gzip without saying so', { 'u.csv': gzipSync(expected) }],
    [
      'as gzip of several members',
      {
        u: Buffer.concat([csv.slice(0, 999), csv.slice(999, 1000), '', csv.slice(1000)].map((part) => gzipSync(part))),
      },
    ],
    ['on standard input', { '-': csv }],
    ['as gzip on standard input', { '-': gzipSync(expected) }],
    ['split over files', { a: toCsv(rows.slice(half)), b: toCsv(rows.slice(0, half)) }],
    [
      'split over files of different formats',
      { a: toNdjson(rows.slice(half)), b: gzipSync(toCsv(rows.slice(0, half), { delimiter: '\t' })) },
    ],
    ['split between a file and standard input', { a: toCsv(rows.slice(0, half)), '-': toNdjson(rows.slice(half)) }],
    ['in another order of rows', { u: toCsv(shuffled) }],
    ['in another order of columns', { u: toCsv(rows, { order: [...columns].reverse() }) }],
    [
      'with columns besides',
      {
        u: toCsv(
          rows.map((row) => ({ ...row, note: quoted('a,b\n"c"') })),
          { order: ['note', ...columns] },
        ),
      },
    ],
    ['with CRLF', { u: toCsv(rows, { end: '\r\n' }) }],
    ['with LF and CRLF mixed', { u: csv.replaceAll(/\n(?=2026-10-.[2468])/g, '\r\n') }],
    ['NDJSON with CRLF', { u: toNdjson(rows).replaceAll('\n', '\r\n') }],
    ['without an end of the last line', { u: csv.trimEnd() }],
    ['NDJSON without an end of the last line', { u: toNdjson(rows).trimEnd() }],
    ['with blank lines', { u: `\n\n${csv.replaceAll('\n', '\n\n')}\n\n` }],
    ['with a byte order mark', { u: `\uFEFF${csv}` }],
    ['NDJSON with a byte order mark', { u: `\uFEFF${toNdjson(rows)}` }],
    ['NDJSON behind files that hold a mark alone', { u: `\uFEFF\uFEFF\uFEFF${toNdjson(rows)}` }],
    ['gzip with a byte order mark inside', { u: gzipSync(`\uFEFF${csv}`) }],
    ['with everything quoted', { u: toCsv(rows, { quote: quoted }) }],
    ['with everything quoted, as TSV with CRLF', { u: toCsv(rows, { quote: quoted, delimiter: '\t', end: '\r\n' }) }],
    [
      'with other names for the columns',
      {
        u: csv.replace('timestamp', '@timestamp').replace('event_id', 'request_id').replace('customer_id', 'tenant_id'),
      },
    ],
    ['in epoch seconds', { u: toCsv(rows.map((row) => inEpoch(row, ''))) }],
    ['in epoch milliseconds', { u: toCsv(rows.map((row) => inEpoch(row, '000'))) }],
    ['in epoch microseconds', { u: toCsv(rows.map((row) => inEpoch(row, '000000'))) }],
    [
      'in epoch nanoseconds, as JSON numbers',
      {
        u: rows
          .map((row) => withNumbers(inEpoch(row, '000000000')).replace(/"timestamp":"(\d+)"/, '"timestamp":$1'))
          .join(''),
      },
    ],
    ['in another zone, with a blank for T and twelve fraction digits', { u: toCsv(rows.map(zoned)) }],
    [
      'with zeros behind and before its quantities',
      { u: toCsv(rows.map((row) => ({ ...row, requests: `000${row.requests}.000` }))) },
    ],
  ])('%s', async (_, files) => {
    expect(await invoices(files)).toBe(await invoices({ 'u.csv': csv }));
  });

  test('found by a glob', async () => {
    const files = { 'part-1.csv': toCsv(rows.slice(half)), 'part-2.csv': toCsv(rows.slice(0, half)) };
    expect(await invoices(files, ['part-*.csv'])).toBe(await invoices({ 'u.csv': csv }));
    expect(await invoices(files, ['part-1.csv', 'part-*.csv', './part-2.csv'])).toBe(await invoices({ 'u.csv': csv }));
  });

  test('delivered twice, and only the count of duplicates tells', async () => {
    const once = JSON.parse(await invoices({ u: csv }));
    for (const files of [
      { u: csv + csv.slice(csv.indexOf('\n') + 1) },
      { a: csv, b: gzipSync(expected) },
      { a: toCsv(shuffled), b: toNdjson(rows) },
    ]) {
      const { rows: counts, ...twice } = JSON.parse(await invoices(files));
      const { rows: before, ...result } = once;
      expect(twice).toEqual(result);
      expect(counts).toEqual({ ...before, read: 2 * before.read, duplicate: before.duplicate + before.read });
    }
  });

  test('in chunks of any size', async () => {
    const whole = await invoices({ u: csv });
    for (const bytes of [
      expected,
      gzipSync(expected),
      Buffer.from(toNdjson(rows)),
      Buffer.from(toCsv(rows, { end: '\r\n', quote: quoted })),
    ]) {
      for (const size of [1, 7, 1000]) {
        const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
          bytes.subarray(i * size, (i + 1) * size),
        );
        const { stdout } = await runMeter(['invoice', '-', ...FLAGS, '--format', 'json'], {
          stdin: Readable.from(chunks),
        });
        expect(stdout).toBe(whole);
      }
    }
  });
});

describe('totals of a large export', () => {
  const seed = 20261;
  const sample = Buffer.concat([...generateSample(sampleOptions({ customers: 150, rows: 100_000, seed }))]).toString(
    'utf8',
  );
  // What doubles cannot hold: totals beyond 2⁵³, and fractions that no binary number is.
  const large = Array.from(
    { length: 200 },
    (_, i) =>
      `2026-10-0${1 + (i % 9)}T00:00:00.${i}Z,large-${i},cus_0000${1 + (i % 5)},fra,/,90071992547409${90 + (i % 10)},0.${'0'.repeat(i % 30)}${i + 1},900719925474099${i}.1\n`,
  ).join('');
  const content = sample + large;

  /** Slow and obvious: every quantity as an integer of 10⁻⁴⁰, added up by customer. */
  function independently(): Map<string, Record<string, bigint>> {
    const totals = new Map<string, Record<string, bigint>>();
    for (const row of parse(content, { columns: true }) as Row[]) {
      const sums = totals.get(row.customer_id!) ?? { requests: 0n, compute: 0n, egress: 0n };
      totals.set(row.customer_id!, sums);
      const add = (meter: string, text: string) => {
        const [whole, fraction = ''] = text.split('.');
        sums[meter]! += BigInt(whole! + fraction.padEnd(40, '0'));
      };
      add('requests', row.requests!);
      add('compute', row.compute_seconds!);
      add('egress', row.egress_bytes!);
    }
    return totals;
  }

  const plain = (scaled: bigint) => {
    const digits = scaled.toString().padStart(41, '0');
    return `${digits.slice(0, -40)}.${digits.slice(-40)}`.replace(/\.?0+$/, '');
  };

  test(`equal an independent computation to the last digit (seed ${seed})`, async () => {
    const cwd = temporaryDirectory({ 'usage.csv': content });
    const args = [
      'invoice',
      'usage.csv',
      '--tiers',
      join(ROOT, 'tiers.example.yaml'),
      '--tier',
      'scale',
      '--format',
      'json',
    ];
    const { stdout, exitCode } = await runMeter(args, { cwd });
    expect(exitCode).toBe(0);
    const { invoices, rows: counts } = JSON.parse(stdout) as {
      invoices: { customer: string; usage: Record<string, string> }[];
      rows: object;
    };
    expect(counts).toEqual({ read: 100_200, rated: 100_200, duplicate: 0, outOfPeriod: 0, rejected: 0 });
    const expected = [...independently()].map(([customer, sums]) => [
      customer,
      Object.fromEntries(Object.entries(sums).map(([meter, sum]) => [meter, plain(sum)])),
    ]);
    expect(Object.fromEntries(invoices.map(({ customer, usage }) => [customer, usage]))).toEqual(
      Object.fromEntries(expected),
    );
    const { requests, egress } = invoices.find(({ customer }) => customer === 'cus_00001')!.usage;
    expect([BigInt(requests!) > 2n ** 53n, BigInt(egress!.split('.')[0]!) > 2n ** 53n]).toEqual([true, true]);
  });
});
