/** Levels – maxima, latest values, distinct values – over changes of tier, against sums worked out in BigInt arithmetic. */
import { expect, test } from 'vitest';
import type { InvoiceLine } from '../../src/core/invoice/invoice.ts';
import { lineKey } from '../../src/core/invoice/lineKey.ts';
import { billed, printed } from '../support/billing.ts';
import { brokenFocusRules, costByInvoice, focusRows } from '../support/focusRules.ts';
import { linesOf, totalOf } from '../support/invoices.ts';
import { checkAsync, fc } from '../support/properties.ts';
import { anyPrice, costsOf, type PriceData, priceText } from '../support/randomPrices.ts';
import { compare, minus, most, ofFraction, rational, times, ZERO } from '../support/rationals.ts';

const LEVELS = ['max', 'unique', 'last'] as const;

type Terms = { readonly price: PriceData | undefined; readonly limit: string };

const terms: fc.Arbitrary<Terms> = fc.oneof(
  fc.record({ price: anyPrice, limit: fc.constantFrom('0', '3', '7.5') }),
  fc.constant({ price: undefined, limit: '3' }), // a hard cap
);
const order = fc.record({
  aggregation: fc.constantFrom(...LEVELS),
  tiers: fc.array(terms, { minLength: 2, maxLength: 4 }),
  /** Days of October on which the next tier begins, ascending. */
  changes: fc.uniqueArray(fc.integer({ min: 2, max: 31 }), { minLength: 3, maxLength: 3 }),
  /** Day of October (those before 1 are in September), and value. */
  rows: fc.array(fc.tuple(fc.integer({ min: -9, max: 31 }), fc.constantFrom('0', '1', '2.5', '7', '19', '120')), {
    maxLength: 10,
  }),
});

const date = (day: number) => new Date(Date.UTC(2026, 9, day)).toISOString().slice(0, 10);

/** The level of the rows from a day to another, which is excluded, as a patient person would find it; `last` is the latest known. */
function levelOf(
  aggregation: (typeof LEVELS)[number],
  rows: readonly (readonly [number, string])[],
  [from, to]: readonly [number, number],
): string {
  if (aggregation === 'last') {
    const known = rows.filter(([day]) => day < to);
    const latest = Math.max(...known.map(([day]) => day));
    const values = known.filter(([day]) => day === latest).map(([, value]) => Number(value));
    return String(Math.max(0, ...values));
  }
  const values = rows.filter(([day]) => day >= from && day < to).map(([, value]) => value);
  if (aggregation === 'unique') return String(new Set(values).size);
  return values.reduce((most, value) => (Number(value) > Number(most) ? value : most), '0');
}

test('a level costs in a part of a month what it would cost for all of it, times the share of its days', async () => {
  await checkAsync(
    fc.asyncProperty(order, async ({ aggregation, tiers, changes, rows }) => {
      const begins = [1, ...changes.sort((a, b) => a - b).slice(0, tiers.length - 1)];
      const texts = tiers.map(({ price, limit }, i) => {
        const overage = price ? `, overage: { units: ${priceText(price)} }` : '';
        return `  t${i}: { cost: ${i}, limits: { units: ${limit} }${overage} }`;
      });
      const stays = begins.map((day, i) => `acme,t${i},${i === 0 ? '' : date(day)},${date(begins[i + 1] ?? 32)}\n`);
      const bill = await billed({
        tiers: `meters: { units: { field: units, unit: unit, aggregate: ${aggregation} } }\npricing_tiers:\n${texts.join('\n')}\n`,
        customers: `customer_id,tier,from,to\n${stays.join('')}`,
        usage: `timestamp,customer_id,units\n${rows.map(([day, value]) => `${date(day)}T12:00:00Z,acme,${value}\n`).join('')}`,
        period: '2026-10',
      });
      const invoice = bill.invoices[0]!;
      let blocked = ZERO;
      for (const [i, { price, limit }] of tiers.entries()) {
        const days = [begins[i]!, begins[i + 1] ?? 32] as const;
        const beyond = most(ZERO, minus(rational(levelOf(aggregation, rows, days)), rational(limit)));
        const share = rational(`${days[1] - days[0]}/31`);
        const lines = invoice.lines.filter((line) => line.kind === 'usage' && line.stretch === i);
        if (!price) {
          expect(lines).toEqual([]);
          blocked = most(blocked, beyond);
          continue;
        }
        const expected = costsOf(price, beyond, limit !== '0').map((cost) => times(cost, share));
        expect(lines.length).toBe(expected.length);
        for (const [l, line] of lines.entries()) {
          expect(compare(ofFraction(line.exact), expected[l]!), lineKey(line)).toBe(0);
          expect(compare(partsOf(line), expected[l]!), `parts of ${lineKey(line)}`).toBe(0);
        }
      }
      expect(compare(rational(invoice.blocked.get('units')?.toString() ?? '0'), blocked)).toBe(0);
      const focus = printed(bill, 'focus');
      expect(brokenFocusRules(focus)).toEqual([]);
      const [billedCost] = Object.values(costByInvoice(focusRows(focus)));
      expect(compare(rational(billedCost!), rational(totalOf(invoice)))).toBe(0);
    }),
    { runs: 300 },
  );
}, 60_000);

