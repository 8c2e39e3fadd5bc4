/** Values weighted by time and percentiles, against the plainest way to find them: second by second, interval by interval. */
import { expect, test } from 'vitest';
import { exactQuantity } from '../../src/core/usage/ledger.ts';
import { billed, printed, usageRows } from '../support/billing.ts';
import { brokenFocusRules, focusRows } from '../support/focusRules.ts';
import { linesOf } from '../support/invoices.ts';
import { checkAsync, fc } from '../support/properties.ts';
import {
  compare,
  divide,
  ofFraction,
  type Rational,
  rational,
  rounded,
  times,
  total,
  ZERO,
} from '../support/rationals.ts';

const DAY = 86_400;
const at = (second: number) => new Date(Date.UTC(2026, 9, 1) + second * 1000).toISOString();

/** Seconds from 1 October 2026, 00:00 UTC on, and values. */
const rows = fc.array(
  fc.tuple(fc.integer({ min: -3 * DAY, max: 33 * DAY }), fc.constantFrom('0', '1', '2.5', '7', '19')),
  {
    maxLength: 8,
  },
);

/** The value of the latest row at or before an instant; of several at the same one the largest. */
function valueAt(all: readonly (readonly [number, string])[], second: number): Rational {
  const before = all.filter(([when]) => when <= second);
  const latest = Math.max(...before.map(([when]) => when));
  const values = before.filter(([when]) => when === latest).map(([, value]) => rational(value));
  return values.reduce((most, value) => (compare(value, most) > 0 ? value : most), ZERO);
}

/** Begins of the hours, days or months of a zone around October, in seconds; asked of Intl, quarter by quarter of an hour. */
function beginsOf(per: 'hour' | 'day' | 'month', zone: string, anchor: number): number[] {
  const format = new Intl.DateTimeFormat('en-CA', { timeZone: zone, dateStyle: 'short' });
  const begins: number[] = [];
  let before = '';
  for (let second = -35 * DAY; second < 70 * DAY; second += per === 'hour' ? 3600 : 900) {
    const day = per === 'hour' ? String(second) : format.format(Date.UTC(2026, 9, 1) + second * 1000);
    const isBegin = day !== before && (per !== 'month' || Number(day.slice(-2)) === anchor);
    if (isBegin && before !== '') begins.push(second);
    before = day;
  }
  return begins;
}

test('a value weighted by time is the sum over every piece of time in which nothing changes', async () => {
  const input = fc.record({
    rows,
    per: fc.constantFrom('hour', 'day', 'month'),
    zone: fc.constantFrom('UTC', 'Europe/Berlin', 'Asia/Kolkata'),
    anchor: fc.constantFrom(1, 15),
    change: fc.integer({ min: 1, max: 30 * DAY }),
  });
  await checkAsync(
    fc.asyncProperty(input, async ({ rows, per, zone, anchor, change }) => {
      const text = (some: typeof rows) =>
        `timestamp,customer_id,stored\n${some.map(([when, value]) => `${at(when)},acme,${value}\n`).join('')}`;
      const order = {
        tiers: `
timezone: ${zone}
meters: { storage: { field: stored, unit: B, aggregate: time_weighted, per: ${per} } }
pricing_tiers: { a: { cost: 0, overage: { storage: 1 } }, b: { cost: 0, overage: { storage: 3 } } }
`,
        customers: `customers: { acme: { anchor: ${anchor}, history: [{ tier: a, to: "${at(change)}" }, { tier: b, from: "${at(change)}" }] } }`,
        period: '2026-10',
      };
      const { invoices, run } = await billed({ ...order, usage: text(rows) });
      const invoice = invoices[0]!;
      const begins = beginsOf(per, zone, anchor);
      for (const { period } of invoice.stretches) {
        const [start, end] = [period.start, period.end].map((ms) => (ms - Date.UTC(2026, 9, 1)) / 1000) as [
          number,
          number,
        ];
        const edges = [...new Set([start, end, ...begins, ...rows.map(([when]) => when)])]
          .filter((second) => second >= start && second <= end)
          .sort((a, b) => a - b);
        const expected = total(
          edges.slice(1).map((to, i) => {
            const from = edges[i]!;
            const unit = begins.findLast((begin) => begin <= from)!;
            const length = begins.find((begin) => begin > from)! - unit;
            return times(valueAt(rows, from), rational(`${to - from}/${length}`));
          }),
        );
        const used = run.ledger.usageOf('acme', period).get('storage')!;
        expect(compare(ofFraction(exactQuantity(used)), expected)).toBe(0);
        expect(compare(rational(used.quantity.toFixed()), rounded(expected, 12))).toBe(0);
      }
      const reversed = await billed({ ...order, usage: text(rows.toReversed()) });
      expect(reversed.invoices.map(linesOf)).toEqual(invoices.map(linesOf));
    }),
    { runs: 150 },
  );
}, 120_000);

