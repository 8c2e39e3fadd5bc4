/** Limits for a day or a week: `10/day` is 10 in each day of the zone, `70/week` 70 in each week from Monday. */
import { describe, expect, test } from 'vitest';
import { invoiceOf, usageOfAcme, usageRows } from '../../support/billing.ts';
import { linesOf, linesOfKind } from '../../support/invoices.ts';
import { checkAsync, fc } from '../../support/properties.ts';
import {
  compare,
  least,
  minus,
  ofFraction,
  plus,
  type Rational,
  rational,
  shown,
  times,
  ZERO,
} from '../../support/rationals.ts';
import { shortEntries, timelineFor } from '../../support/timelines.ts';

const tiersWith = (limit: string, overage = '{ requests: 1 }', file = '') => `
${file}
default_tier: only
pricing_tiers:
  only: { cost: 0, limits: { requests: ${limit} }, overage: ${overage} }
  other: { cost: 0, limits: { requests: ${limit} }, overage: ${overage} }
`;

const blockedIn = async (tiers: string, usage: string, customers?: string) => {
  const invoice = await invoiceOf({ tiers, usage, period: '2026-10', ...(customers && { customers }) });
  return String(invoice.blocked.get('requests') ?? 0);
};

describe('a limit for a day', () => {
  test('is compared with each day: what one does not use no other can have', async () => {
    const usage = usageOfAcme('2026-10-05 25', '2026-10-06 4', '2026-10-06 6', '2026-10-07 12');
    const invoice = await invoiceOf({ tiers: tiersWith('10/day'), usage });
    // 25 − 10, 10 − 10 and 12 − 10 are 17 beyond, though the month as a whole would include 310
    expect(linesOf(invoice)).toEqual(['fee 0.00', 'usage:requests 17.00']);
    const [line] = linesOfKind(invoice, 'usage');
    expect(line).toMatchObject({ description: 'requests beyond 10/day' });
    expect(line?.kind === 'usage' && [line.used, line.included, line.quantity].map(String)).toEqual(['47', '30', '17']);
  });

  test('that is a hard cap blocks by the day', async () => {
    expect(await blockedIn(tiersWith('10/day', 'null'), usageOfAcme('2026-10-05 25', '2026-10-06 12'))).toBe('17');
  });

  test.each`
    zone                | at                        | beyond
    ${'Asia/Kolkata'}   | ${'2026-10-05T18:29:59Z'} | ${'2'}
    ${'Asia/Kolkata'}   | ${'2026-10-05T18:30:00Z'} | ${'0'}
    ${'Asia/Kathmandu'} | ${'2026-10-05T18:14:59Z'} | ${'2'}
    ${'Asia/Kathmandu'} | ${'2026-10-05T18:15:00Z'} | ${'0'}
    ${'Europe/Berlin'}  | ${'2026-10-05T21:59:59Z'} | ${'2'}
    ${'Europe/Berlin'}  | ${'2026-10-05T22:00:00Z'} | ${'0'}
  `('begins at midnight of $zone: 6 at noon and 6 at $at are $beyond beyond 10', async ({ zone, at, beyond }) => {
    const tiers = tiersWith('10/day', 'null', `timezone: ${zone}`);
    expect(await blockedIn(tiers, usageOfAcme('2026-10-05 6', `${at} 6`))).toBe(beyond);
  });

  test('counts in full on a day of 25 hours', async () => {
    const tiers = tiersWith('10/day', 'null', 'timezone: Europe/Berlin');
    // 25 October begins at 22:00 UTC and ends at 23:00 UTC
    expect(await blockedIn(tiers, usageOfAcme('2026-10-24T22:00:00Z 6', '2026-10-25T22:59:59Z 7'))).toBe('3');
  });

  test('is shared by regions in proportion to the usage of each day', async () => {
    const price = '{ requests: { by: region, prices: { fra: 1, syd: 2 } } }';
    const usage = usageRows('region,requests', ['2026-10-05 fra 10', '2026-10-05 syd 10', '2026-10-06 fra 20']);
    const invoice = await invoiceOf({ tiers: tiersWith('10/day', price), usage: usage.replaceAll(' ', ',') });
    // On the 5th half of each is included: 5 and 5 are left; on the 6th 10 of fra’s 20
    expect(linesOf(invoice)).toEqual(['fee 0.00', 'usage:requests@fra 15.00', 'usage:requests@syd 10.00']);
  });

  test('fills steps with what is beyond all days together', async () => {
    const price = '{ requests: { model: graduated, steps: [{ up_to: 20, amount: 1 }, { amount: 0.5 }] } }';
    const usage = usageOfAcme('2026-10-05 25', '2026-10-06 25');
    const invoice = await invoiceOf({ tiers: tiersWith('10/day', price), usage });
    // 15 + 15 beyond: 20 at 1, 10 at 0.50
    expect(linesOf(invoice)).toEqual(['fee 0.00', 'usage:requests:1 20.00', 'usage:requests:2 5.00']);
  });

  const customers = 'customer_id,tier,from,to\nacme,only,,2026-10-05T18:00:00Z\nacme,other,2026-10-05T18:00:00Z,\n';

  test('that a change of tier cuts is shared by time, for what the fee includes', async () => {
    const usage = usageOfAcme('2026-10-05 8.5', '2026-10-05T20:00:00Z 3.5');
    const invoice = await invoiceOf({ tiers: tiersWith('10/day').replace('cost: 0', 'cost: 0.01'), customers, usage });
    // 18 of 24 hours: 7.5 included before, 2.5 after
    expect(linesOf(invoice).filter((line) => line.startsWith('usage'))).toEqual([
      'usage:requests 1.00',
      'usage:requests/2 1.00',
    ]);
  });

  test('that is a hard cap holds in full until a change, and for the rest of the day by time after it', async () => {
    const tiers = tiersWith('10/day', 'null').replace('cost: 0', 'cost: 0.01');
    const usage = usageOfAcme('2026-10-05 11', '2026-10-05T20:00:00Z 3.5', '2026-10-06 10');
    expect(await blockedIn(tiers, usage, customers)).toBe('2');
  });

  test('lets credit pay for what a day charges before the credit ends', async () => {
    const grant = `
customers:
  acme: { tier: only, credits: [ { amount: 100, expires: 2026-10-06 } ] }
`;
    const usage = usageOfAcme('2026-10-05 25', '2026-10-06 25');
    const invoice = await invoiceOf({ tiers: tiersWith('10/day'), customers: grant, usage });
    // 15 on the 5th are drawn; the 15 of the 6th are owed
    expect([invoice.creditsApplied, invoice.total].map(String)).toEqual(['15', '15']);
  });
});

