/** Changes of tier within a month: what changes no price changes no amount. */
import { expect, test } from 'vitest';
import { haveSameTerms } from '../../src/core/catalog/terms.ts';
import { billed, creditsOf } from '../support/billing.ts';
import { linesOf, totalOf } from '../support/invoices.ts';
import { checkAsync, fc } from '../support/properties.ts';
import { rateCardOf } from '../support/rateCards.ts';

const AGGREGATIONS = [
  ...['sum', 'count', 'max', 'unique', 'last'],
  ...['time_weighted, per: hour', 'time_weighted, per: month', '{ percentile: 100, of: 5min }'],
];
const FLOWS: ReadonlySet<string> = new Set(AGGREGATIONS.filter((one) => /^(sum|count|time_weighted)/.test(one)));
/** Each model, written in two ways. */
const MODELS = {
  unit: ['0.07/10', '{ model: unit, amount: 0.007 }'],
  package: ['{ model: package, amount: 1.10, per: 7 }', '{ model: package, amount: 1.1, per: 7.0 }'],
  graduated: [
    '{ model: graduated, steps: [{ up_to: 10, amount: 0.33, flat: 1 }, { amount: 0.1, per: 3, flat: 0.5 }] }',
    '{ model: graduated, steps: [{ up_to: 10.0, amount: 0.330, flat: 1.00 }, { amount: 0.2, per: 6, flat: 0.50 }] }',
  ],
  volume: [
    '{ model: volume, steps: [{ up_to: 12, amount: 0.5, flat: 2 }, { amount: 0.25 }] }',
    '{ model: volume, steps: [{ up_to: 12.0, amount: 1, per: 2, flat: 2.0 }, { amount: 0.25, per: 1 }] }',
  ],
  stairstep: [
    '{ model: stairstep, steps: [{ up_to: 5, flat: 3.33 }, { up_to: 20, flat: 10 }, { flat: 31 }] }',
    '{ model: stairstep, steps: [{ up_to: 5.0, flat: 3.330 }, { up_to: 20, flat: 10.0 }, { flat: 31.00 }] }',
  ],
  percentage: ['{ model: percentage, rate: 1.5%, fixed: 0.01 }', '{ model: percentage, rate: 1.50%, fixed: 0.010 }'],
} as const;

const day = fc.integer({ min: 0, max: 31 * 86_400 - 1 });
const order = fc.record({
  model: fc.constantFrom(...(Object.keys(MODELS) as (keyof typeof MODELS)[])),
  aggregation: fc.constantFrom(...AGGREGATIONS),
  limit: fc.constantFrom('', '10', '0.5/day', '10/mo'),
  more: fc.constantFrom('', 'discount: 15%', 'minimum: 5', 'maximum: 3'),
  fee: fc.constantFrom('usage', '10 + usage', '33.33 + usage'),
  zone: fc.constantFrom('UTC', 'Europe/Berlin', 'Asia/Kolkata'),
  rows: fc.array(fc.tuple(day, fc.constantFrom('0', '1', '2.5', '7', '19')), { maxLength: 8 }),
  changes: fc.uniqueArray(day, { minLength: 1, maxLength: 5 }).map((all) => all.sort((a, b) => a - b)),
  credit: fc.constantFrom('', '{ amount: 4 }', '{ amount: 4, expires: 2026-10-11 }', '{ amount: 4, from: 2026-10-20 }'),
});

const instant = (second: number) => new Date(Date.UTC(2026, 9, 1) + second * 1000).toISOString();

