/**
 * What of an invoice is booked: its lines, what each credit paid, and tax. The amounts add up to the invoice's total.
 *
 * All formats take these from here, so that a fact has one name and one text in each of them.
 */

import type { CreditUse } from '../../core/credits/burnDown.ts';
import { type Decimal, ZERO } from '../../core/decimal.ts';
import { Fraction } from '../../core/fraction.ts';
import type { Invoice, InvoiceLine, TaxDetail } from '../../core/invoice/invoice.ts';
import { lineKey } from '../../core/invoice/lineKey.ts';
import { formatMoney } from '../../core/money.ts';
import type { Mutable } from '../../core/mutable.ts';
import type { Period } from '../../core/period.ts';
import type { DimensionValue, UsageLine } from '../../core/rating/line.ts';

export type Booking = InvoiceLine | CreditBooking | TaxBooking;

type About = { readonly key: string; readonly description: string; readonly exact: Fraction; readonly amount: Decimal };

/** Payment from one credit: an amount below 0. */
export type CreditBooking = About & { readonly kind: 'credits'; readonly use: CreditUse };

/** Tax that is added; or, with an amount of 0, tax that the other amounts contain. */
export type TaxBooking = About & {
  readonly kind: 'tax' | 'tax_included';
  readonly detail: TaxDetail;
  /** Tax contained in the other amounts. */
  readonly contained?: Decimal;
};

/** Lines first, then every credit that was drawn, in drawing order, then tax if there is any. */
export function bookingsOf(invoice: Invoice): Booking[] {
  const drawn = invoice.credits.filter((use) => !use.drawn.isZero());
  return [...invoice.lines, ...drawn.map(creditBooking), ...taxBookings(invoice)];
}

function creditBooking(use: CreditUse): CreditBooking {
  const { id, reason } = use.grant;
  const amount = use.drawn.neg();
  const description = reason === undefined ? `credit ${id}` : `credit ${id}, ${reason}`;
  return { key: `credit:${id}`, kind: 'credits', description, exact: Fraction.of(amount), amount, use };
}

function taxBookings({ tax, taxIncluded, taxDetail: detail }: Invoice): TaxBooking[] {
  if (!detail) return [];
  const description = detail.reason === undefined ? `tax of ${detail.text}` : `tax of ${detail.text}, ${detail.reason}`;
  const bookings: TaxBooking[] = [];
  if (!tax.isZero()) bookings.push({ key: 'tax', kind: 'tax', description, exact: detail.exact, amount: tax, detail });
  if (taxIncluded && !taxIncluded.isZero()) {
    const about = { key: 'tax_included', kind: 'tax_included', description: `${description}, included` } as const;
    bookings.push({ ...about, exact: Fraction.ZERO, amount: ZERO, contained: taxIncluded, detail });
  }
  return bookings;
}

/** The tier and the time that a booking is about; those of the whole period and the tier at its end if it is about all of it. */
export function stretchOf(booking: Booking, invoice: Invoice): Invoice['stretches'][number] {
  const position = 'stretch' in booking ? booking.stretch : undefined;
  if (position !== undefined) return invoice.stretches[position]!;
  const { list } = invoice.stretches.at(-1)!;
  return { tier: invoice.tier, period: invoice.period, ...(list !== undefined && { list }) };
}

/** The facts of a booking as texts, in the order of the JSON: money with all digits of the minor unit, quantities in full. */
export type BookingFacts = {
  readonly key: string;
  readonly kind: Booking['kind'];
  readonly meter?: string;
  readonly description: string;
  readonly used?: string;
  readonly included?: string;
  readonly quantity?: string;
  /** Price as written. */
  readonly price?: string;
  /** `15/31` of a level in a part of a period. */
  readonly share?: string;
  readonly unitPrice?: string;
  /** The amount that a discount, a bound or tax was worked out on. */
  readonly base?: string;
  /** 20 % is 0.2. */
  readonly rate?: string;
  readonly exact: string;
  /** `239/31`, where `exact` has no end as a decimal and is cut. */
  readonly exactFraction?: string;
  readonly amount: string;
  readonly taxIncluded?: string;
  readonly step?: number;
  readonly dimension?: DimensionValue;
  readonly dimensions?: readonly DimensionValue[];
  readonly tier: string;
  readonly stretch: Period;
  /** The price list, where there are several. */
  readonly priceList?: string;
  /** The years of an annual fee that begin, or, where none does, the one that is paid for. */
  readonly year?: Period;
};

export function factsOf(booking: Booking, invoice: Invoice): BookingFacts {
  if (booking.kind === 'usage') return usageFacts(booking, invoice);
  const { kind, description } = booking;
  const key = 'key' in booking ? booking.key : lineKey(booking);
  const { tier, period, list } = stretchOf(booking, invoice);
  const amounts = { ...exactFacts(booking.exact), amount: formatMoney(booking.amount, invoice.currency) };
  const where = { tier, stretch: period, ...(list !== undefined && { priceList: list }) };
  switch (booking.kind) {
    case 'fee':
    case 'pack': {
      const [quantity, unitPrice] = [booking.quantity.toString(), booking.unitPrice.toFixed()];
      const year = booking.kind === 'fee' && booking.year ? { year: booking.year } : {};
      return { key, kind, description, quantity, unitPrice, ...amounts, ...where, ...year };
    }
    case 'maximum':
    case 'minimum': {
      const [quantity, unitPrice] = [booking.quantity.toString(), booking.unitPrice.toFixed()];
      const base = formatMoney(booking.base, invoice.currency);
      return { key, kind, description, quantity, unitPrice, base, ...amounts, ...where };
    }
    case 'discount':
      return { key, kind, description, ...rated(booking, invoice), ...amounts, ...where };
    case 'credits':
      return { key, kind, description, ...amounts, ...where };
    default: {
      const { detail, contained } = booking;
      const taxIncluded = contained && { taxIncluded: formatMoney(contained, invoice.currency) };
      return { key, kind, description, ...rated(detail, invoice), ...amounts, ...taxIncluded, ...where };
    }
  }
}

/** Most lines are of this kind: fields are put in one by one, because putting objects together takes several times as long. */
function usageFacts(line: UsageLine, invoice: Invoice): BookingFacts {
  const { kind, meter, description, step, dimension, dimensions, price, share, exact } = line;
  const { tier, period, list } = stretchOf(line, invoice);
  const [used, included, quantity] = [line.used.toFixed(), line.included.toString(), line.quantity.toString()];
  const key = lineKey(line);
  const facts: Partial<Mutable<BookingFacts>> = { key, kind, meter, description, used, included, quantity, price };
  if (share !== undefined) facts.share = share;
  facts.exact = exact.toString();
  if (!exact.terminates) facts.exactFraction = exact.toRatio();
  facts.amount = formatMoney(line.amount, invoice.currency);
  if (step !== undefined) facts.step = step;
  if (dimension) facts.dimension = dimension;
  if (dimensions) facts.dimensions = dimensions;
  facts.tier = tier;
  facts.stretch = period;
  if (list !== undefined) facts.priceList = list;
  return facts as BookingFacts;
}

function rated(
  { base, rate }: { base: Decimal; rate: Decimal },
  { currency }: Invoice,
): { base: string; rate: string } {
  return { base: formatMoney(base, currency), rate: rate.toFixed() };
}

/** A number without an end as a decimal is there in both forms: cut after twelve digits, and in full as a fraction. */
function exactFacts(exact: Fraction): { exact: string; exactFraction?: string } {
  return { exact: exact.toString(), ...(!exact.terminates && { exactFraction: exact.toRatio() }) };
}
