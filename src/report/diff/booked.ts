/** An invoice as a list of amounts with keys by which another invoice's are found. */
import { formatInstant } from '../../core/calendar.ts';
import type { Meter } from '../../core/catalog/meter.ts';
import type { BookedInvoice, BookedLine } from '../../core/diff/matchLines.ts';
import type { Invoice, InvoiceLine } from '../../core/invoice/invoice.ts';
import { lineKey } from '../../core/invoice/lineKey.ts';
import { periodLabel } from '../../core/period.ts';
import { type Booking, bookingsOf } from '../invoice/bookings.ts';
import { calculation } from '../invoice/words.ts';

type Terms = { readonly meters: ReadonlyMap<string, Meter>; readonly timezone: string };

/** Tax that prices include is a part of them, and no amount of its own. */
export function bookedOf(invoice: Invoice, terms: Terms): BookedInvoice {
  const lines = bookingsOf(invoice).filter(({ kind }) => kind !== 'tax_included');
  return {
    period: periodLabel(invoice.period, terms.timezone),
    tier: invoice.tier,
    lines: lines.map((booking) => bookedLine(booking, invoice, terms)),
    total: invoice.total,
  };
}

function bookedLine(booking: Booking, invoice: Invoice, terms: Terms): BookedLine {
  const { kind, description, amount } = booking;
  return {
    key: keyOf(booking, invoice),
    kind,
    description,
    amount,
    calculation: 'key' in booking ? '' : calculation(booking, terms),
  };
}

/** `usage:requests:2`; in a later stretch `usage:requests:2/2026-10-11T00:00:00Z`. */
function keyOf(booking: Booking, { stretches, period }: Invoice): string {
  if ('key' in booking) return booking.key;
  if (booking.stretch === undefined) return lineKey(booking);
  const { start } = stretches[booking.stretch]!.period;
  const key = lineKey(withoutFirstStep({ ...booking, stretch: 0 }));
  return start === period.start ? key : `${key}/${formatInstant(start)}`;
}

/** A price without steps is the first step of one that has some. */
function withoutFirstStep(line: InvoiceLine): InvoiceLine {
  if (line.kind !== 'usage' || line.step !== 1) return line;
  const { step: _, ...whole } = line;
  return whole;
}
