/** Each lint with a price list that has its mistake, and one beside it, often with one digit changed, that has not. */
import { describe, expect, test } from 'vitest';
import { LINTS } from '../../../src/core/lint/index.ts';
import { findingsOf, tiersOf } from '../../support/lints.ts';

const volume = (first: string, second: string) =>
  tiersOf(
    `pro: { cost: usage, overage: { egress: { model: volume, steps: [{ up_to: 100GB, amount: ${first}, per: GB }, { amount: ${second}, per: GB }] } } }`,
  );
const graduated = (steps: string, more = '') =>
  tiersOf(`pro: { cost: usage, overage: { requests: { model: graduated, steps: ${steps} } }${more} }`);

describe('lint/cliff', () => {
  test('100 GB at 0.05 are 5, at 0.03 they are 3; 5 is reached again at 5 ÷ 0.03 = 166.7 GB', () => {
    expect(findingsOf('lint/cliff', volume('0.05', '0.03'))).toEqual([
      '100 GB of egress on pro cost 5.00, and just above that 3.00: up to 166.7 GB costs less',
    ]);
  });
  test('a stairstep that falls for good has no end', () => {
    const falling = tiersOf(
      'pro: { cost: usage, overage: { requests: { model: stairstep, steps: [{ up_to: 5, flat: 10 }, { up_to: 9, flat: 12 }, { flat: 9 }] } } }',
    );
    expect(findingsOf('lint/cliff', falling)).toEqual([
      '9 of requests on pro cost 12.00, and just above that 9.00: any larger quantity costs less',
    ]);
  });
  test.each([
    ['a rising price', volume('0.03', '0.03')],
    [
      'a graduated price whose steps get cheaper',
      graduated('[{ up_to: 1M, amount: 0.40, per: 10k }, { amount: 0.10, per: 10k }]'),
    ],
  ])('%s is none', (_, yaml) => expect(findingsOf('lint/cliff', yaml)).toEqual([]));
  test('a flat amount can make up for a lower price: 100 GB cost 5, then 3 + 2', () => {
    const made = volume('0.05', '0.03').replace('{ amount: 0.03', '{ flat: 2, amount: 0.03');
    expect(findingsOf('lint/cliff', made)).toEqual([]);
    expect(findingsOf('lint/cliff', made.replace('flat: 2', 'flat: 1.99'))).toHaveLength(1);
  });
});

describe('lint/unreachable-step', () => {
  // 10/s for 31 days: 10 × 2 678 400 = 26 784 000 requests.
  const limited = (end: string) =>
    graduated(`[{ up_to: ${end}, amount: 0.40, per: 10k }, { amount: 0.30, per: 10k }]`, ', rate_limit: 10/s');
  test.each([
    ['26784000', 1],
    ['26783999', 0],
  ])('a step that begins at %s requests under 10/s: %i', (end, count) => {
    expect(findingsOf('lint/unreachable-step', limited(end))).toHaveLength(count);
  });
  // 1M at 1/10k are 100.
  test.each([
    ['100', 1],
    ['100.01', 0],
  ])('behind 1M requests for 100 with a maximum of %s: %i', (maximum, count) => {
    const capped = graduated(
      '[{ up_to: 1M, amount: 1, per: 10k }, { amount: 0.5, per: 10k }]',
      `, maximum: ${maximum}`,
    );
    expect(findingsOf('lint/unreachable-step', capped)).toHaveLength(count);
  });
  test.each([
    ['1.2', '1.8', 1],
    ['1.2', '2', 0],
    ['1', '1.9', 1],
  ])('whole requests above %s and at most %s: none is %i finding', (from, to, count) => {
    const steps = `[{ up_to: ${from}, amount: 1 }, { up_to: ${to}, amount: 2 }, { amount: 3 }]`;
    expect(findingsOf('lint/unreachable-step', graduated(steps))).toHaveLength(count);
  });
});

