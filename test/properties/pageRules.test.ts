/**
 * docs/how-an-amount-is-computed.md is complete: whoever follows it, as test/support/pageOracle.ts does, gets the same
 * cents, whatever rules meet on one invoice.
 */
import { expect, test } from 'vitest';
import type { Invoice, InvoiceLine } from '../../src/core/invoice/invoice.ts';
import { billed } from '../support/billing.ts';
import {
  type Bill,
  billOf,
  type ChargeData,
  type Dimension,
  dayStart,
  type MeterData,
  type PageCase,
  type PriceData,
  type RowData,
  type TierData,
  type Zone,
} from '../support/pageOracle.ts';
import { checkAsync, fc } from '../support/properties.ts';
import { ofFraction, type Rational, rational, shown } from '../support/rationals.ts';

const MINUTE = 60_000;
const CURRENCIES = { USD: 2, JPY: 0, KWD: 3 } as const;
const PERIODS = [
  { text: '2026-10', from: 0, to: 31, months: '1' },
  { text: '2026-10-01..2026-10-16', from: 0, to: 15, months: '15/31' },
  { text: '2026-10-08..2026-11-08', from: 7, to: 38, months: '1' },
  { text: '2026-10-01..2026-12-01', from: 0, to: 61, months: '2' },
] as const;
const VALUES: Record<Dimension, readonly string[]> = {
  region: ['syd', 'fra', 'gru', ''],
  cache: ['hit', 'miss', ''],
  status: ['200', '204', '404', '500', ''],
};

const maybe = <T>(one: fc.Arbitrary<T>, freq = 2) => fc.option(one, { nil: undefined, freq });

const where: fc.Arbitrary<MeterData['where']> = fc.oneof(
  { weight: 3, arbitrary: fc.constant([]) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(
        fc.constantFrom<Dimension>('status', 'region'),
        fc.boolean(),
        fc.constantFrom(['2xx'], ['404', '5xx'], ['']),
        fc.constantFrom(['syd'], ['fra', '']),
      )
      .map(([dimension, not, statuses, regions]) => [
        { dimension, not, values: dimension === 'status' ? statuses : regions },
      ]),
  },
);
const meter = (name: string, aggregates: readonly MeterData['aggregate'][]): fc.Arbitrary<MeterData> =>
  fc.record({
    name: fc.constant(name),
    field: fc.constantFrom('f0', 'f1'),
    aggregate: fc.constantFrom(...aggregates),
    per: fc.constantFrom('hour', 'day', 'month'),
    percent: fc.constantFrom('95', '99.9', '100', '50'),
    minutes: fc.constantFrom(60, 5),
    where,
  });
/** A flow, a level, and one of any kind. */
const meters = fc.tuple(
  meter('m0', ['sum', 'count']),
  meter('m1', ['max', 'unique', 'last', 'percentile']),
  meter('m2', ['sum', 'count', 'last', 'max', 'time_weighted', 'time_weighted']),
);

const amount = fc.constantFrom('0', '1', '0.7', '0.333', '10', '4.05', '2.5');
const per = fc.constantFrom('1', '3', '7', '1000');
const flat = fc.constantFrom('0', '1', '3', '12.5');
const step = fc.record({ amount, per, flat });
const END = fc.constantFrom('1', '2', '10', '12.5');
const price: fc.Arbitrary<PriceData> = fc.oneof(
  fc.record({ model: fc.constantFrom('unit', 'package'), amount, per }),
  fc
    .tuple(fc.constantFrom('graduated', 'volume'), END, step, step, maybe(step))
    .map(([model, upTo, first, last, middle]) => ({
      model,
      steps: [{ upTo, ...first }, ...(middle ? [{ upTo: '40', ...middle }] : []), last],
    })),
  fc.tuple(END, flat, flat).map(([upTo, one, other]) => ({
    model: 'stairstep' as const,
    steps: [{ upTo, flat: one }, { flat: other }],
  })),
  fc.record({
    model: fc.constant('percentage' as const),
    rate: fc.constantFrom('1.5', '33.333'),
    fixed: fc.constantFrom('0', '0.1', '1'),
  }),
);
const wholePrice = price.map((one): ChargeData => ({ by: [], price: one }));
const dimensionPrice: fc.Arbitrary<ChargeData> = fc
  .record({ kind: fc.constantFrom('region', 'status', 'both'), price, one: price, two: price })
  .map(({ kind, one, two, price: otherwise }): ChargeData => {
    const [by, first, second] =
      kind === 'both'
        ? [['region', 'cache'] as const, ['syd', 'hit'], ['fra', 'miss']]
        : kind === 'region'
          ? [['region'] as const, ['syd'], ['fra']]
          : [['status'] as const, ['2xx'], ['404']];
    const prices = [
      { values: first, price: one },
      { values: second, price: two },
    ];
    return { by, prices, price: otherwise };
  });

