/** ClickHouse's own types as usage: exact to the last digit, or refused with the column. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runMeter } from '../support/runMeter.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { clickHouseForTests } from './clickhouse.ts';

const server = clickHouseForTests();
const TIERS = 'default_tier: pro\npricing_tiers: { pro: { cost: 19 } }\n';

/** Creates a table; its name. */
async function table(columns: string, values: string): Promise<string> {
  const name = `t${tables++}`;
  await server().run(`CREATE TABLE ${name} (${columns}) ENGINE = Memory`);
  if (values !== '')
    await server().run(`INSERT INTO ${name} SELECT * FROM values('${columns.replaceAll("'", "\\'")}', ${values})`);
  return name;
}
let tables = 0;

async function ledgerOf(name: string, ...flags: string[]) {
  const cwd = temporaryDirectory({ 'tiers.yaml': TIERS });
  const source = `clickhouse://${server().host}/default?table=${name}`;
  const { stdout, stderr, exitCode } = await runMeter(['ledger', source, ...flags], { cwd });
  const lines =
    stdout === ''
      ? []
      : stdout
          .trimEnd()
          .split('\n')
          .map((line) => JSON.parse(line) as Record<string, unknown>);
  return { cwd, stderr, exitCode, accounting: lines[1]?.accounting, records: lines.slice(2, -1) };
}

test('integers of 64 bits, decimals of 76 digits, low cardinality, UUIDs and nanoseconds are exact', async () => {
  const name = await table(
    "timestamp DateTime64(9, 'Europe/Berlin'), event_id UUID, customer_id LowCardinality(Nullable(String)), requests UInt64, compute_seconds Nullable(Decimal(76, 11)), egress_bytes UInt64",
    // 12:00 in Berlin in October is 10:00 in UTC.
    `('2026-10-05 12:00:00.000000001', '00000000-0000-0000-0000-000000000001', 'a', 18446744073709551615, NULL, 0),
     ('2026-10-05 12:00:00.000000002', '00000000-0000-0000-0000-000000000002', 'a', 1, '0.29', 9223372036854775808),
     ('2026-10-05 12:59:59.999999999', '00000000-0000-0000-0000-000000000003', 'a', 0, '12345678901234567890123456789.12345678901', 9223372036854775808)`,
  );
  const { records, exitCode, stderr, accounting } = await ledgerOf(name);
  expect(exitCode, stderr).toBe(0);
  expect(accounting).toMatchObject({ read: 3, rated: 3, event_ids: 3 });
  const ten = 1_791_194_400_000_000_000n;
  const [first, second, third] = [ten + 1n, ten + 2n, ten + 3_599_999_999_999n].map(String);
  expect(records).toMatchObject([
    { customer: 'a', bucket: String(ten), rows: 3 },
    // 2^64 − 1 + 1, where UInt64 would give 0
    { meter: 'requests', quantity: '18446744073709551616', events: 2, first, last: second },
    { meter: 'compute', quantity: '12345678901234567890123456789.41345678901', events: 2, first: second, last: third },
    // 2^63 + 2^63
    { meter: 'egress', quantity: '18446744073709551616', events: 2, first: second, last: third },
  ]);
});

test('seconds of the type DateTime are instants, whatever zone their text would have', async () => {
  const name = await table(
    "timestamp DateTime('Asia/Kolkata'), customer_id String, requests UInt8",
    "('2026-10-05 15:30:00', 'a', 1)",
  );
  expect((await ledgerOf(name)).records).toMatchObject([{ rows: 1 }, { first: '1791194400000000000' }]);
});

test.each([
  ['requests Float64', 'the column requests is Float64: a float is no exact quantity', 'float-column'],
  [
    'requests Nullable(Float32)',
    'the column requests is Nullable(Float32): a float is no exact quantity',
    'float-column',
  ],
  ['requests Array(Float64)', 'the column requests is Array(Float64): a float is no exact quantity', 'float-column'],
  ['requests Date', 'the column requests is Date: neither text nor number', 'column-type'],
])('%s is refused before anything is added up', async (column, message, code) => {
  const { exitCode, stderr } = await ledgerOf(await table(`timestamp String, customer_id String, ${column}`, ''));
  expect(exitCode).toBe(3);
  expect(stderr).toContain(message);
  expect(stderr).toContain(`[input/${code}]`);
});

test('days are no instants', async () => {
  const { exitCode, stderr } = await ledgerOf(await table('timestamp Date32, customer_id String, requests UInt8', ''));
  expect({ exitCode, stderr }).toMatchObject({
    exitCode: 3,
    stderr: expect.stringContaining('the column timestamp is Date32: days are no instants'),
  });
});

test('what a cast would round or guess is rejected and counted: exponents, blanks, too many digits, no zone, no such day', async () => {
  const at = '2026-10-05T10:00:00Z';
  const name = await table(
    'timestamp String, customer_id String, requests String',
    `('${at}', 'a', '1e3'), ('${at}', 'a', ' 7 '), ('${at}', 'a', '0.1234567890123456789'), ('${at}', '', '1'),
     ('2026-10-05 10:00:00', 'a', '1'), ('1791194400', 'a', '1'), ('2026-02-30T10:00:00Z', 'a', '1'), ('${at}', 'a', '1.500')`,
  );
  const { accounting, records } = await ledgerOf(name, '--max-rejects', '100');
  expect(accounting).toMatchObject({
    ...{ read: 8, rated: 1 },
    rejected: { 'not-a-number': 3, 'missing-customer': 1, 'not-a-timestamp': 3 },
  });
  expect(records).toMatchObject([{ rows: 1 }, { meter: 'requests', quantity: '1.5' }]);
});

test('the query and the type gate that meter prints run as they are', async () => {
  const name = await table(
    'at DateTime64(9), who String, n Decimal(20, 2), x Float32',
    "('2026-10-05 10:00:00', 'it''s \\\\\\\\ \"a\"', '2.50', 1)",
  );
  const cwd = temporaryDirectory({
    'tiers.yaml': TIERS,
    'map.yaml': 'timestamp: at\ncustomer_id: who\nmeters: { requests: n, compute: x }\n',
  });
  const words = `sql --dialect clickhouse --table ${name} --columns at who n x --map map.yaml`.split(' ');
  const gate = await runMeter([...words, '--gate'], { cwd });
  expect((await server().run(gate.stdout)).split('\n').slice(0, 3)).toEqual([
    'at\tDateTime64(9)\tok',
    'n\tDecimal(20, 2)\tok',
    'x\tFloat32\trefuse: a float is no exact quantity; store or cast it as integer, decimal or text',
  ]);
  const query = await runMeter([...words, '--instants', '--allow-floats'], { cwd });
  expect({ ...query, stdout: '' }).toEqual({ exitCode: 0, stderr: 'using tiers.yaml\n', stdout: '' });
  writeFileSync(join(cwd, 'l.ndjson'), await server().run(query.stdout));
  const { stdout } = await runMeter(['ledger', 'l.ndjson'], { cwd });
  const records = stdout
    .trimEnd()
    .split('\n')
    .slice(2, -1)
    .map((line) => JSON.parse(line));
  expect(records).toMatchObject([
    { customer: 'it\'s \\\\ "a"', rows: 1 },
    { meter: 'requests', quantity: '2.5' },
    { meter: 'compute', quantity: '1' },
  ]);
});
