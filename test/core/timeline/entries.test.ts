import { describe, expect, test } from 'vitest';
import { issueInvoices } from '../../../src/core/invoice/billingRun.ts';
import { upgradeUrlFor } from '../../../src/core/timeline/upgradeUrl.ts';
import { csv, shortEntries, timelineFor } from '../../support/timelines.ts';

const TIERS = `
notifications: { upgrade_url: "https://up.example/{customer}?to={tier}" }
pricing_tiers:
  free: { cost: 0, limits: { requests: 1k }, overage: null }
  small: { cost: 10, limits: { requests: 10k }, overage: { requests: 1/1k } }
  large: { cost: 50, limits: { requests: 100k }, overage: { requests: 0.5/1k } }
  custom: { cost: custom, overage: negotiated }
`;
const outlooks = async (rows: readonly string[], more: object) => {
  const { objects } = await timelineFor({ tiers: TIERS, exports: [csv(rows)], ...more });
  return objects.map(({ projected, recommend, unblock, upgradeUrl }) => ({
    projected,
    recommend,
    unblock,
    upgradeUrl,
  }));
};

describe('what an entry leads to', () => {
  // October has 31 days: 3.1 days are a tenth of it.
  const TENTH = '2026-10-04T02:24:00Z';

  test.each`
    tier       | used      | projected                              | recommend                           | unblock                              | to
    ${'small'} | ${'5000'} | ${{ used: '50000', overage: '40.00' }} | ${null}                             | ${undefined}                         | ${'large'}
    ${'small'} | ${'5010'} | ${{ used: '50100', overage: '40.10' }} | ${{ tier: 'large', saves: '0.10' }} | ${undefined}                         | ${'large'}
    ${'large'} | ${'5000'} | ${{ used: '50000', overage: '0.00' }}  | ${null}                             | ${undefined}                         | ${'custom'}
    ${'large'} | ${'4999'} | ${{ used: '49990', overage: '0.00' }}  | ${{ tier: 'small', saves: '0.01' }} | ${undefined}                         | ${'small'}
    ${'free'}  | ${'5000'} | ${{ used: '50000', overage: '0.00' }}  | ${null}                             | ${{ tier: 'small', costs: '50.00' }} | ${'small'}
    ${'free'}  | ${'90'}   | ${{ used: '900', overage: '0.00' }}    | ${null}                             | ${undefined}                         | ${'small'}
  `('$used used in a tenth of a month on $tier: move to $to', async ({ tier, used, to, ...expected }) => {
    const entries = await outlooks([`a ${TENTH} ${used}`], { tier, thresholds: ['0.04'] });
    expect(entries[0]).toEqual({ ...expected, upgradeUrl: `https://up.example/a?to=${to}` });
  });

  test('of a row at the very start of the period nothing can be said', async () => {
    const [entry] = await outlooks(['a 2026-10-01T00:00:00Z 10000'], { tier: 'small' });
    expect([entry!.projected, entry!.recommend]).toEqual([null, null]);
  });

  test('counts all meters, each on its own line', async () => {
    const tiers = TIERS.replace('requests: 1/1k', 'requests: 1/1k, egress: 1/GB')
      .replace('requests: 0.5/1k', 'requests: 0.5/1k, egress: 0.1/GB')
      .replace('{ requests: 1k }, overage: null', '{ requests: 1k, egress: 1GB }, overage: null');
    const exports = [csv([`a ${TENTH} 1000 5000000000`], 'requests egress_bytes')];
    const { objects } = await timelineFor({ tiers, tier: 'small', thresholds: ['0.1'], exports });
    // 10 000 requests are included. Egress is known to the same instant, a tenth of the month: 5 GB × 10 = 50 GB, for
    // which small asks 10 + 50.00, large 50 + 5.00.
    expect(objects[0]).toMatchObject({
      projected: { used: '10000', overage: '0.00' },
      recommend: { tier: 'large', saves: '5.00' },
    });
  });

  test('in a part of a period is of that part: its fee, its limits, its end', async () => {
    // 3.1 of the 10 days up to the 11th: 2000 × 10 ÷ 3.1 = 6451.6; included are 10 000 × 10/31 = 3225.8.
    const customers =
      'customers: { a: { history: [ { tier: small, to: 2026-10-11 }, { tier: large, from: 2026-10-11 } ] } }';
    const [entry] = await outlooks([`a ${TENTH} 2000`], { customers, thresholds: ['0.5'] });
    expect(entry!.projected).toEqual({ used: '6452', overage: '3.23' });
  });

  test('prices of a dimension are charged in the proportions of the usage so far', async () => {
    const tiers = `
pricing_tiers:
  only: { cost: 0, limits: { requests: 100 }, overage: { requests: { by: region, prices: { eu: 1, us: 2 } } } }`;
    const exports = [`timestamp,customer_id,region,requests\n${TENTH},a,eu,30\n${TENTH},a,us,10\n`];
    const { objects } = await timelineFor({ tiers, thresholds: ['0.4'], exports });
    // 400 in all, 300 and 100; 300 beyond the limit, 225 at 1 and 75 at 2.
    expect(objects[0]).toMatchObject({ projected: { used: '400', overage: '375.00' } });
  });
});

