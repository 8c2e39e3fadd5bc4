/**
 * The same rows as three files of different formats, among which deliveries of one event are spread, as a ledger of them, and in the
 * tables of engines: one ledger, one set of invoices.
 */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runMeter } from '../support/runMeter.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { clickHouseForTests } from './clickhouse.ts';
import { withDuckDb } from './duckdb.ts';
import { CUSTOMERS, spreadExport, TIERS } from './exports.ts';

const SEED = Number(process.env.PROPERTY_SEED ?? 20261101);
const RUNS = 2 * Number(process.env.PROPERTY_RUNS ?? 1);
const SEEDS = Array.from({ length: RUNS }, (_, i) => SEED + i);

async function meter(words: readonly string[], cwd: string): Promise<string> {
  const result = await runMeter(words, { cwd });
  expect(result.exitCode, result.stderr).toBe(0);
  return result.stdout;
}

type Answers = { readonly ledger: readonly unknown[]; readonly invoices: string };

async function answersFor(sources: readonly string[], cwd: string, period: string): Promise<Answers> {
  const same = ['--customers', 'customers.yaml', '--max-rejects', '1000'];
  const [header, accounting, ...records] = (await meter(['ledger', ...sources, ...same], cwd)).trimEnd().split('\n');
  return {
    // The sources are what differs.
    ledger: [{ ...JSON.parse(header!), sources: [] }, JSON.parse(accounting!), ...records],
    invoices: await meter(['invoice', ...sources, ...same, '--period', period, '--format', 'json', '--explain'], cwd),
  };
}

/** A directory with the rows as three files, and their names; `whole.csv` has all of them. */
async function exportIn(seed: number) {
  const { whole, csv, ndjson, rest } = spreadExport(seed, 200);
  const cwd = temporaryDirectory({
    ...{ 'whole.csv': whole, 'one.csv': csv, 'two.ndjson': ndjson, 'rest.csv': rest },
    ...{ 'tiers.yaml': TIERS, 'customers.yaml': CUSTOMERS },
  });
  const read = (name: string) => `read_csv('${join(cwd, name)}', header = true, all_varchar = true)`;
  await withDuckDb(
    async (ask) => {
      await ask(`CREATE TABLE usage AS SELECT * FROM ${read('whole.csv')}`);
      await ask(`COPY (SELECT * FROM ${read('rest.csv')}) TO '${join(cwd, 'three.parquet')}' (FORMAT parquet)`);
    },
    join(cwd, 'u.duckdb'),
  );
  const columns = whole.slice(0, whole.indexOf('\n')).split(',');
  const period = seed % 2 === 0 ? '2026-10' : 'all';
  return { cwd, columns, period, files: ['one.csv', 'two.ndjson', 'three.parquet'] };
}

test.each(SEEDS)('DuckDB and a ledger as Parquet give what the files give (seed %i)', async (seed) => {
  const { cwd, period, files } = await exportIn(seed);
  const wanted = await answersFor(files, cwd, period);
  await meter(['ledger', ...files, '--customers', 'customers.yaml', '--max-rejects', '1000', '-o', 'l.parquet'], cwd);
  expect(await answersFor(['l.parquet'], cwd, period)).toEqual(wanted);
  expect(await answersFor(['duckdb:u.duckdb?table=usage'], cwd, period)).toEqual(wanted);
});

describe('ClickHouse', () => {
  const server = clickHouseForTests();

  test.each(SEEDS)(
    'gives what the files give (seed %i)',
    async (seed) => {
      const { cwd, columns, period, files } = await exportIn(seed);
      const types = columns.map((name) => `${name} String`).join(', ');
      const rows = `file('${join(cwd, 'whole.csv')}', CSVWithNames, '${types}')`;
      await server().run(
        `CREATE TABLE usage${seed} ENGINE = MergeTree ORDER BY (source, event_id) AS SELECT * FROM ${rows}`,
      );
      const wanted = await answersFor(files, cwd, period);
      const table = `clickhouse://${server().host}/default?table=usage${seed}`;
      expect(await answersFor([table], cwd, period)).toEqual(wanted);
      await server().run(`DROP TABLE usage${seed}`);
    },
    180_000,
  ); // a few seconds on a quiet machine
});