describe('lint/dominated-tier', () => {
  const small = 'small: { cost: 10 + usage, limits: { requests: 100k }, overage: { requests: 1/10k } }';
  const large = 'large: { cost: 35 + usage, limits: { requests: 500k }, overage: { requests: 0.80/10k } }';
  const middle = (cost: string) =>
    `middle: { cost: ${cost} + usage, limits: { requests: 400k }, overage: { requests: 0.90/10k } }`;
  // Below 350k small is cheaper than 35; at 400k middle would have to be below large, 35.
  test.each([
    ['34.99', 0],
    ['35', 1],
  ])('between two tiers that are cheaper on either side, for %s: %i', (cost, count) => {
    expect(findingsOf('lint/dominated-tier', tiersOf(small, middle(cost), large))).toHaveLength(count);
  });
  test('for a mix of usage that no other tier serves as cheaply, a tier has its use', () => {
    const tiers = [
      'calls: { cost: 10 + usage, limits: { requests: 100 }, overage: { requests: 1, egress: 1 } }',
      'bytes: { cost: 10 + usage, limits: { egress: 100 }, overage: { requests: 1, egress: 1 } }',
    ];
    // At 100 of each: calls and bytes 110, both 20. With 20 of each: 30, 30 and 20 + 0.
    const both = (cost: number) =>
      `both: { cost: ${cost} + usage, limits: { requests: 50, egress: 50 }, overage: { requests: 1, egress: 1 } }`;
    expect(findingsOf('lint/dominated-tier', tiersOf(...tiers, both(20)))).toEqual([]);
    // 100 − x on one side is what calls lacks: at 50 of each calls costs 60, and so does both at 60.
    expect(findingsOf('lint/dominated-tier', tiersOf(...tiers, both(59)))).toEqual([]);
    expect(findingsOf('lint/dominated-tier', tiersOf(...tiers, both(60)))).toHaveLength(1);
  });
  test('a feature, a higher rate limit, a cap of the others or the same terms are reasons to be', () => {
    const cheap = 'cheap: { cost: 10, limits: { requests: 1k }, overage: null, rate_limit: 10/s }';
    const dear = (more: string) => `dear: { cost: 20, limits: { requests: 1k }, overage: null${more} }`;
    expect(findingsOf('lint/dominated-tier', tiersOf(cheap, dear(', rate_limit: 10/s')))).toHaveLength(1);
    for (const more of [', rate_limit: 11/s', '', ', rate_limit: 10/s, features: [SSO]'])
      expect(findingsOf('lint/dominated-tier', tiersOf(cheap, dear(more)))).toEqual([]);
    const larger = dear(', rate_limit: 10/s').replace('1k', '1001');
    expect(findingsOf('lint/dominated-tier', tiersOf(cheap, larger))).toEqual([]);
    expect(findingsOf('lint/dominated-tier', tiersOf(cheap, cheap.replace('cheap', 'same')))).toEqual([]);
    const metered = (price: string) => `m${price}: { cost: usage, overage: { requests: 0.0${price} } }`;
    expect(findingsOf('lint/dominated-tier', tiersOf(metered('1'), metered('2')))).toEqual([]);
  });
});

describe('lint/tier-order', () => {
  const team = 'team: { cost: 19 + usage, limits: { requests: 200k }, overage: { requests: 0.40/10k } }';
  // At 300k team costs 19 + 10 × 0.40 = 23.
  test.each([
    ['23', 0],
    ['23.01', 1],
  ])('a tier with 300k for %s: %i', (cost, count) => {
    const pro = `pro: { cost: ${cost} + usage, limits: { requests: 300k }, overage: { requests: 0.20/10k } }`;
    expect(findingsOf('lint/tier-order', tiersOf(team, pro))).toHaveLength(count);
    expect(findingsOf('lint/tier-order', tiersOf(team, pro.replace('}', '}, features: [SSO]')))).toEqual([]);
    expect(findingsOf('lint/tier-order', tiersOf(team.replace(/overage.*/, 'overage: null }'), pro))).toEqual([]);
  });
});

describe('hard caps and open ends', () => {
  test('a limit without overage is meant where overage: null says so', () => {
    expect(findingsOf('lint/limit-without-overage', tiersOf('a: { cost: 5, limits: { requests: 1k } }'))).toHaveLength(
      1,
    );
    for (const overage of ['null', '{ requests: null }', 'negotiated', '{ requests: 1 }'])
      expect(
        findingsOf(
          'lint/limit-without-overage',
          tiersOf(`a: { cost: 5, limits: { requests: 1k }, overage: ${overage} }`),
        ),
      ).toEqual([]);
  });
  const pro = (cost: string, limits: string) =>
    tiersOf(`pro: { cost: ${cost}${limits}, overage: { requests: 1/10k, egress: 0.05/GB } }`);
  test.each([
    ['19', ', limits: { requests: 200k }', ['pro for 19 charges egress from its first unit']],
    ['79 flat', ', limits: { requests: 200k }', ['pro for 79 flat charges egress from its first unit']],
    ['19 + usage', ', limits: { requests: 200k }', []],
    ['usage', ', limits: { requests: 200k }', []],
    ['19', ', limits: { requests: 200k, egress: 20GB }', []],
    ['19', '', []],
  ])('a charge from the first unit beside a cost of %s%s', (cost, limits, found) => {
    expect(findingsOf('lint/overage-without-limit', pro(cost, limits))).toEqual(found);
  });
});

