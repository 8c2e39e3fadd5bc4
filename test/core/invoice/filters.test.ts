/** Meters that count some rows only, and prices by two dimensions. */
import { describe, expect, test } from 'vitest';
import { billed, invoiceOf, printed, usageRows } from '../../support/billing.ts';
import { linesOf } from '../../support/invoices.ts';

const ROWS = [
  '2026-10-05 100 200 syd hit',
  '2026-10-06 50 404 syd miss',
  '2026-10-07 30 204 fra hit',
  '2026-10-08 20 500  miss',
  '2026-10-09 10  fra ',
];
const USAGE = usageRows('bytes,status,region,cache', ROWS);

describe('of the rows 100 (200), 50 (404), 30 (204), 20 (500) and 10 (no status)', () => {
  // 100 + 30; 100 + 50 + 30 + 10; 50 + 20; 10; 100 alone is of syd, too; of 50, 20 and 10 the largest; of 100 and 30 the
  // later; 404, 500 and none; syd and fra.
  test.each`
    aggregate   | field       | where                                | quantity
    ${'sum'}    | ${'bytes'}  | ${'status: 2xx'}                     | ${'130.00'}
    ${'sum'}    | ${'bytes'}  | ${'status: 2XX'}                     | ${'130.00'}
    ${'sum'}    | ${'bytes'}  | ${'status: 200'}                     | ${'100.00'}
    ${'sum'}    | ${'bytes'}  | ${'status: { not: 5xx }'}            | ${'190.00'}
    ${'sum'}    | ${'bytes'}  | ${'status: [404, 5xx]'}              | ${'70.00'}
    ${'sum'}    | ${'bytes'}  | ${"status: ''"}                      | ${'10.00'}
    ${'sum'}    | ${'bytes'}  | ${"status: { not: [2xx, 404, ''] }"} | ${'20.00'}
    ${'sum'}    | ${'bytes'}  | ${'status: 2xx, region: syd'}        | ${'100.00'}
    ${'max'}    | ${'bytes'}  | ${'status: { not: 2xx }'}            | ${'50.00'}
    ${'last'}   | ${'bytes'}  | ${'status: 2xx'}                     | ${'30.00'}
    ${'count'}  | ${'bytes'}  | ${'status: { not: 2xx }'}            | ${'3.00'}
    ${'unique'} | ${'region'} | ${'status: 2xx'}                     | ${'2.00'}
  `('$aggregate where { $where } is $quantity', async ({ aggregate, field, where, quantity }) => {
    const tiers = `
meters: { some: { field: ${field}, unit: thing, aggregate: ${aggregate}, where: { ${where} } } }
pricing_tiers: { a: { cost: usage, overage: { some: 1 } } }
`;
    for (const rows of [ROWS, ROWS.toReversed()]) {
      const invoice = await invoiceOf({ tiers, tier: 'a', usage: usageRows('bytes,status,region,cache', rows) });
      expect(linesOf(invoice)).toEqual([`usage:some ${quantity}`]);
    }
  });
});

test('meters with filters of their own, and one without, share a column', async () => {
  const tiers = `
meters:
  all: { field: bytes, unit: thing }
  good: { field: bytes, unit: thing, where: { status: 2xx } }
  bad: { field: bytes, unit: thing, where: { status: [4xx, 5xx] } }
pricing_tiers: { a: { cost: usage, overage: { all: 1, good: 1, bad: 1 } } }
`;
  // 210 = 130 + 70 + 10 without a status.
  const lines = linesOf(await invoiceOf({ tiers, tier: 'a', usage: USAGE }));
  expect(lines).toEqual(['usage:all 210.00', 'usage:good 130.00', 'usage:bad 70.00']);
});

const COMBINED = (more: string) => `
meters: { sent: { field: bytes, unit: thing } }
pricing_tiers:
  a:
    cost: usage
    limits: { sent: 105 }
    overage:
      sent: { by: [region, cache], prices: { syd: { hit: 0.10, miss: 0.20 }, fra: { hit: 0.30 } }${more} }
`;

test('each combination has its price, and its part of what is included', async () => {
  // 105 of 210 are included: half of each. (20 × 0.05 + 10 × 0.05 + 30 × 0.30 + 100 × 0.10 + 50 × 0.20) ÷ 2
  const run = await billed({ tiers: COMBINED(', default: 0.05'), tier: 'a', usage: USAGE });
  expect(linesOf(run.invoices[0]!)).toEqual([
    'usage:sent@@miss 0.50',
    'usage:sent@fra@ 0.25',
    'usage:sent@fra@hit 4.50',
    'usage:sent@syd@hit 5.00',
    'usage:sent@syd@miss 5.00',
  ]);
  const [first, , third] = run.invoices[0]!.lines;
  expect(first!.description).toBe('sent beyond 105, region unknown, cache miss');
  expect(third!).toMatchObject({
    description: 'sent beyond 105, region fra, cache hit',
    dimensions: [
      { name: 'region', value: 'fra' },
      { name: 'cache', value: 'hit' },
    ],
  });
  expect(third!).not.toHaveProperty('dimension');

  const { lines } = JSON.parse(printed(run, 'json')).invoices[0];
  expect(lines[2].dimensions).toEqual([
    { name: 'region', value: 'fra' },
    { name: 'cache', value: 'hit' },
  ]);
  expect(printed(run, 'csv')).toContain(
    'usage:sent@syd@hit,usage,sent,"sent beyond 105, region syd, cache hit",100,50',
  );
  const focus = printed(run, 'focus');
  expect(focus).toContain('meter/sent@a@syd@hit');
});

