/** What needs single rows, asked of tables by a second query: the same as from the rows as a file. */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runMeter } from '../support/runMeter.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { clickHouseForTests } from './clickhouse.ts';
import { withDuckDb } from './duckdb.ts';
import { CUSTOMERS, generatedExports, TIERS } from './exports.ts';

const SEED = Number(process.env.PROPERTY_SEED ?? 7);
const RUNS = Number(process.env.PROPERTY_RUNS ?? 1);
const SEEDS = Array.from({ length: RUNS }, (_, i) => SEED + i);

function exportIn(seed: number) {
  const [rows] = generatedExports(seed, { files: 1, rows: 200 });
  const cwd = temporaryDirectory({ 'usage.csv': rows!, 'tiers.yaml': TIERS, 'customers.yaml': CUSTOMERS });
  return { cwd, columns: rows!.slice(0, rows!.indexOf('\n')).split(',') };
}

async function answersFor(source: string, cwd: string) {
  const run = async (command: string, ...more: string[]) => {
    const words = '--customers customers.yaml --max-rejects 1000 --period 2026-10 --format json'.split(' ');
    const { stdout, stderr, exitCode } = await runMeter([command, source, ...more, ...words], { cwd });
    expect(exitCode, stderr).toBe(0);
    return { stdout, stderr };
  };
  const timeline = await run('timeline');
  expect(timeline.stderr).toMatch(/instants from \d+ more pass/);
  const { lines, others } = JSON.parse((await run('rows', '--customer', 'acme')).stdout);
  return {
    timeline: timeline.stdout,
    lines: asText(placeless(lines)),
    others: others.map(placeless).map(asText).sort(),
  };
}

/** Of deliveries with one content, which is the same as `5.0` and as `5`, either may be the one that counts. */
const asText = (value: unknown) => JSON.stringify(value).replace(/(\d)\.0"/g, '$1"');

/** Without the place of a row, which a table has not, and its text there. */
function placeless(value: unknown): unknown {
  const places = ['file', 'line', 'raw', 'detail'];
  return JSON.parse(JSON.stringify(value, (key, one) => (places.includes(key) ? undefined : one)));
}

test.each(SEEDS)('timeline and rows of a table in DuckDB are those of the file (seed %i)', async (seed) => {
  const { cwd } = exportIn(seed);
  const csv = `read_csv('${join(cwd, 'usage.csv')}', header = true, all_varchar = true)`;
  await withDuckDb((ask) => ask(`CREATE TABLE usage AS SELECT * FROM ${csv}`), join(cwd, 'u.duckdb'));
  expect(await answersFor('duckdb:u.duckdb?table=usage', cwd)).toEqual(await answersFor('usage.csv', cwd));
});

test("instants of the engine's own type, and rows that it rejects", async () => {
  const rows = ['e1,acme,5', 'e2,acme,1e3', 'e3,acme,4', 'e3,acme,4', 'e4,acme,1'];
  const at = (i: number) => `2026-10-05 10:00:00.00000${i}`;
  const cwd = temporaryDirectory({
    'tiers.yaml':
      'default_tier: pro\npricing_tiers: { pro: { cost: 19, limits: { requests: 9/mo }, overage: { requests: 1 } } }\n',
  });
  await withDuckDb(
    async (ask) => {
      await ask('CREATE TABLE usage (timestamp TIMESTAMPTZ, event_id VARCHAR, customer_id VARCHAR, requests VARCHAR)');
      for (const [i, row] of rows.entries()) {
        const [id, customer, requests] = row.split(',');
        await ask(`INSERT INTO usage VALUES ('${at(i === 3 ? 2 : i)}+00', '${id}', '${customer}', '${requests}')`);
      }
    },
    join(cwd, 'u.duckdb'),
  );
  const words = ['duckdb:u.duckdb?table=usage', '--period', '2026-10', '--max-rejects', '1', '--format', 'json'];
  const timeline = await runMeter(['timeline', ...words], { cwd });
  // 5 + 4 = 9 with the third row
  const limit = JSON.parse(timeline.stdout).entries.find(({ kind }: { kind: string }) => kind === 'limit');
  expect(limit).toMatchObject({ at: '2026-10-05T10:00:00.000002Z', used: '9' });
  const behind = await runMeter(['rows', ...words, '--customer', 'acme'], { cwd });
  expect(behind.exitCode, behind.stderr).toBe(0);
  const { lines, others } = JSON.parse(behind.stdout);
  expect(lines[0].rows.map(({ at, id, running }: Record<string, string>) => [at, id, running])).toEqual([
    ['2026-10-05T10:00:00Z', 'e1', '5'],
    ['2026-10-05T10:00:00.000002Z', 'e3', '9'],
    ['2026-10-05T10:00:00.000004Z', 'e4', '10'],
  ]);
  expect(others).toMatchObject([
    { kind: 'rejected', line: 2, code: 'not-a-number' },
    { kind: 'duplicate', id: 'e3' },
  ]);
});

describe('ClickHouse', () => {
  const server = clickHouseForTests();

  test.each(SEEDS)('timeline and rows of a table are those of the file (seed %i)', async (seed) => {
    const { cwd, columns } = exportIn(seed);
    const types = columns.map((name) => `${name} String`).join(', ');
    const rows = `file('${join(cwd, 'usage.csv')}', CSVWithNames, '${types}')`;
    await server().run(`CREATE TABLE near${seed} ENGINE = Memory AS SELECT * FROM ${rows}`);
    const table = `clickhouse://${server().host}/default?table=near${seed}`;
    expect(await answersFor(table, cwd)).toEqual(await answersFor('usage.csv', cwd));
  });
});

test('other ids of a customer: its timeline and its rows are those of the file', async () => {
  const usage =
    'timestamp,customer_id,requests\n2026-10-05T10:00:00Z,acme,5\n2026-10-05T10:10:00Z,api.acme.example,7\n';
  const cwd = temporaryDirectory({
    'usage.csv': usage,
    'tiers.yaml': 'pricing_tiers: { pro: { cost: 19, limits: { requests: 10 }, overage: { requests: 1 } } }\n',
    'customers.yaml': 'customers: { acme: { tier: pro, aliases: ["*.acme.example"] } }\n',
  });
  const csv = `read_csv('${join(cwd, 'usage.csv')}', header = true, all_varchar = true)`;
  await withDuckDb((ask) => ask(`CREATE TABLE usage AS SELECT * FROM ${csv}`), join(cwd, 'u.duckdb'));
  const meter = (command: string, source: string, ...more: string[]) =>
    runMeter([command, source, '--customers', 'customers.yaml', '--format', 'json', ...more], { cwd });
  const table = 'duckdb:u.duckdb?table=usage';
  const { entries } = JSON.parse((await meter('timeline', table)).stdout);
  expect(entries).toEqual(JSON.parse((await meter('timeline', 'usage.csv')).stdout).entries);
  // 5 + 7 = 12 are beyond 80 % and 100 % of 10.
  expect(entries.map(({ at, used }: { at: string; used: string }) => [at, used])).toEqual([
    ['2026-10-05T10:10:00Z', '12'],
    ['2026-10-05T10:10:00Z', '12'],
  ]);
  const behind = async (source: string) => {
    const { lines } = JSON.parse((await meter('rows', source, '--customer', 'acme')).stdout);
    return lines[0].rows.map(({ at, running }: Record<string, string>) => [at, running]);
  };
  expect(await behind(table)).toEqual([
    ['2026-10-05T10:00:00Z', '5'],
    ['2026-10-05T10:10:00Z', '12'],
  ]);
  expect(await behind('usage.csv')).toEqual(await behind(table));
});