test('a percentile is the interval at its rank when all complete intervals of the period are sorted', async () => {
  const input = fc.record({
    rows: fc.array(
      fc.tuple(fc.integer({ min: -900, max: 6 * 3600 + 900 }), fc.constantFrom('0', '1', '2.5', '7', '19')),
      { maxLength: 60 },
    ),
    percentile: fc.constantFrom('50', '90', '95', '99.9', '100', '0.5'),
    minutes: fc.constantFrom(5, 15, 60, 1),
    /** Of the period: seconds from 1 October, to about six hours. */
    start: fc.constantFrom(0, 60, 1801),
    end: fc.constantFrom(6 * 3600, 5 * 3600 + 61, 3600),
  });
  await checkAsync(
    fc.asyncProperty(input, async ({ rows, percentile, minutes, start, end }) => {
      const text = (some: typeof rows) =>
        `timestamp,customer_id,bytes\n${some.map(([when, value]) => `${at(when)},acme,${value}\n`).join('')}`;
      const order = {
        tiers: `
meters: { edge: { field: bytes, unit: B, aggregate: { percentile: ${percentile}, of: ${minutes}min } } }
pricing_tiers: { only: { cost: 0, overage: { edge: 1 } } }
`,
        customers: 'customer_id,tier,from,to\nacme,only,,\n',
        period: `${at(start)}..${at(end)}`,
      };
      const sums: Rational[] = [];
      for (let from = 0; from < 6 * 3600; from += minutes * 60) {
        const to = from + minutes * 60;
        if (from < start || to > end) continue;
        const within = rows.filter(([when]) => when >= from && when < to);
        sums.push(total(within.map(([, value]) => rational(value))));
      }
      sums.sort(compare);
      // The smallest rank that is at least the percentile's share of the number.
      let rank = 0;
      const least = divide(times(rational(percentile), rational(sums.length)), rational(100));
      while (compare(rational(rank), least) < 0) rank++;
      const { invoices } = await billed({ ...order, usage: text(rows) });
      const quantity = rational(invoices[0]!.usage.get('edge')!.toFixed());
      expect(compare(quantity, sums[rank - 1] ?? ZERO)).toBe(0);
      const reversed = await billed({ ...order, usage: text(rows.toReversed()) });
      expect(reversed.invoices.map(linesOf)).toEqual(invoices.map(linesOf));
    }),
    { runs: 200 },
  );
}, 120_000);

const TIERS = `
meters:
  storage: { field: stored, unit: B, aggregate: time_weighted, per: hour }
  seats: { field: seats, unit: seat, aggregate: time_weighted, per: day }
  edge: { field: bytes, unit: B, aggregate: { percentile: 95, of: 5min } }
pricing_tiers:
  a: { cost: 0, limits: { storage: 100GB }, overage: { storage: 0.001/GB, seats: 0.5 } }
  p: { cost: 0, limits: { edge: 10GB }, overage: { edge: 1/GB } }
  q: { cost: 0, overage: { edge: 2/GB } }
`;

