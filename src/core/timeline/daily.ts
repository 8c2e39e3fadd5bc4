import { dateAt, daysLater, startOfDate } from '../calendar.ts';
import type { Decimal } from '../decimal.ts';
import type { Period } from '../period.ts';
import type { Usage, UsageLedger } from '../usage/ledger.ts';

/** A customer's usage of a meter on each day of a period, in the zone's calendar. */
export function dailyUsage(
  ledger: UsageLedger,
  { meter, ...when }: { customer: string; meter: string; period: Period; timezone: string },
): Decimal[] {
  return usageByDay(ledger, when).map((usage) => usage.get(meter)!.quantity);
}

/** A customer's usage of all meters on each day of a period, in the zone's calendar. */
export function usageByDay(
  ledger: UsageLedger,
  { customer, period, timezone }: { customer: string; period: Period; timezone: string },
): Usage[] {
  return daysOf(period, timezone).map((day) => ledger.usageOf(customer, day));
}

/** The days of a period, cut to it. */
function daysOf(period: Period, timezone: string): readonly Period[] {
  const known = KNOWN_DAYS.get(period);
  if (known?.timezone === timezone) return known.days;
  const days: Period[] = [];
  for (let { start } = period; start < period.end; ) {
    const end = Math.min(period.end, startOfDate(daysLater(dateAt(start, timezone), 1), timezone));
    days.push({ start, end });
    start = end;
  }
  KNOWN_DAYS.set(period, { timezone, days });
  return days;
}

/** One period is that of thousands of customers, and a zone's calendar takes time to ask. */
const KNOWN_DAYS = new WeakMap<Period, { readonly timezone: string; readonly days: readonly Period[] }>();