describe('meters, features and costs', () => {
  const meters = 'meters: { tokens: { field: tokens, unit: token } }\n';
  test.each([
    ['no tier', '', 1],
    ['a price', ', overage: { tokens: 1/1k }', 0],
    ['a limit', ', limits: { tokens: 1k }, overage: null', 0],
  ])('a meter of the file with %s', (_, more, count) => {
    expect(findingsOf('lint/unpriced-meter', meters + tiersOf(`a: { cost: 5${more} }`))).toHaveLength(count);
  });
  test.each([
    ['', 1],
    ['costs: { SSO: 5/mo }\n', 0],
    ['meters: { SSO: { field: sso, unit: login } }\n', 0],
  ])('a feature with "%s"', (head, count) => {
    expect(findingsOf('lint/unmapped-feature', head + tiersOf('a: { cost: 5, features: [SSO] }'))).toHaveLength(count);
  });
  // 1 000 000 units at 0.30/1M and a discount of 10% are 0.27.
  test.each([
    ['0.30/1M', '', 0],
    ['0.29/1M', '', 1],
    ['0.30/1M', ', discount: 10%', 1],
    ['{ model: package, amount: 0.29, per: 1M }', '', 1],
    ['{ model: graduated, steps: [{ up_to: 1M, amount: 1, per: 1M }, { amount: 0.2, per: 1M }] }', '', 1],
  ])('a price of %s%s beside a cost of 0.30/1M', (price, more, count) => {
    const yaml = `costs: { requests: 0.30/1M }\n${tiersOf(`a: { cost: usage, overage: { requests: ${price} }${more} }`)}`;
    expect(findingsOf('lint/below-cost', yaml)).toHaveLength(count);
  });
  // 100M requests cost 30 to run.
  test.each([
    ['30', 0],
    ['29.99', 1],
    ['0', 0],
  ])('a fee of %s for requests that cost 30', (fee, count) => {
    const yaml = `costs: { requests: 0.30/1M }\n${tiersOf(`a: { cost: ${fee}, limits: { requests: 100M }, overage: null }`)}`;
    expect(findingsOf('lint/below-cost', yaml)).toHaveLength(count);
  });
  test('without costs of meters nothing can be said', () => {
    expect(findingsOf('lint/below-cost', tiersOf('a: { cost: 5 }'))).toBe('the tier file has no costs: of meters');
  });
});

describe('lint/no-alert', () => {
  const tiers = tiersOf(
    'a: { cost: 0, limits: { requests: 1k }, overage: null }',
    'b: { cost: 5, limits: { requests: 1k }, overage: { requests: 1/1k } }',
  );
  const url = 'upgrade_url: "https://x/{tier}"';
  test.each([
    [`thresholds: [80%, 100%], ${url}`, []],
    [`thresholds: [50%, 100%], ${url}`, []],
    [`thresholds: [80.1%, 100%], ${url}`, ['the first notification comes at 80.1% of a limit']],
    ['thresholds: [80%]', ['notifications have no upgrade_url']],
  ])('notifications: { %s }', (text, found) => {
    expect(findingsOf('lint/no-alert', `notifications: { ${text} }\n${tiers}`)).toEqual(found);
  });
  test('nobody is notified without limits, and a hard cap needs a tier with more', () => {
    const head = `notifications: { ${url} }\n`;
    expect(findingsOf('lint/no-alert', head + tiersOf('a: { cost: 5 }'))).toEqual([
      'no tier has a limit: notifications reach nobody',
    ]);
    const capped = 'a: { cost: 0, limits: { requests: 1k }, overage: null }';
    const same = capped.replace('a:', 'b:').replace('cost: 0', 'cost: 9');
    expect(findingsOf('lint/no-alert', head + tiersOf(capped, same))).toHaveLength(2);
    expect(findingsOf('lint/no-alert', head + tiersOf(capped, 'b: { cost: custom, overage: negotiated }'))).toEqual([]);
  });
  test('without the key nothing can be said', () => {
    expect(findingsOf('lint/no-alert', tiers)).toBe('the tier file has no notifications:');
  });
});

