/** Ledgers stand for their exports: what is made of one is what is made of the other, byte for byte. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { runMeter } from '../support/runMeter.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { CUSTOMERS, generatedExports, TIERS } from './exports.ts';

const SEED = Number(process.env.PROPERTY_SEED ?? 20261001);
const RUNS = 2 * Number(process.env.PROPERTY_RUNS ?? 1);

function place(exports: readonly string[]): string {
  const files = Object.fromEntries(exports.map((text, i) => [`part${i}.csv`, text]));
  return temporaryDirectory({ ...files, 'tiers.yaml': TIERS, 'customers.yaml': CUSTOMERS });
}

const BILL = '--customers customers.yaml --max-rejects 1000'.split(' ');

/** Commands, and their words behind the exports. */
const RESULTS: readonly (readonly [command: string, words: string])[] = [
  ['invoice', '--period 2026-10 --format json --explain'],
  ['invoice', '--period all --format csv'],
  ['invoice', '--period 2026-10-03..2026-10-20 --format focus'],
];

test.each(Array.from({ length: RUNS }, (_, i) => SEED + i))(
  'invoices of a ledger, and of two ledgers together, are those of the exports (seed %i)',
  async (seed) => {
    const cwd = place(generatedExports(seed, { files: 2, rows: 150 }));
    const meter = async (line: string) => {
      const result = await runMeter([...line.split(' '), ...BILL], { cwd });
      expect(result.exitCode, result.stderr).toBe(0);
      return result.stdout;
    };
    await meter('ledger part0.csv part1.csv -o both.ndjson.gz');
    await meter('ledger part0.csv -o first.ndjson');
    await meter('ledger part1.csv -o second.parquet');
    for (const [command, words] of RESULTS) {
      const wanted = await meter(`${command} part0.csv part1.csv ${words}`);
      expect(await meter(`${command} both.ndjson.gz ${words}`)).toBe(wanted);
      expect(await meter(`${command} first.ndjson second.parquet ${words}`)).toBe(wanted);
    }
    const cells = (text: string) => text.split('\n').slice(2);
    const joined = cells(await meter('ledger second.parquet first.ndjson'));
    expect(joined).toEqual(cells(gunzipSync(readFileSync(join(cwd, 'both.ndjson.gz'))).toString()));
  },
);

const ROWS = `timestamp,event_id,customer_id,requests,compute_seconds
2026-10-05T10:00:00.000000001Z,e1,acme,18446744073709551615,0.29
2026-10-05T10:59:59.999999999Z,e2,acme,1,0.00000000001
2026-10-05T10:59:59.999999999Z,e2,acme,1.0,0.00000000001
2026-10-05T11:00:00Z,e3,acme,0,
`;

