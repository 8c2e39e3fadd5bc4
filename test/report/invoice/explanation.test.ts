import { expect, test } from 'vitest';
import { type BillingOrder, billed, printed } from '../../support/billing.ts';

const BERLIN: BillingOrder = {
  trace: true,
  period: '2026-10',
  tiers: `
timezone: Europe/Berlin
tax: { rate: 19% }
pricing_tiers:
  free: { cost: 0, limits: { requests: 3100 }, overage: null }
  pro:
    cost: 31
    limits: { requests: 3100 }
    overage: { requests: { model: graduated, steps: [{ up_to: 1k, amount: 0.01, flat: 0.50 }, { amount: 0.50, per: 100 }] } }
    discount: 12.5%
    minimum: 93
`,
  customers: `
customers:
  acme:
    history: [{ tier: free, to: 2026-10-11 }, { tier: pro, from: 2026-10-11 }]
    credits: [{ amount: 10, expires: 2026-12-31, reason: goodwill }]
`,
  usage: `timestamp,customer_id,requests
2026-10-10T21:59:59.999999999Z,acme,500
2026-10-10T22:00:00Z,acme,1200
2026-10-31T22:59:59Z,acme,3100
`,
};

test('an explanation has every amount’s arithmetic and rows, in the billing timezone', async () => {
  // free, 10/31: 500 are served. pro, 21/31: 3100 × 21/31 = 2100 are included; 4300 − 2100 = 2200 are priced: 1000 × 0.01 + 0.50 = 10.50, and
  // 1200 ÷ 100 × 0.50 = 6.00. 12.5 % of 16.50 are 2.0625; 16.50 − 2.06 = 14.44; the minimum is 93 × 21/31 = 63.00.
  // Fee 31 × 21/31 = 21.00; 21.00 + 63.00 = 84.00, less 10.00 of credit: 19 % of 74.00 are 14.06.
  expect(`\n${narrow(printed(await billed(BERLIN), 'table', true))}`).toBe(`
acme  pro, 2026-10  USD
  2026-10-01..2026-10-11 on free
  free, monthly fee × 10/31  at 0  0.00
    10/31 × 0 = 0.00
  2026-10-11..2026-11-01 on pro
  pro, monthly fee × 21/31  at 31  21.00
    21/31 × 31 = 21.00
  requests beyond 3100 × 21/31, step 1  1 000 at 0.01/request + 0.50 flat  10.50
    4 300 request used − 2 100 included → 2 200, of which 1 000 in step 1 priced at 0.01/request + 0.50 flat
    1 000 × 0.01 + 0.5 flat = 10.50
    from 2 rows, 2026-10-11T00:00:00+02:00 to 2026-10-31T23:59:59+01:00
  requests beyond 3100 × 21/31, step 2  1 200 at 0.50/100  6.00
    4 300 request used − 2 100 included → 2 200, of which 1 200 in step 2 priced at 0.50/100
    1 200 ÷ 100 × 0.5 = 6.00
    from 2 rows, 2026-10-11T00:00:00+02:00 to 2026-10-31T23:59:59+01:00
  12.5% off usage  -2.06
    -12.5% × 16.50 = -2.0625 → -2.06
  up to the minimum of 93 × 21/31  48.56
    21/31 × 93 − 14.44 = 48.56
  subtotal  84.00
  credits  -10.00
    10.00 − 0.00 left = 10.00 paid by grant-1, goodwill, until 2026-12-31T00:00:00+01:00
  tax  14.06
    19% × 74.00 = 14.06
  total  88.06
  credit grant-1 (goodwill): 10.00 of 10.00 drawn, 0.00 left
`);
});

test('what a hard cap blocked is explained, too', async () => {
  // 3600 − 3100 = 500
  const usage = `timestamp,customer_id,requests
2026-09-30T22:00:00Z,acme,3000
2026-10-10T21:59:59.999999999Z,acme,600
`;
  const { customers: _, ...order } = BERLIN;
  expect(printed(await billed({ ...order, usage, tier: 'free' }), 'table', true)).toContain(`
  blocked by hard cap: 500 requests
    requests, capped at 3100: 3 600 request used − 3 100 served = 500 blocked
    from 2 rows, 2026-10-01T00:00:00+02:00 to 2026-10-10T23:59:59.999999999+02:00
`);
});

test('tax that prices include is a part of the total', async () => {
  // 100.00 × 20 ÷ 120 = 16.666…
  const tiers = '{ tax: { rate: 20%, included: true }, pricing_tiers: { only: { cost: 100 } } }';
  const table = printed(
    await billed({ tiers, customers: 'customers: { acme: { tier: only } }', period: '2026-10' }),
    'table',
    true,
  );
  expect(table).toContain('tax included in it');
  expect(table).toContain('    20% ÷ 120% × 100.00 = 50/3 ≈ 16.666666666667 → 16.67');
});

/** Columns two blanks apart, however wide the longest text is. */
function narrow(table: string): string {
  return table.replace(/(\S) {2,}/g, '$1  ');
}

test('what a hard cap served of a quantity weighted by time is whole: used and blocked are the same fraction', async () => {
  // 7 GB for the first second of the first day, nothing after it: 7 ÷ 86 400 GB·days. Then 7 GB from noon of the 31st: 3.5 GB·days.
  // Together 7 000 000 000 ÷ 86 400 + 3 500 000 000 = 94 502 187 500 ÷ 27 B·days, of which 1 GB·day = 27 000 000 000 ÷ 27 is served.
  const order: BillingOrder = {
    trace: true,
    period: '2026-10',
    tiers: `
meters: { storage: { field: stored, unit: B, aggregate: time_weighted, per: day } }
pricing_tiers: { p: { cost: 0, limits: { storage: 1GB }, overage: null } }
`,
    customers: 'customers: { a: { tier: p } }',
    usage: `timestamp,customer_id,stored
2026-10-01T00:00:00Z,a,7000000000
2026-10-01T00:00:01Z,a,0
2026-10-31T12:00:00Z,a,7000000000
`,
  };
  expect(printed(await billed(order), 'table', true)).toContain(
    'capped at 1GB: 94 502 187 500/27 B·day used − 1 000 000 000 served = 67 502 187 500/27 ≈ 2 500 081 018.518518518519 blocked',
  );
});
