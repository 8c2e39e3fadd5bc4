/** Debits and credits as CSV: a row for each posting. */
import { formatDate } from '../../core/calendar.ts';
import { formatMoney } from '../../core/money.ts';
import { csvRow } from '../safeText.ts';
import { entryOf } from './entries.ts';
import type { InvoiceFormat } from './report.ts';

export const invoiceJournal: InvoiceFormat = function* (report) {
  yield csvRow([
    ...['entry', 'date', 'account', 'debit', 'credit', 'currency', 'customer', 'period', 'tier', 'key', 'description'],
  ]);
  for (const invoice of report.invoices()) {
    const entry = entryOf(invoice, report);
    if (!entry) continue;
    const { id, date, customer, period, postings } = entry;
    for (const { account, amount, tier, key, description } of postings) {
      const shown = formatMoney(amount.abs(), invoice.currency);
      const sides = amount.isNegative() ? ['', shown] : [shown, ''];
      const about = [invoice.currency.code, customer, period, tier, key, description];
      yield csvRow([id, formatDate(date), account, ...sides, ...about]);
    }
  }
};
