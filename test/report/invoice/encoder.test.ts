/** Invoices whose text is filled into that of an earlier one read as those that are written by themselves. */
import { expect, test } from 'vitest';
import { Decimal } from '../../../src/core/decimal.ts';
import type { Invoice } from '../../../src/core/invoice/invoice.ts';
import { invoiceLine, invoiceObject } from '../../../src/report/invoice/json.ts';
import { PIECED_FORMATS } from '../../../src/report/invoice/pieces.ts';
import { indentedJson } from '../../../src/report/safeText.ts';
import { billed } from '../../support/billing.ts';
import { checkAsync, fc } from '../../support/properties.ts';
import { randomOrder } from '../../support/randomInvoices.ts';

const TERMS = { explain: false, timezone: 'UTC' };
const CUSTOMERS = ['acme', 'a "b"', '\ue000', '"\ue000"', 'line\nend', '\u202e', 'ünï'];

const FORMATS: Record<'ndjson' | 'json', (invoice: Invoice) => string> = {
  ndjson: (invoice) => invoiceLine(invoice),
  json: (invoice) => `\n    ${indentedJson(invoiceObject(invoice, false), 4)}`,
};

/** Each invoice as it is, and as that of other customers with other amounts. */
function variantsOf(invoices: readonly Invoice[]): Invoice[] {
  return invoices.flatMap((invoice) =>
    CUSTOMERS.map((customer, i) => ({ ...invoice, customer, total: invoice.total.plus(new Decimal(i).div(8)) })),
  );
}

test.each(['ndjson', 'json'] as const)('%s of any invoices in any order is what each is by itself', async (format) => {
  await checkAsync(
    fc.asyncProperty(randomOrder, async (order) => {
      const { invoices } = await billed(order);
      const pieceOf = PIECED_FORMATS[format].piecesUnder(TERMS);
      for (const invoice of variantsOf(invoices as Invoice[])) expect(pieceOf(invoice)).toBe(FORMATS[format](invoice));
    }),
    { runs: 20 },
  );
});