describe('a limit for a week', () => {
  test('begins on Monday, and of a week that the month cuts has the days in it ÷ 7', async () => {
    const days = ['2026-10-04 45', '2026-10-05 70', '2026-10-11 1', '2026-10-12 70', '2026-10-31 61'];
    // Thursday 1 to Sunday 4: 4/7 of 70 are 40; Monday 5 to Sunday 11: 71 of 70; from Monday 26 to Saturday 31: 60
    expect(await blockedIn(tiersWith('70/week', 'null'), usageOfAcme(...days))).toBe('7');
  });
});

describe('the timeline of a limit for a day', () => {
  const rows = [
    '2026-10-05T01:00:00Z 8',
    '2026-10-05T02:00:00Z 3',
    '2026-10-06T01:00:00Z 9',
    '2026-10-08T05:00:00Z 30',
  ];

  test('has the crossings of each day', async () => {
    const { objects, ...made } = await timelineFor({
      tiers: tiersWith('10/day', 'null'),
      thresholds: ['0.8'],
      exports: [usageOfAcme(...rows)],
    });
    expect(shortEntries({ objects, ...made })).toEqual([
      '2026-10-05T01:00:00Z threshold acme only requests 0.8 8/10',
      '2026-10-05T02:00:00Z limit acme only requests 1 11/10',
      '2026-10-06T01:00:00Z threshold acme only requests 0.8 9/10',
      '2026-10-08T05:00:00Z threshold acme only requests 0.8 30/10',
      '2026-10-08T05:00:00Z limit acme only requests 1 30/10',
    ]);
    expect(objects[2]?.window).toEqual({ start: '2026-10-06T00:00:00Z', end: '2026-10-07T00:00:00Z' });
  });
});

/** Zones without clock changes, so that an oracle can add milliseconds. */
const ZONES = { UTC: 0, 'Asia/Kolkata': 5.5, 'Asia/Kathmandu': 5.75, 'America/Phoenix': -7 } as const;
const [HOUR, DAY] = [3_600_000, 86_400_000];

const cases = fc.record({
  zone: fc.constantFrom(...(Object.keys(ZONES) as (keyof typeof ZONES)[])),
  per: fc.constantFrom('day' as const, 'week' as const),
  quantity: fc.integer({ min: 1, max: 60 }),
  isHardCap: fc.boolean(),
  rows: fc.array(
    fc.record({
      // Minutes of October; at all hours, but often on the same few days, and at their ends.
      minute: fc.oneof(
        fc.integer({ min: 0, max: 31 * 1440 - 1 }),
        fc.tuple(fc.constantFrom(0, 3, 4, 9, 30), fc.integer({ min: 0, max: 1439 })).map(([d, m]) => d * 1440 + m),
      ),
      requests: fc.integer({ min: 1, max: 40 }),
    }),
    { minLength: 1, maxLength: 25 },
  ),
  /** When the tier changes to another of the same terms but for the fee, in minutes of October. */
  change: fc.option(fc.integer({ min: 1, max: 31 * 1440 - 1 }), { nil: undefined }),
});
type Case = typeof cases extends fc.Arbitrary<infer T> ? T : never;

