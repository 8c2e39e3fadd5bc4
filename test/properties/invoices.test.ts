/** Random tier files and usage: the whole invoice, against one worked out beside it in BigInt arithmetic. */
import { expect, test } from 'vitest';
import { Fraction } from '../../src/core/fraction.ts';
import type { Invoice } from '../../src/core/invoice/invoice.ts';
import { lineKey } from '../../src/core/invoice/lineKey.ts';
import { formatMoney } from '../../src/core/money.ts';
import { invoiceFor, linesOf, linesOfKind, totalOf } from '../support/invoices.ts';
import { check, fc } from '../support/properties.ts';
import { anyPrice, costsOf, numberText, type PriceData, priceText, quantityFor } from '../support/randomPrices.ts';
import {
  compare,
  divide,
  least,
  minus,
  most,
  ofFraction,
  plus,
  type Rational,
  rational,
  rounded,
  shown,
  times,
  total,
  ZERO,
} from '../support/rationals.ts';

const CURRENCIES = { USD: 2, JPY: 0, KWD: 3, CLF: 4 } as const;
const MONTHS = { '2026-01': 31, '2026-02': 28, '2024-02': 29, '2026-04': 30, '2026-10': 31 } as const;
const BASES = { '': [1, 1], '/mo': [1, 1], '/day': ['days', 1], '/week': ['days', 7], '/year': [1, 12] } as const;

type MeterCase = {
  readonly price: PriceData;
  readonly limit: string;
  readonly base: keyof typeof BASES;
  readonly used: string;
};
type TierCase = {
  readonly currency: keyof typeof CURRENCIES;
  readonly zone: string;
  readonly month: keyof typeof MONTHS;
  /** First day on the tier, from 1, and the one after the last. */
  readonly days: readonly [number, number];
  readonly fee: string | undefined;
  readonly meters: readonly MeterCase[];
  readonly discount: string | undefined;
  readonly bounds: { readonly minimum?: string; readonly maximum?: string };
  readonly tax: { readonly rate: string; readonly included: boolean } | undefined;
};

const meterCase: fc.Arbitrary<MeterCase> = fc
  .tuple(anyPrice, fc.constantFrom('0', '1', '100', '99.5', '1000'), fc.constantFrom(...keysOf(BASES)))
  .chain(([price, limit, base]) => quantityFor(price, limit).map((used) => ({ price, limit, base, used })));

const maybe = <T>(one: fc.Arbitrary<T>) => fc.option(one, { nil: undefined });
const bounds = fc.tuple(maybe(numberText), maybe(numberText)).map(([a, b]) => {
  if (a === undefined || b === undefined)
    return { ...(a !== undefined && { minimum: a }), ...(b !== undefined && { maximum: b }) };
  return compare(rational(a), rational(b)) <= 0 ? { minimum: a, maximum: b } : { minimum: b, maximum: a };
});
const tierCase: fc.Arbitrary<TierCase> = fc.constantFrom(...keysOf(MONTHS)).chain((month) =>
  fc.record({
    currency: fc.constantFrom(...keysOf(CURRENCIES)),
    zone: fc.constantFrom('UTC', 'Europe/Berlin', 'America/Los_Angeles', 'Asia/Kolkata'),
    month: fc.constant(month),
    days: fc.oneof(
      fc.constant([1, MONTHS[month] + 1] as const),
      fc
        .uniqueArray(fc.integer({ min: 1, max: MONTHS[month] + 1 }), { minLength: 2, maxLength: 2 })
        .map(([a, b]) => [Math.min(a!, b!), Math.max(a!, b!)] as const),
    ),
    fee: maybe(numberText),
    meters: fc.array(meterCase, { minLength: 1, maxLength: 3 }),
    discount: maybe(fc.constantFrom('0', '10', '15.5', '33.333', '50', '100')),
    bounds,
    tax: maybe(fc.record({ rate: fc.constantFrom('0', '7', '7.7', '19', '20', '100'), included: fc.boolean() })),
  }),
);