test('a change to an identically priced tier, at any instants, any number of times, leaves every amount', async () => {
  await checkAsync(
    fc.asyncProperty(order, async ({ model, aggregation, limit: wanted, more, fee, zone, rows, changes, credit }) => {
      // A level has no amount for a day.
      const limit = wanted === '0.5/day' && !FLOWS.has(aggregation) ? '10' : wanted;
      const tier = (price: string, own: string) =>
        `{ cost: ${fee}, overage: { units: ${price} }${limit === '' ? '' : `, limits: { units: ${limit} }`}${more === '' ? '' : `, ${more}`}${own} }`;
      const tiers = `
timezone: ${zone}
meters: { units: { field: units, unit: unit, aggregate: ${aggregation} } }
pricing_tiers:
  one: ${tier(MODELS[model][0], '')}
  two: ${tier(MODELS[model][1], ', rate_limit: 5/s, purpose: the same')}
`;
      const stays = [undefined, ...changes].map((from, i) => {
        const ends = [from === undefined ? '' : `, from: "${instant(from)}"`];
        if (changes[i] !== undefined) ends.push(`, to: "${instant(changes[i])}"`);
        return `{ tier: ${i % 2 === 0 ? 'one' : 'two'}${ends.join('')} }`;
      });
      const credits = credit === '' ? '' : `, credits: [${credit}]`;
      const usage = `timestamp,customer_id,units\n${rows.map(([at, value]) => `${instant(at)},acme,${value}\n`).join('')}`;
      const bill = async (assigned: string) => {
        const { invoices } = await billed({
          tiers,
          customers: `customers: { acme: { ${assigned}${credits} } }`,
          usage,
          period: '2026-10',
        });
        return invoices.map((invoice) => [linesOf(invoice), creditsOf(invoice), totalOf(invoice)]);
      };
      expect(await bill(`history: [${stays.join(', ')}]`)).toEqual(await bill('tier: one'));
    }),
    { runs: 400 },
  );
}, 60_000);

test.each`
  change                                 | tier
  ${'the fee'}                           | ${'{ cost: 11, limits: { requests: 10 }, overage: { requests: 0.1 }, minimum: 3 }'}
  ${'the limit'}                         | ${'{ cost: 10, limits: { requests: 11 }, overage: { requests: 0.1 }, minimum: 3 }'}
  ${'the time base of the limit'}        | ${'{ cost: 10, limits: { requests: 10/day }, overage: { requests: 0.1 }, minimum: 3 }'}
  ${'one limit more'}                    | ${'{ cost: 10, limits: { requests: 10, egress: 1GB }, overage: { requests: 0.1, egress: 0 }, minimum: 3 }'}
  ${'the price'}                         | ${'{ cost: 10, limits: { requests: 10 }, overage: { requests: 0.11 }, minimum: 3 }'}
  ${'the model, at the price of a unit'} | ${'{ cost: 10, limits: { requests: 10 }, overage: { requests: { model: package, amount: 0.1, per: 1 } }, minimum: 3 }'}
  ${'a hard cap'}                        | ${'{ cost: 10, limits: { requests: 10 }, overage: null, minimum: 3 }'}
  ${'the minimum'}                       | ${'{ cost: 10, limits: { requests: 10 }, overage: { requests: 0.1 } }'}
  ${'a discount'}                        | ${'{ cost: 10, limits: { requests: 10 }, overage: { requests: 0.1 }, minimum: 3, discount: 1% }'}
`('$change makes other terms', ({ tier }) => {
  const base = '{ cost: 10, limits: { requests: 10 }, overage: { requests: 0.1 }, minimum: 3 }';
  const { tiers } = rateCardOf(`pricing_tiers: { one: ${base}, same: ${base}, other: ${tier} }`);
  expect(haveSameTerms(tiers.get('one')!, tiers.get('same')!)).toBe(true);
  expect(haveSameTerms(tiers.get('one')!, tiers.get('other')!)).toBe(false);
});

test('packages of another size are other terms, even at the same price of a unit', () => {
  const price = (text: string) => `{ cost: usage, overage: { requests: { model: package, ${text} } } }`;
  const { tiers } = rateCardOf(
    `pricing_tiers: { one: ${price('amount: 1, per: 10')}, two: ${price('amount: 2, per: 20')} }`,
  );
  expect(haveSameTerms(tiers.get('one')!, tiers.get('two')!)).toBe(false);
});

test('the merged stretch has the name of the last of its tiers; its fee is one line', async () => {
  const { invoices } = await billed({
    tiers: 'pricing_tiers: { basic: { cost: 10 }, plus: { cost: 10.0 }, large: { cost: 31 } }',
    customers: `customer_id,tier,from,to
acme,basic,,2026-10-05
acme,plus,2026-10-05,2026-10-16
acme,large,2026-10-16,
`,
    period: '2026-10',
  });
  // 10 × 15/31 = 4.84 and 31 × 16/31 = 16.
  expect(linesOf(invoices[0]!)).toEqual(['fee 4.84', 'fee/2 16.00']);
  expect(invoices[0]!.stretches.map(({ tier }) => tier)).toEqual(['plus', 'large']);
});
