/** `meter estimate --compare`: the same routes under other price lists. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT, runMeter } from '../support/runMeter.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const FILES = {
  // 3 million requests a month of 10 ms and 100 kB: 30 000 s and 300 GB
  'edge.yaml':
    'routes: [{ match: GET /, traffic: 3M/month, compute: 10ms, response: 100kB, regions: { fra: 100% } }]\n',
  'tiers.yaml':
    'default_tier: own\npricing_tiers: { own: { cost: 10, overage: { requests: 2/1M, compute: 0.001, egress: 0.10/GB } } }\n',
};

type PriceListObject = {
  name: string;
  tier: string | null;
  total: string | null;
  fee?: string;
  usage?: Record<string, string>;
  reason: string | null;
};

async function compared(other: string, ...more: string[]): Promise<PriceListObject> {
  const cwd = temporaryDirectory({ ...FILES, 'other.yaml': other });
  const { stdout, stderr } = await runMeter(
    ['estimate', 'edge.yaml', '--compare', 'other.yaml', '--format', 'json', ...more],
    { cwd },
  );
  expect(stdout, stderr).not.toBe('');
  const { priceLists } = JSON.parse(stdout) as { priceLists: PriceListObject[] };
  // 10 + 3 × 2 + 30 000 × 0.001 + 300 × 0.10
  expect(priceLists[0]).toMatchObject({ name: 'tiers.yaml', tier: 'own', total: '76.00', fee: '10.00' });
  return priceLists[1]!;
}

test('each list bills on the cheapest of its tiers that takes all of it', async () => {
  const other = await compared(
    'pricing_tiers: { free: { cost: 0, limits: { requests: 1M }, overage: null }, big: { cost: 99 }, small: { cost: 5, overage: { requests: 1/1M, egress: 0.05/GB } } }',
  );
  // 5 + 3 × 1 + 300 × 0.05; compute has no price there
  expect(other).toEqual({
    ...{ name: 'other.yaml', currency: 'USD', tier: 'small', total: '23.00', fee: '5.00' },
    usage: { requests: '3.00', egress: '15.00' },
    ...{ tax: '0.00', reason: null },
  });
});

test('a month of the other list is one of its own zone', async () => {
  const other = await compared('timezone: Asia/Kolkata\npricing_tiers: { a: { cost: 30 } }', '--period', '2026-10');
  expect(other.total).toBe('30.00');
});

test.each([
  ['pricing_tiers: { a: { cost: 0, limits: { requests: 1M }, overage: null } }', 'no tier takes all of this'],
  [
    'pricing_tiers: { a: { cost: 0, overage: { egress: { by: region, prices: { syd: 1/GB } } } } }',
    '300000000000 of egress with region "fra", for which tier a has no price',
  ],
])('a list that cannot bill it says why', async (tiers, reason) => {
  expect(await compared(tiers)).toMatchObject({ tier: null, total: null, reason });
});

test('the table has a column for each list, and no difference where something has no price', async () => {
  const cwd = temporaryDirectory({
    ...FILES,
    'all.yaml': 'pricing_tiers: { a: { cost: 0, overage: { requests: 1/1M, compute: 0.002, egress: 0.05/GB } } }',
    'part.yaml': 'pricing_tiers: { a: { cost: 1, overage: { requests: 1/1M } } }',
  });
  const { stdout } = await runMeter(['estimate', 'edge.yaml', '--compare', 'all.yaml', 'part.yaml'], { cwd });
  const table = stdout.slice(stdout.indexOf('On other price lists')).split('\n').slice(1, 8);
  expect(table.map((line) => line.trim().replace(/ {2,}/g, '  '))).toEqual([
    'tiers  all  part',
    'tier  own  a  a',
    'fee  10.00  0.00  1.00',
    'requests  6.00  3.00  3.00',
    'compute  30.00  60.00  –',
    'egress  30.00  15.00  –',
    'total  76.00  78.00  4.00',
  ]);
  // (78 − 76) ÷ 76
  expect(stdout).toMatch(/\+2\.6 %\s*\n/);
});

test('lists in other currencies are shown in theirs, without a difference', async () => {
  const cwd = temporaryDirectory({ ...FILES, 'euro.yaml': 'currency: EUR\npricing_tiers: { a: { cost: 70 } }' });
  const { stdout } = await runMeter(['estimate', 'edge.yaml', '--compare', 'euro.yaml', '--format', 'md'], { cwd });
  expect(stdout).toContain('| tiers, USD | euro, EUR |');
  expect(stdout).not.toContain('%');
});

test('rules reach the other lists', async () => {
  const cwd = temporaryDirectory({ ...FILES, 'other.yaml': 'pricing_tiers: { a: { cost: 70 } }' });
  const run = (rule: string) =>
    runMeter(['estimate', 'edge.yaml', '--compare', 'other.yaml', '--assert', rule], { cwd });
  expect((await run('total <= min(priceLists.total)')).exitCode).toBe(1);
  expect((await run('priceLists["other.yaml"].total == 70')).exitCode).toBe(0);
});

const SHIPPED = readdirSync(join(ROOT, 'fixtures/price-lists'))
  .filter((name) => /^[^.]+\.yaml$/.test(name))
  .map((name) => join('fixtures/price-lists', name));

test('the shipped price lists are valid, and the lint finds nothing in them', async () => {
  const { stderr, exitCode } = await runMeter(['validate', '--strict', ...SHIPPED]);
  expect(stderr).toBe('');
  expect(exitCode).toBe(0);
});

test('the shipped price lists bill the routes of the shop', async () => {
  expect(SHIPPED).toHaveLength(10);
  const { stdout } = await runMeter([
    ...['estimate', 'fixtures/edge-shop/edge.yaml', '--tiers', 'fixtures/edge-shop/tiers.yaml', '--format', 'json'],
    ...['--compare', ...SHIPPED],
  ]);
  const { priceLists } = JSON.parse(stdout) as { priceLists: PriceListObject[] };
  expect(priceLists.map(({ reason }) => reason)).toEqual(Array(11).fill(null));
  // 181 442 000 requests and 397 389.5 + 180 000 s of CPU on Workers: 5 + 171.442 × 0.30 + 547.3895 × 0.02
  const workers = priceLists.find(({ name }) => name.endsWith('cloudflare-workers.yaml'))!;
  expect(workers).toMatchObject({ total: '67.38', usage: { requests: '51.43', compute: '10.95', egress: '0.00' } });
});