describe('an upgrade link', () => {
  const links = async (tiers: string, rows: readonly string[], more: object = {}) => {
    const notifications = 'notifications: { thresholds: [100%], upgrade_url: "{tier}" }';
    const { objects } = await timelineFor({ tiers: `${notifications}\n${tiers}`, exports: [csv(rows)], ...more });
    return objects.map(({ kind, upgradeUrl, reason }) => `${kind} ${upgradeUrl} ${reason}`);
  };
  const tenth = '2026-10-04T02:24:00Z';

  test('leads to the recommended tier, and then gives no reason', async () => {
    // 10 × 10 requests on a: 90 beyond the limit cost 90; c costs 50, b 95.
    const tiers = `
pricing_tiers:
  a: { cost: 0, limits: { requests: 10 }, overage: { requests: 1 } }
  b: { cost: 95, limits: { requests: 100 }, overage: { requests: 1 } }
  c: { cost: 50, limits: { requests: 100 }, overage: { requests: 1 } }`;
    expect(await links(tiers, [`x ${tenth} 10`])).toEqual(['limit c undefined']);
  });

  test('otherwise leads to the next tier that includes more of what ran out, for more room', async () => {
    // 100 requests cost 0.90 on a, and at least 80 elsewhere. b has less room than a.
    const tiers = `
pricing_tiers:
  a: { cost: 0, limits: { requests: 10 }, overage: { requests: 0.01 } }
  b: { cost: 80, limits: { requests: 5 }, overage: { requests: 1 } }
  c: { cost: 90, limits: { requests: 11 }, overage: { requests: 1 } }`;
    expect(await links(tiers, [`x ${tenth} 10`])).toEqual(['limit c more_room']);
    // Nothing is projected at the very begin, and no tier comes after c.
    expect(await links(tiers, ['x 2026-10-01T00:00:00Z 11'], { tier: 'c' })).toEqual(['limit null undefined']);
  });

  test('of a limit that blocks leads to the cheapest tier that serves all, or to the next that does not block', async () => {
    const tiers = `
pricing_tiers:
  a: { cost: 0, limits: { requests: 10 }, overage: null }
  b: { cost: 9, limits: { requests: 20 }, overage: null }
  c: { cost: 90, limits: { requests: 5 }, overage: { requests: 1 } }`;
    // 100 requests: b would block 80 of them, c serves them.
    expect(await links(tiers, [`x ${tenth} 10`])).toEqual(['limit c more_room']);
    // At the very begin nothing is projected, and the next tier has room for twice as much.
    expect(await links(tiers, ['x 2026-10-01T00:00:00Z 10'])).toEqual(['limit b more_room']);
  });

  test('of a rate limit leads to the next tier that admits more', async () => {
    const tiers = `
pricing_tiers:
  a: { cost: 0, rate_limit: 5/s }
  b: { cost: 9, rate_limit: 5/s }
  c: { cost: 90, rate_limit: 6/s }`;
    expect(await links(tiers, [`x ${tenth} 7`])).toEqual(['rate_limit c more_room', 'rate_limit_day c more_room']);
  });

  test.each`
    template                              | customer         | tier         | link
    ${'https://x/?c={customer}&t={tier}'} | ${'a b&t=free#'} | ${'gold/2'}  | ${'https://x/?c=a%20b%26t%3Dfree%23&t=gold%2F2'}
    ${'https://x/{customer}/up'}          | ${'..'}          | ${undefined} | ${'https://x/%2E%2E/up'}
    ${'https://x/{customer}/{tier}'}      | ${'a'}           | ${undefined} | ${undefined}
    ${'https://x/{customer}'}             | ${'{tier}$&'}    | ${'t'}       | ${'https://x/%7Btier%7D%24%26'}
    ${'https://x/{customer}'}             | ${'é\ud800'}     | ${'t'}       | ${'https://x/%C3%A9%EF%BF%BD'}
    ${'https://x/{other}'}                | ${'a'}           | ${'t'}       | ${'https://x/{other}'}
  `('$template for $customer and $tier is $link', ({ template, customer, tier, link }) => {
    expect(upgradeUrlFor(template, { customer, tier })).toBe(link);
  });
});

