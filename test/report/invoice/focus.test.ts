import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Decimal } from '../../../src/core/decimal.ts';
import { type BillingOrder, billed, printed, usageOfAcme, usageRows } from '../../support/billing.ts';
import { brokenFocusRules, costByInvoice, type FocusRow, focusRows } from '../../support/focusRules.ts';
import { runMeter } from '../../support/runMeter.ts';

const EVERY_MODEL = `
currency: CUR
meters:
  jobs: { field: jobs, unit: job }
  storage: { field: storage, unit: B }
  seats: { field: seats, unit: seat }
  payments: { field: payments, unit: CUR }
  odd: { field: odd, unit: "µ-op/s" }
pricing_tiers:
  only:
    cost: 19 + usage
    limits: { requests: 1k/mo }
    overage:
      requests: { model: unit, amount: 0.40, per: 7 }
      jobs: { model: package, amount: 5, per: 1k }
      egress: { model: graduated, steps: [{ up_to: 1GB, amount: 0.05, per: GB }, { up_to: 1TB, amount: 0.04, per: GB, flat: 2 }, { amount: 0.03, per: GiB }] }
      storage: { model: volume, steps: [{ up_to: 1GB, flat: 1 }, { amount: 0.5, per: 100MB }] }
      seats: { model: stairstep, steps: [{ up_to: 5, flat: 50 }, { flat: 150 }] }
      payments: { model: percentage, rate: 1.5%, fixed: 0.10 }
      compute: { model: unit, amount: 0.000012, per: 250ms }
      odd: { model: unit, amount: 1, per: 3 }
`;
const COLUMNS = 'requests,jobs,egress_bytes,storage,seats,payments,compute_seconds,odd';
const ONE_METER = (more: string, file = '') => `
${file}
pricing_tiers: { only: { cost: 19 + usage, limits: { requests: 10 }, overage: { requests: 1/3 }, ${more} } }
`;
const USED = usageOfAcme('2026-10-05 50', '2026-10-20 50.5');
const PACKS =
  'credit_packs: { burst: { price: 20, credit: 25, expires_after: 90d, auto_purchase: { max_per_period: 2 } } }';

