/** Latest values stay until another row says otherwise. */
import { expect, test } from 'vitest';
import { billed, invoiceOf, printed, usageRows } from '../../support/billing.ts';
import { linesOf } from '../../support/invoices.ts';

const TIERS = `
meters: { seats: { field: seats, unit: seat, aggregate: last } }
pricing_tiers:
  p: { cost: 0, overage: { seats: 10 } }
  q: { cost: 0, overage: { seats: 20 } }
`;
const STAYS = 'customer_id,tier,from,to\nacme,p,,\n';
/** Five seats from 5 September, eight from 3 October. */
const USAGE = usageRows('seats', ['2026-09-05 5', '2026-10-03 8']);

test.each`
  period       | seats
  ${'2026-09'} | ${'50.00'}
  ${'2026-10'} | ${'80.00'}
  ${'2026-11'} | ${'80.00'}
  ${'2027-02'} | ${'80.00'}
  ${'2026-08'} | ${'0.00'}
`('a value that is written when it changes is charged $seats in $period', async ({ period, seats }) => {
  const invoice = await invoiceOf({ tiers: TIERS, customers: STAYS, usage: USAGE, period });
  expect(linesOf(invoice)[1]).toBe(`usage:seats ${seats}`);
});

test('after a change of tier the seats are also the new tier’s', async () => {
  const customers = 'customer_id,tier,from,to\nacme,p,,2026-10-11\nacme,q,2026-10-11,\n';
  const invoice = await invoiceOf({ tiers: TIERS, customers, usage: USAGE, period: '2026-10' });
  // 8 × 10 × 10/31 = 25.81 and 8 × 20 × 21/31 = 108.39.
  expect(linesOf(invoice)).toEqual(['fee 0.00', 'usage:seats 25.81', 'fee/2 0.00', 'usage:seats/2 108.39']);
  expect(invoice.usage.get('seats')?.toFixed()).toBe('8');
});

test('a row that says 0 is a value: nobody has a seat any more', async () => {
  const usage = usageRows('seats', ['2026-09-05 5', '2026-09-20 0']);
  const invoice = await invoiceOf({ tiers: TIERS, customers: STAYS, usage, period: '2026-10' });
  expect(linesOf(invoice)[1]).toBe('usage:seats 0.00');
});

test('rows before the period count for nothing else, and are stated', async () => {
  const usage = usageRows('seats,requests', ['2026-09-05 5 1000', '2026-09-06 6 1000', '2026-10-03  70']);
  const tiers = `${TIERS}  r: { cost: 0, overage: { seats: 10, requests: 1 } }\n`;
  const run = await billed({ tiers, customers: 'customer_id,tier,from,to\nacme,r,,\n', usage, period: '2026-10' });
  expect(linesOf(run.invoices[0]!)).toEqual(['fee 0.00', 'usage:requests 70.00', 'usage:seats 60.00']);
  expect(run.rows).toEqual({ read: 3, rated: 1, duplicate: 0, outOfPeriod: 2, rejected: 0, beforePeriod: 2 });
  expect([...run.run.ledger.rowsByBucket.values()]).toEqual([1]);
  expect(printed(run, 'json')).toContain('"beforePeriod": 2');
});

test('they make nobody a customer whom the customers file does not name', async () => {
  const usage = usageRows('seats', ['2026-09-05 5']);
  const { invoices } = await billed({ tiers: TIERS, tier: 'p', usage, period: '2026-10' });
  expect(invoices).toEqual([]);
});

test('of two rows at the same instant the larger value stays, in any order', async () => {
  const rows = ['2026-09-05 5', '2026-09-05 7', '2026-09-05 6'];
  for (const usage of [rows, rows.toReversed()].map((some) => usageRows('seats', some))) {
    const invoice = await invoiceOf({ tiers: TIERS, customers: STAYS, usage, period: '2026-10' });
    expect(linesOf(invoice)[1]).toBe('usage:seats 70.00');
  }
});

test('a customer with an anchor has the rows before their own period', async () => {
  const customers = 'customers: { acme: { tier: p, anchor: 15 } }';
  const usage = usageRows('seats', ['2026-10-10 4', '2026-10-14 6', '2026-11-15 9']);
  const run = await billed({ tiers: TIERS, customers, usage, period: '2026-10' });
  // From 15 October to 15 November: the value of the 14th.
  expect(linesOf(run.invoices[0]!)[1]).toBe('usage:seats 60.00');
  expect(run.rows).toMatchObject({ rated: 0, outOfPeriod: 3, beforePeriod: 2 });
});
