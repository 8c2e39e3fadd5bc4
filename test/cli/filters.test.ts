/** Meters that count some rows only, and prices by two dimensions, as commands answer them. */
import { expect, test } from 'vitest';
import { runMeter } from '../support/runMeter.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const TIERS = `
dimensions: [status, cache]
meters:
  served: { field: requests, unit: request, where: { status: 2xx } }
  refused: { field: requests, unit: request, where: { status: { not: [2xx, 3xx] } } }
pricing_tiers:
  a:
    cost: usage
    overage:
      served: 1
      refused: 0.10
      egress: { by: [region, cache], prices: { syd: { hit: 0.10/GB } }, default: 0.30/GB }
`;
const HEADER = 'timestamp,customer_id,requests,egress_bytes,region,status,cache\n';
const ROWS = `${HEADER}2026-10-01T00:00:00Z,acme,7,1000000000,syd,200,hit
2026-10-02T00:00:00Z,acme,3,2000000000,syd,503,miss
`;
const WITHOUT = 'timestamp,customer_id,requests\n2026-10-03T00:00:00Z,acme,5\n';

function invoice(files: Record<string, string>, ...more: readonly string[]) {
  const cwd = temporaryDirectory({ 'tiers.yaml': TIERS, ...files });
  const exports = Object.keys(files).filter((name) => !name.endsWith('.yaml'));
  return runMeter(['invoice', ...exports, '--tier', 'a', '--quiet', ...more], { cwd });
}

test('each meter counts its rows, each combination is a line', async () => {
  const { stdout, exitCode } = await invoice({ 'a.csv': ROWS }, '--format', 'json');
  const { lines, usage, total } = JSON.parse(stdout).invoices[0];
  // 7 served at 1, 3 refused at 0.10, 1 GB at 0.10, 2 GB at 0.30; of all requests there are 10.
  expect(usage).toMatchObject({ requests: '10', served: '7', refused: '3' });
  expect(lines.map(({ key, amount }: Record<string, string>) => `${key} ${amount}`)).toEqual([
    'usage:egress@syd@hit 0.10',
    'usage:egress@syd@miss 0.60',
    'usage:served 7.00',
    'usage:refused 0.30',
  ]);
  expect(lines[1].dimensions).toEqual([
    { name: 'region', value: 'syd' },
    { name: 'cache', value: 'miss' },
  ]);
  expect([total, exitCode]).toEqual(['8.00', 0]);
});

test('FOCUS tells region and combination', async () => {
  const { stdout } = await invoice({ 'a.csv': ROWS }, '--format', 'focus');
  expect(stdout).toContain('meter/egress@a@syd@miss');
  const details = { x_Dimension: '["region","cache"]', x_Value: '["syd","miss"]' };
  for (const [name, value] of Object.entries(details)) {
    const json = JSON.stringify({ [name]: value }).slice(1, -1);
    expect(stdout).toContain(json.replaceAll('"', '""'));
  }
});

test('--explain tells the rows that a meter counts, not those of its column', async () => {
  const { stdout } = await invoice({ 'a.csv': ROWS }, '--format', 'json', '--explain');
  const lines: { key: string; rows: unknown }[] = JSON.parse(stdout).invoices[0].lines;
  const at = '2026-10-02T00:00:00.000Z';
  expect(lines.find(({ key }) => key === 'usage:refused')!.rows).toMatchObject({ count: 1 });
  expect(JSON.stringify(lines.find(({ key }) => key === 'usage:refused')!.rows)).toContain(at.slice(0, 19));
});

test('an export without the dimension of a filter is told, and an error with --strict', async () => {
  const files = { 'a.csv': ROWS, 'b.csv': WITHOUT };
  const { stdout, exitCode } = await invoice(files, '--format', 'json');
  const { warnings, invoices } = JSON.parse(stdout);
  expect(warnings.map(({ message }: { message: string }) => message)).toEqual([
    'no row has a value for status, and served counts rows with status 2xx: it counts none of these rows',
    'no row has a value for status, and refused counts rows with status not 2xx or 3xx: it counts all of these rows',
  ]);
  // 3 and the 5 without a status are not 2xx, 3xx.
  expect(invoices[0].usage).toMatchObject({ served: '7', refused: '8' });
  expect(exitCode).toBe(0);
  const strict = await invoice(files, '--strict');
  expect(strict.exitCode).toBe(3);
  expect(strict.stderr).toContain('b.csv: error: no row has a value for status');
});

test('several such exports are told at once', async () => {
  const { stdout } = await invoice({ 'a.csv': ROWS, 'b.csv': WITHOUT, 'c.csv': WITHOUT }, '--format', 'json');
  const [first, ...others] = JSON.parse(stdout).warnings;
  expect(first.message).toContain('no row of this and 1 more export has a value for status, and served counts');
  expect(others).toHaveLength(1);
});

test('a combination without a price ends the run and is named', async () => {
  const tiers = TIERS.replace(', default: 0.30/GB', '');
  const { stderr, exitCode } = await invoice({ 'a.csv': ROWS, 'tiers.yaml': tiers });
  expect(stderr).toContain(
    'customer "acme": 2000000000 of egress with region "syd" and cache "miss", for which tier a has no price',
  );
  expect(stderr).toContain('add a price for "syd" and "miss" or a default; region × cache is priced for syd × hit');
  expect(exitCode).toBe(2);
});

test('account-months have a column for each meter, that of a filtered one under its own name', async () => {
  const cwd = temporaryDirectory({ 'tiers.yaml': TIERS, 'a.csv': ROWS });
  const made = await runMeter(['usage', 'a.csv', '--quiet'], { cwd });
  expect(made.stdout).toBe(
    'customer_id,month,requests,compute_seconds,egress_bytes,served,refused,peak_day_requests,tenure_months\n' +
      'acme,2026-10,10,0,3000000000,7,3,7,\n',
  );
});

test('an estimate counts what routes tell, and says what they do not', async () => {
  const tiers = `