const ORDERS: Readonly<Record<string, BillingOrder>> = {
  'every price model': {
    tiers: EVERY_MODEL.replaceAll('CUR', 'USD'),
    usage: usageRows(COLUMNS, ['2026-10-05 1005 2300 2500000000000 3e9 7 99.99 1.7 10'.replace('3e9', '3000000000')]),
    tier: 'only',
  },
  'every price model in yen': {
    tiers: EVERY_MODEL.replaceAll('CUR', 'JPY'),
    usage: usageRows(COLUMNS, ['2026-10-05 1005 1 999 17 1 12345 0.333 1']),
    tier: 'only',
  },
  'every price model in dinars of a thousand fils': {
    tiers: EVERY_MODEL.replaceAll('CUR', 'KWD'),
    usage: usageRows(COLUMNS, ['2026-10-05 1111 1001 1000000001 1000000000 6 0.01 0.1 2']),
    tier: 'only',
  },
  'every price model without usage': {
    tiers: EVERY_MODEL.replaceAll('CUR', 'USD'),
    usage: usageRows('requests,jobs', ['2026-10-05 0 0']),
    tier: 'only',
  },
  'a price by region, with a region that is not known': {
    tiers: `
pricing_tiers:
  only: { cost: 0, limits: { egress: 1GB }, overage: { egress: { by: region, prices: { syd: 0.12/GB }, default: 0.05/GB } } }
`,
    usage: `timestamp,customer_id,region,egress_bytes
2026-10-05T00:00:00Z,acme,syd,700000000
2026-10-05T00:00:00Z,acme,"a ""b"", c",700000001
2026-10-05T00:00:00Z,acme,,700000001
`,
    tier: 'only',
  },
  'a price by route, over two tiers': {
    tiers: `
pricing_tiers:
  a: { cost: 3, overage: { requests: { by: route, prices: {}, default: { model: graduated, steps: [{ up_to: 1, amount: 1, flat: 1 }, { amount: 2 }] } } } }
  b: { cost: 5, discount: 15%, overage: { requests: { by: route, prices: {}, default: 0.1/3 } } }
`,
    usage: `timestamp,customer_id,route,requests
2026-10-05T00:00:00Z,acme,/v1/2,7
2026-10-25T00:00:00Z,acme,/v1,9
2026-10-25T00:00:00Z,acme,/v1@b:1,11
`,
    customers: 'customers: { acme: { history: [{ tier: a, to: 2026-10-11 }, { tier: b, from: 2026-10-11 }] } }',
  },
  'a discount': { tiers: ONE_METER('discount: 12.5%'), usage: USED, tier: 'only' },
  'everything off': { tiers: ONE_METER('discount: 100%'), usage: USED, tier: 'only' },
  'a maximum': { tiers: ONE_METER('discount: 3%, maximum: 10'), usage: USED, tier: 'only' },
  'a minimum': { tiers: ONE_METER('minimum: 100'), usage: USED, tier: 'only' },
  'a minimum in a part month': {
    tiers: ONE_METER('minimum: 100'),
    usage: USED,
    customers: 'customer_id,tier,from,to\nacme,only,2026-10-04,2026-10-22\n',
  },
  'a hard cap': {
    tiers: ONE_METER('overage: null').replace('overage: { requests: 1/3 }, ', ''),
    usage: USED,
    tier: 'only',
  },
  tax: { tiers: ONE_METER('discount: 10%', 'tax: { rate: 7.7% }'), usage: USED, tier: 'only' },
  'tax in the prices': { tiers: ONE_METER('', 'tax: { rate: 20%, included: true }'), usage: USED, tier: 'only' },
  'credits, packs and tax over two months': {
    tiers: ONE_METER('', `tax: { rate: 20% }\n${PACKS}`),
    usage: usageOfAcme('2026-10-05 100', '2026-10-20 200', '2026-11-02 100'),
    customers: `
customers:
  acme:
    tier: only
    credits: [{ amount: 4, expires: 2026-10-10, reason: "=goodwill, \\"sorry\\"" }, { pack: burst, purchased: 2026-08-10 }]
`,
  },
  'names of all kinds': {
    tiers: `pricing_tiers: { "a, \\"b\\"": { cost: 1.005 }, "=1+1": { cost: 0 }, "NULL": { cost: 2 } }`,
    customers: `customers: { "a,b": { tier: "a, \\"b\\"" }, "\\"q\\"": { tier: "=1+1" }, "=SUM(A1)": { tier: "NULL" }, "NULL": { tier: "NULL" }, "  ": { tier: "NULL" }, "x\\ny\\u001b": { tier: "NULL" } }`,
    period: '2026-10',
  },
  'a period and a change of tier with milliseconds': {
    tiers: 'pricing_tiers: { a: { cost: 10, overage: { requests: 1 } }, b: { cost: 20, overage: { requests: 2 } } }',
    customers: `
customer_id,tier,from,to
acme,a,,2026-10-11T08:00:00.250Z
acme,b,2026-10-11T08:00:00.250Z,2026-10-11T08:00:00.500Z
acme,a,2026-10-11T08:00:00.500Z,
`.trimStart(),
    usage: usageOfAcme('2026-10-11T08:00:00.250Z 3'),
    period: '2026-10-01T00:00:00.001Z..2026-10-31T23:59:59.999Z',
  },
};

