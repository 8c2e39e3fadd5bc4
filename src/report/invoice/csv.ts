/** A row for each booking of an invoice: its lines, what each credit paid, tax. The amounts add up to the invoice's total. */
import { formatInstant, formatZoned } from '../../core/calendar.ts';
import type { Invoice } from '../../core/invoice/invoice.ts';
import { periodLabel } from '../../core/period.ts';
import { csvRow } from '../safeText.ts';
import { type BookingFacts, bookingsOf, factsOf } from './bookings.ts';
import type { InvoiceFormat } from './report.ts';

/** New columns come last: somebody reads the file by position. */
const COLUMNS = [
  ...['customer', 'period_start', 'period_end', 'tier', 'key', 'kind', 'meter', 'description'],
  ...['used', 'included', 'quantity', 'price', 'exact', 'amount', 'currency'],
  ...['period', 'stretch_start', 'stretch_end', 'step', 'dimension', 'value', 'base', 'rate', 'tax_included'],
];

export const invoiceCsv: InvoiceFormat = function* ({ invoices, timezone }) {
  yield csvRow(COLUMNS);
  /** The same few periods come back on every invoice, and a zone's calendar takes long. */
  const labels = new Map<string, string>();
  for (const invoice of invoices()) {
    const ends = `${invoice.period.start} ${invoice.period.end}`;
    const label = labels.get(ends) ?? periodLabel(invoice.period, timezone);
    labels.set(ends, label);
    for (const booking of bookingsOf(invoice)) yield row(factsOf(booking, invoice), invoice, label, timezone);
  }
};

/** In the order of `COLUMNS`. What a booking has nothing of is an empty cell. */
function row(facts: BookingFacts, { customer, period, currency }: Invoice, label: string, zone: string): string {
  const { key, kind, description, exact, amount, tier, stretch, dimensions = [] } = facts;
  const { meter = '', used = '', included = '', quantity = '', base = '', rate = '', taxIncluded = '' } = facts;
  const price = facts.price ?? facts.unitPrice ?? '';
  const step = facts.step === undefined ? '' : String(facts.step);
  return csvRow([
    ...[customer, formatInstant(period.start), formatInstant(period.end), tier, key, kind, meter, description],
    ...[used, included, quantity, price, exact, amount, currency.code],
    ...[label, formatZoned(stretch.start, zone), formatZoned(stretch.end, zone)],
    ...[step, listText(dimensions.map(({ name }) => name)), listText(dimensions.map(({ value }) => value))],
    ...[base, rate, taxIncluded],
  ]);
}

/** One text as it is, several as a JSON list. */
function listText(texts: readonly string[]): string {
  return texts.length > 1 ? JSON.stringify(texts) : (texts[0] ?? '');
}