meters: { requests: { field: requests, unit: request, where: { region: syd, status: 2xx } } }
pricing_tiers:
  a:
    cost: usage
    overage: { requests: 1/1k, egress: { by: [region, cache], prices: { syd: { '': 0.10/GB } }, default: 0.30/GB } }
`;
  const edge = `tier: a
routes:
  - { match: /a, traffic: 10k/month, compute: 0s, response: 1MB, regions: { syd: 30%, fra: 70% } }
  - { match: /b, traffic: 1k/month, compute: 0s, response: 0B, regions: { fra: 100% } }
`;
  const cwd = temporaryDirectory({ 'tiers.yaml': tiers, 'edge.yaml': edge });
  const { stdout, stderr } = await runMeter(['estimate', 'edge.yaml', '--format', 'json'], { cwd });
  const result = JSON.parse(stdout);
  // 3k requests in syd at 1/1k; 3 GB in syd, cache unknown, at 0.10; 7 GB in fra at 0.30. Nothing of it is caused by /b.
  expect(result.total).toBe('5.40');
  expect(result.routes.map(({ route, total }: Record<string, string>) => [route, total])).toEqual([
    ['/a', '5.40'],
    ['/b', '0.00'],
  ]);
  expect(`${stdout}${stderr}`).toContain(
    'the meter requests counts only rows with status 2xx, which routes do not tell: all requests are estimated',
  );
});

test('a meter on the field of another is estimated from it', async () => {
  const tiers = `
meters: { paid: { field: requests, unit: request, where: { route: { not: /health } } } }
pricing_tiers: { a: { cost: usage, overage: { paid: 1/1k } } }
`;
  const edge = `tier: a
routes:
  - { match: /health, traffic: 10k/month }
  - { match: /b, traffic: 2k/month }
`;
  const cwd = temporaryDirectory({ 'tiers.yaml': tiers, 'edge.yaml': edge });
  const { stdout } = await runMeter(['estimate', 'edge.yaml', '--format', 'json'], { cwd });
  // 2k at 1/1k, all of it caused by /b.
  const result = JSON.parse(stdout);
  expect(result.routes.map(({ route, total }: Record<string, string>) => [route, total])).toEqual([
    ['/health', '0.00'],
    ['/b', '2.00'],
  ]);
});
