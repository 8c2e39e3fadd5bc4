import { expect, test } from 'vitest';
import { billed, printed, usageOfAcme } from '../../support/billing.ts';

test('an exact amount that does not end as a decimal is there as a fraction, too', async () => {
  const tiers = 'pricing_tiers: { p: { cost: 19, limits: { requests: 310 }, overage: { requests: 1 } } }';
  const customers = 'customer_id,tier,from,to\nacme,p,2026-10-11,2026-10-21\n';
  const run = await billed({ tiers, customers, usage: usageOfAcme('2026-10-15 100.25'), period: '2026-10' });
  const [invoice] = JSON.parse(printed(run, 'json')).invoices;
  // 10 of 31 days: 19 × 10/31 = 190/31 = 6.129032258064516…; 100.25 − 100
  expect(invoice.lines).toMatchObject([
    { key: 'fee', exact: '6.129032258065', exactFraction: '190/31', amount: '6.13' },
    { key: 'usage:requests', exact: '0.25', amount: '0.25' },
  ]);
  expect(invoice.lines[1]).not.toHaveProperty('exactFraction');
});