function invoiceOf(tier: TierCase): Invoice {
  const limits = tier.meters.map(({ limit, base }, i) => `m${i}: ${limit}${base}`);
  const prices = tier.meters.map(({ price }, i) => `m${i}: ${priceText(price)}`);
  return invoiceFor({
    tiers: `
currency: ${tier.currency}
timezone: ${tier.zone}
meters: { ${tier.meters.map((_, i) => `m${i}: { field: m${i}, unit: unit }`).join(', ')} }
${tier.tax ? `tax: { rate: ${tier.tax.rate}%, included: ${tier.tax.included} }` : ''}
pricing_tiers:
  only:
    cost: ${tier.fee === undefined ? 'usage' : `${tier.fee} + usage`}
    limits: { ${limits.join(', ')} }
    overage: { ${prices.join(', ')} }
${tier.discount === undefined ? '' : `    discount: ${tier.discount}%`}
${Object.entries(tier.bounds)
  .map(([key, amount]) => `    ${key}: ${amount}`)
  .join('\n')}
`,
    usage: Object.fromEntries(tier.meters.map(({ used }, i) => [`m${i}`, used])),
    period: tier.month,
    covered: tier.days.map((day) => dayOf(tier.month, day)).join('..'),
  });
}

/** Every line's amount before rounding, then subtotal, tax and total, as texts. */
function workedOut(tier: TierCase) {
  const digits = CURRENCIES[tier.currency];
  const days = MONTHS[tier.month];
  const share = rational(`${tier.days[1] - tier.days[0]}/${days}`);
  const lines: Rational[] = [];
  if (tier.fee !== undefined) lines.push(times(rational(tier.fee), share));
  const usage = tier.meters.flatMap(({ price, limit, base, used }) => {
    const [top, bottom] = BASES[base];
    const included = times(times(rational(limit), rational(`${top === 'days' ? days : top}/${bottom}`)), share);
    return costsOf(price, most(ZERO, minus(rational(used), included)), limit !== '0');
  });
  lines.push(...usage);
  let charged = total(usage.map((cost) => rounded(cost, digits)));
  const adjust = (exact: Rational) => {
    lines.push(exact);
    charged = plus(charged, rounded(exact, digits));
  };
  if (tier.discount !== undefined && charged.n !== 0n)
    adjust(divide(times(charged, rational(tier.discount)), rational(-100)));
  const { minimum, maximum } = tier.bounds;
  if (maximum !== undefined) {
    const most = times(rational(maximum), share);
    if (compare(charged, most) > 0) adjust(minus(most, charged));
  }
  if (minimum !== undefined) {
    const least = times(rational(minimum), share);
    if (compare(charged, least) < 0) adjust(minus(least, charged));
  }
  const subtotal = total(lines.map((line) => rounded(line, digits)));
  const rate = divide(rational(tier.tax?.rate ?? '0'), rational(100));
  const added = tier.tax?.included ? ZERO : rounded(times(subtotal, rate), digits);
  const contained = tier.tax?.included
    ? rounded(divide(times(subtotal, rate), plus(rational(1), rate)), digits)
    : undefined;
  return {
    lines,
    subtotal: shown(subtotal, digits),
    tax: shown(added, digits),
    taxIncluded: contained && shown(contained, digits),
    total: shown(plus(subtotal, added), digits),
  };
}

test('an invoice is to the last digit what BigInt arithmetic makes of tier, usage and days', () => {
  check(
    fc.property(tierCase, (tier) => {
      const invoice = invoiceOf(tier);
      const expected = workedOut(tier);
      expect(invoice.lines.length).toBe(expected.lines.length);
      for (const [i, line] of invoice.lines.entries())
        expect(compare(ofFraction(line.exact), expected.lines[i]!), lineKey(line)).toBe(0);
      const { currency } = invoice;
      expect({
        subtotal: formatMoney(invoice.subtotal, currency),
        tax: formatMoney(invoice.tax, currency),
        taxIncluded: invoice.taxIncluded && formatMoney(invoice.taxIncluded, currency),
        total: totalOf(invoice),
      }).toEqual({
        subtotal: expected.subtotal,
        tax: expected.tax,
        taxIncluded: expected.taxIncluded,
        total: expected.total,
      });
    }),
    { runs: 400 },
  );
});

test('the lines that are shown add up to the subtotal that is shown', () => {
  check(
    fc.property(tierCase, (tier) => {
      const invoice = invoiceOf(tier);
      const amounts = linesOf(invoice).map((line) => rational(line.split(' ')[1]!));
      const digits = CURRENCIES[tier.currency];
      expect(shown(total(amounts), digits)).toBe(formatMoney(invoice.subtotal, invoice.currency));
    }),
    { runs: 150 },
  );
});

