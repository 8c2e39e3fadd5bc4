/**
 * Priced cases from the tests and documents of other billing systems. Where a price or an invoice is concerned the case is
 * a tier file's text, and goes the whole way from there.
 */
import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { allocate } from '../../src/core/allocate.ts';
import { addMonths, formatDate, formatInstant, type Instant, parseDate } from '../../src/core/calendar.ts';
import { Decimal, sum } from '../../src/core/decimal.ts';
import { Fraction } from '../../src/core/fraction.ts';
import type { InvoiceLine } from '../../src/core/invoice/invoice.ts';
import { lineKey } from '../../src/core/invoice/lineKey.ts';
import { currencyOf, formatMoney, roundToMinorUnit } from '../../src/core/money.ts';
import { anchoredPeriodAt, contains, daysIn, monthAt } from '../../src/core/period.ts';
import { coveredShare } from '../../src/core/rating/coveredShare.ts';
import { parseTimestamp } from '../../src/core/timestamp.ts';
import { bucketsFor } from '../../src/core/usage/buckets.ts';
import { readUsage } from '../../src/telemetry/reference/readUsage.ts';
import { exactSum, invoiceFor, linesOfKind, periodOf, shownSum, totalOf } from '../support/invoices.ts';
import { rateCardOf, tiersWithPrice } from '../support/rateCards.ts';
import { csv as csvOf, timelineFor } from '../support/timelines.ts';
import { CREDIT_CASES } from './credits.ts';
import { CASE_IDS } from './ids.ts';
import { INVOICE_CASES } from './invoices.ts';
import { ALLOCATION_CASES, ROUNDING_CASES } from './money.ts';
import { NOT_COVERED } from './notCovered.ts';
import { PRICE_GROUPS } from './prices.ts';
import { ROWS_CASES } from './telemetry.ts';
import { THRESHOLD_CASES } from './thresholds.ts';
import { ANCHOR_CASES, ANCHORED_CASES, DAYS_CASES, MEMBERSHIP_CASES, MONTH_CASES, SHARE_CASES } from './time.ts';

const PRICE_CASES = PRICE_GROUPS.flatMap(({ cases, ...group }) => cases.map((one) => ({ ...group, ...one })));

test('every case of the collection is run or listed with a reason, and none is both', () => {
  const run = [
    PRICE_CASES,
    INVOICE_CASES,
    ROUNDING_CASES,
    ALLOCATION_CASES,
    DAYS_CASES,
    SHARE_CASES,
    MONTH_CASES,
    ANCHOR_CASES,
    ANCHORED_CASES,
    CREDIT_CASES,
    MEMBERSHIP_CASES,
    ROWS_CASES,
    THRESHOLD_CASES,
  ];
  const ids = [...run, NOT_COVERED].flatMap((cases) => cases.map(({ id }) => id));
  expect(ids.toSorted()).toEqual(CASE_IDS.toSorted());
  expect(new Set(CASE_IDS).size).toBe(247);
});

describe('a price', () => {
  test.each(PRICE_CASES)('$id: $used units at $price', ({ price, tier, file, used, earlier, ...expected }) => {
    const quantity = new Decimal(earlier?.used ?? 0).plus(used);
    const invoice = invoiceFor({ tiers: tiersWithPrice(price, tier, file), usage: { units: quantity.toFixed() } });
    const usage = linesOfKind(invoice, 'usage', 'units');
    if (expected.exact !== undefined) expect(exactSum(usage)).toBe(expected.exact);
    if (expected.charged !== undefined) {
      const charged = new Decimal(earlier?.billed ?? 0).plus(expected.charged);
      expect(totalOf(invoice)).toBe(formatMoney(charged, invoice.currency));
    }
    if (expected.priced !== undefined) expect(quantitySum(usage)).toBe(expected.priced);
    if (expected.step !== undefined) {
      const step = usage[expected.step.number - 1]!;
      expect([quantitySum([step]), exactSum([step])]).toEqual([expected.step.quantity, expected.step.exact]);
    }
  });
});

describe('an invoice', () => {
  test.each(INVOICE_CASES)('$id ($origin)', ({ expected, ...order }) => {
    const invoice = invoiceFor(order);
    if (expected.total !== undefined) {
      const total = new Decimal(expected.billedBefore ?? 0).plus(expected.total);
      expect(totalOf(invoice)).toBe(formatMoney(total, invoice.currency));
    }
    if (expected.tax !== undefined) expect(formatMoney(invoice.tax, invoice.currency)).toBe(expected.tax);
    if (expected.exact !== undefined) expect(exactSum(linesOfKind(invoice, 'usage'))).toBe(expected.exact);
    for (const [of, amount] of Object.entries(expected.lines ?? {})) {
      const isFee = of.startsWith('fee');
      const lines = isFee ? invoice.lines.filter((line) => lineKey(line) === of) : linesOfKind(invoice, 'usage', of);
      expect(`${of} ${shownSum(lines, invoice)}`).toBe(`${of} ${amount}`);
    }
  });
});

