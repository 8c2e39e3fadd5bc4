/** The ledger as a query: where an engine can be asked, its answer is the ledger of the same rows as files. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { DIALECT_NAMES } from '../../src/telemetry/sql/dialects.ts';
import { runMeter } from '../support/runMeter.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { type Ask, withDuckDb } from './duckdb.ts';
import { CUSTOMERS, generatedExports, TIERS } from './exports.ts';

const SEED = Number(process.env.PROPERTY_SEED ?? 20261001);
const RUNS = 2 * Number(process.env.PROPERTY_RUNS ?? 1);

async function meter(line: string, cwd: string): Promise<string> {
  const result = await runMeter(line.split(' '), { cwd });
  expect(result.exitCode, result.stderr).toBe(0);
  return result.stdout;
}

/** The lines that a query answers, as the file of a ledger. */
async function answer(ask: Ask, query: string): Promise<string> {
  return (await ask(query)).map(([line]) => `${line}\n`).join('');
}

describe('DuckDB', () => {
  test.each(Array.from({ length: RUNS }, (_, i) => SEED + i))(
    'makes the ledger that meter makes (seed %i)',
    async (seed) => {
      const [rows] = generatedExports(seed, { files: 1, rows: 200 });
      const cwd = temporaryDirectory({ 'usage.csv': rows!, 'tiers.yaml': TIERS, 'customers.yaml': CUSTOMERS });
      const header = rows!.slice(0, rows!.indexOf('\n')).split(',');
      const table = `read_csv('${join(cwd, 'usage.csv')}',header=true,all_varchar=true)`;
      const query = await meter(`sql --customers customers.yaml --table ${table} --columns ${header.join(' ')}`, cwd);
      writeFileSync(join(cwd, 'engine.ndjson'), await withDuckDb((ask) => answer(ask, query)));
      const same = '--customers customers.yaml --max-rejects 1000';
      const records = (ledger: string) => ledger.split('\n').slice(2);
      const counts = (ledger: string) => {
        const { read, rated, duplicate, rejected, event_ids } = JSON.parse(ledger.split('\n')[1]!).accounting;
        return { read, rated, duplicate, rejected, event_ids };
      };
      const engine = await meter(`ledger engine.ndjson ${same}`, cwd);
      const own = await meter(`ledger usage.csv ${same}`, cwd);
      expect(records(engine)).toEqual(records(own));
      expect(counts(engine)).toEqual(counts(own));
      const bill = `${same} --period 2026-10 --format json`;
      expect(await meter(`invoice engine.ndjson ${bill}`, cwd)).toBe(await meter(`invoice usage.csv ${bill}`, cwd));
    },
  );

  test('adds integers and decimals of 38 digits exactly, and takes a mapping, a filter of the period and instants', async () => {
    const cwd = temporaryDirectory({
      'tiers.yaml': 'default_tier: pro\npricing_tiers: { pro: { cost: 19 } }\n',
      'map.yaml':
        'timestamp: at\ncustomer_id: who\nmeters: { requests: 1, compute: { field: ms, unit: ms }, egress: bytes }\n',
    });
    const query = await meter(
      'sql --table t --columns at who ms bytes --map map.yaml --instants --period 2026-10 --no-dedupe',
      cwd,
    );
    const lines = await withDuckDb(async (ask) => {
      await ask('CREATE TABLE t ("at" TIMESTAMPTZ, who VARCHAR, ms DECIMAL(38, 6), bytes UBIGINT)');
      await ask(`INSERT INTO t VALUES ('2026-10-05 10:00:00.000001+00', 'a"b', 1234567.000001, 18446744073709551615),
        ('2026-10-05 10:59:59+00', 'a"b', 0, 1), ('2026-11-01 00:00:00+00', 'a"b', 5, 5)`);
      return answer(ask, query);
    });
    writeFileSync(join(cwd, 'l.ndjson'), lines);
    const records = (await meter('ledger l.ndjson --no-dedupe', cwd)).trimEnd().split('\n').slice(1, -1);
    const place = { customer: 'a"b', bucket: '1791194400000000000', dimensions: [] };
    const [first, last] = ['1791194400000001000', '1791197999000000000'];
    expect(records.map((record) => JSON.parse(record))).toMatchObject([
      { accounting: { read: 3, rated: 2, out_of_period: 1 } },
      { ...place, rows: 2 },
      { ...place, meter: 'requests', quantity: '2', events: 2, first, last },
      // 1 234 567.000001 ms are 1234.567000001 s.
      { ...place, meter: 'compute', quantity: '1234.567000001', events: 1, first, last: first },
      // 2^64 − 1 + 1
      { ...place, meter: 'egress', quantity: '18446744073709551616', events: 2, first, last },
    ]);
  });

  test('rejects floats, digits beyond the limit, exponents and times without a zone, and its gate says so', async () => {
    const cwd = temporaryDirectory({ 'tiers.yaml': 'default_tier: pro\npricing_tiers: { pro: { cost: 19 } }\n' });
    const sql = 'sql --table t --columns timestamp customer_id requests compute_seconds';
    const [query, gate] = [await meter(sql, cwd), await meter(`${sql} --gate`, cwd)];
    const rejected = async (types: string, values: string) =>
      withDuckDb(async (ask) => {
        await ask(`CREATE TABLE t (${types})`);
        await ask(`INSERT INTO t VALUES ${values}`);
        const accounting = JSON.parse((await answer(ask, query)).split('\n')[1]!).accounting.rejected;
        return { accounting, gate: await ask(gate) };
      });
    const at = "'2026-10-05T10:00:00Z'";
    const texts = 'timestamp VARCHAR, customer_id VARCHAR, requests VARCHAR, compute_seconds VARCHAR';
    const bad = await rejected(
      texts,
      `(${at}, 'a', '1e3', ''), (${at}, 'a', ' 7 ', ''), (${at}, 'a', '0.1234567890123', ''), (${at}, '', '1', ''),
       ('2026-10-05 10:00:00', 'a', '1', ''), ('2026-02-30T10:00:00Z', 'a', '1', ''), (${at}, 'a', '-', '1.500')`,
    );
    expect(bad.accounting).toMatchObject({ 'not-a-number': 3, 'missing-customer': 1, 'not-a-timestamp': 2 });
    expect(bad.gate.map(([, , verdict]) => verdict)).toEqual(['ok', 'ok', 'ok']);
    const floats = await rejected(
      'timestamp TIMESTAMP, customer_id VARCHAR, requests DOUBLE, compute_seconds DECIMAL(10, 2)',
      `('2026-10-05 10:00:00', 'a', 0.1, 0.1)`,
    );
    expect(floats.accounting).toMatchObject({ 'wrong-type': 1 });
    expect(floats.gate).toEqual([
      ['compute_seconds', 'DECIMAL(10,2)', 'ok'],
      ['requests', 'DOUBLE', 'refuse: a float is no exact quantity; store or cast it as integer, decimal or text'],
      ['timestamp', 'TIMESTAMP', 'refuse: times without a zone; give the instant as text in RFC 3339 with its zone'],
    ]);
  });
});

test.each(DIALECT_NAMES)('the text for %s is complete: parentheses and quotes close', async (name) => {
  const cwd = temporaryDirectory({ 'tiers.yaml': TIERS, 'customers.yaml': CUSTOMERS });
  for (const more of ['', ' --gate']) {
    const query = await meter(`sql --dialect ${name} --customers customers.yaml --period 2026-10${more} --quiet`, cwd);
    const bare = query.replace(/'(?:[^'\\]|''|\\.)*'/g, "''");
    expect(bare).not.toContain('undefined');
    expect(bare.replace(/''/g, '')).not.toContain("'");
    let depth = 0;
    for (const char of bare) {
      if (char === '(') depth++;
      if (char === ')') depth--;
      expect(depth).toBeGreaterThanOrEqual(0);
    }
    expect(depth).toBe(0);
  }
});