describe('credits', () => {
  const tiers = `
credit_packs: { burst: { price: 25, credit: 25, expires_after: 90d, auto_purchase: { max_per_period: 2 } } }
pricing_tiers: { only: { cost: 0, limits: { requests: 10 }, overage: { requests: 1 } } }`;
  const customers = `
customers:
  a: { tier: only, credits: [ { amount: 8, expires: 2026-10-08 }, { amount: 20, priority: 200, from: 2026-10-04 } ] }`;
  const rows = [
    ...['a 2026-10-02T05:00:00Z 12', 'a 2026-10-06T07:30:00Z 3', 'a 2026-10-09T23:59:59Z 10'],
    ...[
      'a 2026-10-20T10:00:00Z 40',
      'a 2026-10-20T12:00:00Z 30',
      'a 2026-11-03T01:00:00Z 11',
      'a 2026-11-04T02:00:00Z 5',
    ],
  ];
  const hourOf = (row: string) => Math.floor(Date.parse(row.split(' ')[1]!) / 3_600_000);

  test('begin to pay, and are used up, in the hour in which the invoice up to then says so', async () => {
    const { entries } = await timelineFor({ tiers, customers, exports: [csv(rows)] });
    const found = entries
      .filter(({ credit }) => credit)
      .map(({ at, kind, credit }) => `${at / 3_600_000_000_000n} ${kind} ${credit!.id}`);
    expect(found.length).toBeGreaterThan(4);
    expect(found.toSorted()).toEqual((await hourByHour()).toSorted());
  });

  /** Invoices over the rows of every hour more, and what is new in their credits. */
  async function hourByHour(): Promise<string[]> {
    const found = new Map<string, number>();
    for (const hour of [...new Set(rows.map(hourOf))].sort((x, y) => x - y)) {
      const { run } = await timelineFor({
        tiers,
        customers,
        exports: [csv(rows.filter((row) => hourOf(row) <= hour))],
      });
      for (const { credits } of issueInvoices(run)) {
        for (const { grant, drawn, opening } of credits) {
          if (drawn.isZero()) continue;
          const events = [
            `credit_pack_started ${grant.id}`,
            ...(drawn.eq(opening) ? [`credit_exhausted ${grant.id}`] : []),
          ];
          for (const event of events) if (!found.has(event)) found.set(event, hour);
        }
      }
    }
    return [...found].map(([event, hour]) => `${hour} ${event}`);
  }

  test('a grant that earlier months drew on does not begin again', async () => {
    const more = ['a 2026-10-02T05:00:00Z 15', 'a 2026-11-02T05:00:00Z 15'];
    const grant = 'customers: { a: { tier: only, credits: [ { amount: 100 } ] } }';
    const plain = 'pricing_tiers: { only: { cost: 0, overage: { requests: 1 } } }';
    expect(shortEntries(await timelineFor({ tiers: plain, customers: grant, exports: [csv(more)] }))).toEqual([
      '2026-10-02T05:00:00Z credit_pack_started a only 15.00/100.00 hour',
    ]);
  });
});

