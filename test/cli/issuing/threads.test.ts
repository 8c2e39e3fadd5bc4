/** Invoices of many customers are issued on several threads; nobody can tell by the result on how many. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runMeter } from '../../support/runMeter.ts';

/** With two months each, more invoices than one thread issues alone. */
const CUSTOMERS = 4100;

const TIERS = `
currency: EUR
tax: { rate: 19% }
default_tier: pro
pricing_tiers:
  pro:
    cost: 10 + usage
    limits: { requests: 40/mo }
    overage:
      requests: 0.333/7
      egress: { by: region, prices: { fra: 0.01/GB, syd: 0.09/GB } }
  free:
    cost: 0
    limits: { requests: 10/mo }
`;

/** Some on a tier of their own from the middle of a month on, some with credit, some without any usage. */
function customersFile(): string {
  const rows = Array.from({ length: 300 }, (_, i) => {
    const from = i % 3 === 0 ? '2026-10-15' : '';
    return `c-${String(i * 13).padStart(5, '0')},${i % 2 === 0 ? 'free' : 'pro'},${from}`;
  });
  return ['customer_id,tier,tier_from', ...rows, 'nobody-uses-this,pro,', ''].join('\n');
}

function exported(): string {
  const rows = Array.from({ length: CUSTOMERS * 2 }, (_, i) => {
    const customer = `c-${String((i * 7919) % CUSTOMERS).padStart(5, '0')}`;
    const at = `2026-1${i < CUSTOMERS ? 0 : 1}-${String((i % 28) + 1).padStart(2, '0')}T00:00:00Z`;
    return `${at},${customer},${i % 2 === 0 ? 'fra' : 'syd'},${i % 97},${(i * 104_729) % 10 ** 10}.5`;
  });
  return ['timestamp,customer_id,region,requests,egress_bytes', ...rows, ''].join('\n');
}

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'issuing-'));
  writeFileSync(join(folder, 'tiers.yaml'), TIERS);
  writeFileSync(join(folder, 'customers.csv'), customersFile());
  writeFileSync(join(folder, 'usage.csv'), exported());
});
afterAll(() => rmSync(folder, { recursive: true }));

async function resultOf(format: string, threads: number, ...more: string[]): Promise<string> {
  const files = ['usage.csv', '--tiers', 'tiers.yaml', '--customers', 'customers.csv', '--period', 'all'];
  const args = ['invoice', ...files, '--format', format, '--threads', String(threads), '--quiet', ...more];
  const { stdout, stderr, exitCode } = await runMeter(args, { cwd: folder });
  expect(exitCode, stderr).toBe(0);
  return stdout;
}

test.each(['ndjson', 'json', 'csv'])('%s has the same bytes for any number of threads', async (format) => {
  const one = await resultOf(format, 1);
  expect((await resultOf(format, format === 'json' ? 3 : 2)) === one).toBe(true);
  if (format !== 'ndjson') return;
  await resultOf(format, 2, '-o', 'result');
  expect(readFileSync(join(folder, 'result'), 'utf8') === one).toBe(true);
});

test('a customer that the customers file puts on the free tier has no charge, on whichever thread', async () => {
  const lines = (await resultOf('ndjson', 2)).trim().split('\n');
  const invoices = lines.slice(0, -1).map((line) => JSON.parse(line) as { customer: string; tier: string });
  // 4 100 customers with rows in both months, and one without any in the file.
  expect(invoices).toHaveLength(2 * CUSTOMERS + 2);
  expect(invoices.map(({ customer }) => customer)).toEqual(invoices.map(({ customer }) => customer).toSorted());
  expect(invoices.find(({ customer }) => customer === 'c-00026')).toMatchObject({ tier: 'free', total: '0.00' });
  expect(invoices.at(-1)).toMatchObject({ customer: 'nobody-uses-this', total: '11.90' }); // 10.00 + 19 %
});

test('an interruption ends all threads, and leaves no half result', async () => {
  const interruption = new AbortController();
  const run = runMeter(
    ['invoice', 'usage.csv', '--tiers', 'tiers.yaml', '--period', 'all', '--format', 'json', '-o', 'half', '--quiet'],
    { cwd: folder, signal: interruption.signal },
  );
  setTimeout(() => interruption.abort(), 300);
  const { exitCode } = await run;
  expect([0, 130]).toContain(exitCode); // a fast machine may have been done
  if (exitCode === 130) expect(() => readFileSync(join(folder, 'half'))).toThrow('ENOENT');
});