/** What the parts of a line cost: count × amount. */
function partsOf(line: InvoiceLine) {
  const parts = line.kind === 'usage' ? line.parts : [];
  return parts
    .map(({ amount, count }) => times(rational(amount.toFixed()), ofFraction(count)))
    .reduce((a, b) => ({ n: a.n * b.d + b.n * a.d, d: a.d * b.d }), ZERO);
}

test('a level that stays comes to the same in a run for each month as in one run for all', async () => {
  const MONTHS = ['2026-08', '2026-09', '2026-10', '2026-11'] as const;
  const second = fc.integer({ min: 0, max: 122 * 86_400 - 1 });
  const at = (seconds: number) => new Date(Date.UTC(2026, 7, 1) + seconds * 1000).toISOString();
  const input = fc.record({
    rows: fc.array(fc.tuple(second, fc.constantFrom('a', 'b'), fc.constantFrom('0', '3', '8.5', '')), { maxLength: 6 }),
    change: second,
    zone: fc.constantFrom('UTC', 'America/New_York', 'Asia/Kolkata'),
    anchor: fc.constantFrom(1, 15, 31),
  });
  await checkAsync(
    fc.asyncProperty(input, async ({ rows, change, zone, anchor }) => {
      const order = {
        tiers: `
timezone: ${zone}
meters: { seats: { field: seats, unit: seat, aggregate: last } }
pricing_tiers:
  p: { cost: 0, limits: { seats: 2 }, overage: { seats: 10 } }
  q: { cost: 0, limits: { seats: 4 }, overage: { seats: 20 } }
`,
        customers: `customers: { a: { history: [{ tier: p, to: "${at(change)}" }, { tier: q, from: "${at(change)}" }], anchor: ${anchor} }, b: { tier: p } }`,
        // A request in every month: all of them are billed.
        usage: [
          `timestamp,customer_id,seats,requests\n${rows.map(([when, customer, seats]) => `${at(when)},${customer},${seats},1\n`).join('')}`,
          `timestamp,customer_id,seats,requests\n${MONTHS.map((month) => `${month}-20T12:00:00Z,b,,1\n`).join('')}`,
        ],
      };
      const amounts = async (period?: string) => {
        const { invoices, rows: counts } = await billed(period === undefined ? order : { ...order, period });
        expect(counts.read).toBe(counts.rated + counts.outOfPeriod);
        return invoices.map((invoice) => [invoice.customer, invoice.period.start, linesOf(invoice), totalOf(invoice)]);
      };
      // A period of the anchored customer that began before August is in no month's run, one after the last row not in `all`.
      const [first, last] = ['2026-08-01', '2026-11-20'].map((day) => new Date(day).getTime() - 43_200_000);
      const isInBoth = ([, start]: readonly unknown[]) => Number(start) >= first! && Number(start) <= last!;
      const keys = (all: readonly (readonly unknown[])[]) =>
        all
          .filter(isInBoth)
          .map((one) => JSON.stringify(one))
          .sort();
      const months = (await Promise.all(MONTHS.map(amounts))).flat();
      expect(keys(months)).toEqual(keys(await amounts('all')));
    }),
    { runs: 100 },
  );
}, 60_000);
