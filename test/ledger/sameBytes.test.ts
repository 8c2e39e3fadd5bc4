/** The same rows as a file, as Parquet, and in the tables of engines: one ledger, one set of invoices. */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runMeter } from '../support/runMeter.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { clickHouseForTests } from './clickhouse.ts';
import { withDuckDb } from './duckdb.ts';
import { CUSTOMERS, generatedExports, TIERS } from './exports.ts';

const SEED = Number(process.env.PROPERTY_SEED ?? 20261101);
const RUNS = 2 * Number(process.env.PROPERTY_RUNS ?? 1);
const SEEDS = Array.from({ length: RUNS }, (_, i) => SEED + i);

async function meter(words: readonly string[], cwd: string): Promise<string> {
  const result = await runMeter(words, { cwd });
  expect(result.exitCode, result.stderr).toBe(0);
  return result.stdout;
}

type Answers = { readonly ledger: readonly unknown[]; readonly invoices: string };

async function answersFor(source: string, cwd: string, period: string): Promise<Answers> {
  const same = ['--customers', 'customers.yaml', '--max-rejects', '1000'];
  const [header, accounting, ...records] = (await meter(['ledger', source, ...same], cwd)).trimEnd().split('\n');
  return {
    // The sources are what differs.
    ledger: [{ ...JSON.parse(header!), sources: [] }, ...named(accounting!, source), ...records],
    invoices: await meter(['invoice', source, ...same, '--period', period, '--format', 'json', '--explain'], cwd),
  };
}

function named(accounting: string, source: string): unknown[] {
  return [JSON.parse(accounting.replaceAll(JSON.stringify(source), '"usage.csv"'))];
}

function exportIn(seed: number) {
  const [rows] = generatedExports(seed, { files: 1, rows: 200 });
  const cwd = temporaryDirectory({ 'usage.csv': rows!, 'tiers.yaml': TIERS, 'customers.yaml': CUSTOMERS });
  const columns = rows!.slice(0, rows!.indexOf('\n')).split(',');
  return { cwd, columns, period: seed % 2 === 0 ? '2026-10' : 'all' };
}

test.each(SEEDS)('DuckDB and Parquet give what the file gives (seed %i)', async (seed) => {
  const { cwd, period } = exportIn(seed);
  const csv = `read_csv('${join(cwd, 'usage.csv')}', header = true, all_varchar = true)`;
  await withDuckDb(
    async (ask) => {
      await ask(`CREATE TABLE usage AS SELECT * FROM ${csv}`);
      await ask(`COPY usage TO '${join(cwd, 'usage.parquet')}' (FORMAT parquet)`);
    },
    join(cwd, 'u.duckdb'),
  );
  const wanted = await answersFor('usage.csv', cwd, period);
  expect(await answersFor('usage.parquet', cwd, period)).toEqual(wanted);
  expect(await answersFor('duckdb:u.duckdb?table=usage', cwd, period)).toEqual(wanted);
});

describe('ClickHouse', () => {
  const server = clickHouseForTests();

  test.each(SEEDS)('gives what the file gives (seed %i)', async (seed) => {
    const { cwd, columns, period } = exportIn(seed);
    const types = columns.map((name) => `${name} String`).join(', ');
    const rows = `file('${join(cwd, 'usage.csv')}', CSVWithNames, '${types}')`;
    await server().run(
      `CREATE TABLE usage${seed} ENGINE = MergeTree ORDER BY (source, event_id) AS SELECT * FROM ${rows}`,
    );
    const wanted = await answersFor('usage.csv', cwd, period);
    const table = `clickhouse://${server().host}/default?table=usage${seed}`;
    expect(await answersFor(table, cwd, period)).toEqual(wanted);
    await server().run(`DROP TABLE usage${seed}`);
  });
});