const isFlow = ({ aggregate }: MeterData) => ['sum', 'count', 'time_weighted'].includes(aggregate);
const limitOf = (one: MeterData) =>
  fc.record({
    quantity: fc.constantFrom('0', '3', '10', '31.5', '100'),
    per: isFlow(one)
      ? fc.constantFrom('' as const, 'day' as const, 'week' as const, 'mo' as const, 'year' as const)
      : fc.constantFrom('' as const, 'mo' as const, 'year' as const),
  });
const chargeOf = ({ aggregate }: MeterData) =>
  aggregate === 'sum' || aggregate === 'count' ? fc.oneof(wholePrice, dimensionPrice) : wholePrice;

function tierFor(all: readonly MeterData[]): fc.Arbitrary<TierData> {
  const perMeter = all.map((one) => fc.tuple(fc.constant(one.name), maybe(limitOf(one), 3), maybe(chargeOf(one), 3)));
  const bounds = fc.tuple(fc.nat(15), fc.nat(40));
  return fc
    .record({
      fee: maybe(fc.constantFrom('0', '19', '31'), 3),
      terms: fc.tuple(...perMeter),
      discount: maybe(fc.constantFrom('10', '12.5', '100')),
      bounds,
      which: fc.constantFrom('none', 'none', 'minimum', 'maximum', 'both'),
    })
    .map(({ fee, terms, discount, bounds: [low, more], which }): TierData => {
      // A limit of 0 without a price would block everything, which a tier file may not say.
      const limits = terms.flatMap(([name, limit, charge]) =>
        limit && (charge || limit.quantity !== '0') ? [[name, limit] as const] : [],
      );
      const overage = terms.flatMap(([name, , charge]) => (charge ? [[name, charge] as const] : []));
      return {
        fee,
        limits: Object.fromEntries(limits),
        overage: Object.fromEntries(overage),
        discount,
        minimum: which === 'minimum' || which === 'both' ? String(low) : undefined,
        maximum: which === 'maximum' || which === 'both' ? String(low + more) : undefined,
      };
    });
}

type Case = PageCase & { readonly currency: keyof typeof CURRENCIES; readonly text: string };

/** An instant within a period: the begin of a day, or any minute. */
const instantIn = (zone: Zone, from: number, to: number) =>
  fc
    .tuple(fc.integer({ min: from, max: to - 1 }), fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 1439 })))
    .map(([day, minute]) => dayStart(zone, day) + minute * MINUTE);

const anyCase: fc.Arbitrary<Case> = fc
  .record({
    zone: fc.constantFrom<Zone>('UTC', 'Europe/Berlin', 'Asia/Kolkata'),
    period: fc.constantFrom(...PERIODS),
    currency: fc.constantFrom<keyof typeof CURRENCIES>('USD', 'USD', 'JPY', 'KWD'),
    meters,
  })
  .chain(({ zone, period, currency, meters: own }) => {
    const { from, to } = period;
    const instant = instantIn(zone, from, to);
    const row: fc.Arbitrary<RowData> = fc.record({
      at: fc.oneof({ weight: 9, arbitrary: instant }, { weight: 1, arbitrary: instantIn(zone, from - 9, from) }),
      f0: fc.constantFrom('0', '1', '2.5', '7', '19', '120'),
      f1: fc.constantFrom('', '0', '3', '7', '7.0', '33.5'),
      region: fc.constantFrom(...VALUES.region),
      cache: fc.constantFrom(...VALUES.cache),
      status: fc.constantFrom(...VALUES.status),
    });
    const tier = tierFor(own);
    const credit = fc
      .record({
        amount: fc.constantFrom('1', '5', '20'),
        priority: fc.constantFrom(100, 100, 1),
        from: maybe(instant),
        expires: maybe(instant),
      })
      .filter((one) => one.from === undefined || one.expires === undefined || one.from < one.expires);
    return fc
      .record({
        tiers: fc.tuple(tier, tier),
        changes: fc.uniqueArray(instant, { maxLength: 3 }),
        names: fc.array(fc.constantFrom('a', 'b', 'again'), { minLength: 4, maxLength: 4 }),
        begin: maybe(instant, 4),
        rows: fc.array(row, { minLength: 3, maxLength: 14 }),
        grants: fc.array(credit, { maxLength: 3 }),
        pack: maybe(
          fc.record({
            price: fc.constantFrom('3', '4'),
            credit: fc.constantFrom('2', '5'),
            days: fc.constantFrom(1, 7, 90),
            most: fc.constantFrom(1, 2, 4),
            tiers: fc.constantFrom(['a'], ['b', 'again'], ['a', 'b', 'again']),
          }),
          2,
        ),
        tax: maybe(fc.record({ rate: fc.constantFrom('7.7', '19', '20'), included: fc.boolean() }), 3),
      })
      .map(({ tiers: [a, b], changes, names, begin, rows, ...rest }): Case => {
        const first = begin ?? dayStart(zone, from - 30);
        const ends = changes.filter((at) => at > first).sort((x, y) => x - y);
        const stays = [...ends, dayStart(zone, to + 5)].map((end, i) => {
          return { tier: names[i]!, from: ends[i - 1] ?? first, to: end };
        });
        return {
          ...rest,
          zone,
          period,
          text: period.text,
          currency,
          digits: CURRENCIES[currency],
          meters: own,
          tiers: { a, b, again: a },
          stays,
          rows: rows.filter(({ at }) => at >= first),
        };
      });
  });

