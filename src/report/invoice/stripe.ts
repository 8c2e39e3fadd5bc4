/**
 * Invoice items of Stripe: an object a line with the parameters of `POST /v1/invoiceitems`, and the key that makes sending
 * it twice harmless.
 */
import { Decimal } from '../../core/decimal.ts';
import type { Currency } from '../../core/money.ts';
import { periodLabel } from '../../core/period.ts';
import { safeJson } from '../safeText.ts';
import { bookingsOf, factsOf } from './bookings.ts';
import type { InvoiceFormat } from './report.ts';

/** An amount of 0 is no item. Tax is an item of its own: items add up to the invoice's total. */
export const invoiceStripe: InvoiceFormat = function* (report) {
  for (const invoice of report.invoices()) {
    const { customer, currency, period } = invoice;
    const label = periodLabel(period, report.timezone);
    for (const [i, booking] of bookingsOf(invoice).entries()) {
      if (booking.amount.isZero()) continue;
      const { key, description, tier, stretch } = factsOf(booking, invoice);
      const item = {
        customer,
        currency: currency.code.toLowerCase(),
        description: cut(description, MOST_DESCRIPTION),
        discountable: false,
        period: { start: Math.floor(stretch.start / 1000), end: Math.floor(stretch.end / 1000) },
        metadata: { key: cut(key, MOST_METADATA), kind: booking.kind, period: label, tier: cut(tier, MOST_METADATA) },
      };
      // Digits, since a JavaScript number would not hold all amounts of a currency with three digits.
      const amount = stripeAmount(booking.amount, currency).toFixed();
      const idempotencyKey = safeJson(`${customer}/${label}/${i + 1}`);
      yield `{"idempotencyKey":${idempotencyKey},"item":{"amount":${amount},${safeJson(item).slice(1)}}\n`;
    }
  }
};

/** Characters that Stripe takes. */
const [MOST_DESCRIPTION, MOST_METADATA] = [500, 500];

function cut(text: string, most: number): string {
  return text.length <= most ? text : text.slice(0, most).replace(/[\ud800-\udbff]$/, '');
}

/** Digits after the point that Stripe counts in, where they are not those of ISO 4217: those two have no cents any more. */
const STRIPE_DIGITS: ReadonlyMap<string, number> = new Map([
  ['ISK', 2],
  ['UGX', 2],
]);

/** Whole number of Stripe's smallest unit. */
function stripeAmount(amount: Decimal, { code, minorUnit }: Currency): Decimal {
  return amount.times(new Decimal(10).pow(STRIPE_DIGITS.get(code) ?? minorUnit));
}
