/** Cases about whole invoices: several meters, fees, regions, tax, rounding. */
import type { InvoiceOrder } from '../support/invoices.ts';

export type InvoiceCase = InvoiceOrder & {
  readonly id: string;
  readonly origin: string;
  readonly note?: string;
  readonly expected: {
    readonly total?: string;
    readonly tax?: string;
    /** What was billed in advance for the same period; the invoice comes to this and what the source bills then. */
    readonly billedBefore?: string;
    /** What lines cost as they are shown, by meter or dimension value (`egress@rest`), or `fee`. */
    readonly lines?: Readonly<Record<string, string>>;
    /** What all usage lines cost before rounding. */
    readonly exact?: string;
  };
};

const KILLBILL = 'killbill TestContiguousIntervalConsumableInArrear.java';
const LAST_OPEN = 'blocks of one unit; the last step is open, the source ends it beyond the usage at hand';

const fooBar = (model: 'graduated' | 'volume') => `
meters: { foo: { field: foo, unit: foo }, bar: { field: bar, unit: bar } }
pricing_tiers:
  only:
    cost: usage
    overage:
      foo: { model: ${model}, steps: [{ up_to: 10, amount: 1 }, { up_to: 60, amount: 10 }, { amount: 100 }] }
      bar: { model: ${model}, steps: [{ up_to: 100, amount: 2 }, { up_to: 600, amount: 20 }, { amount: 200 }] }
`;

const DURABLE_OBJECTS = `
meters: { gb_s: { field: gb_s, unit: GBs } }
pricing_tiers:
  paid:
    cost: 5 + usage
    limits: { requests: 1M/mo, gb_s: 400k/mo }
    overage:
      requests: { model: package, amount: 0.15, per: 1M }
      gb_s: { model: package, amount: 12.50, per: 1M }
`;

const oneMeter = (limit: string, price: string) => `
pricing_tiers:
  only: { cost: usage, limits: { requests: ${limit} }, overage: { requests: ${price} } }
`;

const eachItem = (currency: string) => `
currency: ${currency}
meters: { money: { field: money, unit: ${currency} } }
pricing_tiers:
  only: { cost: usage, overage: { money: { by: item, prices: {}, default: 1 } } }
`;

const items = (amounts: readonly string[]) => ({
  money: { by: 'item', values: Object.fromEntries(amounts.map((amount, i) => [`item${i}`, amount])) },
});

const byRegion = (currency: string, price: string) => `
currency: ${currency}
pricing_tiers:
  only: { cost: usage, overage: { requests: { by: region, prices: {}, default: ${price} } } }
`;

const feeOf = (fee: string, file = '') => `
${file}
pricing_tiers:
  only: { cost: ${fee} }
`;

