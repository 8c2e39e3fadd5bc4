/** One row for each invoice line, and one for credits and for tax: an invoice's amounts add up to its total. */
import { formatInstant } from '../../core/calendar.ts';
import type { Invoice, InvoiceLine } from '../../core/invoice/invoice.ts';
import { formatMoney } from '../../core/money.ts';
import { csvRow } from '../safeText.ts';
import type { InvoiceFormat } from './report.ts';

const COLUMNS = [
  ...['customer', 'period_start', 'period_end', 'tier', 'key', 'kind', 'meter', 'description'],
  ...['used', 'included', 'quantity', 'price', 'exact', 'amount', 'currency'],
];

export const invoiceCsv: InvoiceFormat = function* (report) {
  yield csvRow(COLUMNS);
  for (const invoice of report.invoices()) {
    for (const line of invoice.lines) yield row(invoice, line.key, line.kind, lineCells(line, invoice));
    const { creditsApplied, tax, currency } = invoice;
    const added = (key: string, amount: typeof tax) =>
      row(invoice, key, key, ['', key, '', '', '', '', amount.toFixed(), formatMoney(amount, currency)]);
    if (!creditsApplied.isZero()) yield added('credits', creditsApplied.neg());
    if (!tax.isZero()) yield added('tax', tax);
  }
};

function row(invoice: Invoice, key: string, kind: string, cells: readonly string[]): string {
  const { customer, period, tier, currency } = invoice;
  return csvRow([
    customer,
    formatInstant(period.start),
    formatInstant(period.end),
    tier,
    key,
    kind,
    ...cells,
    currency.code,
  ]);
}

/** From `meter` to `amount`. */
function lineCells(line: InvoiceLine, { currency }: Invoice): string[] {
  const amounts = [line.exact.toString(), formatMoney(line.amount, currency)];
  switch (line.kind) {
    case 'fee':
    case 'pack':
      return ['', line.description, '', '', line.quantity.toString(), line.unitPrice.toFixed(), ...amounts];
    case 'usage': {
      const quantities = [line.used.toFixed(), line.included.toString(), line.quantity.toString()];
      return [line.meter, line.description, ...quantities, line.price, ...amounts];
    }
    default:
      return ['', line.description, '', '', '', '', ...amounts];
  }
}
