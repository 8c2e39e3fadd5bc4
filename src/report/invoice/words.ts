/** How the lines of an invoice are put into words, for tables and Markdown. */
import type { Meter } from '../../core/catalog/meter.ts';
import type { Decimal } from '../../core/decimal.ts';
import type { Fraction } from '../../core/fraction.ts';
import type { Invoice, InvoiceLine, UsageDetail } from '../../core/invoice/invoice.ts';
import { formatMoney } from '../../core/money.ts';
import { periodLabel } from '../../core/period.ts';
import { formatQuantity, groupDigits } from '../../core/quantity.ts';
import { preciseInstant } from '../machine.ts';
import type { InvoiceReport } from './report.ts';

/** The short calculation beside a line: `30 000 at 0.40/10k`. */
export function calculation(line: InvoiceLine, report: InvoiceReport): string {
  switch (line.kind) {
    case 'fee':
      // A part month stands in the description as days of days; here it would be a decimal without end.
      if (!line.quantity.terminates) return `at ${line.unitPrice.toFixed()}`;
      return line.quantity.toString() === '1' ? '' : `${line.quantity} months at ${line.unitPrice.toFixed()}`;
    case 'pack':
      return `${line.quantity} at ${line.unitPrice.toFixed()}`;
    case 'usage':
      return `${shortQuantity(line.quantity, meterOf(line, report))} at ${line.price}${shareOf(line)}`;
    default:
      return '';
  }
}

/** A usage line's arithmetic in full, in the meter's own unit, and the rows behind it. */
export function explanation(line: InvoiceLine, invoice: Invoice, report: InvoiceReport): string[] {
  const money = formatMoney(line.amount, invoice.currency);
  const rounding = line.exact.toString() === line.amount.toFixed() ? '' : `, exactly ${line.exact}`;
  if (line.kind === 'fee' || line.kind === 'pack')
    return [`${line.quantity} × ${line.unitPrice.toFixed()} = ${money}${rounding}`];
  if (line.kind !== 'usage') return rounding === '' ? [] : [`${money}${rounding}`];
  const { unit: counted, weighting } = meterOf(line, report);
  const unit = weighting ? `${counted}·${weighting.per}` : counted;
  const digits = (number: Decimal | Fraction) => groupDigits(number.toString());
  const beyond = `${digits(line.used)} ${unit} used − ${digits(line.included)} included`;
  return [
    `${beyond} → ${digits(line.quantity)} priced at ${line.price}${shareOf(line)} = ${groupDigits(line.exact.toString())} → ${money}`,
    rowsBehind(line.rows),
  ];
}

/** ` × 15/31` of a level in a part of a period. */
function shareOf({ share }: UsageDetail): string {
  return share === undefined ? '' : ` × ${share}`;
}

function rowsBehind({ events, isCarried, first, last }: UsageDetail['rows']): string {
  if (isCarried)
    return `from no row of this time: the value stays${first === undefined ? '' : ` since ${preciseInstant(first)}`}`;
  const count = events === 1 ? '1 row' : `${groupDigits(String(events))} rows`;
  return first === undefined || last === undefined
    ? `from ${count}`
    : `from ${count}, ${preciseInstant(first)} to ${preciseInstant(last)}`;
}

export function heading(invoice: Invoice, report: InvoiceReport): { customer: string; tier: string; period: string } {
  return { customer: invoice.customer, tier: invoice.tier, period: periodLabel(invoice.period, report.timezone) };
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

/** `credit burst-1: 1.75 of 25.00 drawn, 23.25 left`, one for each grant in force. */
export function creditTexts(invoice: Invoice): string[] {
  const money = (amount: Decimal) => groupDigits(formatMoney(amount, invoice.currency));
  return invoice.credits.map(({ grant, opening, drawn, expired, remaining }) => {
    const reason = grant.reason === undefined ? '' : ` (${grant.reason})`;
    const lost = expired.isZero() ? '' : `, ${money(expired)} expired`;
    return `credit ${grant.id}${reason}: ${money(drawn)} of ${money(opening)} drawn${lost}, ${money(remaining)} left`;
  });
}

export function sumRows(invoice: Invoice): { label: string; amount: Decimal }[] {
  const rows: { label: string; amount: Decimal }[] = [];
  const hasMore = !invoice.creditsApplied.isZero() || !invoice.tax.isZero();
  if (hasMore) rows.push({ label: 'subtotal', amount: invoice.subtotal });
  if (!invoice.creditsApplied.isZero()) rows.push({ label: 'credits', amount: invoice.creditsApplied.neg() });
  if (!invoice.tax.isZero()) rows.push({ label: 'tax', amount: invoice.tax });
  rows.push({ label: 'total', amount: invoice.total });
  if (invoice.taxIncluded) rows.push({ label: 'tax included in it', amount: invoice.taxIncluded });
  return rows;
}

function shortQuantity(quantity: Fraction, meter: Meter): string {
  return formatQuantity(quantity.round(3), meter.unit);
}

function meterOf(line: UsageDetail, report: InvoiceReport): Meter {
  return report.meters.get(line.meter)!;
}
