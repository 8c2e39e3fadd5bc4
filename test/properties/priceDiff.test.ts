/** Comparisons of random price lists over random exports, against invoices that are made one list at a time. */
import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import type { BillingTerms } from '../../src/app/billingTerms.ts';
import { ledgerRequest } from '../../src/app/ledgerRequest.ts';
import { RunComparison } from '../../src/core/diff/compareRuns.ts';
import { matchLines } from '../../src/core/diff/matchLines.ts';
import { summaryOf } from '../../src/core/diff/summary.ts';
import type { Invoice } from '../../src/core/invoice/invoice.ts';
import { type PeriodChoice, parsePeriodChoice } from '../../src/core/period.ts';
import { bookedOf } from '../../src/report/diff/booked.ts';
import { readUsage } from '../../src/telemetry/reference/readUsage.ts';
import { billed, customersOf } from '../support/billing.ts';
import { checkAsync, fc } from '../support/properties.ts';
import { type RandomOrder, randomOrder } from '../support/randomInvoices.ts';
import { rateCardOf } from '../support/rateCards.ts';
import { compare, minus, plus, type Rational, rational, ZERO } from '../support/rationals.ts';

/** Other prices for the same meters, in the currency and zone of the first list. */
type Change = {
  readonly order: RandomOrder;
  readonly other: string;
  readonly isRenamed: boolean;
  readonly isMoved: boolean;
};

const change: fc.Arbitrary<Change> = fc
  .tuple(randomOrder, randomOrder, fc.boolean(), fc.boolean())
  .map(([order, { tiers }, isRenamed, isMoved]) => {
    const prices = tiers.slice(tiers.indexOf('pricing_tiers:'));
    const pack = tiers.match(/^credit_packs:.*$/m)?.[0] ?? '';
    const head = order.tiers.slice(0, order.tiers.indexOf('pricing_tiers:')).replace(/^credit_packs:.*$/m, pack);
    return { order, other: head + prices, isRenamed, isMoved };
  });

test('the change of each customer is invoice minus invoice, and its causes and lines add up to it', async () => {
  await checkAsync(
    fc.asyncProperty(change, async ({ order, other, isRenamed, isMoved }) => {
      const list = isRenamed ? other.replace('\n  a: {', '\n  starter: {') : other;
      const moved = isMoved ? swapped(order.customers!) : order.customers!;
      const customers = isRenamed ? moved.replaceAll('tier: a', 'tier: starter') : moved;
      const usage = `${order.usage}${String(order.usage).split('\n').slice(1).join('\n').replaceAll(',acme,', ',beta,')}`;
      const sides = [
        { ...order, usage, tier: 'a' },
        { ...order, usage, tiers: list, customers, tier: isRenamed ? 'starter' : 'a' },
      ] as const;
      const [before, after] = await Promise.all(sides.map((side) => billed(side)));
      const comparison = await comparisonOf(sides, usage);
      const changes = [...comparison.changes()];

      let revenue = ZERO;
      for (const one of changes) {
        const expected = minus(totalOf(after!.invoices, one.customer), totalOf(before!.invoices, one.customer));
        expect(equal(rational(one.change.toFixed()), expected)).toBe(true);
        revenue = plus(revenue, expected);
        const causes = Object.values(one.causes).map((amount) => rational(amount.toFixed()));
        expect(equal(causes.reduce(plus, ZERO), expected)).toBe(true);
        const lines = linesOf(comparison, one.customer, before!.rateCard.meters, order.zone);
        expect(
          equal(
            lines.reduce((sum, line) => plus(sum, rational(line.change.toFixed())), ZERO),
            expected,
          ),
        ).toBe(true);
        expect(new Set(lines.map(({ key }) => key)).size).toBe(lines.length);
      }
      expect(changes.map(({ customer }) => customer)).toEqual(['acme', 'beta']);
      expect(equal(rational(summaryOf(changes).revenue.change.toFixed()), revenue)).toBe(true);
    }),
    { runs: 12 },
  );
});

test('a list against itself is no change, of no customer and for no cause', async () => {
  await checkAsync(
    fc.asyncProperty(randomOrder, async (order) => {
      const comparison = await comparisonOf([order, order], String(order.usage));
      for (const one of comparison.changes()) {
        expect(one.change.isZero()).toBe(true);
        expect(one.causes).toEqual({});
        const rateCard = rateCardOf(order.tiers);
        const lines = linesOf(comparison, one.customer, rateCard.meters, order.zone);
        expect(lines.every(({ before, after }) => before?.amount.eq(after!.amount))).toBe(true);
      }
    }),
    { runs: 5 },
  );
});

const equal = (a: Rational, b: Rational) => compare(a, b) === 0;

/** On other tiers, at the same times. */
function swapped(customers: string): string {
  const others: Readonly<Record<string, string>> = { a: 'b', b: 'capped', capped: 'a' };
  return customers.replace(/tier: (\w+)/g, (_, name: string) => `tier: ${others[name]}`);
}

async function comparisonOf(
  sides: readonly [
    RandomOrder | (Partial<RandomOrder> & { tiers: string; customers: string; tier: string }),
    ...unknown[],
  ],
  usage: string,
): Promise<RunComparison> {
  const terms = (sides as readonly RandomOrder[]).map((side): BillingTerms => {
    const rateCard = rateCardOf(side.tiers);
    const periods = parsePeriodChoice('2026-10', rateCard.timezone) as PeriodChoice;
    return { rateCard, customers: customersOf(side.customers!, rateCard), periods, defaultTier: side.tier };
  });
  const { ledger } = await readUsage({
    sources: [{ kind: 'stream', name: 'usage.csv', stream: Readable.from([Buffer.from(usage)]) }],
    ...ledgerRequest(terms as [BillingTerms, BillingTerms]),
    dedupe: true,
    trace: false,
    timezone: 'UTC',
    onReject: () => {},
  });
  return new RunComparison({ before: { ...terms[0]!, ledger }, after: { ...terms[1]!, ledger } });
}

function linesOf(
  comparison: RunComparison,
  customer: string,
  meters: Parameters<typeof bookedOf>[1]['meters'],
  timezone: string,
) {
  return comparison.invoicesOf(customer).flatMap(({ before, after }) =>
    matchLines({
      before: before && bookedOf(before, { meters, timezone }),
      after: after && bookedOf(after, { meters, timezone }),
    }),
  );
}

function totalOf(invoices: readonly Invoice[], customer: string): Rational {
  return invoices
    .filter((invoice) => invoice.customer === customer)
    .reduce((sum, { total }) => plus(sum, rational(total.toFixed())), ZERO);
}