/** Every window of every stretch, by adding up milliseconds. */
function windowsByHand({ zone, per, quantity, isHardCap, rows, change }: Case) {
  const start = Date.UTC(2026, 9, 1) - ZONES[zone] * HOUR;
  const end = start + 31 * DAY;
  const at = (minute: number) => start + minute * 60_000;
  const cuts = [start, ...(change === undefined ? [] : [at(change)]), end];
  const length = per === 'day' ? DAY : 7 * DAY;
  // 1 October 2026 is a Thursday
  const first = per === 'day' ? start : start - 3 * DAY;
  return cuts.slice(0, -1).flatMap((from, stretch) => {
    const to = cuts[stretch + 1]!;
    const windows = [];
    for (let begin = first; begin < to; begin += length) {
      const [a, b] = [Math.max(begin, from), Math.min(begin + length, to)];
      if (a >= b) continue;
      const counted = (isHardCap ? Math.min(begin + length, end) : b) - a;
      const own = rows.filter(({ minute }) => at(minute) >= a && at(minute) < b).sort((x, y) => x.minute - y.minute);
      const used = own.reduce((sum, { requests }) => sum + requests, 0);
      windows.push({ stretch, own, used, at, included: rational(`${quantity * counted}/${length}`) });
    }
    return windows;
  });
}

function orderOf({ zone, per, quantity, isHardCap, rows, change }: Case) {
  const start = Date.UTC(2026, 9, 1) - ZONES[zone] * HOUR;
  const iso = (minute: number) => new Date(start + minute * 60_000).toISOString();
  const overage = isHardCap ? 'null' : '{ requests: 1 }';
  const tiers = tiersWith(`${quantity}/${per}`, overage, `timezone: ${zone}`).replace('cost: 0', 'cost: 1');
  const history = `{ history: [ { tier: only, to: "${iso(change ?? 0)}" }, { tier: other, from: "${iso(change ?? 0)}" } ] }`;
  const customers = `customers: { acme: ${change === undefined ? '{ tier: only }' : history} }`;
  const usage = usageOfAcme(...rows.map(({ minute, requests }) => `${iso(minute)} ${requests}`));
  return { tiers, customers, usage, period: '2026-10' };
}

test('what is charged or blocked is what adding up each day and week by hand finds (200 runs)', async () => {
  await checkAsync(
    fc.asyncProperty(cases, async (one) => {
      const invoice = await invoiceOf(orderOf(one));
      const beyond: Rational[] = [ZERO, ZERO];
      for (const { stretch, used, included } of windowsByHand(one)) {
        const rest = minus(rational(used), least(included, rational(used)));
        beyond[stretch] = plus(beyond[stretch]!, rest);
      }
      const found = invoice.blocked.get('requests');
      if (one.isHardCap)
        expect(shown(found ? ofFraction(found) : ZERO, 9)).toBe(shown(plus(beyond[0]!, beyond[1]!), 9));
      else {
        const lines = linesOfKind(invoice, 'usage').map((line) => line.kind === 'usage' && ofFraction(line.quantity));
        const expected = one.change === undefined ? beyond.slice(0, 1) : beyond;
        expect(lines.map((quantity) => quantity && shown(quantity, 9))).toEqual(expected.map((rest) => shown(rest, 9)));
      }
    }),
    { runs: 200 },
  );
});

test('marks are reached where sorting the rows of each day and week finds them (80 runs)', async () => {
  await checkAsync(
    fc.asyncProperty(cases, async (one) => {
      const { usage, ...order } = orderOf(one);
      const expected = windowsByHand(one).flatMap(({ own, at, included, stretch }) =>
        ['0.5', '1'].flatMap((threshold) => {
          let used = 0;
          const row = own.find(({ requests, minute }, i) => {
            used += requests;
            // Rows of one instant are reached together.
            return own[i + 1]?.minute !== minute && isEnough(used, included, threshold);
          });
          return row
            ? [`${new Date(at(row.minute)).toISOString().replace('.000Z', 'Z')} ${stretch} ${threshold} ${used}`]
            : [];
        }),
      );
      const made = await timelineFor({ ...order, thresholds: ['0.5'], exports: [usage] });
      const found = made.objects.map(({ at, tier, threshold, used }) => {
        return `${at} ${tier === 'only' ? 0 : 1} ${threshold} ${used}`;
      });
      expect(found.sort()).toEqual(expected.sort());
    }),
    { runs: 80 },
  );
});

function isEnough(used: number, included: Rational, threshold: string): boolean {
  const mark = times(included, rational(threshold));
  return compare(rational(used), mark) >= 0;
}