describe('a FOCUS export breaks no rule of the specification, and bills each invoice’s total to the cent', () => {
  test.each(Object.entries(ORDERS))('%s', async (_, order) => {
    const run = await billed(order);
    const csv = printed(run, 'focus');
    expect(brokenFocusRules(csv)).toEqual([]);
    const billedCosts = Object.values(costByInvoice(focusRows(csv)));
    expect(billedCosts).toEqual(run.invoices.map(({ total }) => total.toFixed()));
  });

  test('the rules see what is wrong with a file', async () => {
    const csv = printed(await billed(ORDERS.tax!), 'focus');
    expect(brokenFocusRules(csv.replace(',Recurring,', ',Usage-Based,'))).toEqual(['row 1: a purchase is usage-based']);
    expect(brokenFocusRules(csv.replaceAll(',USD,', ',US,'))[0]).toBe('row 1: US is no currency');
    expect(brokenFocusRules(csv.replace('x_Tier', 'Tier'))).toEqual(['the column Tier is unknown']);
    expect(brokenFocusRules(csv.replace(',3 Requests,', ',3.5 Requests,'))).toEqual([
      'row 3: PricingUnit 3.5 Requests is no unit',
    ]);
  });
});

describe('the rows of an invoice', () => {
  const rowsOf = async (order: BillingOrder) => focusRows(printed(await billed(order), 'focus'));
  const short = (row: FocusRow, ...columns: string[]) => columns.map((name) => row[name] ?? '–').join(' | ');

  test('a step is a row, and a flat amount in it is one beside it, because each has a unit price of its own', async () => {
    const rows = await rowsOf(ORDERS['every price model']!);
    const egress = rows.filter(({ SkuId }) => SkuId === 'meter/egress');
    const shown = egress.map((row) =>
      short(row, 'SkuPriceId', 'PricingQuantity', 'PricingUnit', 'ListUnitPrice', 'BilledCost'),
    );
    expect(shown).toEqual([
      'meter/egress:1@only | 1 | GB | 0.05 | 0.05',
      'meter/egress:2@only | 999 | GB | 0.04 | 39.96',
      'meter/egress:2:flat@only | 1 | Steps | 2 | 2',
      'meter/egress:3@only | 1396.983861923218 | GiB | 0.03 | 41.90951585769654',
    ]);
    expect(egress.map((row) => short(row, 'ConsumedQuantity', 'ConsumedUnit'))).toEqual([
      '1000000000 | B',
      '999000000000 | B',
      '1 | Steps',
      '1500000000000 | B',
    ]);
  });

  test('costs are quantity times unit price, and one adjustment makes up what rounding each line changed', async () => {
    const order = { tiers: ONE_METER(''), usage: usageOfAcme('2026-10-05 15'), tier: 'only' };
    const rows = await rowsOf(order);
    expect(rows.map((row) => short(row, 'ChargeCategory', 'BilledCost', 'ChargeDescription'))).toEqual([
      'Purchase | 19 | only, monthly fee',
      'Adjustment | 0 | only, monthly fee: effective cost',
      'Usage | 1.666666666667 | requests beyond 10',
      'Adjustment | 0.003333333333 | rounding of lines',
    ]);
  });

  test('a discount stands in the contracted price, not in a row of its own', async () => {
    const rows = await rowsOf({
      tiers: ONE_METER('discount: 12.5%'),
      usage: usageOfAcme('2026-10-05 34'),
      tier: 'only',
    });
    const usage = rows.filter(({ ChargeCategory }) => ChargeCategory === 'Usage');
    const columns = ['ListUnitPrice', 'ContractedUnitPrice', 'ListCost', 'ContractedCost', 'BilledCost'];
    expect(usage.map((row) => short(row, ...columns))).toEqual(['1 | 0.875 | 8 | 7 | 7']);
  });

  test('credits are negative rows; a pack costs what was paid for it when it is drawn, not when it is bought', async () => {
    const rows = await rowsOf({
      tiers: ONE_METER('', PACKS),
      usage: usageOfAcme('2026-10-05 100'),
      customers: 'customers: { acme: { tier: only, credits: [{ amount: 4, reason: goodwill }] } }',
    });
    const shown = rows.map((row) => short(row, 'ChargeCategory', 'ChargeDescription', 'BilledCost', 'EffectiveCost'));
    expect(shown).toEqual([
      'Purchase | only, monthly fee | 19 | 0',
      'Adjustment | only, monthly fee: effective cost | 0 | 19',
      'Usage | requests beyond 10 | 30 | 30',
      'Purchase | burst, credit pack | 40 | 0',
      'Credit | credit burst-2026-10-1 | -25 | -25',
      'Adjustment | credit burst-2026-10-1: effective cost | 0 | 20',
      'Credit | credit burst-2026-10-2 | -1 | -1',
      'Adjustment | credit burst-2026-10-2: effective cost | 0 | 0.8',
      'Credit | credit grant-1, goodwill | -4 | -4',
    ]);
  });

  test('tax that prices include is a tax row, and is taken out of the rest', async () => {
    const tiers = ONE_METER('', 'tax: { rate: 20%, included: true }');
    const rows = await rowsOf({ tiers, usage: usageOfAcme('2026-10-05 25'), tier: 'only' });
    expect(rows.slice(-2).map((row) => short(row, 'ChargeCategory', 'BilledCost'))).toEqual([
      'Tax | 4',
      'Adjustment | -4',
    ]);
  });

  test('a charge lasts as long as its customer was on the tier', async () => {
    const rows = await rowsOf(ORDERS['a price by route, over two tiers']!);
    const shown = new Set(rows.map((row) => short(row, 'x_Tier', 'ChargePeriodStart', 'ChargePeriodEnd')));
    expect([...shown]).toEqual([
      'a | 2026-10-01T00:00:00Z | 2026-10-11T00:00:00Z',
      'b | 2026-10-11T00:00:00Z | 2026-11-01T00:00:00Z',
      '– | 2026-10-01T00:00:00Z | 2026-11-01T00:00:00Z',
    ]);
  });
});

