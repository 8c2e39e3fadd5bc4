/** Annual fees: when a year begins, what is owed then, and what becomes of one that is not used to its end. */
import { expect, test } from 'vitest';
import { type BillingOrder, invoicesOf, labelOf, printed, billed as ran, usageOfAcme } from '../../support/billing.ts';
import { errorCodesOf, listedTier, rateCardOf } from '../../support/rateCards.ts';

const TIERS = `
default_tier: monthly
pricing_tiers:
  free: { cost: 0 }
  starter: { cost: 190/yr + usage, limits: { requests: 310 }, overage: { requests: 0.01 } }
  studio: { cost: 190.00/year, limits: { requests: 620 } }
  pro: { cost: 490/yr }
  monthly: { cost: 31 }
`;

/** `2026-10: fee 490.00 pro, annual fee, 2026-10-20..2027-10-20`: the fee lines of acme, month by month. */
async function feesOf(order: Omit<BillingOrder, 'tiers'> & { readonly tiers?: string }): Promise<string[]> {
  const invoices = await invoicesOf({ tiers: TIERS, ...order });
  return invoices.flatMap((invoice) =>
    invoice.lines
      .filter(({ kind }) => kind === 'fee')
      .map(({ amount, description }) => `${labelOf(invoice)}: ${amount.toFixed(2)} ${description}`),
  );
}

const stays = (...rows: readonly string[]) =>
  `customer_id,tier,from,to\n${rows.map((row) => `acme,${row}\n`).join('')}`;

test('a year is owed in full in the month in which it begins, also in the middle of it, and not before its anniversary', async () => {
  const customers = stays('starter,2025-10-11,');
  expect(await feesOf({ customers, period: '2025-10' })).toEqual([
    '2025-10: 190.00 starter, annual fee, 2025-10-11..2026-10-11',
  ]);
  expect(await feesOf({ customers, period: '2026-09' })).toEqual([
    '2026-09: 0.00 starter, annual fee, paid until 2026-10-11',
  ]);
  expect(await feesOf({ customers, period: '2026-10' })).toEqual([
    '2026-10: 190.00 starter, annual fee, 2026-10-11..2027-10-11',
  ]);
});

test('a period of two years owes two fees', async () => {
  const customers = stays('starter,2024-03-05,');
  expect(await feesOf({ customers, period: '2025-01-01..2027-01-01' })).toEqual([
    '2025-01-01..2027-01-01: 380.00 starter, annual fee, 2025-03-05..2027-03-05',
  ]);
});

test('a year from 29 February ends on the 28th where there is no 29th, and begins on the 29th where there is one', async () => {
  const customers = stays('starter,2024-02-29,');
  expect(await feesOf({ customers, period: '2027-02-28..2027-03-01' })).toEqual([
    '2027-02-28..2027-03-01: 190.00 starter, annual fee, 2027-02-28..2028-02-29',
  ]);
  expect(await feesOf({ customers, period: '2028-02-28..2028-02-29' })).toEqual([
    '2028-02-28..2028-02-29: 0.00 starter, annual fee, paid until 2028-02-29',
  ]);
});

test("the customer's anchor moves the periods and not the year", async () => {
  const customers = 'customers:\n  acme: { anchor: 20, history: [{ tier: starter, from: 2025-10-11 }] }\n';
  // The period from 20 September to 20 October holds 11 October; the one from 20 October does not.
  expect(await feesOf({ customers, period: '2026-09' })).toEqual([
    '2026-09-20..2026-10-20: 190.00 starter, annual fee, 2026-10-11..2027-10-11',
  ]);
  expect(await feesOf({ customers, period: '2026-10' })).toEqual([
    '2026-10-20..2026-11-20: 0.00 starter, annual fee, paid until 2027-10-11',
  ]);
});

test('days begin in the zone of the tier file', async () => {
  // 11 October begins in Los Angeles at 07:00 UTC.
  const order = { tiers: `timezone: America/Los_Angeles\n${TIERS}`, customers: stays('starter,2025-10-11,') };
  const begun = await feesOf({ ...order, period: '2026-10-11T06:00:00Z..2026-10-11T08:00:00Z' });
  const before = await feesOf({ ...order, period: '2026-10-11T05:00:00Z..2026-10-11T07:00:00Z' });
  expect([begun, before].map(([line]) => line!.replace(/^.*?: /, ''))).toEqual([
    '190.00 starter, annual fee, 2026-10-11..2027-10-11',
    '0.00 starter, annual fee, paid until 2026-10-11',
  ]);
});

test('the included quantity and the usage charges stay monthly, prorated as ever', async () => {
  // 21 of 31 days: 310 × 21/31 = 210 included; (300 − 210) × 0.01 = 0.90.
  const [invoice] = await invoicesOf({
    tiers: TIERS,
    customers: stays('starter,2026-10-11,'),
    usage: usageOfAcme('2026-10-15 300'),
    period: '2026-10',
  });
  expect(invoice!.lines.map(({ kind, amount }) => `${kind} ${amount.toFixed(2)}`)).toEqual([
    'fee 190.00',
    'usage 0.90',
  ]);
});