describe('what a minimum adds', () => {
  const creditEntries = async (tier: string, rows: readonly string[], more = {}) =>
    shortEntries(
      await timelineFor({
        tiers: `pricing_tiers: { p: { cost: 0, limits: { requests: 100 }, ${tier} } }`,
        customers:
          'customers: { a: { tier: p, credits: [ { amount: 30 } ] }, b: { tier: p, credits: [ { amount: 30 } ] } }',
        period: '2026-10',
        exports: [csv(rows)],
        ...more,
      }),
    ).filter((entry) => entry.includes('credit'));

  test('is drawn at the end of the period, of whoever used nothing as well', async () => {
    const rows = ['a 2026-10-05T10:20:00Z 200', 'a 2026-10-20T10:20:00Z 100'];
    // 100 of the 200 requests of the 5th cost 1.00. The minimum of 100 is charged on 1 November, and takes all 30.
    expect(await creditEntries('minimum: 100, overage: { requests: 0.01 }', rows)).toEqual([
      '2026-10-05T10:00:00Z credit_pack_started a p 1.00/30.00 hour',
      '2026-11-01T00:00:00Z credit_exhausted a p 30.00/30.00',
      '2026-11-01T00:00:00Z credit_pack_started b p 30.00/30.00',
      '2026-11-01T00:00:00Z credit_exhausted b p 30.00/30.00',
    ]);
  });

  test('is drawn from a pack that usage has bought, and buys none', async () => {
    const tiers = `
credit_packs: { burst: { price: 25, credit: 25, auto_purchase: { max_per_period: 4 } } }
pricing_tiers: { p: { cost: 0, minimum: 100, limits: { requests: 100 }, overage: { requests: 1 } } }`;
    const customers = 'customers: { a: { tier: p }, b: { tier: p } }';
    // The 4 requests beyond 100 buy one pack and take 4 of its 25. The minimum adds 96: it takes the 21 that are left.
    expect(await creditEntries('', ['a 2026-10-05T10:20:00Z 104'], { tiers, customers })).toEqual([
      '2026-10-05T10:00:00Z credit_pack_started a p 4.00/25.00 hour',
      '2026-11-01T00:00:00Z credit_exhausted a p 25.00/25.00',
    ]);
  });

  test('is charged at the end of the period, also where the customer left before', async () => {
    const customers = `
customers: { a: { history: [ { tier: p, to: 2026-10-11 } ], credits: [ { amount: 30 } ] } }`;
    // 10 of 31 days: 100 × 10/31 = 32.26, of which 30 are paid by the credit.
    expect(
      await creditEntries('minimum: 100', [], { customers, exports: [csv(['a 2026-10-05T10:20:00Z 1'])] }),
    ).toEqual([
      '2026-11-01T00:00:00Z credit_pack_started a p 30.00/30.00',
      '2026-11-01T00:00:00Z credit_exhausted a p 30.00/30.00',
    ]);
  });

  test('a charge that falls later has drawn the credit before', async () => {
    // Volume prices: the 130 beyond the limit cost 130 × 1 on the 5th, and 230 × 0.1 = 23 from the 7th on.
    const tier = `overage: { requests: { model: volume, steps: [ { up_to: 150, amount: 1 }, { amount: 0.1 } ] } }`;
    const rows = ['a 2026-10-03T10:20:00Z 110', 'a 2026-10-05T10:20:00Z 120', 'a 2026-10-07T10:20:00Z 100'];
    const first = ['2026-10-03T10:00:00Z credit_pack_started a p 10.00/30.00 hour'];
    const second = ['2026-10-05T10:00:00Z credit_exhausted a p 30.00/30.00 hour'];
    expect(await creditEntries(tier, rows.slice(0, 1))).toEqual(first);
    expect(await creditEntries(tier, rows.slice(0, 2))).toEqual([...first, ...second]);
    expect(await creditEntries(tier, rows)).toEqual([...first, ...second]);
  });
});