export const INVOICE_CASES: readonly InvoiceCase[] = [
  {
    id: 'invoice_multi_meter-002',
    origin: `${KILLBILL}:523`,
    note: LAST_OPEN,
    tiers: fooBar('graduated'),
    usage: { foo: '5', bar: '99' },
    expected: { total: '203.00' },
  },
  {
    id: 'invoice_multi_meter-004',
    origin: `${KILLBILL}:578`,
    note: LAST_OPEN,
    tiers: fooBar('graduated'),
    usage: { foo: '75', bar: '101' },
    expected: { total: '2230.00' },
  },
  {
    id: 'invoice_multi_meter-005',
    origin: `${KILLBILL}:692`,
    note: LAST_OPEN,
    tiers: fooBar('volume'),
    usage: { foo: '5', bar: '99' },
    expected: { total: '203.00' },
  },
  {
    id: 'invoice_multi_meter-006',
    origin: `${KILLBILL}:716`,
    note: LAST_OPEN,
    tiers: fooBar('volume'),
    usage: { foo: '5', bar: '101' },
    expected: { total: '2025.00' },
  },
  {
    id: 'edge_invoice-002',
    origin: 'cloudflare Workers pricing, example 2',
    tiers: `
meters: { cpu: { field: cpu_ms, unit: cpu_ms } }
pricing_tiers:
  paid:
    cost: 5 + usage
    limits: { requests: 10M/mo, cpu: 30M/mo }
    overage: { requests: 0.30/1M, cpu: 0.02/1M }
`,
    usage: { requests: '3000000', cpu: '21000000' },
    expected: { total: '5.00', lines: { fee: '5.00', requests: '0.00', cpu: '0.00' } },
  },
  {
    id: 'edge_invoice-005',
    origin: 'cloudflare Durable Objects pricing, example 1',
    tiers: DURABLE_OBJECTS,
    usage: { requests: '1500000', gb_s: '128000' },
    expected: { total: '5.15', lines: { requests: '0.15', gb_s: '0.00' } },
  },
  {
    id: 'edge_invoice-006',
    origin: 'cloudflare Durable Objects pricing, example 2',
    tiers: DURABLE_OBJECTS,
    usage: { requests: '3750000', gb_s: '11059200' },
    expected: { total: '142.95', lines: { requests: '0.45', gb_s: '137.50' } },
  },
  {
    id: 'edge_invoice-007',
    origin: 'cloudflare Durable Objects pricing, example 3',
    tiers: DURABLE_OBJECTS,
    usage: { requests: '12960100', gb_s: '33177600' },
    expected: { total: '419.30', lines: { requests: '1.80', gb_s: '412.50' } },
  },
  {
    id: 'edge_invoice-012',
    origin: 'cloudflare Queues pricing',
    tiers: oneMeter('1M/mo', '0.40/1M'),
    usage: { requests: '90000000' },
    expected: { total: '35.60' },
  },
  {
    id: 'edge_invoice-013',
    origin: 'cloudflare Queues pricing',
    tiers: oneMeter('1M/mo', '0.40/1M'),
    usage: { requests: '600000000' },
    expected: { total: '239.60' },
  },
  {
    id: 'edge_invoice-014',
    origin: 'cloudflare Workers Logs, example 1',
    tiers: oneMeter('20M/mo', '0.60/1M'),
    usage: { requests: '30000000' },
    expected: { total: '6.00' },
  },
  {
    id: 'edge_invoice-015',
    origin: 'cloudflare Workers Logs, example 2',
    tiers: oneMeter('20M/mo', '0.60/1M'),
    usage: { requests: '200000000' },
    expected: { total: '108.00' },
  },
  {
    id: 'edge_invoice-017',
    origin: 'cloudflare Containers pricing, egress by region',
    note: 'a region with an allotment of its own has a free first step; a limit of the tier would be shared by all regions',
    tiers: `
pricing_tiers:
  only:
    cost: usage
    overage:
      egress:
        by: region
        prices:
          na-eu: { model: graduated, steps: [{ up_to: 1TB, amount: 0 }, { amount: 0.025, per: GB }] }
          oc-kr-tw: { model: graduated, steps: [{ up_to: 500GB, amount: 0 }, { amount: 0.05, per: GB }] }
        default: { model: graduated, steps: [{ up_to: 500GB, amount: 0 }, { amount: 0.04, per: GB }] }
`,
    usage: { egress: { by: 'region', values: { 'na-eu': '1500e9', 'oc-kr-tw': '400e9', rest: '750.5e9' } } },
    expected: {
      total: '22.52',
      lines: { 'egress@na-eu': '12.50', 'egress@oc-kr-tw': '0.00', 'egress@rest': '10.02' },
    },
  },
  {
    id: 'windowed-006',
    origin: 'flexprice price_test.go:981',
    note: 'a group is a value of a dimension: each has its own steps',
    tiers: byRegion('INR', '{ model: graduated, steps: [{ up_to: 10, amount: 1 }, { amount: 2 }] }'),
    usage: { requests: { by: 'region', values: { a: '3', b: '12' } } },
    expected: { total: '17.00', exact: '17' },
  },
  {
    id: 'windowed-007',
    origin: 'flexprice price_test.go:1013',
    note: 'a group is a value of a dimension: each has its own steps',
    tiers: byRegion('USD', '{ model: volume, steps: [{ up_to: 10, amount: 0.10 }, { amount: 0.05 }] }'),
    usage: { requests: { by: 'region', values: { a: '5', b: '15' } } },
    expected: { total: '1.25', exact: '1.25' },
  },

  // Each line is rounded, then they are added up
  {
    id: 'rounding-032',
    origin: 'flexprice billing_rounding_test.go:118',
    tiers: eachItem('USD'),
    usage: items(['33.333333', '33.333333', '33.333334']),
    expected: { total: '99.99', exact: '100' },
  },
  {
    id: 'rounding-033',
    origin: 'flexprice billing_rounding_test.go:118',
    tiers: eachItem('JPY'),
    usage: items(['100.4', '200.5', '300.6']),
    expected: { total: '602', exact: '601.5' },
  },
  {
    id: 'rounding-035',
    origin: 'flexprice billing_rounding_test.go:118',
    tiers: eachItem('USD'),
    usage: items(Array.from({ length: 100 }, () => '0.011')),
    expected: { total: '1.00', exact: '1.1' },
  },

  // Discount, tax
  {
    id: 'tax-006',
    origin: 'flexprice tax_rounding_test.go:257',
    note: 'the 10 off 100 are 10 %',
    tiers: `
tax: { rate: 10% }
pricing_tiers:
  only: { cost: usage, discount: 10%, overage: { requests: 1 } }
`,
    usage: { requests: '100' },
    expected: { total: '99.00', tax: '9.00' },
  },
  {
    id: 'tax-008',
    origin: 'lago-api credit_note_rounding_spec.rb:50',
    note: 'the source credits the unused 29 of 30 days with their tax; here the same days are charged',
    tiers: feeOf('200', 'tax: { rate: 25% }'),
    period: '2026-09-02..2026-10-01',
    expected: { total: '241.66', tax: '48.33', lines: { fee: '193.33' } },
  },

  // A fee for part of a month
  ...[
    { id: 'proration-004', line: 661, covered: '2022-03-15..2022-04-01', fee: '0.55' },
    { id: 'proration-005', line: 678, covered: '2022-03-18..2022-04-01', fee: '0.45' },
  ].map(({ id, line, covered, fee }) => ({
    id,
    origin: `lago-api subscription_service_spec.rb:${line}`,
    tiers: feeOf('1'),
    period: '2022-03',
    covered,
    expected: { total: fee, lines: { fee } },
  })),
  {
    id: 'proration-018',
    origin: 'flexprice proration/calculator_test.go:178',
    tiers: feeOf('25'),
    period: '2024-03',
    covered: '2024-03-15..2024-04-01',
    expected: { total: '13.71', lines: { fee: '13.71' } },
  },
  {
    id: 'proration-020',
    origin: 'flexprice proration/calculator_test.go:127',
    note: 'the source bills 50.00 in advance, then 54.84 for the dearer rest less 27.42 for the unused rest of the cheaper',
    tiers: 'pricing_tiers: { cheaper: { cost: 50 }, dearer: { cost: 100 } }',
    period: '2024-03',
    covered: '2024-03-01..2024-03-15',
    next: [{ tier: 'dearer', covered: '2024-03-15..2024-04-01' }],
    expected: { billedBefore: '50.00', total: '27.42', lines: { 'fee/2': '54.84' } },
  },
];
