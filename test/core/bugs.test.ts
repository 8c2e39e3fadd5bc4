/** Assertions fire: what no input of a user can bring about is brought about by hand, and stops the run with its numbers. */
import { describe, expect, test } from 'vitest';
import { Bug } from '../../src/core/assert.ts';
import { placeOf } from '../../src/core/catalog/rowFilter.ts';
import { Decimal } from '../../src/core/decimal.ts';
import type { EdgeConfig } from '../../src/core/estimate/edge.ts';
import { estimate } from '../../src/core/estimate/estimate.ts';
import { wholeShares } from '../../src/core/estimate/shares.ts';
import { issueInvoice } from '../../src/core/invoice/issueInvoice.ts';
import { INVOICE_FORMATS } from '../../src/report/invoice/index.ts';
import type { InvoiceReport } from '../../src/report/invoice/report.ts';
import { PLAIN } from '../../src/report/style.ts';
import { billed } from '../support/billing.ts';
import { periodOf } from '../support/invoices.ts';
import { rateCardOf, tiersWithPrice } from '../support/rateCards.ts';
import { historiesOf, populationOf } from './simulation/support.ts';

/** The message of the {@link Bug} that `run` ends with; nothing else is taken for one. */
function bugOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof Bug) return error.message;
    throw error;
  }
  throw new Error('nothing was wrong');
}

describe('an estimate', () => {
  const rateCard = rateCardOf(
    'pricing_tiers:\n  plain: { cost: usage, overage: { requests: 1/1M } }\n  special: { cost: custom, overage: negotiated }\n',
  );
  const nothing: EdgeConfig = { routes: [], middleware: new Map() };
  test.each(['none', 'special'])('is made on a tier that can be billed, not on "%s"', (tier) => {
    const message = bugOf(() => estimate({ rateCard, config: nothing, period: periodOf('2026-10'), tier }));
    expect(message).toBe(`there is no tier ${tier} that can be billed`);
  });
});

describe('shares of a total', () => {
  // Of three owners with a third each, two have to get one more: 1 and 4 are not what whole parts of 2/3 can add up to.
  test.each`
    total   | fits
    ${'-1'} | ${false}
    ${'0'}  | ${true}
    ${'2'}  | ${true}
    ${'4'}  | ${false}
  `('of 2/3 for each of three owners add up to 0 to 3: $total', ({ total, fits }) => {
    const shares = () => wholeShares({ tops: [2n, 2n, 2n], bottom: 3n }, BigInt(total));
    if (fits) expect(shares().reduce((all, one) => all + one, 0n)).toBe(BigInt(total));
    else expect(bugOf(shares)).toBe(`${total} is not what the shares of 3 owners add up to`);
  });
});

test('an invoice is about time on a tier', () => {
  const input = { rateCard: rateCardOf(tiersWithPrice('1')), customer: 'acme', period: periodOf('2026-10') };
  expect(bugOf(() => issueInvoice({ ...input, stretches: [], credits: [], packs: [] } as never))).toMatch(
    /^"acme" is on no tier in the period that begins at \d+$/,
  );
});

test('FOCUS rows bill what the invoice does', async () => {
  const { rateCard, invoices, rows } = await billed({
    tier: 'only',
    tiers: tiersWithPrice('1'),
    usage: 'timestamp,customer_id,units\n2026-10-05T00:00:00Z,acme,10\n',
  });
  const [invoice] = invoices;
  const report = (total: Decimal): InvoiceReport => ({
    ...{ currency: rateCard.currency, timezone: rateCard.timezone, meters: rateCard.meters, rateCard, rows },
    ...{ notes: { daysWithoutRows: [], warnings: [] }, explain: false, checks: [] },
    invoices: () => [{ ...invoice!, total }].values() as never,
  });
  const focus = (total: string) => [
    ...INVOICE_FORMATS.focus(report(new Decimal(total)), { style: PLAIN, columns: 100, all: true }),
  ];
  expect(focus('10').join('')).toContain('acme');
  expect(bugOf(() => focus('10.01'))).toBe('FOCUS rows of "acme" bill 10 of 10.01');
});

test('a filter is about a dimension that the ledger keeps', () => {
  const condition = { dimension: 'status', values: ['2xx'], not: false } as never;
  expect(placeOf(condition, ['region', 'status'])).toBe(1);
  expect(bugOf(() => placeOf(condition, ['region']))).toBe(
    'a meter counts rows by status, which the ledger does not keep',
  );
});

describe('a population is made of months with requests', () => {
  const histories = historiesOf({ firstMonth: 24_300, accounts: ['a'], requests: [[1, 2, 3, 4]] });
  test('at least one of them', () => {
    expect(bugOf(() => populationOf({ ...histories, months: 0 }))).toBe('0 months of history, 12 to simulate');
    expect(bugOf(() => populationOf(histories, 0))).toBe('4 months of history, 0 to simulate');
  });
  test('under that name', () => {
    expect(bugOf(() => populationOf({ ...histories, meters: ['calls', 'compute', 'egress'] }))).toBe(
      'histories without requests: calls, compute, egress',
    );
  });
});
