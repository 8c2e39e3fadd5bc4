/** A journal of hledger: a transaction for each invoice. It declares what it uses, so `hledger check --strict` accepts it. */
import { formatDate } from '../../core/calendar.ts';
import { type Currency, formatMoney } from '../../core/money.ts';
import { printable } from '../safeText.ts';
import { entryOf, type Posting } from './entries.ts';
import type { InvoiceFormat } from './report.ts';

export const invoiceHledger: InvoiceFormat = function* (report) {
  yield `commodity 1000.${'0'.repeat(report.currency.minorUnit)} ${report.currency.code}\n`;
  const accounts = new Set<string>();
  for (const invoice of report.invoices()) {
    const entry = entryOf(invoice, report);
    if (!entry) continue;
    const { date, customer, period, postings } = entry;
    yield `\n${formatDate(date)} ${payeeText(customer)} | ${period}\n`;
    for (const posting of postings) {
      accounts.add(posting.account);
      yield postingLine(posting, invoice.currency);
    }
  }
  // They count wherever they stand, and which are used is known at the end alone.
  if (accounts.size > 0) yield '\n';
  for (const account of [...accounts].sort()) yield `account ${account}\n`;
};

function postingLine({ account, amount, key, description }: Posting, currency: Currency): string {
  const comment = key === 'total' ? '' : `  ; ${commentText(`${key}, ${description}`)}`;
  return `    ${account}  ${formatMoney(amount, currency)} ${currency.code}${comment}\n`;
}

/** Text up to the bar between payee and note: no comment begins in it, nor a status (`!`, `*`), a code or a second date. */
function payeeText(text: string): string {
  const shown = printable(text).replaceAll(';', ',').replaceAll('|', '/').trim();
  return /^[!*(=]/.test(shown) ? `'${shown}` : shown;
}

/** Text of a comment: hledger would read `date:` and brackets in it as the date of a posting. */
function commentText(text: string): string {
  return printable(text)
    .replace(/(date2?):/gi, '$1 ')
    .replaceAll('[', '(')
    .replaceAll(']', ')');
}