describe('a rate limit', () => {
  const tiers = `
timezone: America/Los_Angeles
pricing_tiers: { only: { cost: 0, rate_limit: 5/s, overage: { requests: 1 } } }`;
  const rates = async (rows: readonly string[]) =>
    (await timelineFor({ tiers, exports: [csv(rows)] })).objects.map(({ at, kind, used, day, seconds, above }) =>
      kind === 'rate_limit' ? `${at} ${used} ${day}` : `${at} ${used} ${day}: ${seconds} s, ${above} too many`,
    );

  test('is kept with as many requests in a second as it admits', async () => {
    const rows = ['a 2026-10-03T10:00:00Z 4', 'a 2026-10-03T10:00:00.999999999Z 1', 'a 2026-10-03T10:00:01Z 5'];
    expect(await rates(rows)).toEqual([]);
  });

  test('is exceeded by any more; days are those of the zone', async () => {
    const rows = [
      ...['a 2026-10-03T06:59:59Z 3', 'a 2026-10-03T06:59:59.5Z 3'],
      ...['a 2026-10-03T07:00:00Z 7.5', 'a 2026-10-03T07:00:02Z 6'],
    ];
    // A day's seconds are told at its end, 7:00 of the next day in UTC: 7.5 + 6 requests in two seconds, 2.5 + 1 too many.
    const expected = [
      '2026-10-03T06:59:59Z 6 2026-10-02',
      '2026-10-03T07:00:00Z 6 2026-10-02: 1 s, 1 too many',
      '2026-10-03T07:00:00Z 7.5 2026-10-03',
      '2026-10-04T07:00:00Z 13.5 2026-10-03: 2 s, 3.5 too many',
    ];
    expect(await rates(rows)).toEqual(expected);
  });

  test('counts what was used up to the end of the second, of all meters', async () => {
    const more = tiers.replace('overage: { requests: 1 }', 'overage: { requests: 1, egress: 1/GB }');
    const rows = ['a 2026-10-11T10:00:00Z 2 0', 'a 2026-10-11T11:59:59.5Z 6 3000000000', 'a 2026-10-11T12:00:00Z 50 9'];
    const { objects } = await timelineFor({ tiers: more, exports: [csv(rows, 'requests egress_bytes')] });
    // The period begins at 7:00 UTC on the 1st: 10 days and 5 hours until 12:00, 245 of 744 hours.
    // 8 requests × 744/245 = 24.29 and 3 GB × 744/245 = 9.11 GB.
    expect(objects[0]).toMatchObject({ kind: 'rate_limit', projected: { used: '24', overage: '24.00' } });
  });

  test.each`
    about                                           | rows                                                                                        | unsure
    ${'a row above the limit by itself'}            | ${['a 2026-10-03T10:00:07.5Z 6']}                                                           | ${1}
    ${'rows of the limit at most, inside a minute'} | ${['a 2026-10-03T10:00:07.5Z 5', 'a 2026-10-03T10:00:07.6Z 5']}                             | ${0}
    ${'rows of one whole minute'}                   | ${['a 2026-10-03T10:01:00Z 5', 'a 2026-10-03T10:01:00Z 5']}                                 | ${1}
    ${'rows of two whole minutes'}                  | ${['a 2026-10-03T10:01:00Z 5', 'a 2026-10-03T10:02:00Z 3', 'a 2026-10-03T10:02:00Z 3']}     | ${1}
    ${'rows at a whole minute, others not'}         | ${['a 2026-10-03T10:01:59Z 5', 'a 2026-10-03T10:02:00Z 3', 'a 2026-10-03T10:02:00Z 3']}     | ${0}
    ${'rows of a second that begins with a minute'} | ${['a 2026-10-03T10:02:00Z 3', 'a 2026-10-03T10:02:00.1Z 3']}                               | ${0}
    ${'one of two seconds'}                         | ${['a 2026-10-03T10:02:00.1Z 3', 'a 2026-10-03T10:02:00.1Z 3', 'a 2026-10-03T10:02:03Z 7']} | ${1}
  `('says where rows may add up more than a second: $about', async ({ rows, unsure }) => {
    const { objects } = await timelineFor({ tiers, exports: [csv(rows)] });
    expect(objects.at(-1)).toMatchObject({ kind: 'rate_limit_day' });
    expect([objects.at(-1)!.caveat, objects.at(-1)!.unsure]).toEqual(
      unsure === 0 ? [undefined, undefined] : ['summed_rows', unsure],
    );
  });
});
