/** Meters that are not sums, on invoices: over months, parts of months, and with credits that end inside one. */
import { describe, expect, test } from 'vitest';
import { creditsOf, invoiceOf, invoicesOf, usageRows } from '../../support/billing.ts';
import { linesOf } from '../../support/invoices.ts';

const tiers = (aggregate: string, more = '') => `
meters: { things: { field: things, unit: thing, aggregate: ${aggregate} } }
pricing_tiers:
  a: { cost: usage, overage: { things: 1 }, ${more} }
  b: { cost: usage, overage: { things: 2 } }
`;
const ROWS = [
  '2026-10-05 5',
  '2026-10-05 5',
  '2026-10-06 0',
  '2026-10-20T00:00:00Z 9',
  '2026-10-31T23:59:59.999999999Z 2',
  '2026-11-01T00:00:00Z 7',
];

describe('of the rows 5, 5, 0, 9, 2 in October and 7 in November', () => {
  test.each`
    aggregate   | october    | november
    ${'sum'}    | ${'21.00'} | ${'7.00'}
    ${'count'}  | ${'5.00'}  | ${'1.00'}
    ${'max'}    | ${'9.00'}  | ${'7.00'}
    ${'unique'} | ${'4.00'}  | ${'1.00'}
    ${'last'}   | ${'2.00'}  | ${'7.00'}
  `('$aggregate is charged $october and $november, in any order of rows', async ({ aggregate, october, november }) => {
    for (const rows of [ROWS, ROWS.toReversed()]) {
      const invoices = await invoicesOf({ tiers: tiers(aggregate), tier: 'a', usage: usageRows('things', rows) });
      expect(invoices.map((invoice) => linesOf(invoice)[0])).toEqual([
        `usage:things ${october}`,
        `usage:things ${november}`,
      ]);
    }
  });

  // A level costs 19/31 and 12/31 of what it costs in a month: 5 × 1 × 19/31 = 3.06, 9 × 2 × 12/31 = 6.97; 2 different
  // values, 2 × 19/31 = 1.23 and 2 × 2 × 12/31 = 1.55.
  test.each`
    aggregate   | first      | second     | measured
    ${'sum'}    | ${'10.00'} | ${'22.00'} | ${'21'}
    ${'count'}  | ${'3.00'}  | ${'4.00'}  | ${'5'}
    ${'max'}    | ${'3.06'}  | ${'6.97'}  | ${'9'}
    ${'unique'} | ${'1.23'}  | ${'1.55'}  | ${'4'}
    ${'last'}   | ${'0.00'}  | ${'1.55'}  | ${'2'}
  `(
    '$aggregate of each tier’s own part of the month, and of all of it',
    async ({ aggregate, first, second, measured }) => {
      const customers = 'customer_id,tier,from,to\nacme,a,,2026-10-20\nacme,b,2026-10-20,\n';
      const usage = usageRows('things', ROWS);
      const invoice = await invoiceOf({ tiers: tiers(aggregate), customers, usage, period: '2026-10' });
      expect(linesOf(invoice)).toEqual([`usage:things ${first}`, `usage:things/2 ${second}`]);
      expect(invoice.usage.get('things')?.toFixed()).toBe(measured);
    },
  );

  test.each`
    aggregate   | drawn
    ${'sum'}    | ${'10.00'}
    ${'count'}  | ${'3.00'}
    ${'max'}    | ${'5.00'}
    ${'unique'} | ${'2.00'}
    ${'last'}   | ${'0.00'}
  `('a credit until the 20th pays $drawn of the $aggregate: what it was by then', async ({ aggregate, drawn }) => {
    const customers = 'customers: { acme: { tier: a, credits: [{ amount: 50, expires: 2026-10-20 }] } }';
    const usage = usageRows('things', ROWS);
    const invoice = await invoiceOf({ tiers: tiers(aggregate), customers, usage, period: '2026-10' });
    expect(creditsOf(invoice)[0]).toMatch(new RegExp(`^grant-1 ${drawn} drawn`));
  });
});

test('of a value that falls, credit pays no more than what it is in the end', async () => {
  const customers = 'customers: { acme: { tier: a, credits: [{ amount: 50, expires: 2026-10-20 }] } }';
  const usage = usageRows('things', ['2026-10-05 40', '2026-10-25 3']);
  const invoice = await invoiceOf({ tiers: tiers('last'), customers, usage });
  expect(creditsOf(invoice)).toEqual(['grant-1 3.00 drawn, 47.00 expired, 0.00 left']);
});

test('a maximum beyond a hard cap is blocked down to it', async () => {
  const capped = tiers('max').replace('cost: usage, overage: { things: 1 }', 'cost: 0, limits: { things: 4 }');
  const invoice = await invoiceOf({ tiers: capped, tier: 'a', usage: usageRows('things', ROWS.slice(0, 4)) });
  expect(invoice.blocked.get('things')?.toString()).toBe('5');
});
