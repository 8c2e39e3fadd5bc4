/** Random orders for whole runs in which one customer has lines of every kind, over one tier or several. */
import type { BillingOrder } from './billing.ts';
import { fc } from './properties.ts';
import { anyPrice, type PriceData, priceText, quantityFor } from './randomPrices.ts';

export type RandomOrder = BillingOrder & {
  readonly trace: true;
  readonly zone: string;
  /** Who is on which tier, in time order: instants in milliseconds, the last one open. */
  readonly stays: readonly { readonly tier: string; readonly from: number; readonly to: number }[];
};

export const OCTOBER = { start: Date.UTC(2026, 9, 1), end: Date.UTC(2026, 10, 1) };
const ZONES = ['UTC', 'Europe/Berlin', 'America/St_Johns', 'Asia/Kathmandu'] as const;
const DAY = 86_400_000;

const maybe = <T>(one: fc.Arbitrary<T>) => fc.option(one, { nil: undefined });
const amount = fc.integer({ min: 0, max: 300 }).map(String);
const region = fc.constantFrom('syd', 'fra', 'gru', '');
/** Well inside October in every zone. */
const instant = fc.integer({ min: 0, max: 28 * 24 * 60 }).map((minutes) => OCTOBER.start + DAY + minutes * 60_000);

type TierData = {
  readonly fee: string | undefined;
  readonly price: PriceData;
  readonly byRegion: PriceData;
  readonly percentage: boolean;
  readonly limit: string | undefined;
  readonly discount: string | undefined;
  readonly bounds: { readonly minimum?: string; readonly maximum?: string };
};
const tierData: fc.Arbitrary<TierData> = fc.record({
  fee: maybe(amount),
  price: anyPrice,
  byRegion: anyPrice,
  percentage: fc.boolean(),
  limit: maybe(fc.constantFrom('1', '100', '70/day', '10/week', '1000/mo')),
  discount: maybe(fc.constantFrom('0', '10', '12.5', '33.333', '100')),
  bounds: fc.oneof(
    fc.constant({}),
    amount.map((minimum) => ({ minimum })),
    amount.map((maximum) => ({ maximum })),
    fc.integer({ min: 0, max: 50 }).map((least) => ({ minimum: String(least), maximum: String(least * 2) })),
  ),
});

function tierText(name: string, { fee, price, byRegion, percentage, limit, discount, bounds }: TierData): string {
  const parts = [
    `cost: ${fee === undefined ? 'usage' : `${fee} + usage`}`,
    ...(limit === undefined ? [] : [`limits: { m0: ${limit}, m1: ${limit} }`]),
    `overage: { m0: ${priceText(price)}, m1: { by: region, prices: { syd: ${priceText(byRegion)} }, default: 0.7/3 }${percentage ? ', m2: { model: percentage, rate: 1.5%, fixed: 0.10 }' : ''} }`,
    ...(discount === undefined ? [] : [`discount: ${discount}%`]),
    ...Object.entries(bounds).map(([key, text]) => `${key}: ${text}`),
  ];
  return `  ${name}: { ${parts.join(', ')} }\n`;
}

const credit = fc.record({ amount: fc.integer({ min: 1, max: 40 }), expires: maybe(instant) });
const tax = fc.record({ rate: fc.constantFrom('0', '7.7', '20'), included: fc.boolean() });

const data = fc.record({
  zone: fc.constantFrom(...ZONES),
  currency: fc.constantFrom('USD', 'JPY', 'KWD'),
  tax: maybe(tax),
  pack: fc.nat(3).map((n) => n === 0),
  tiers: fc.tuple(tierData, tierData),
  stays: fc.tuple(
    fc.array(fc.constantFrom('a', 'b', 'capped'), { minLength: 3, maxLength: 3 }),
    fc.uniqueArray(
      fc.oneof(
        instant,
        instant.map((at) => Math.floor(at / DAY) * DAY),
      ),
      { maxLength: 2 },
    ),
  ),
  credits: fc.array(credit, { maxLength: 3 }),
});

export const randomOrder: fc.Arbitrary<RandomOrder> = data.chain((one) => {
  const quantity = fc.oneof(quantityFor(one.tiers[0].price), fc.integer({ min: 0, max: 2000 }).map(String));
  const row = fc.tuple(
    instant,
    region,
    quantity,
    fc.constantFrom('0', '1', '33.5', '200'),
    fc.integer({ max: 99, min: 0 }),
  );
  return fc.array(row, { minLength: 1, maxLength: 8 }).map((rows): RandomOrder => orderOf(one, rows));
});

type Data = typeof data extends fc.Arbitrary<infer T> ? T : never;
type RowData = readonly [number, string, string, string, number];

function orderOf(one: Data, rows: readonly RowData[]): RandomOrder {
  const [names, changes] = one.stays;
  const ends = [...changes].sort((a, b) => a - b);
  const stays = [...ends, OCTOBER.end + 2 * DAY].map((to, i) => ({
    tier: names[i]!,
    from: ends[i - 1] ?? OCTOBER.start - 2 * DAY,
    to,
  }));
  const history = stays.map(({ tier, from, to }, i) => {
    const begin = i === 0 ? '' : `, from: ${iso(from)}`;
    return `{ tier: ${tier}${begin}${i === stays.length - 1 ? '' : `, to: ${iso(to)}`} }`;
  });
  const credits = one.credits.map(({ amount: granted, expires }) =>
    expires === undefined ? `{ amount: ${granted} }` : `{ amount: ${granted}, expires: ${iso(expires)} }`,
  );
  const pack =
    'credit_packs: { burst: { price: 3, credit: 5, expires_after: 30d, auto_purchase: { max_per_period: 2 } } }';
  return {
    trace: true,
    zone: one.zone,
    stays,
    period: '2026-10',
    tiers: `
currency: ${one.currency}
timezone: ${one.zone}
meters: { m0: { field: m0, unit: job }, m1: { field: m1, unit: B }, m2: { field: m2, unit: ${one.currency} } }
${one.tax ? `tax: { rate: ${one.tax.rate}%, included: ${one.tax.included} }` : ''}
${one.pack ? pack : ''}
pricing_tiers:
${tierText('a', one.tiers[0])}${tierText('b', one.tiers[1])}  capped: { cost: 5, limits: { m0: 100, m1: 31 }, overage: null }
`,
    customers: `customers: { acme: { history: [${history.join(', ')}], credits: [${credits.join(', ')}] } }`,
    usage: `timestamp,customer_id,region,m0,m1,m2\n${rows
      .map(([at, where, m0, m1, m2]) => `${iso(at)},acme,${where},${m0},${m1},${m2}\n`)
      .join('')}`,
  };
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
