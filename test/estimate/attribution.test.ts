/** Whose cost it is: the amounts of routes against a count of the telemetry that each route would leave behind. */
import { describe, expect, test } from 'vitest';
import { completeRoutes } from '../../src/config/edge/completeRoutes.ts';
import { loadRoutes } from '../../src/config/edge/index.ts';
import { type Estimate, estimate } from '../../src/core/estimate/estimate.ts';
import type { InvoiceLine } from '../../src/core/invoice/invoice.ts';
import { type Period, parsePeriodChoice } from '../../src/core/period.ts';
import { check, fc } from '../support/properties.ts';
import { rateCardOf } from '../support/rateCards.ts';
import { compare, divide, minus, plus, type Rational, rational, times, total, ZERO } from '../support/rationals.ts';
import { edgeText, type RandomEdge, randomEdge, randomTiers, telemetryOf } from './randomEdge.ts';

const MONTH = '2026-06';

function estimateOf(edge: string, tiers: string, tier: string): Estimate {
  const rateCard = rateCardOf(tiers);
  const { file, problems } = loadRoutes(edge, 'edge.yaml');
  if (!file) throw new Error(problems.map(({ message }) => message).join('\n'));
  const period = (parsePeriodChoice(MONTH, rateCard.timezone) as { period: Period }).period;
  const { config } = completeRoutes({ file, period, zone: rateCard.timezone, pricedMeters: new Set() });
  return estimate({ rateCard, config: config!, period, tier });
}

function costs({ routes, unassigned }: Estimate): Record<string, string> {
  const amounts = Object.fromEntries(routes.map(({ route, amount }) => [route.match, amount.toFixed(2)]));
  return unassigned.isZero() ? amounts : { ...amounts, 'no route': unassigned.toFixed(2) };
}

describe('a route pays for what it uses of what a line is about', () => {
  test('the steps of a price by region are spread by use in that region, not by requests', () => {
    // Responses of 1 GB: /few has 10 requests in syd, /many 90 in fra. In syd the first 5 GB cost 0.10 each, the others
    // 0.30: 0.50 + 1.50 = 2.00, all of it /few's. In fra 90 GB at 0.01 = 0.90, all of it /many's. By requests /few would
    // pay a tenth of 2.90.
    const edge = `routes:
      - { match: /few, traffic: 10/month, response: 1GB, regions: [syd] }
      - { match: /many, traffic: 90/month, response: 1GB, regions: [fra] }`;
    const tiers = `pricing_tiers:
      a:
        cost: usage
        overage:
          egress:
            by: region
            prices:
              syd: { model: graduated, steps: [{ up_to: 5GB, amount: 0.10, per: GB }, { amount: 0.30, per: GB }] }
            default: 0.01/GB`;
    expect(costs(estimateOf(edge, tiers, 'a'))).toEqual({ '/few': '2.00', '/many': '0.90' });
  });

  test('a route is less than a cent from its share, however many lines there are', () => {
    // Three routes alike, and 1.00 for each of four regions: thirds of 4.00.
    const edge = `routes:
      - { match: /a, traffic: 300/month, response: 1GB, regions: [r1, r2, r3, r4] }
      - { match: /b, traffic: 300/month, response: 1GB, regions: [r1, r2, r3, r4] }
      - { match: /c, traffic: 300/month, response: 1GB, regions: [r1, r2, r3, r4] }`;
    const price = '{ model: stairstep, steps: [{ flat: 1 }] }';
    const tiers = `pricing_tiers:
      a:
        cost: usage
        overage: { egress: { by: region, prices: { r1: ${price}, r2: ${price}, r3: ${price}, r4: ${price} } } }`;
    // 4.00 ÷ 3 = 1.333…; one cent is left, and goes to the first of three equal remainders.
    expect(costs(estimateOf(edge, tiers, 'a'))).toEqual({ '/a': '1.34', '/b': '1.33', '/c': '1.33' });
  });

  test('a charge for something that no route uses belongs to no route', () => {
    // Requests 1 000 at 1.00/1k = 1.00. A seat's flat price of 5.00 is owed without any seat: no route has to do with it.
    const tiers = `meters: { seats: { field: seats, unit: seat, aggregate: max } }
pricing_tiers:
  a: { cost: usage, overage: { requests: 1/1k, seats: { model: stairstep, steps: [{ flat: 5 }] } } }`;
    const edge = 'routes: [{ match: /a, traffic: 1000/month }]';
    expect(costs(estimateOf(edge, tiers, 'a'))).toEqual({ '/a': '1.00', 'no route': '5.00' });
  });

  test('what a minimum adds where nothing is charged is owed for serving, like the fee', () => {
    // 1M requests are included. The minimum of 10.00 is spread by requests: 3 of 4 and 1 of 4.
    const edge = 'routes: [{ match: /a, traffic: 300k/month }, { match: /b, traffic: 100k/month }]';
    const tiers =
      'pricing_tiers: { a: { cost: usage, limits: { requests: 1M/mo }, overage: { requests: 1/1k }, minimum: 10 } }';
    expect(costs(estimateOf(edge, tiers, 'a'))).toEqual({ '/a': '7.50', '/b': '2.50' });
  });
});