describe('lint/free-tier-load-test', () => {
  const free = (limit: string, rate: string, more = '') =>
    tiersOf(`free: { cost: 0, limits: { requests: ${limit} }, overage: null, rate_limit: ${rate}${more} }`);
  // An hour at 50/s is 180 000 requests.
  test.each([
    ['180k/mo', '50/s', 0],
    ['179_999/mo', '50/s', 1],
    ['180k/day', '50/s', 0],
    ['1M/mo', '49/s', 1],
  ])('%s at %s: %i', (limit, rate, count) => {
    expect(findingsOf('lint/free-tier-load-test', free(limit, rate))).toHaveLength(count);
  });
  test.each([
    ['metrics_7d', 1],
    ['29 days of metrics', 1],
    ['30 days of metrics', 0],
    ['metrics', 0],
    ['support_7d', 0],
  ])('the feature %s: %i', (feature, count) => {
    expect(findingsOf('lint/free-tier-load-test', free('1M', '50/s', `, features: [${feature}]`))).toHaveLength(count);
  });
  test('a tier that is paid for, or has no rate limit, is not judged', () => {
    const paid = free('1k', '1/s').replace('cost: 0', 'cost: 5');
    expect(findingsOf('lint/free-tier-load-test', paid)).toBe('there is no free tier');
    const open = free('1k', '50/s').replace(', rate_limit: 50/s', '');
    expect(findingsOf('lint/free-tier-load-test', open)).toBe('no rate_limit on free');
  });
});

describe('lint/pack', () => {
  const priced = tiersOf('a: { cost: 5, overage: { requests: 1/1k } }', 'b: { cost: 9 }');
  const packs = (terms: string) => `credit_packs: { burst: { ${terms} } }\n${priced}`;
  test.each([
    ['price: 25, credit: 25, expires_after: 90d', []],
    ['price: 25, credit: 25', ['the pack burst never expires']],
    [
      'price: 25, credit: 24.99, expires_after: 90d',
      ['the pack burst costs 25.00 and pays for 24.99 of usage: overage is cheaper'],
    ],
    [
      'price: 25, credit: 25, expires_after: 90d, auto_purchase: { max_per_period: 1, tiers: [b] }',
      ['the pack burst pays for usage beyond limits, and there is no price for that on b'],
    ],
  ])('%s', (terms, found) => expect(findingsOf('lint/pack', packs(terms))).toEqual(found));
});

describe('lint/rounding', () => {
  // A step of 100 units: at 0.00005 it is 0.005, which rounds to 0.01.
  test.each([
    ['0.00004', 1],
    ['0.00005', 0],
  ])('a step of 100 units at %s: %i', (amount, count) => {
    expect(findingsOf('lint/rounding', graduated(`[{ up_to: 100, amount: ${amount} }, { amount: 1 }]`))).toHaveLength(
      count,
    );
  });
  test.each([
    ['a fee of 0.004', tiersOf('a: { cost: 0.004 }'), 1],
    ['a fee of 0.005', tiersOf('a: { cost: 0.005 }'), 0],
    [
      'a package for 0.004',
      tiersOf('a: { cost: usage, overage: { requests: { model: package, amount: 0.004, per: 1k } } }'),
      1,
    ],
    ['half a yen', `currency: JPY\n${tiersOf('a: { cost: 0.4 }')}`, 1],
    [
      'a price for one unit, of which there can be many',
      tiersOf('a: { cost: usage, overage: { requests: 0.0000001 } }'),
      0,
    ],
  ])('%s', (_, yaml, count) => expect(findingsOf('lint/rounding', yaml)).toHaveLength(count));
});

describe('lint/estimator', () => {
  const source = { file: 'edge.yaml', line: 3 };
  const edge = (region: string, meters: string[] = []) => [
    { regions: [{ name: region, source }], routes: [], middleware: [{ name: 'auth', source, meters }] },
  ];
  const regional = (more: string) =>
    tiersOf(`a: { cost: usage, overage: { requests: 1/1k, egress: { by: region, prices: { fra: 1/GB }${more} } } }`);
  test.each([
    ['fra', '', 0],
    ['syd', '', 1],
    ['syd', ', default: 2/GB', 0],
    ['FRA', ', default: 2/GB', 1],
  ])('region %s%s: %i', (region, more, count) => {
    expect(findingsOf('lint/estimator', regional(more), edge(region))).toHaveLength(count);
  });
  test.each([
    [['compute'], 1],
    [['compute', 'requests'], 0],
    [[], 0],
  ])('middleware with %j: %i', (meters, count) => {
    expect(findingsOf('lint/estimator', regional(''), edge('fra', meters))).toHaveLength(count);
  });
  test('without routes nothing can be said', () => {
    expect(findingsOf('lint/estimator', regional(''))).toMatch(/no route configuration/);
  });
});

test('the example of every lint has its mistake', () => {
  for (const { code, example } of LINTS) {
    // Where routes are needed, they are in a region that the example does not price.
    const edges = [{ regions: [{ name: 'syd', source: { file: 'edge.yaml' } }], routes: [], middleware: [] }];
    expect({ code, found: findingsOf(code, example, edges).length }).not.toEqual({ code, found: 0 });
    expect(typeof findingsOf(code, example, edges)).toBe('object');
  }
});
