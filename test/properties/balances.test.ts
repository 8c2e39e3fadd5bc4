/** Months billed one by one, each with the balances of the one before, are the same months as in one run over all. */
import { expect, test } from 'vitest';
import { issueInvoices } from '../../src/core/invoice/billingRun.ts';
import { invoiceObject } from '../../src/report/invoice/json.ts';
import { type Billed, type BillingOrder, billed, closingOf } from '../support/billing.ts';
import { checkAsync, fc } from '../support/properties.ts';

const MONTHS = ['2026-09', '2026-10', '2026-11', '2026-12'] as const;
const [FIRST, LAST] = [Date.UTC(2026, 8), Date.UTC(2027, 0)];
const HOUR = 3_600_000;
const iso = (at: number) => new Date(at).toISOString();

const instant = fc.integer({ min: 0, max: (LAST - FIRST) / HOUR - 1 }).map((hours) => FIRST + hours * HOUR);
const row = fc.record({
  at: instant,
  // d is in no customers file
  customer: fc.constantFrom('a', 'b', 'c', 'd'),
  requests: fc.integer({ min: 0, max: 900 }),
  seats: fc.option(fc.integer({ min: 0, max: 9 })),
  disk: fc.option(fc.integer({ min: 0, max: 9 })),
});
const credit = fc
  .record({
    amount: fc.integer({ min: 1, max: 20 }),
    priority: fc.constantFrom(1, 2, 100),
    from: fc.option(instant, { nil: undefined }),
    expires: fc.option(instant, { nil: undefined }),
  })
  .filter(({ from, expires }) => from === undefined || expires === undefined || from < expires)
  .map(({ amount, priority, from, expires }) => {
    const ends = `${from === undefined ? '' : `, from: ${iso(from)}`}${expires === undefined ? '' : `, expires: ${iso(expires)}`}`;
    return `{ amount: ${amount}, priority: ${priority}${ends} }`;
  });
const bought = instant.map((at) => `{ pack: block, purchased: ${iso(at)} }`);

type Case = {
  readonly rows: readonly {
    at: number;
    customer: string;
    requests: number;
    seats: number | null;
    disk: number | null;
  }[];
  readonly credits: readonly string[][];
  readonly days: number | undefined;
  readonly most: number;
  readonly change: number;
  readonly anchor: number;
};
const anyCase: fc.Arbitrary<Case> = fc.record({
  rows: fc.array(row, { minLength: 1, maxLength: 14 }),
  credits: fc.array(fc.array(fc.oneof(credit, bought), { maxLength: 3 }), { minLength: 3, maxLength: 3 }),
  days: fc.option(fc.integer({ min: 1, max: 70 }), { nil: undefined }),
  most: fc.integer({ min: 1, max: 3 }),
  change: instant,
  anchor: fc.constantFrom(1, 1, 15),
});

function orderOf({ rows, credits, days, most, change, anchor }: Case): BillingOrder {
  const expiry = days === undefined ? '' : `, expires_after: ${days}d`;
  const packs = `burst: { price: 3, credit: 2.50${expiry}, auto_purchase: { max_per_period: ${most} } }, block: { price: 9, credit: 7, expires_after: 50d }`;
  const lines = rows.map(({ at, customer, requests, seats, disk }) =>
    [iso(at), customer, requests, seats ?? '', disk ?? ''].join(','),
  );
  return {
    tiers: `
credit_packs: { ${packs} }
meters:
  requests: { field: requests, unit: request }
  seats: { field: seats, unit: seat, aggregate: last }
  disk: { field: disk, unit: GB, aggregate: time_weighted, per: day }
default_tier: one
pricing_tiers:
  one: { cost: 4 + usage, limits: { requests: 100 }, overage: { requests: 0.01, seats: 1, disk: 0.03 } }
  two: { cost: 9 + usage, overage: { requests: 0.02, seats: 0.50, disk: 0.01 }, minimum: 3 }
`,
    customers: `customers:
  a: { tier: one, credits: [${credits[0]!.join(', ')}] }
  b: { history: [{ tier: one, to: ${iso(change)} }, { tier: two, from: ${iso(change)} }], credits: [${credits[1]!.join(', ')}] }
  c: { tier: two, anchor: ${anchor}, credits: [${credits[2]!.join(', ')}] }
`,
    usage: `timestamp,customer_id,requests,seats,disk\n${lines.join('\n')}\n`,
  };
}

const printedOf = ({ run }: Billed) => [...issueInvoices(run)].map((invoice) => invoiceObject(invoice, false));
/** By customer, then time: months one by one come month after month. */
const inOrder = (invoices: Record<string, unknown>[]) =>
  invoices.toSorted((a, b) => (`${a.customer} ${startOf(a)}` < `${b.customer} ${startOf(b)}` ? -1 : 1));
const startOf = ({ period }: Record<string, unknown>) => (period as { start: string }).start;

test('months one by one are the months of one run: credits, packs, levels and values weighted by time', async () => {
  await checkAsync(
    fc.asyncProperty(anyCase, async (one) => {
      const order = orderOf(one);
      const whole = await billed(order);
      // One run bills the months from the first row to the last one.
      const [first, last] = [Math.min(...one.rows.map(({ at }) => at)), Math.max(...one.rows.map(({ at }) => at))];
      const months = MONTHS.slice(new Date(first).getUTCMonth() - 8, new Date(last).getUTCMonth() - 7);
      const singles: Record<string, unknown>[] = [];
      let opening: string | undefined;
      for (const period of months) {
        const month = await billed({ ...order, period, opening });
        singles.push(...printedOf(month));
        opening = closingOf(month);
        assertAccounted(opening);
      }
      // An anchored customer's first period, which begins in the month before, is of one run alone.
      const isShared = (invoice: Record<string, unknown>) => one.anchor === 1 || invoice.customer !== 'c';
      expect(inOrder(singles.filter(isShared))).toEqual(inOrder(printedOf(whole).filter(isShared)));
      if (one.anchor === 1) expect(withoutOpening(opening!)).toEqual(withoutOpening(closingOf(whole)));
    }),
    { runs: 10 },
  );
});

/** What a run began with is not what the run of all months began with. */
function withoutOpening(closing: string): unknown {
  return JSON.parse(closing, (key, value) => (key === 'opening' || key === 'at' ? undefined : value));
}

type Sums = { granted: string; drawn: string; expired: string; remaining?: string };

/** granted = drawn + expired + remaining, for every credit and for all of them, in whole cents. */
function assertAccounted(closing: string): void {
  const cents = (amount = '0') => Math.round(Number(amount) * 100);
  const { customers, totals } = JSON.parse(closing) as {
    customers: { credits?: Sums[]; finished?: Sums }[];
    totals: Sums;
  };
  const all = customers.flatMap(({ credits = [], finished }) => [...credits, ...(finished ? [finished] : [])]);
  for (const { granted, drawn, expired, remaining } of [...all, totals])
    expect(cents(granted)).toBe(cents(drawn) + cents(expired) + cents(remaining));
  const sum = (amounts: (string | undefined)[]) => amounts.reduce((total, amount) => total + cents(amount), 0);
  expect(cents(totals.granted)).toBe(sum(all.map(({ granted }) => granted)));
}