test('a price by one dimension says it in one field and in the list', async () => {
  const tiers = `
meters: { sent: { field: bytes, unit: thing } }
pricing_tiers: { a: { cost: usage, overage: { sent: { by: cache, prices: { hit: 0.10 }, default: 0.20 } } } }
`;
  // 20 + 50 missed; 10 without a value; 100 + 30 hit.
  const invoice = await invoiceOf({ tiers, tier: 'a', usage: USAGE });
  expect(linesOf(invoice)).toEqual(['usage:sent@ 2.00', 'usage:sent@hit 13.00', 'usage:sent@miss 14.00']);
  const dimension = { name: 'cache', value: 'hit' };
  expect(invoice.lines[1]!).toMatchObject({ dimension, dimensions: [dimension] });
});

test('a filter of a priced meter comes first: what it leaves out is in no combination', async () => {
  const tiers = COMBINED(', default: 0.05').replace('unit: thing', 'unit: thing, where: { status: 2xx }');
  // 130 count, 105 of them included, 25 ÷ 130 of each paid: 100 × 25/130 × 0.10 = 1.923…, 30 × 25/130 × 0.30 = 1.730…
  expect(linesOf(await invoiceOf({ tiers, tier: 'a', usage: USAGE }))).toEqual([
    'usage:sent@fra@hit 1.73',
    'usage:sent@syd@hit 1.92',
  ]);
});

test('a combination without a price is a problem that names it, never free', async () => {
  await expect(billed({ tiers: COMBINED(''), tier: 'a', usage: USAGE })).rejects.toThrow(
    'customer "acme": 20 of sent with region "" and cache "miss", for which tier a has no price\n' +
      'customer "acme": 10 of sent with region "fra" and cache "", for which tier a has no price',
  );
});

test('values that look like others joined do not share a key', async () => {
  const rows = ['2026-10-05 1 200 a@b c', '2026-10-05 1 200 a b@c', '2026-10-05 1 200 a%40b c'];
  const tiers = COMBINED(', default: 0.05').replace('limits: { sent: 105 }', '');
  const invoice = await invoiceOf({ tiers, tier: 'a', usage: usageRows('bytes,status,region,cache', rows) });
  expect(linesOf(invoice)).toEqual(['usage:sent@a@b%40c 0.05', 'usage:sent@a%2540b@c 0.05', 'usage:sent@a%40b@c 0.05']);
});

test('a class of status codes in a table is a price of all its codes together, unless one has its own', async () => {
  const tiers = `
meters: { sent: { field: bytes, unit: thing } }
pricing_tiers:
  a:
    cost: usage
    overage:
      sent:
        by: status
        prices: { 2xx: { model: graduated, steps: [{ up_to: 110, amount: 0.10 }, { amount: 0.20 }] }, 404: 0.50, 4xx: 9 }
        default: 1
`;
  // 130 of 200 and 204 fill one ladder: 110 × 0.10 and 20 × 0.20. 404 has its own price; 500 and no status are 30 × 1.
  expect(linesOf(await invoiceOf({ tiers, tier: 'a', usage: USAGE }))).toEqual([
    'usage:sent@ 10.00',
    'usage:sent:1@2xx 11.00',
    'usage:sent:2@2xx 4.00',
    'usage:sent@404 25.00',
    'usage:sent@500 20.00',
  ]);
});

test('a class of status codes has its part of what is included', async () => {
  const invoice = await invoiceOf({
    tiers: `
dimensions: [status]
default_tier: pro
pricing_tiers:
  pro:
    cost: usage
    limits: { requests: 50 }
    overage: { requests: { by: status, prices: { 2xx: 0.10 }, default: 0.20 } }
`,
    usage: usageRows('status,requests', ['2026-10-05 200 40', '2026-10-05 204 20', '2026-10-05 404 40']),
  });
  // 50 of 100 are included: 30 of the 60 of 2xx, 20 of the 40 of 404. 30 × 0.10 = 3.00, 20 × 0.20 = 4.00.
  expect(linesOf(invoice)).toEqual(['usage:requests@2xx 3.00', 'usage:requests@404 4.00']);
});
