/** Break-evens to the request: against totals that are worked out for every number of requests, one after the other. */
import { describe, expect, test } from 'vitest';
import { completeRoutes } from '../../src/config/edge/completeRoutes.ts';
import { loadRoutes } from '../../src/config/edge/index.ts';
import { estimate } from '../../src/core/estimate/estimate.ts';
import { type Period, parsePeriodChoice } from '../../src/core/period.ts';
import { check, fc } from '../support/properties.ts';
import { rateCardOf } from '../support/rateCards.ts';

function breakEvens(tiers: string, requests: number | string, tier = 'a'): string[] {
  const rateCard = rateCardOf(`pricing_tiers:\n${tiers}`);
  const { file } = loadRoutes(`routes: [{ match: /a, traffic: ${requests}/month }]`, 'edge.yaml');
  const period = (parsePeriodChoice('2026-06', 'UTC') as { period: Period }).period;
  const { config } = completeRoutes({ file: file!, period, zone: 'UTC', pricedMeters: new Set() });
  return estimate({ rateCard, config: config!, period, tier }).breakEvens.map(
    ({ from, to, requests: at, total, reason }) => `${at} ${from}→${to} ${total.toFixed(2)} ${reason}`,
  );
}

describe('a break-even is the first request at which a tier is dearer', () => {
  test('two straight lines', () => {
    // a: 10 + (n − 100k)/10k, b: 60 + 0.5 (n − 100k)/10k. Equal at 1 100 000: 110.00 each. At 1 100 049 a is 110.0049 and
    // b 110.00245: 110.00 both. At 1 100 050 a is 110.005 → 110.01, b 110.0025 → 110.00.
    const tiers = `  a: { cost: 10, limits: { requests: 100k/mo }, overage: { requests: 1/10k } }
  b: { cost: 60, limits: { requests: 100k/mo }, overage: { requests: 0.5/10k } }`;
    const expected = ['1100050 a→b 110.00 cheaper'];
    expect(breakEvens(tiers, '1M')).toEqual(expected);
    expect(breakEvens(tiers, 1_100_500)).toEqual(expected);
    expect(breakEvens(tiers, '7M')).toEqual(expected);
  });

  test('an annual fee counts by its twelfth, rounded as on the invoice', () => {
    // b: 190/12 = 15.8333… → 15.83 a month. a: 10 + (n − 100k)/10k is 15.83 up to 158 349, at 158 350 15.835 → 15.84.
    const tiers = `  a: { cost: 10, limits: { requests: 100k/mo }, overage: { requests: 1/10k } }
  b: { cost: 190/yr, limits: { requests: 10M/mo } }`;
    expect(breakEvens(tiers, '150k')).toContain('158350 a→b 15.83 cheaper');
  });

  test('packages that jump above a fee and fall behind it again: each crossing', () => {
    // a: 10.00 for each 1 000 begun. b: 15.00 up to 1 500 requests, from there 0.02 for each more.
    // 1 001: a 20.00, b 15.00 → b is cheaper. b passes 20.00 at 1 500 + 251 (at 250 it is 20.00 as well): a is cheaper.
    // 2 001: a 30.00, b 25.02 → b. b passes 30.00 at 1 500 + 751 = 2 251 → a. 3 001: a 40.00, b 45.02: a stays.
    const tiers = `  a: { cost: usage, overage: { requests: { model: package, amount: 10, per: 1000 } } }
  b: { cost: 15 + usage, limits: { requests: 1500 }, overage: { requests: 0.02/1 } }`;
    expect(breakEvens(tiers, 5000)).toEqual([
      '1001 a→b 15.00 cheaper',
      '1751 b→a 20.00 cheaper',
      '2001 a→b 25.02 cheaper',
      '2251 b→a 30.00 cheaper',
    ]);
  });

  test('a volume price that falls for all requests at the end of a step', () => {
    // a: 0.01 each, 10.00 for 1 000. b: 0.012 each up to 500, then 0.008 each: 6.00 at 500, 4.01 at 501 (4.008).
    // b is dearer from the start, 3.00 against 2.50 at 250; at 501 a is 5.01.
    const tiers = `  a: { cost: usage, overage: { requests: 0.01/1 } }
  b: { cost: usage, overage: { requests: { model: volume, steps: [{ up_to: 500, amount: 0.012, per: 1 }, { amount: 0.008, per: 1 }] } } }`;
    expect(breakEvens(tiers, 20_000)).toEqual(['501 a→b 4.01 cheaper']);
  });

  test('a maximum that stops a line which had passed another one', () => {
    // a: 0.02 each, at most 30.00, reached at 1 500. b: 10 + 0.01 each: 20.00 at 1 000, where a is 20.00, too. 1 001: a
    // 20.02, b 20.01. b passes 30.00 at 2 001.
    const tiers = `  a: { cost: usage, overage: { requests: 0.02/1 }, maximum: 30 }
  b: { cost: 10 + usage, overage: { requests: 0.01/1 } }`;
    expect(breakEvens(tiers, 5000)).toEqual(['1001 a→b 20.01 cheaper', '2001 b→a 30.00 cheaper']);
  });

  test('where a hard cap blocks, and of two tiers that both block neither is cheaper', () => {
    const tiers = `  a: { cost: 0, limits: { requests: 1000/mo }, overage: null }
  b: { cost: 5, limits: { requests: 3000/mo }, overage: null }
  c: { cost: 9 + usage, overage: { requests: 0.01/1 } }`;
    expect(breakEvens(tiers, 5000, 'c')).toEqual(['1001 a→b 5.00 blocked', '3001 b→c 39.01 blocked']);
  });

  test('the same prices under two names never cross', () => {
    const price = '{ cost: 5 + usage, limits: { requests: 1k/mo }, overage: { requests: 0.37/1k } }';
    expect(breakEvens(`  a: ${price}\n  b: ${price}`, 5000)).toEqual([]);
  });
});

