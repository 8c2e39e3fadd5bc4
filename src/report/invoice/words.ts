/** Lines of an invoice in words, for tables and Markdown. */
import type { Meter } from '../../core/catalog/meter.ts';
import type { Decimal } from '../../core/decimal.ts';
import type { Fraction } from '../../core/fraction.ts';
import type { Invoice, InvoiceLine } from '../../core/invoice/invoice.ts';
import { isSamePeriod, periodLabel } from '../../core/period.ts';
import { formatQuantity } from '../../core/quantity.ts';
import type { UsageLine } from '../../core/rating/line.ts';
import { sampleText } from '../sampleText.ts';
import { moneyText } from '../words.ts';
import { type Booking, bookingsOf, stretchOf } from './bookings.ts';
import { blockedExplanation, explanation, shareOf } from './explanation.ts';
import type { InvoiceReport } from './report.ts';

/** The short calculation beside a line: `30 000 at 0.40/10k`. */
export function calculation(line: InvoiceLine, report: Pick<InvoiceReport, 'meters'>): string {
  switch (line.kind) {
    case 'fee':
      // A part month stands in the description as days of days; here it would be a decimal without end.
      if (!line.quantity.terminates) return `at ${line.unitPrice.toFixed()}`;
      if (line.quantity.toString() === '1' || (line.per === 'year' && line.quantity.isZero())) return '';
      return `${line.quantity} ${line.per}s at ${line.unitPrice.toFixed()}`;
    case 'pack':
      return `${line.quantity} at ${line.unitPrice.toFixed()}`;
    case 'usage':
      return `${shortQuantity(line.quantity, meterOf(line, report))} at ${line.price}${shareOf(line)}`;
    default:
      return '';
  }
}

export function heading(invoice: Invoice, report: InvoiceReport): { customer: string; tier: string; period: string } {
  const tier = `${invoice.tier}${listText(invoice.stretches.at(-1)?.list)}`;
  return { customer: invoice.customer, tier, period: periodLabel(invoice.period, report.timezone) };
}

/** ` (list 2027)`, where there are several. */
function listText(list: string | undefined): string {
  return list === undefined ? '' : ` (list ${list})`;
}

/** `10 000 requests`, `1.5 GB of egress`; '' if nothing was blocked. */
export function blockedText(invoice: Invoice, report: InvoiceReport): string {
  const parts = [...invoice.blocked].map(([name, quantity]) => {
    const meter = report.meters.get(name)!;
    const text = shortQuantity(quantity, meter);
    return meter.family === 'count' ? `${text} ${name}` : `${text} of ${name}`;
  });
  return parts.join(', ');
}

/** With `--explain`: how much of what was used each hard cap let through, and the rows behind it. */
export function blockedDetails(invoice: Invoice, report: InvoiceReport): string[] {
  return report.explain ? invoice.blockedUsage.flatMap((part) => blockedExplanation(part, invoice, report)) : [];
}

/** `credit burst-1: 1.75 of 25.00 drawn, 23.25 left`, one for each grant in force. */
export function creditTexts(invoice: Invoice): string[] {
  const money = (amount: Decimal) => moneyText(amount, invoice.currency);
  return invoice.credits.map(({ grant, opening, drawn, expired, remaining }) => {
    const reason = grant.reason === undefined ? '' : ` (${grant.reason})`;
    const lost = expired.isZero() ? '' : `, ${money(expired)} expired`;
    return `credit ${grant.id}${reason}: ${money(drawn)} of ${money(opening)} drawn${lost}, ${money(remaining)} left`;
  });
}

/** What an invoice is uncertain about; none where it is measured. */
export function estimateTexts({ estimate, currency }: Invoice, { notes, meters }: InvoiceReport): string[] {
  if (!estimate || !notes.sample) return [];
  const { lower, upper } = estimate.total;
  const money = (amount: Decimal) => moneyText(amount, currency);
  const usage = [...estimate.usage].map(([name, bounds]) => {
    const { unit } = meters.get(name)!;
    const [from, to] = [bounds.lower, bounds.upper].map((quantity) => formatQuantity(quantity, unit));
    return `${name} ${from} to ${to}`;
  });
  return [
    `${sampleText(notes.sample)}; 95% bounds, binomial: total ${money(lower)} to ${money(upper)}`,
    ...usage.map((text) => `  ${text}`),
  ];
}

/** A row of an invoice that is shown by itself: a line, a sum, or the tier that the lines below it are about. */
export type BlockRow = {
  readonly kind: 'stretch' | 'line' | 'sum' | 'total';
  readonly label: string;
  readonly calculation: string;
  /** Absent: it is no amount. */
  readonly amount?: Decimal;
  /** With `--explain`: the arithmetic and the rows behind it. */
  readonly details: readonly string[];
};

/** Lines of 0 are left out unless `all` or explanations are asked for; the fee is always there. */
export function blockRows(invoice: Invoice, report: InvoiceReport, all: boolean): BlockRow[] {
  const explained = (booking: Booking) => (report.explain ? explanation(booking, invoice, report) : []);
  const rows: BlockRow[] = [];
  const isOne = invoice.stretches.every(({ period }) => isSamePeriod(period, invoice.period));
  let stretch: number | undefined;
  for (const line of invoice.lines) {
    const { description: label, amount } = line;
    if (amount.isZero() && line.kind !== 'fee' && !all && !report.explain) continue;
    if (!isOne && (rows.length === 0 || line.stretch !== stretch)) {
      stretch = line.stretch;
      rows.push({ kind: 'stretch', label: stretchLabel(line, invoice, report), calculation: '', details: [] });
    }
    rows.push({ kind: 'line', label, calculation: calculation(line, report), amount, details: explained(line) });
  }
  return [...rows, ...sumRows(invoice, explained)];
}

/** `2026-10-01..2026-10-11 on production`; of what is about the whole period, its label. */
function stretchLabel(line: InvoiceLine, invoice: Invoice, { timezone }: InvoiceReport): string {
  const { tier, period, list } = stretchOf(line, invoice);
  const label = periodLabel(period, timezone);
  return line.stretch === undefined ? label : `${label} on ${tier}${listText(list)}`;
}

function sumRows(invoice: Invoice, explained: (booking: Booking) => string[]): BlockRow[] {
  const { creditsApplied, tax, taxIncluded } = invoice;
  const bookings = bookingsOf(invoice);
  const sumRow = (label: string, amount: Decimal, of?: Booking['kind'], kind: BlockRow['kind'] = 'sum'): BlockRow => {
    const details = bookings.filter((booking) => booking.kind === of).flatMap(explained);
    return { kind, label, calculation: '', amount, details };
  };
  const rows: BlockRow[] = [];
  if (!creditsApplied.isZero() || !tax.isZero()) rows.push(sumRow('subtotal', invoice.subtotal));
  if (!creditsApplied.isZero()) rows.push(sumRow('credits', creditsApplied.neg(), 'credits'));
  if (!tax.isZero()) rows.push(sumRow('tax', tax, 'tax'));
  rows.push(sumRow('total', invoice.total, undefined, 'total'));
  if (taxIncluded) rows.push(sumRow('tax included in it', taxIncluded, 'tax_included'));
  return rows;
}

function shortQuantity(quantity: Fraction, meter: Meter): string {
  return formatQuantity(quantity.round(3), meter.unit);
}

function meterOf(line: UsageLine, report: Pick<InvoiceReport, 'meters'>): Meter {
  return report.meters.get(line.meter)!;
}
