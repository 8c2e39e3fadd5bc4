/** Invoices as double entries: the receivable against revenue, credits and tax. Debits and credits of an entry are equal. */
import { type CalendarDate, dateAt } from '../../core/calendar.ts';
import type { AccountKind, Accounts } from '../../core/catalog/accounts.ts';
import { type Decimal, minus, plus, ZERO } from '../../core/decimal.ts';
import { Fraction } from '../../core/fraction.ts';
import type { Invoice } from '../../core/invoice/invoice.ts';
import { roundToMinorUnit } from '../../core/money.ts';
import { periodLabel } from '../../core/period.ts';
import { printable } from '../safeText.ts';
import { type Booking, bookingsOf, factsOf } from './bookings.ts';
import type { InvoiceReport } from './report.ts';

export type Entry = {
  /** `acme/2026-10`, as in FOCUS. */
  readonly id: string;
  readonly customer: string;
  /** Last day of the period in its time zone. */
  readonly date: CalendarDate;
  readonly period: string;
  readonly postings: readonly Posting[];
};

export type Posting = {
  readonly account: string;
  /** Above 0: a debit; below 0: a credit. Never 0. */
  readonly amount: Decimal;
  /** Key of the booking; `total` of the receivable, `tax_included` of tax that the amounts contain. */
  readonly key: string;
  readonly description: string;
  readonly tier: string;
};

/** The entry of an invoice; undefined where nothing is to be booked. */
export function entryOf(
  invoice: Invoice,
  { timezone, rateCard }: Pick<InvoiceReport, 'timezone' | 'rateCard'>,
): Entry | undefined {
  const { customer, period, tier, total } = invoice;
  const label = periodLabel(period, timezone);
  const id = `${customer}/${label}`;
  const receivable = { key: 'total', description: id, tier, amount: total };
  const postings = [
    { account: rateCard.accounts?.receivable ?? 'assets:receivable', ...receivable },
    ...creditPostings(invoice, rateCard.accounts),
  ].filter(({ amount }) => !amount.isZero());
  const date = dateAt(period.end - 1, period.zone ?? timezone);
  return postings.length === 0 ? undefined : { id, customer, date, period: label, postings };
}

/** Everything but the receivable. Tax that prices include is taken out of the amounts that contain it. */
function creditPostings(invoice: Invoice, accounts: Accounts | undefined): Posting[] {
  const taxOf = containedTax(invoice);
  return bookingsOf(invoice).map((booking) => {
    const { key, description, tier } = factsOf(booking, invoice);
    const about = { key, description, tier };
    if (booking.kind === 'tax' || booking.kind === 'tax_included') {
      const amount = (booking.contained ?? booking.amount).neg();
      return { account: accounts?.tax ?? 'liabilities:tax', amount, ...about };
    }
    const net = minus(booking.amount, taxOf(booking.amount));
    return { account: accountOf(booking.kind, tier, accounts), amount: net.neg(), ...about };
  });
}

/**
 * The part of contained tax that stands in one amount after the other: tax of the sum so far, rounded, less what went
 * before. So the parts add up to the tax of the invoice whatever the signs of the amounts are.
 */
function containedTax({ taxIncluded, taxDetail, currency }: Invoice): (amount: Decimal) => Decimal {
  if (!taxIncluded || taxIncluded.isZero()) return () => ZERO;
  const share = Fraction.of(taxIncluded).dividedBy(Fraction.of(taxDetail!.base));
  let [amounts, taxes] = [ZERO, ZERO];
  return (amount) => {
    amounts = plus(amounts, amount);
    const before = taxes;
    taxes = roundToMinorUnit(Fraction.of(amounts).times(share), currency);
    return minus(taxes, before);
  };
}

function accountOf(kind: Exclude<Booking['kind'], 'tax' | 'tax_included'>, tier: string, accounts?: Accounts): string {
  if (!accounts) return `revenue:${kind}:${accountPart(tier)}`;
  const own = accounts.kinds.get(kind satisfies AccountKind);
  return (typeof own === 'string' ? own : own?.get(tier)) ?? accounts.revenue;
}

/** A tier's name as a part of an account's: two blanks would end it, a colon begin another account. */
function accountPart(tier: string): string {
  return printable(tier).trim().replace(/\s+/g, ' ').replaceAll(':', '-');
}