type TierOf = {
  /** Cents. */
  readonly fee: number;
  readonly included: number;
  /** Cents for each begun or counted `per` requests. */
  readonly price: number;
  readonly per: number;
  readonly isPackage: boolean;
  /** Cents; 0: none. */
  readonly minimum: number;
  readonly maximum: number;
};

const anyTier: fc.Arbitrary<TierOf> = fc.record({
  fee: fc.integer({ min: 0, max: 5000 }),
  included: fc.constantFrom(0, 0, 700, 20_000),
  price: fc.integer({ min: 1, max: 300 }),
  per: fc.constantFrom(1, 10, 100, 1000, 3),
  isPackage: fc.boolean(),
  minimum: fc.constantFrom(0, 0, 0, 1500),
  maximum: fc.constantFrom(0, 0, 0, 90_000),
});

function tierText({ fee, included, price, per, isPackage, minimum, maximum }: TierOf): string {
  const amount = (price / 100).toFixed(2);
  const charge = isPackage ? `{ model: package, amount: ${amount}, per: ${per} }` : `${amount}/${per}`;
  const more = `${minimum ? `, minimum: ${minimum / 100}` : ''}${maximum ? `, maximum: ${maximum / 100}` : ''}`;
  const limits = included > 0 ? `, limits: { requests: ${included} }` : '';
  return `{ cost: ${(fee / 100).toFixed(2)} + usage${limits}, overage: { requests: ${charge} }${more} }`;
}

/** Cents for so many requests, with whole numbers: a price by the request is rounded half up. */
function centsFor({ fee, included, price, per, isPackage, minimum, maximum }: TierOf, requests: number): number {
  const beyond = Math.max(0, requests - included);
  let usage = isPackage ? price * Math.ceil(beyond / per) : Math.floor((2 * price * beyond + per) / (2 * per));
  if (maximum > 0) usage = Math.min(usage, maximum);
  return fee + Math.max(usage, minimum);
}

test('every crossing is found, to the request, as counting from 1 to 100 000 finds it', () => {
  const law = fc.property(anyTier, anyTier, fc.integer({ min: 100, max: 199 }), (a, b, present) => {
    const last = present * 1000;
    const expected: string[] = [];
    let leader = 0;
    for (let n = 1; n <= last; n++) {
      const [x, y] = [centsFor(a, n), centsFor(b, n)];
      const lead = Math.sign(x - y);
      if (lead === 0 || lead === leader) continue;
      if (n > 1) expected.push(`${n} ${lead > 0 ? 'a→b' : 'b→a'} ${(Math.min(x, y) / 100).toFixed(2)} cheaper`);
      leader = lead;
    }
    expect(breakEvens(`  a: ${tierText(a)}\n  b: ${tierText(b)}`, present)).toEqual(expected.slice(0, 20));
  });
  check(law, { runs: 100 });
}, 120_000);