test("each route's amount is the sum over lines of its own part ÷ all parts, within one minor unit", () => {
  const law = fc.property(randomEdge, randomTiers, fc.constantFrom('all', 'capped', 'bare'), (edge, tiers, tier) => {
    const estimated = estimateOf(edgeText(edge), tiers, tier);
    const { minorUnit } = estimated.invoice.currency;
    const unit = divide(rational(1), { n: 10n ** BigInt(minorUnit), d: 1n });
    const expected = exactCosts(estimated, edge, tiers);
    for (const { route, amount } of estimated.routes) {
      const off = minus(rational(amount.toFixed()), expected.get(route.match)!);
      expect(compare(off, unit)).toBeLessThan(0);
      expect(compare(minus(ZERO, off), unit)).toBeLessThan(0);
    }
    const all = total(estimated.routes.map(({ amount }) => rational(amount.toFixed())));
    const sum = plus(all, rational(estimated.unassigned.toFixed()));
    expect(compare(sum, rational(estimated.invoice.total.toFixed()))).toBe(0);
  });
  check(law, { runs: 150 });
});

const METERS = ['requests', 'compute', 'egress'] as const;
type Used = { readonly route: string; readonly region: string } & Record<(typeof METERS)[number], Rational>;

/** From the rows of the telemetry, by the rules of school. A route's exact cost by its name. */
function exactCosts({ invoice }: Estimate, edge: RandomEdge, tiers: string): Map<string, Rational> {
  const rows = telemetryOf(edge, MONTH)
    .trim()
    .split('\n')
    .slice(1)
    .map((row): Used => {
      const [, , region, route, requests, compute, egress] = row.split(',') as string[];
      return {
        route: route!,
        region: region!,
        requests: rational(requests!),
        compute: rational(compute!),
        egress: rational(egress!),
      };
    });
  const names = edge.routes.map((_, i) => `/r${i}`);
  const none = () => names.map(() => ZERO);
  const add = (a: readonly Rational[], b: readonly Rational[]) => a.map((one, i) => plus(one, b[i]!));
  const shared = (amount: Rational, weights: readonly Rational[]) => {
    const all = total(weights);
    return all.n === 0n ? none() : weights.map((own) => divide(times(amount, own), all));
  };
  const amountOf = ({ amount }: Pick<InvoiceLine, 'amount'>) => rational(amount.toFixed());
  const usedBy = (meter: string, is: (row: Used) => boolean) =>
    names.map((name) =>
      total(rows.filter((row) => row.route === name && is(row)).map((row) => row[meter as (typeof METERS)[number]])),
    );
  const requests = usedBy('requests', () => true);
  let usage = none();
  let rest = none();
  for (const line of invoice.lines) {
    if (line.kind !== 'usage') continue;
    const { meter, dimensions = [] } = line;
    const counts = countedBy(meter, tiers);
    const of = (row: Used) =>
      counts(row) && dimensions.every(({ name, value }) => row[name as 'region' | 'route'] === value);
    usage = add(usage, shared(amountOf(line), usedBy(line.meter, of)));
  }
  const serving = total(usage).n === 0n ? requests : usage;
  for (const line of invoice.lines) {
    if (line.kind === 'fee') rest = add(rest, shared(amountOf(line), requests));
    else if (line.kind !== 'usage') rest = add(rest, shared(amountOf(line), serving));
  }
  const before = add(usage, rest);
  const after = add(before, shared(rational(invoice.tax.toFixed()), before));
  return new Map(names.map((name, i) => [name, after[i]!]));
}

/** The filters of the random tier files, as a person reads them. What a route does not tell is taken as met. */
const FILTERS: Readonly<Record<string, (row: Used) => boolean>> = {
  'region: [gru, syd]': ({ region }) => region === 'gru' || region === 'syd',
  'route: { not: /r1 }': ({ route }) => route !== '/r1',
  'region: { not: fra }, route: [/r0, /r2]': ({ region, route }) =>
    region !== 'fra' && (route === '/r0' || route === '/r2'),
  'status: { not: 5xx }': () => true,
};

function countedBy(meter: string, tiers: string): (row: Used) => boolean {
  const filter = new RegExp(`^  ${meter}: .*, where: \\{ (.*) \\} \\}$`, 'm').exec(tiers)?.[1];
  return filter === undefined ? () => true : FILTERS[filter]!;
}