test('nothing is given back on leaving, and it is said', async () => {
  expect(
    await feesOf({ customers: stays('pro,2026-03-11,2026-10-20', 'monthly,2026-10-20,'), period: '2026-10' }),
  ).toEqual([
    '2026-10: 0.00 pro, annual fee, paid until 2027-03-11; left 2026-10-20, nothing is given back',
    // 12 of 31 days.
    '2026-10: 12.00 monthly, monthly fee × 12/31',
  ]);
  // To a lower annual fee, and away altogether.
  expect(
    await feesOf({ customers: stays('pro,2026-03-11,2026-10-20', 'starter,2026-10-20,'), period: '2026-10' }),
  ).toEqual([
    '2026-10: 0.00 pro, annual fee, paid until 2027-03-11; left 2026-10-20, nothing is given back',
    '2026-10: 190.00 starter, annual fee, 2026-10-20..2027-10-20',
  ]);
  expect(await feesOf({ customers: stays('pro,2026-03-11,2026-11-01'), period: '2026-10' })).toEqual([
    '2026-10: 0.00 pro, annual fee, paid until 2027-03-11; left 2026-11-01, nothing is given back',
  ]);
  // At the year's end there is nothing to give back.
  expect(await feesOf({ customers: stays('pro,2025-10-20,2026-10-20'), period: '2026-10' })).toEqual([
    '2026-10: 0.00 pro, annual fee, paid until 2026-10-20',
  ]);
});

test('a move to a higher annual fee takes off the months that have not begun', async () => {
  // Months of the year begin on the 11th: after 20 October those of 11 November to 11 February, 4. 190 × 4/12 = 63.33….
  expect(
    await feesOf({ customers: stays('starter,2026-03-11,2026-10-20', 'pro,2026-10-20,'), period: '2026-10' }),
  ).toEqual([
    '2026-10: 0.00 starter, annual fee, paid until 2027-03-11',
    '2026-10: 490.00 pro, annual fee, 2026-10-20..2027-10-20',
    '2026-10: -63.33 starter, 4 months of the annual fee not begun',
  ]);
  // At the begin of a month that month has not begun: 11 October to 11 February, 5. 190 × 5/12 = 79.166…
  expect(
    await feesOf({ customers: stays('starter,2026-03-11,2026-10-11', 'pro,2026-10-11,'), period: '2026-10' }),
  ).toContain('2026-10: -79.17 starter, 5 months of the annual fee not begun');
  // In the last month, and at the end of the year, none are left.
  for (const day of ['2026-10-20', '2026-10-25']) {
    const customers = stays(`starter,2025-10-25,${day}`, `pro,${day},`);
    expect((await feesOf({ customers, period: '2026-10' })).filter((line) => line.includes('not begun'))).toEqual([]);
  }
});

test('the year goes on under another tier with the same annual fee', async () => {
  const customers = stays('starter,2026-03-11,2026-10-20', 'studio,2026-10-20,');
  expect(await feesOf({ customers, period: '2026-10' })).toEqual([
    '2026-10: 0.00 starter, annual fee, paid until 2027-03-11',
    '2026-10: 0.00 studio, annual fee, paid until 2027-03-11',
  ]);
  expect(await feesOf({ customers, period: '2027-03' })).toEqual([
    '2027-03: 190.00 studio, annual fee, 2027-03-11..2028-03-11',
  ]);
});

test('who comes back begins a new year', async () => {
  const customers = stays('pro,2026-03-11,2026-10-20', 'free,2026-10-20,2026-10-25', 'pro,2026-10-25,');
  expect((await feesOf({ customers, period: '2026-10' })).at(-1)).toBe(
    '2026-10: 490.00 pro, annual fee, 2026-10-25..2027-10-25',
  );
});

test('without the begin of a stay nothing is billed, unless the run does not bill that stay', async () => {
  const unknown = /tier starter is paid by the year, and nothing says when the year begins/;
  await expect(feesOf({ customers: stays('starter,,'), period: '2026-10' })).rejects.toThrow(unknown);
  await expect(feesOf({ usage: usageOfAcme('2026-10-05 1'), tier: 'starter' })).rejects.toThrow(unknown);
  const customers = stays('starter,,2026-10-01', 'pro,2026-10-01,');
  // What has to be taken off depends on it.
  await expect(feesOf({ customers, period: '2026-10' })).rejects.toThrow(/tier pro is paid by the year/);
  expect(await feesOf({ customers, period: '2026-11' })).toEqual([
    '2026-11: 0.00 pro, annual fee, paid until 2027-10-01',
  ]);
});

test('in FOCUS the fee is a purchase of years, for the time of the year', async () => {
  const run = await ran({ tiers: TIERS, customers: stays('pro,2026-10-20,'), period: '2026-10' });
  const [header, ...rows] = printed(run, 'focus')
    .trimEnd()
    .split('\n')
    .map((line) => line.replaceAll(/"([^"]*)"/g, (_, text) => text.replaceAll(',', ';')).split(','));
  const of = (row: readonly string[], name: string) => row[header!.indexOf(name)];
  const columns = [
    'ChargeCategory',
    'BilledCost',
    'EffectiveCost',
    'ChargePeriodStart',
    'ChargePeriodEnd',
    'PricingQuantity',
    'PricingUnit',
  ];
  expect(rows.map((row) => columns.map((name) => of(row, name)).join(' '))).toEqual([
    'Purchase 490 0 2026-10-20T00:00:00Z 2027-10-20T00:00:00Z 1 Years',
    'Adjustment 0 490 2026-10-20T00:00:00Z 2027-10-20T00:00:00Z  ',
  ]);
});

test('a fee for a year is written in whole minor units', () => {
  const tier = (cost: string, currency = 'USD') =>
    `{ currency: ${currency}, pricing_tiers: { only: { cost: ${cost} } } }`;
  expect(errorCodesOf(tier('190.005/yr'))).toEqual(['tiers/finer-than-minor-unit']);
  expect(errorCodesOf(tier('1900.5/yr', 'JPY'))).toEqual(['tiers/finer-than-minor-unit']);
  expect(errorCodesOf(tier('EUR 190/yr'))).toEqual(['tiers/wrong-currency']);
  expect(listedTier(rateCardOf(tier('$190.50/yr'))).fee).toMatchObject({ kind: 'annual', text: '$190.50/yr' });
});
