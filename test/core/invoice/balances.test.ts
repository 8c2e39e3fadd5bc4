/** What a month hands over to the next one, worked out by hand. */
import { expect, test } from 'vitest';
import { formatMoney } from '../../../src/core/money.ts';
import { type BillingOrder, billed, closingOf, creditsOf } from '../../support/billing.ts';

const totalOf = async (order: BillingOrder) => {
  const run = await billed(order);
  const total = run.invoices.reduce((sum, invoice) => sum + Number(formatMoney(invoice.total, invoice.currency)), 0);
  return { total, closing: closingOf(run), credits: run.invoices.map(creditsOf) };
};

test('a grant is drawn once, and packs of one month pay in the next', async () => {
  const order = {
    tiers: `
credit_packs: { burst: { price: 25, credit: 25, expires_after: 90d, auto_purchase: { max_per_period: 4 } } }
pricing_tiers: { p: { cost: 10, overage: { requests: 0.01 } } }
`,
    customers: 'customers: { granted: { tier: p, credits: [{ amount: 40 }] }, packed: { tier: p } }',
    usage: `timestamp,customer_id,requests
2026-09-05T00:00:00Z,granted,4000
2026-10-05T00:00:00Z,granted,4000
2026-09-05T00:00:00Z,packed,100
2026-10-05T00:00:00Z,packed,100
`,
  };
  const september = await totalOf({ ...order, period: '2026-09' });
  const october = await totalOf({ ...order, period: '2026-10', opening: september.closing });
  // granted: 10 + 40 − 40; packed: 10 + 25 for a pack + 1 − 1
  expect(september.total).toBe(10 + 35);
  // granted: 10 + 40 − 40 and two packs of 25; packed: 10 + 1 − 1
  expect(october.total).toBe(60 + 10);
  expect(october.credits).toEqual([
    ['burst-2026-10-1 25.00 drawn, 0.00 expired, 0.00 left', 'burst-2026-10-2 15.00 drawn, 0.00 expired, 10.00 left'],
    ['burst-2026-09-1 1.00 drawn, 0.00 expired, 23.00 left'],
  ]);
  expect((await totalOf({ ...order, period: 'all' })).total).toBe(115);
});

test('a credit that ends in a month without an invoice is lost there, and not forgotten', async () => {
  const order = {
    tiers: 'pricing_tiers: { p: { cost: 10, overage: { requests: 0.01 } } }',
    customers:
      'customers: { acme: { history: [{ tier: p, to: 2026-10-01 }], credits: [{ amount: 40, expires: 2026-10-15 }] } }',
    usage: 'timestamp,customer_id,requests\n2026-09-05T00:00:00Z,acme,1000\n',
  };
  const september = await totalOf({ ...order, period: '2026-09' });
  const october = await totalOf({ ...order, period: '2026-10', opening: september.closing });
  const november = await totalOf({ ...order, period: '2026-11', opening: october.closing });
  expect(october.credits).toEqual([]);
  for (const closing of [october.closing, november.closing])
    expect(JSON.parse(closing).totals).toEqual({
      ...{ granted: '40.00', drawn: '10.00', expired: '30.00', remaining: '0.00' },
    });
});