test('usage charges end between minimum and maximum, give or take half a minor unit', () => {
  check(
    fc.property(tierCase, (tier) => {
      const invoice = invoiceOf(tier);
      const share = rational(`${tier.days[1] - tier.days[0]}/${MONTHS[tier.month]}`);
      const charges = invoice.lines.filter(({ kind }) => kind !== 'fee');
      const charged = total(charges.map((line) => rational(line.amount.toFixed())));
      const half = { n: 1n, d: 2n * 10n ** BigInt(CURRENCIES[tier.currency]) };
      const { minimum, maximum } = tier.bounds;
      if (minimum !== undefined)
        expect(compare(plus(charged, half), times(rational(minimum), share))).toBeGreaterThanOrEqual(0);
      if (maximum !== undefined)
        expect(compare(minus(charged, half), times(rational(maximum), share))).toBeLessThanOrEqual(0);
      const order = charges.map(({ kind }) => ['usage', 'discount', 'maximum', 'minimum'].indexOf(kind));
      expect(order).toEqual(order.toSorted());
    }),
    { runs: 150 },
  );
});

test('tax that prices include is the tax that would be added to the rest', () => {
  const amount = fc.stringMatching(/^\d{1,9}\.\d{2}$/);
  check(
    fc.property(amount, fc.constantFrom('7', '7.7', '19', '20', '25'), (gross, rate) => {
      const invoice = invoiceFor({
        tiers: `{ tax: { rate: ${rate}%, included: true }, pricing_tiers: { only: { cost: ${gross} } } }`,
      });
      const contained = rational(invoice.taxIncluded!.toFixed());
      const added = times(minus(rational(gross), contained), divide(rational(rate), rational(100)));
      const difference = minus(added, contained);
      expect(compare(difference, rational('0.01'))).toBeLessThan(0);
      expect(compare(difference, rational('-0.01'))).toBeGreaterThan(0);
      expect(totalOf(invoice)).toBe(shown(rational(gross), 2));
    }),
    { runs: 100 },
  );
});

test('parts by region add up to usage and included quantity of the meter, and cost what BigInt arithmetic says', () => {
  const amount = fc.stringMatching(/^\d\.\d{1,4}$/);
  const quantity = fc.oneof(
    fc.constant('0'),
    fc.stringMatching(/^\d{1,5}(\.\d{1,3})?$/),
    fc.stringMatching(/^\d{1,18}$/),
  );
  const input = fc.record({
    limit: fc.constantFrom('0', '1', '100', '5000', '1000000000'),
    prices: fc.dictionary(fc.constantFrom('syd', 'gru', 'fra'), amount),
    otherwise: amount,
    used: fc.dictionary(fc.constantFrom('syd', 'gru', 'fra', 'iad', ''), quantity),
  });
  check(
    fc.property(input, ({ limit, prices, otherwise, used }) => {
      const named = Object.entries(prices).map(([region, price]) => `${region}: ${price}`);
      const invoice = invoiceFor({
        tiers: `
pricing_tiers:
  only:
    cost: usage
    limits: { requests: ${limit} }
    overage: { requests: { by: region, prices: { ${named.join(', ')} }, default: ${otherwise} } }
`,
        usage: { requests: { by: 'region', values: used } },
      });
      const all = total(Object.values(used).map(rational));
      const covered = least(all, rational(limit));
      const lines = linesOfKind(invoice, 'usage').flatMap((line) => (line.kind === 'usage' ? [line] : []));
      const sumOf = (values: readonly Fraction[]) => ofFraction(Fraction.sum(values));
      expect(compare(sumOf(lines.map((line) => line.included)), covered)).toBe(0);
      expect(compare(sumOf(lines.map((line) => Fraction.of(line.used))), all)).toBe(0);
      for (const line of lines) {
        const region = line.dimension!.value;
        const own = rational(used[region]!);
        const beyond = minus(own, divide(times(own, covered), all));
        const cost = times(beyond, rational(prices[region] ?? otherwise));
        expect(compare(ofFraction(line.exact), cost), region).toBe(0);
      }
    }),
  );
});

/** A day of the month, the first of the next one for the day after its last. */
function dayOf(month: keyof typeof MONTHS, day: number): string {
  if (day <= MONTHS[month]) return `${month}-${String(day).padStart(2, '0')}`;
  const [year, number] = month.split('-') as [string, string];
  return `${year}-${String(Number(number) + 1).padStart(2, '0')}-01`;
}

function keysOf<T extends object>(record: T): (keyof T)[] {
  return Object.keys(record) as (keyof T)[];
}