test('10 GB from noon on the 2nd of October, 30 GB from the 4th on, seats from September on', async () => {
  const report = await billed({
    tiers: TIERS,
    customers: 'customer_id,tier,from,to\nacme,a,,\n',
    usage: usageRows('stored,seats', ['2026-09-20  4', '2026-10-02 10000000000 ', '2026-10-04 30000000000 6']),
    period: '2026-10',
  });
  const { invoices, rows } = report;
  // 10 GB for 48 h and 30 GB for 27.5 days: 480 + 19 800 = 20 280 GB·h, less 100, at 0.001: 20.18.
  // 4 seats for 3.5 days and 6 for 27.5: 14 + 165 = 179 seat-days at 0.50: 89.50.
  expect(linesOf(invoices[0]!)).toEqual(['fee 0.00', 'usage:storage 20.18', 'usage:seats 89.50']);
  expect(rows).toMatchObject({ rated: 2, outOfPeriod: 1, beforePeriod: 1 });
  const focus = printed(report, 'focus');
  expect(brokenFocusRules(focus)).toEqual([]);
  expect(focusRows(focus).map((row) => row.PricingUnit)).toEqual(['Months', 'GB-Hours', 'Seats-Days']);
});

test('a percentile is a level: after a change of tier it costs each tier’s share of the days', async () => {
  // One busy day: 288 of the 8928 intervals of October are 3.2 %, below the 5 % that do not count; three such days are 9.7 %.
  const busy = (days: readonly string[]) =>
    days.flatMap((day) =>
      Array.from({ length: 288 }, (_, i) => `${at((Number(day) - 1) * DAY + i * 300)} 20000000000`),
    );
  const order = { tiers: TIERS, period: '2026-10' };
  const on = (tier: string) => `customer_id,tier,from,to\nacme,${tier},,\n`;
  const one = await billed({ ...order, customers: on('p'), usage: usageRows('bytes', busy(['11'])) });
  expect(linesOf(one.invoices[0]!)).toEqual(['fee 0.00', 'usage:edge 0.00']);
  const three = await billed({ ...order, customers: on('p'), usage: usageRows('bytes', busy(['11', '12', '20'])) });
  expect(linesOf(three.invoices[0]!)).toEqual(['fee 0.00', 'usage:edge 10.00']);
  const changed = await billed({
    ...order,
    customers: 'customer_id,tier,from,to\nacme,p,,2026-10-16\nacme,q,2026-10-16,\n',
    usage: usageRows('bytes', busy(['11', '12', '20'])),
  });
  // (20 − 10) × 1 × 15/31 = 4.84 and 20 × 2 × 16/31 = 20.65: one day of 16 is 6.25 %.
  expect(linesOf(changed.invoices[0]!)).toEqual(['fee 0.00', 'usage:edge 4.84', 'fee/2 0.00', 'usage:edge/2 20.65']);
});

test('a credit that ends inside a month pays what the intervals by then make of the whole month', async () => {
  const usage = usageRows(
    'bytes',
    [11, 12, 20].flatMap((day) =>
      Array.from({ length: 288 }, (_, i) => `${at((day - 1) * DAY + i * 300)} 20000000000`),
    ),
  );
  const drawn = async (expires: string) => {
    const customers = `customers: { acme: { tier: q, credits: [{ amount: 99, expires: ${expires} }] } }`;
    const { invoices } = await billed({ tiers: TIERS, customers, usage, period: '2026-10' });
    return invoices[0]!.creditsApplied.toFixed();
  };
  // By the 12th 288 intervals are 3.2 % of the month's, by the 13th 576 are 6.5 %.
  expect(await drawn('2026-10-12')).toBe('0');
  expect(await drawn('2026-10-13')).toBe('40');
});