describe('a ledger', () => {
  test('has a record for the rows of each hour, and one for each meter, with exact totals and instants', async () => {
    const cwd = temporaryDirectory({ 'usage.csv': ROWS });
    writeFileSync(join(cwd, 'tiers.yaml'), 'default_tier: pro\npricing_tiers: { pro: { cost: 19 } }\n');
    const { stdout, exitCode } = await runMeter(['ledger', 'usage.csv'], { cwd });
    expect(exitCode).toBe(0);
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    // 2026-10-05T10:00Z is 1 791 194 400 s after 1970; 2^64 − 1 + 1 = 2^64; 0.29 + 10^−11.
    const first = { customer: 'acme', bucket: '1791194400000000000', dimensions: [] };
    const [from, to] = ['1791194400000000001', '1791197999999999999'];
    expect(lines.slice(2)).toEqual([
      { ...first, rows: 2 },
      { ...first, meter: 'requests', quantity: '18446744073709551616', events: 2, first: from, last: to },
      { ...first, meter: 'compute', quantity: '0.29000000001', events: 2, first: from, last: to },
      { ...first, bucket: '1791198000000000000', rows: 1 },
      { end: { records: 4 } },
    ]);
    expect(lines[1]!.accounting).toMatchObject({ read: 4, rated: 3, duplicate: 1, rejected: {} });
    // sha256sum usage.csv
    const [source] = lines[0]!.sources as Record<string, unknown>[];
    expect(source).toMatchObject({ name: 'usage.csv', bytes: ROWS.length });
    expect(source!.sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  test('lists the distinct values of each hour, so that they are counted once over hours, and over ledgers', async () => {
    const head = 'timestamp,customer_id,user\n';
    const cwd = temporaryDirectory({
      'one.csv': `${head}2026-10-05T10:00:00Z,acme,zoë\n2026-10-05T10:30:00Z,acme,94\n2026-10-05T10:40:00Z,acme,94\n`,
      'two.csv': `${head}2026-10-05T11:00:00Z,acme,94.0\n2026-10-05T11:30:00Z,acme,zoë\n2026-10-05T11:40:00Z,acme,-\n`,
      'tiers.yaml': [
        'meters: { users: { field: user, unit: user, aggregate: unique } }',
        'default_tier: pro',
        'pricing_tiers: { pro: { cost: 0, overage: { users: 1 } } }',
        '',
      ].join('\n'),
    });
    await runMeter(['ledger', 'two.csv', '-o', 'two.parquet'], { cwd });
    const { stdout } = await runMeter(['ledger', 'one.csv', '-o', '-'], { cwd });
    writeFileSync(join(cwd, 'one.ndjson'), stdout);
    expect(JSON.parse(stdout.split('\n')[3]!)).toMatchObject({ quantity: '2', events: 3, values: ['94', 'zoë'] });
    const bill = async (...sources: string[]) =>
      JSON.parse((await runMeter(['invoice', ...sources, '--format', 'json'], { cwd })).stdout).invoices[0].total;
    // zoë, 94 and 94.0: three, two of which each file has.
    expect(await bill('one.csv', 'two.csv')).toBe('3.00');
    expect(await bill('one.ndjson', 'two.parquet')).toBe('3.00');
    expect(await bill('two.parquet')).toBe('2.00');
  });

  test('is read from standard input, plain or compressed, and so are its exports', async () => {
    const cwd = temporaryDirectory({ 'usage.csv': ROWS });
    writeFileSync(join(cwd, 'tiers.yaml'), 'default_tier: pro\npricing_tiers: { pro: { cost: 19 } }\n');
    const wanted = await runMeter(['invoice', 'usage.csv', '--format', 'json'], { cwd });
    await runMeter(['ledger', '-', '-o', 'usage.ndjson.gz'], { cwd, stdin: ROWS });
    const packed = readFileSync(join(cwd, 'usage.ndjson.gz'));
    const [header] = gunzipSync(packed).toString().split('\n');
    const fromFile = await runMeter(['ledger', 'usage.csv'], { cwd });
    expect(header).toBe(fromFile.stdout.split('\n')[0]!.replace('usage.csv', 'standard input'));
    for (const stdin of [packed, gunzipSync(packed)]) {
      const { stdout } = await runMeter(['invoice', '-', '--format', 'json'], { cwd, stdin });
      expect(stdout).toBe(wanted.stdout);
    }
  });

  test('gives a timeline the hour of each crossing, and says that it can give no more', async () => {
    const cwd = temporaryDirectory({ 'usage.csv': ROWS });
    writeFileSync(
      join(cwd, 'tiers.yaml'),
      'default_tier: pro\npricing_tiers: { pro: { cost: 19, limits: { requests: 10/mo }, rate_limit: 1/s } }\n',
    );
    await runMeter(['ledger', 'usage.csv', '-o', 'l.ndjson'], { cwd });
    const { stdout, stderr } = await runMeter(['timeline', 'l.ndjson', '--format', 'ndjson', '--threshold', '100%'], {
      cwd,
    });
    const entries = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(entries).toMatchObject([
      { at: '2026-10-05T10:00:00Z', resolution: 'hour', kind: 'limit', meter: 'requests' },
    ]);
    expect(stderr).toContain('a ledger has no rows: times are those of its totals, and rate limits are not looked at');
  });
});

describe('other ids of a customer', () => {
  const ALIASES = [
    'timestamp,customer_id,requests',
    '2026-10-05T10:00:00Z,acme,5',
    '2026-10-05T10:10:00Z,api.acme.example,7',
    '2026-10-05T10:20:00Z,both,9',
    '',
  ].join('\n');
  const files = (both: string) => ({
    'usage.csv': ALIASES,
    'tiers.yaml': 'default_tier: pro\npricing_tiers: { pro: { cost: 19, overage: { requests: 1 } } }\n',
    'customers.yaml': [
      'customers:',
      '  acme: { tier: pro, aliases: ["*.acme.example"] }',
      `  beta: { tier: pro, aliases: [${both}] }`,
      '',
    ].join('\n'),
  });

  test('are resolved in a ledger that was made without knowing them', async () => {
    const cwd = temporaryDirectory(files('both'));
    await runMeter(['ledger', 'usage.csv', '-o', 'u.ndjson'], { cwd });
    const bill = (source: string) =>
      runMeter(['invoice', source, '--customers', 'customers.yaml', '--format', 'json'], { cwd });
    const ofRows = await bill('usage.csv');
    const ofLedger = await bill('u.ndjson');
    const totals = JSON.parse(ofLedger.stdout).invoices.map((one: { customer: string; total: string }) => [
      one.customer,
      one.total,
    ]);
    // 19 + 5 + 7 and 19 + 9
    expect(totals).toEqual([
      ['acme', '31.00'],
      ['beta', '28.00'],
    ]);
    expect(JSON.parse(ofLedger.stdout).invoices).toEqual(JSON.parse(ofRows.stdout).invoices);
    expect(ofLedger.stderr).toContain('2 ids are aliases of customers: api.acme.example, both');
  });

  test('that fit several customers are rejects', async () => {
    const cwd = temporaryDirectory({
      ...files('both'),
      'customers.yaml':
        'customers:\n  acme: { tier: pro, aliases: ["bot*"] }\n  beta: { tier: pro, aliases: ["*oth"] }\n',
    });
    await runMeter(['ledger', 'usage.csv', '-o', 'u.ndjson'], { cwd });
    const { stderr, exitCode } = await runMeter(['invoice', 'u.ndjson', '--customers', 'customers.yaml'], { cwd });
    expect(exitCode).toBe(3);
    expect(stderr).toContain('1 row: an alias of several customers [row/ambiguous-customer]');
    expect(stderr).toContain('3 rows read = 2 rated + 0 duplicate + 0 out of period + 1 rejected');
  });
});