describe('credits', () => {
  test.each(CREDIT_CASES)('$id ($origin)', ({ owed, left, remaining, packs, ...order }) => {
    const invoice = invoiceFor(order);
    const show = (amount: Decimal) => formatMoney(amount, invoice.currency);
    expect(totalOf(invoice)).toBe(owed);
    const shown = new Map(invoice.credits.map((use) => [use.grant.id, show(use.remaining)]));
    for (const [id, amount] of Object.entries(left ?? {})) expect(`${id} ${shown.get(id)}`).toBe(`${id} ${amount}`);
    if (remaining !== undefined) expect(show(sum(invoice.credits.map((use) => use.remaining)))).toBe(remaining);
    if (packs !== undefined) expect(invoice.credits.filter(({ grant }) => grant.pack).length).toBe(packs);
  });
});

describe('rounding', () => {
  test.each(ROUNDING_CASES)('$id: $exact $currency becomes $rounded', ({ currency: code, exact, rounded }) => {
    const currency = currencyOf(code)!;
    expect(formatMoney(roundToMinorUnit(Fraction.of(exact), currency), currency)).toBe(rounded);
    if (exact.startsWith('-')) return; // nothing costs less than nothing
    const invoice = invoiceFor({ tiers: tiersWithPrice('1', '', `currency: ${code}`), usage: { units: exact } });
    expect(totalOf(invoice)).toBe(rounded);
  });
});

describe('spreading a rounded amount', () => {
  test.each(ALLOCATION_CASES)('$id: $total over $weights', ({ total, weights, parts }) => {
    const spread = allocate({
      total: new Decimal(total),
      weights: weights.map((weight) => new Decimal(weight)),
      unit: new Decimal('0.01'),
    });
    expect(spread.map((part) => part.toFixed(2))).toEqual(parts);
  });
});

describe('time', () => {
  test.each(DAYS_CASES)('$id: from $from to $to are $days days in $zone', ({ from, to, zone, days }) => {
    expect(daysIn({ start: instantOf(from), end: instantOf(to) }, zone)).toBe(days);
  });

  test.each(SHARE_CASES)('$id: $amount for $covered of $period is $prorated', (one) => {
    const share = coveredShare(periodOf(one.covered), periodOf(one.period), 'UTC');
    expect(Fraction.of(one.amount).times(share).round(one.digits).toFixed(one.digits)).toBe(one.prorated);
    if (one.share) expect(share.eq(Fraction.of(...one.share))).toBe(true);
  });

  test.each(MONTH_CASES)('$id: the month of $at in $zone ends at $end', ({ at, zone, start, end }) => {
    const month = monthAt(instantOf(at), zone);
    expect(formatInstant(month.end)).toBe(end);
    if (start !== undefined) expect(formatInstant(month.start)).toBe(start);
  });

  test.each(ANCHOR_CASES)('$id: months begin on $starts', ({ starts }) => {
    const first = parseDate(starts[0]!)!;
    expect(starts.map((_, months) => formatDate(addMonths(first, months, first.day)))).toEqual(starts);
  });

  test.each(ANCHORED_CASES)('$id: with anchor $anchor, $at is in the period from $start to $end', (one) => {
    const { start, end } = anchoredPeriodAt(instantOf(one.at), one.anchor, 'UTC');
    expect([formatInstant(start), formatInstant(end)]).toEqual([one.start, one.end]);
  });

  test.each(MEMBERSHIP_CASES)('$id: what happens at $at is in $period: $inside', ({ at, period, inside }) => {
    expect(contains(periodOf(period), instantOf(at))).toBe(inside);
  });
});

describe('rows', () => {
  test.each(ROWS_CASES)('$id ($origin)', async ({ csv, requests, rated, rejected }) => {
    const { ledger, rows } = await readUsage({
      sources: [{ kind: 'stream', name: 'export.csv', stream: Readable.from([Buffer.from(csv)]) }],
      meters: [...rateCardOf(tiersWithPrice('1')).meters.values()],
      dimensions: [],
      buckets: bucketsFor('UTC'),
      dedupe: true,
      trace: false,
      onReject: () => {},
    });
    expect(rows).toMatchObject({ rated, rejected });
    expect(ledger.usageOf('acme', periodOf('2026-10')).get('requests')?.quantity.toFixed()).toBe(requests);
  });
});

function quantitySum(lines: readonly InvoiceLine[]): string {
  return Fraction.sum(lines.map((line) => (line.kind === 'usage' ? line.quantity : Fraction.ZERO))).toString();
}

function instantOf(text: string): Instant {
  const parsed = parseTimestamp(text);
  if (!('ms' in parsed)) throw new Error(`${text}: ${parsed.reason}`);
  return parsed.ms;
}

describe('thresholds', () => {
  test.each(THRESHOLD_CASES)('$id ($origin)', async ({ limit, thresholds, rows, reached }) => {
    const tiers = `pricing_tiers: { only: { cost: 0, limits: { requests: ${limit} }, overage: { requests: 1 } } }`;
    const exports = [csvOf(rows.map(([at, quantity]) => `a ${at} ${quantity}`))];
    const { objects } = await timelineFor({ tiers, thresholds, exports });
    expect(objects.map(({ threshold, at }) => [threshold, at])).toEqual(reached);
  });
});
