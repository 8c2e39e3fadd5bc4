/** Cases of `meter test` against exports: the same usage, written as rows of CSV and billed by `meter invoice`. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkAsync, fc } from '../support/properties.ts';
import { ROOT, runMeter } from '../support/runMeter.ts';
import { temporaryDirectory } from '../support/temporary.ts';

/** Price lists with sums alone, the tiers of each that have prices or limits, and whether regions have prices. */
const LISTS = {
  'fixtures/edge-shop/tiers.yaml': ['starter', 'growth', 'volume'],
  'fixtures/limits/tiers.yaml': ['trial', 'sandbox', 'production', 'scale'],
  'fixtures/price-lists/aws-cloudfront.yaml': ['pay-as-you-go'],
  'fixtures/price-lists/fastly.yaml': ['delivery', 'compute'],
  'fixtures/price-lists/cloudflare-workers.yaml': ['free', 'paid'],
} as const;

const part = fc.record({
  /** Minutes from the begin of October. */
  minute: fc.integer({ min: 0, max: 31 * 24 * 60 - 1 }),
  requests: fc.integer({ min: 0, max: 3_000_000 }),
  compute: fc.integer({ min: 0, max: 100_000 }),
  egress: fc.bigInt({ min: 0n, max: 9_000_000_000_000n }),
  region: fc.constantFrom('fra', 'gru', 'syd', ''),
});

const order = fc.record({
  list: fc.constantFrom(...(Object.keys(LISTS) as (keyof typeof LISTS)[])),
  tier: fc.nat(),
  /** Tier from a day of October on; 0: no change. */
  later: fc.record({ tier: fc.nat(), day: fc.integer({ min: 0, max: 31 }) }),
  parts: fc.array(part, { minLength: 1, maxLength: 6 }),
});

test('a case has the invoice that rows with its usage have', async () => {
  await checkAsync(
    fc.asyncProperty(order, async ({ list, tier, later, parts }) => {
      const tiers = LISTS[list];
      const [from, to] = [tiers[tier % tiers.length]!, tiers[later.tier % tiers.length]!];
      const day = `2026-10-${String(later.day).padStart(2, '0')}`;
      const history =
        later.day < 2 ? `[{ tier: ${from} }]` : `[{ tier: ${from}, to: ${day} }, { tier: ${to}, from: ${day} }]`;
      const rows = parts.map(({ minute, ...row }) => ({
        at: new Date(Date.UTC(2026, 9, 1) + minute * 60_000).toISOString(),
        ...row,
      }));
      const csv = rows.map((r, i) => `${r.at},customer,${r.requests},${r.compute},${r.egress},${r.region},e${i}\n`);
      const usage = rows.map(
        ({ at, requests, compute, egress, region }) =>
          `{ at: "${at}", requests: ${requests}, compute: ${compute}, egress: ${egress}${region === '' ? '' : `, region: ${region}`} }`,
      );
      const cwd = temporaryDirectory({
        'tiers.yaml': readFileSync(join(ROOT, list), 'utf8'),
        'usage.csv': `timestamp,customer_id,requests,compute_seconds,egress_bytes,region,event_id\n${csv.join('')}`,
        'customers.yaml': `customers: { customer: { history: ${history} } }\n`,
        'tiers.test.yaml': `cases:\n  - it: x\n    customer: { history: ${history} }\n    period: 2026-10\n    usage: [${usage.join(', ')}]\n    expect: {}\n`,
      });
      const billed = await runMeter(
        ['invoice', 'usage.csv', '--customers', 'customers.yaml', '--period', '2026-10', '--format', 'json'],
        { cwd },
      );
      const { invoices } = JSON.parse(billed.stdout) as {
        invoices: {
          total: string;
          tier: string;
          blocked: object;
          lines: { key: string; exact: string; amount: string }[];
        }[];
      };
      const [{ total, tier: last, blocked, lines }] = invoices as [(typeof invoices)[0]];
      const facts = lines.map(
        ({ key, exact, amount }) => `${JSON.stringify(key)}: { exact: ${exact}, amount: ${amount} }`,
      );
      const expected = `{ total: ${total}, tier: ${last}, blocked: ${JSON.stringify(blocked)}, lines: { ${facts.join(', ')} } }`;
      const cases = readFileSync(join(cwd, 'tiers.test.yaml'), 'utf8').replace('expect: {}', `expect: ${expected}`);
      const { stdout, exitCode } = await runMeter(['test', '-'], { cwd, stdin: `tiers: tiers.yaml\n${cases}` });
      expect(exitCode, stdout).toBe(0);
    }),
    { runs: 12 },
  );
});
