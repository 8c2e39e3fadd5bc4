/** Ledgers of exports whose rows cannot simply be added up: what is made of them is what is made of the rows. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runMeter } from '../support/runMeter.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { clickHouseForTests } from './clickhouse.ts';
import { withDuckDb } from './duckdb.ts';
import { exportOf, KINDS, type Kind } from './everyRow.ts';

const SEED = Number(process.env.PROPERTY_SEED ?? 20261101);
const RUNS = Number(process.env.PROPERTY_RUNS ?? 1);
const CASES = (Object.keys(KINDS) as Kind[]).flatMap((kind) =>
  Array.from({ length: RUNS }, (_, i) => [kind, SEED + i] as const),
);
const WANTED = ['--period 2026-10 --format json --explain', '--period all --format csv'];

function meterIn(cwd: string) {
  return async (line: string, ...more: readonly string[]) => {
    const all = [...line.split(' '), '--customers', 'customers.yaml', '--max-rejects', '1000', ...more];
    const { stdout, stderr, exitCode } = await runMeter(all, { cwd });
    expect(exitCode, stderr).toBe(0);
    return { stdout, notes: stderr.split('\n').filter((text) => text.startsWith('warning')) };
  };
}

test.each(CASES)('%s (seed %i)', async (kind, seed) => {
  const { files, words } = exportOf(kind, seed);
  const cwd = temporaryDirectory(files);
  const meter = meterIn(cwd);
  await withDuckDb(
    (ask) => ask(`CREATE TABLE usage AS SELECT * FROM read_csv('${join(cwd, 'usage.csv')}', all_varchar = true)`),
    join(cwd, 'u.duckdb'),
  );
  await meter('ledger usage.csv -o u.ndjson', ...words);
  await meter('ledger u.ndjson -o u.parquet');
  for (const wanted of WANTED) {
    const rows = await meter(`invoice usage.csv ${wanted}`, ...words);
    expect(await meter(`invoice u.ndjson ${wanted}`)).toEqual(rows);
    expect(await meter(`invoice u.parquet ${wanted}`)).toEqual(rows);
    expect(await meter(`invoice duckdb:u.duckdb?table=usage ${wanted}`, ...words)).toEqual(rows);
  }
});

describe('ClickHouse', () => {
  const server = clickHouseForTests();

  test.each(CASES)('%s (seed %i)', async (kind, seed) => {
    const { files, words } = exportOf(kind, seed);
    const cwd = temporaryDirectory(files);
    const types = files['usage.csv']!.split('\n')[0]!
      .split(',')
      .map((name) => `${name} String`);
    const rows = `file('${join(cwd, 'usage.csv')}', CSVWithNames, '${types.join(', ')}')`;
    await server().run(`CREATE TABLE ${kind}${seed} ENGINE = Memory AS SELECT * FROM ${rows}`);
    const table = `clickhouse://${server().host}/default?table=${kind}${seed}`;
    const meter = meterIn(cwd);
    await meter(`ledger ${table} -o u.ndjson`, ...words);
    const wanted = await meter(`invoice usage.csv ${WANTED[0]}`, ...words);
    expect(await meter(`invoice ${table} ${WANTED[0]}`, ...words)).toEqual(wanted);
    expect(await meter(`invoice u.ndjson ${WANTED[0]}`)).toEqual(wanted);
  });
});

const READINGS = `timestamp,customer_id,pod,total
2026-09-30T23:30:00Z,acme,a,100
2026-10-01T00:30:00Z,acme,a,140
2026-10-05T10:00:00Z,acme,a,5
2026-10-05T10:30:00Z,acme,b,9
2026-10-05T10:40:00Z,acme,b,11
`;
const LATER = 'timestamp,customer_id,pod,total\n2026-11-05T10:00:00Z,acme,a,7\n';

test('counters: increases are kept, with the readings that close the month; what two ledgers share is refused', async () => {
  const cwd = temporaryDirectory({
    'usage.csv': READINGS,
    'later.csv': LATER,
    'tiers.yaml': 'default_tier: pro\npricing_tiers: { pro: { cost: 0, overage: { requests: 1 } } }\n',
    'map.yaml': 'temporality: cumulative\nseries: [pod]\nmeters: { requests: total }\n',
  });
  const meter = async (line: string) => runMeter(line.split(' '), { cwd });
  const map = '--map map.yaml';
  const { stdout } = await meter(`ledger usage.csv ${map}`);
  // 40 up to 0:30, then a reset and 5; the first reading of b is a baseline, then 2: the ends of buckets are theirs.
  expect(stdout.split('\n').filter((line) => line.includes('quantity'))).toEqual([
    expect.stringContaining('"bucket":"1790812800000000000","dimensions":[],"meter":"requests","quantity":"40"'),
    expect.stringContaining('"bucket":"1791190800000000000","dimensions":[],"meter":"requests","quantity":"5"'),
    expect.stringContaining('"bucket":"1791194400000000000","dimensions":[],"meter":"requests","quantity":"2"'),
  ]);
  await meter(`ledger usage.csv ${map} -o u.ndjson`);
  const bill = 'invoice --period 2026-10 --format json --closing';
  const rows = await meter(`${bill} rows.json usage.csv ${map}`);
  const ledger = await meter(`${bill} ledger.json u.ndjson`);
  expect(JSON.parse(ledger.stdout).invoices[0].total).toBe('47.00');
  expect(ledger.stdout).toBe(rows.stdout);
  const text = (name: string) => readFileSync(join(cwd, name), 'utf8');
  expect(text('ledger.json')).toBe(text('rows.json'));
  expect(ledger.stderr).toContain('2 counters, 1 reset');

  await meter(`ledger later.csv ${map} -o later.ndjson`);
  expect((await meter('invoice u.ndjson later.ndjson --period all')).stderr).toContain('[ledger/shared-counter]');
  expect((await meter('invoice later.ndjson --period 2026-11 --opening rows.json')).stderr).toContain(
    'worked out without the readings of the opening balances [ledger/needs-rows]',
  );
  await meter(`ledger usage.csv later.csv ${map} -o all.ndjson`);
  const refused = await meter(`${bill} x.json all.ndjson`);
  expect(refused.exitCode).toBe(3);
  expect(refused.stderr).toContain('readings of counters from after the month, and not those that close it');
});

test("the rows of a table with the engine's own instants count at their microseconds, in one run with a file", async () => {
  const cwd = temporaryDirectory({
    'usage.csv': 'timestamp,customer_id,seats\n2026-10-05T11:00:00Z,acme,0\n',
    'tiers.yaml': [
      'meters: { seats: { field: seats, unit: seat, aggregate: time_weighted, per: hour } }',
      'default_tier: pro',
      'pricing_tiers: { pro: { cost: 0, overage: { seats: 3600 } } }',
      '',
    ].join('\n'),
  });
  await withDuckDb(
    async (ask) => {
      await ask('CREATE TABLE usage (timestamp TIMESTAMPTZ, customer_id VARCHAR, seats DECIMAL(5, 1))');
      await ask("INSERT INTO usage VALUES ('2026-10-05 10:59:59.000001+00', 'acme', 2.0), (NULL, 'acme', 3)");
    },
    join(cwd, 'u.duckdb'),
  );
  const words = ['--period', '2026-10', '--format', 'json', '--max-rejects', '1'];
  const { stdout, stderr } = await runMeter(['invoice', 'duckdb:u.duckdb?table=usage', 'usage.csv', ...words], { cwd });
  // Two seats for 0.999999 s: 1.999998 of 3600 s an hour.
  expect(JSON.parse(stdout).invoices[0].lines.at(-1).exact).toBe('1.999998');
  expect(stderr).toContain('3 rows read = 2 rated + 0 duplicate + 0 out of period + 1 rejected');
});
