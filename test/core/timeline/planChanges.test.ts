import { expect, test } from 'vitest';
import { timelineFor } from '../../support/timelines.ts';

const TIERS = `
pricing_tiers:
  slow: { cost: 10, limits: { requests: 10 }, overage: { requests: 1 }, rate_limit: 2/s }
  fast: { cost: 10, limits: { requests: 10 }, overage: { requests: 1 }, rate_limit: 5/s }
  also: { cost: 10, limits: { requests: 10 }, overage: { requests: 1 }, rate_limit: 5.0/s }
`;
const CUSTOMERS = `
customers:
  acme:
    history:
      - { tier: slow, to: 2026-10-11T12:00:00Z }
      - { tier: fast, from: 2026-10-11T12:00:00Z, to: 2026-10-11T18:00:00Z }
      - { tier: also, from: 2026-10-11T18:00:00Z }
`;

test('identically priced tiers are one stretch, each with its own rate limit', async () => {
  const exports = [
    `timestamp,customer_id,requests
2026-10-11T11:59:59.999Z,acme,3
2026-10-11T12:00:00Z,acme,4
2026-10-11T13:00:00Z,acme,6
2026-10-11T19:00:00Z,acme,7
`,
  ];
  const { entries } = await timelineFor({
    tiers: TIERS,
    customers: CUSTOMERS,
    exports,
    thresholds: ['1'],
    period: '2026-10',
  });
  const told = entries.map(({ kind, tier, at, used, rate }) => [
    kind,
    tier,
    new Date(Number(at / 1_000_000n)).toISOString().slice(11, 19),
    used.toFixed(),
    ...(rate ? [rate.seconds, rate.above.toFixed()] : []),
  ]);
  // 3 + 4 + 6 reach the 10 of the whole month at 13:00. 3 is above 2 a second; 4 is not above 5; 6 and 7 are, by 1 and 2.
  expect(told).toEqual([
    ['rate_limit', 'slow', '11:59:59', '3'],
    ['rate_limit_day', 'slow', '12:00:00', '3', 1, '1'],
    ['limit', 'fast', '13:00:00', '13'],
    ['rate_limit', 'fast', '13:00:00', '6'],
    ['rate_limit_day', 'also', '00:00:00', '13', 2, '3'],
  ]);
});

test('a level reaches its full limit in any part of a period, and a flow the part’s share of it', async () => {
  const tier = '{ cost: 0, limits: { seats: 10, requests: 31 }, overage: { seats: 1, requests: 1 } }';
  const { entries } = await timelineFor({
    tiers: `meters: { seats: { field: seats, unit: seat, aggregate: max } }\npricing_tiers: { a: ${tier}, b: ${tier.replace('cost: 0', 'cost: 1')} }`,
    customers: 'customers: { acme: { history: [{ tier: a, to: 2026-10-11 }, { tier: b, from: 2026-10-11 }] } }',
    exports: [
      'timestamp,customer_id,seats,requests\n2026-10-02T00:00:00Z,acme,9,9\n2026-10-03T00:00:00Z,acme,10,1\n2026-10-12T00:00:00Z,acme,9,20\n',
    ],
    thresholds: ['1'],
    period: '2026-10',
  });
  // 10 of 31 requests a month are the first part's; 10 seats are both parts'.
  expect(entries.map(({ tier: on, meter, limit }) => `${on} ${meter} ${limit}`)).toEqual([
    'a requests 10',
    'a seats 10',
  ]);
});
