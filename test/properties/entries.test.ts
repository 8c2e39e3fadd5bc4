/** Double entries of random invoices, as each format for books has them. */
import { spawnSync } from 'node:child_process';
import { parse } from 'csv-parse/sync';
import { expect, test } from 'vitest';
import { billed, printed } from '../support/billing.ts';
import { checkAsync, fc } from '../support/properties.ts';
import { randomOrder } from '../support/randomInvoices.ts';
import { compare, type Rational, rational, total } from '../support/rationals.ts';

const equal = (a: Rational, b: Rational) => expect(compare(a, b)).toBe(0);
const sumOf = (texts: readonly string[]) => total(texts.filter((text) => text !== '').map(rational));

test('debits are credits, the receivable is the total, and the tax account has all tax, in the journal, in hledger and in Stripe items', async () => {
  await checkAsync(
    fc.asyncProperty(randomOrder, async (order) => {
      const run = await billed(order);
      const [invoice] = JSON.parse(printed(run, 'json')).invoices;
      const rows: Record<string, string>[] = parse(printed(run, 'journal'), { columns: true });
      const side = (of: readonly Record<string, string>[]) =>
        total([
          sumOf(of.map(({ debit }) => debit!)),
          sumOf(of.map(({ credit }) => (credit === '' ? '' : negated(credit!)))),
        ]);
      const account = (name: string) => rows.filter((row) => row.account === name);
      equal(side(rows), rational('0'));
      equal(side(account('assets:receivable')), rational(invoice.total));
      equal(side(account('liabilities:tax')), rational(negated(invoice.taxIncluded ?? invoice.tax)));

      // Of an hledger posting: `    account  -12.00 USD  ; comment`.
      const postings = [
        ...printed(run, 'hledger').matchAll(/^ {4}(\S(?:.*?\S)?) {2}(-?[\d.]+) [A-Z]{3}(?: {2};.*)?$/gm),
      ];
      expect(postings.map(([, name]) => name)).toEqual(rows.map((row) => row.account));
      equal(sumOf(postings.map(([, , amount]) => amount!)), rational('0'));

      // A total of 12.30 USD is 1230 cents. The amounts are digits: JSON.parse would round the largest.
      const cents = [...printed(run, 'stripe').matchAll(/^\{"idempotencyKey":".*?","item":\{"amount":(-?\d+),/gm)];
      equal(sumOf(cents.map(([, amount]) => amount!)), rational(invoice.total.replace('.', '')));
    }),
    { runs: 12 },
  );
});

test.skipIf(spawnSync('hledger', ['--version']).status !== 0)('hledger accepts random journals, strictly', async () => {
  await checkAsync(
    fc.asyncProperty(randomOrder, async (order) => {
      const check = spawnSync('hledger', ['-f', '-', 'check', '--strict'], {
        input: printed(await billed(order), 'hledger'),
      });
      expect(`${check.stderr}`).toBe('');
    }),
    { runs: 5 },
  );
});

function negated(amount: string): string {
  return amount.startsWith('-') ? amount.slice(1) : `-${amount}`;
}