const flowMap = (pairs: readonly (readonly [string, string])[]) =>
  `{ ${pairs.map(([key, text]) => `${key}: ${text}`).join(', ')} }`;
const quoted = (text: string) => `'${text}'`;
const iso = (at: number) => new Date(at).toISOString();

function meterText({ field, aggregate, per: unit, percent, minutes, where: conditions }: MeterData): string {
  const how =
    aggregate === 'percentile'
      ? `{ percentile: ${percent}, of: ${minutes}min }`
      : `${aggregate}${aggregate === 'time_weighted' ? `, per: ${unit}` : ''}`;
  const filter = conditions.map(({ dimension, values, not }): [string, string] => {
    const list = `[${values.map(quoted).join(', ')}]`;
    return [dimension, not ? `{ not: ${list} }` : list];
  });
  return `{ field: ${field}, unit: thing, aggregate: ${how}${filter.length > 0 ? `, where: ${flowMap(filter)}` : ''} }`;
}

function priceText(one: PriceData): string {
  if (one.model === 'percentage') return `{ model: percentage, rate: ${one.rate}%, fixed: ${one.fixed} }`;
  if (!('steps' in one)) return `{ model: ${one.model}, amount: ${one.amount}, per: ${one.per} }`;
  const steps = one.steps.map(({ upTo, ...rest }) => {
    const pairs = Object.entries({ up_to: upTo, ...rest }).filter((pair): pair is [string, string] => !!pair[1]);
    return flowMap(pairs);
  });
  return `{ model: ${one.model}, steps: [${steps.join(', ')}] }`;
}

function chargeText(charge: ChargeData): string {
  if (!('prices' in charge)) return priceText(charge.price);
  const table = charge.prices.map(({ values, price: own }): [string, string] => {
    const [first, second] = values as [string, string?];
    return [quoted(first), second === undefined ? priceText(own) : `{ ${quoted(second)}: ${priceText(own)} }`];
  });
  const by = charge.by.length === 1 ? charge.by[0] : `[${charge.by.join(', ')}]`;
  return `{ by: ${by}, prices: ${flowMap(table)}, default: ${priceText(charge.price)} }`;
}

function tierText({ fee, limits, overage, discount, minimum, maximum }: TierData): string {
  const own = Object.entries(limits).map(([name, { quantity, per: base }]): [string, string] => {
    return [name, `${quantity}${base && `/${base}`}`];
  });
  const caps = own.filter(([name]) => !overage[name]).map(([name]): [string, string] => [name, 'null']);
  const charges = Object.entries(overage).map(([name, charge]): [string, string] => [name, chargeText(charge)]);
  return flowMap([
    ['cost', fee === undefined ? 'usage' : fee],
    ['limits', flowMap(own)],
    ['overage', flowMap([...charges, ...caps])],
    ...(discount ? [['discount', `${discount}%`] as const] : []),
    ...(minimum ? [['minimum', minimum] as const] : []),
    ...(maximum ? [['maximum', maximum] as const] : []),
  ]);
}