test('over a pack’s life its effective costs are its price', async () => {
  const { run, rateCard, invoices, rows } = await billed({
    tiers: ONE_METER('', PACKS.replace('max_per_period: 2', 'max_per_period: 1')),
    usage: usageOfAcme('2026-10-05 40', '2026-11-05 22', '2027-02-05 1'),
    customers: 'customers: { acme: { tier: only } }',
  });
  const rowsOfAll = focusRows(printed({ run, rateCard, invoices, rows }, 'focus'));
  const ofPack = rowsOfAll.filter(
    (row) => row.x_InvoiceLine === 'credit:burst-2026-10-1' && row.ChargeCategory !== 'Credit',
  );
  const effective = ofPack.reduce((sum, row) => sum.plus(row.EffectiveCost!), new Decimal(0));
  expect(ofPack.length).toBeGreaterThan(1);
  expect(effective.toFixed()).toBe('20');
});

describe('-o', () => {
  const args = [
    'invoice',
    'fixtures/first-month/usage.csv',
    '--tiers',
    'tiers.example.yaml',
    '--tier',
    'production',
    '--quiet',
  ];

  test('a name that ends in .focus.csv, or a directory with --format focus, gets FOCUS', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'meter-focus-'));
    try {
      expect((await runMeter([...args, '-o', join(directory, 'all.FOCUS.csv')])).exitCode).toBe(0);
      expect((await runMeter([...args, '--format', 'focus', '-o', `${directory}/each/`])).exitCode).toBe(0);
      expect((await runMeter([...args, '-o', join(directory, 'plain.csv')])).exitCode).toBe(0);
      const [all, plain] = ['all.FOCUS.csv', 'plain.csv'].map((name) => readFileSync(join(directory, name), 'utf8'));
      expect(brokenFocusRules(all!)).toEqual([]);
      expect(plain).toMatch(/^customer,/);
      expect(readdirSync(join(directory, 'each'))).toEqual([
        'acme.2026-10.focus.csv',
        'hobby.2026-10.focus.csv',
        'nimbus.2026-10.focus.csv',
      ]);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});