function orderOf(one: Case) {
  const { pack, tax } = one;
  const credits = one.grants.map(({ amount: granted, priority, from, expires }) => {
    const pairs = Object.entries({
      amount: granted,
      priority,
      from: from && iso(from),
      expires: expires && iso(expires),
    });
    return flowMap(pairs.flatMap(([key, text]) => (text === undefined ? [] : [[key, String(text)] as const])));
  });
  const history = one.stays.map(({ tier, from, to }, i) => {
    const ends = i === one.stays.length - 1 ? '' : `, to: ${iso(to)}`;
    return `{ tier: ${tier}, from: ${iso(from)}${ends} }`;
  });
  const automatic = pack && `{ max_per_period: ${pack.most}, tiers: [${pack.tiers.join(', ')}] }`;
  return {
    period: one.text,
    tiers: `
currency: ${one.currency}
timezone: ${one.zone}
dimensions: [status, cache]
meters: ${flowMap(one.meters.map((own) => [own.name, meterText(own)] as const))}
${tax ? `tax: { rate: ${tax.rate}%, included: ${tax.included} }` : ''}
${pack ? `credit_packs: { burst: { price: ${pack.price}, credit: ${pack.credit}, expires_after: ${pack.days}d, auto_purchase: ${automatic} } }` : ''}
pricing_tiers: ${flowMap(Object.entries(one.tiers).map(([name, tier]) => [name, tierText(tier)] as const))}
`,
    customers: `customers: { acme: { history: [${history.join(', ')}], credits: [${credits.join(', ')}] } }`,
    usage: `timestamp,customer_id,f0,f1,region,cache,status\n${one.rows
      .map((row) => `${iso(row.at)},acme,${row.f0},${row.f1},${row.region},${row.cache},${row.status}\n`)
      .join('')}`,
  };
}

/** A bill as text, each fraction reduced. */
function billText({ stretches, lines, blocked, uses, tax, total }: Bill, digits: number): unknown {
  const money = (value: Rational) => shown(value, digits);
  return {
    stretches,
    lines: lines.map(({ about, exact, amount: own }) => `${about}: ${reduced(exact)} → ${money(own)}`),
    blocked: Object.fromEntries(Object.entries(blocked).map(([name, quantity]) => [name, reduced(quantity)])),
    uses: uses.map(({ id, drawn, expired, left }) => `${id} ${[drawn, expired, left].map(money).join(' ')}`).sort(),
    tax: money(tax),
    total: money(total),
  };
}

function reduced({ n, d }: Rational): string {
  let [a, b] = [n < 0n ? -n : n, d];
  while (b > 0n) [a, b] = [b, a % b];
  return `${n / a}/${d / a}`;
}

function issued(invoice: Invoice): Bill {
  const decimal = (value: { toFixed(): string }) => rational(value.toFixed());
  return {
    stretches: invoice.stretches.map(({ tier, period }) => `${tier} ${period.start} ${period.end}`),
    lines: invoice.lines.map((line) => ({
      about: about(line),
      exact: ofFraction(line.exact),
      amount: decimal(line.amount),
    })),
    blocked: Object.fromEntries([...invoice.blocked].map(([name, quantity]) => [name, ofFraction(quantity)])),
    uses: invoice.credits.map(({ grant, drawn, expired, remaining }) => {
      const id = grant.pack ? `pack-${grant.id.split('-').at(-1)}` : grant.id;
      return { id, drawn: decimal(drawn), expired: decimal(expired), left: decimal(remaining) };
    }),
    tax: invoice.taxIncluded ? decimal(invoice.taxIncluded) : decimal(invoice.tax),
    total: decimal(invoice.total),
  };
}

function about(line: InvoiceLine): string {
  if (line.kind !== 'usage') return line.kind === 'pack' ? 'pack' : `${line.stretch} ${line.kind}`;
  const values = (line.dimensions ?? []).map(({ value }) => value).join('|');
  return `${line.stretch} ${line.meter} ${line.step ?? ''} ${values}`;
}

test('an invoice is what following the page gives, over all rules at once', async () => {
  await checkAsync(
    fc.asyncProperty(anyCase, async (one) => {
      const { invoices } = await billed(orderOf(one));
      expect(invoices.map((invoice) => billText(issued(invoice), one.digits))).toEqual([
        billText(billOf(one), one.digits),
      ]);
    }),
    { runs: 250 },
  );
}, 120_000);

test('of made-up cases each rule is common enough to be compared', () => {
  const bills = fc.sample(anyCase, { numRuns: 400, seed: 1 }).map(billOf);
  const count = (has: (bill: Bill) => boolean) => bills.filter(has).length;
  const hasLine = (part: RegExp) =>
    count(({ lines }) => lines.some((line) => part.test(line.about) && line.amount.n !== 0n));
  const common = {
    several: count(({ stretches }) => stretches.length > 1),
    flows: hasLine(/m0/),
    levels: hasLine(/m1/),
    combinations: hasLine(/\|/),
    blocked: count(({ blocked }) => Object.keys(blocked).length > 0),
    discount: hasLine(/discount/),
    maximum: hasLine(/maximum/),
    minimum: hasLine(/minimum/),
    packs: hasLine(/pack/),
    drawn: count(({ uses }) => uses.some(({ drawn }) => drawn.n !== 0n)),
    expired: count(({ uses }) => uses.some(({ expired }) => expired.n !== 0n)),
    tax: count(({ tax }) => tax.n !== 0n),
  };
  expect(Object.entries(common).filter(([, times]) => times < 25)).toEqual([]);
});
