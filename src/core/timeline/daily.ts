import { dateAt, daysLater, startOfDate } from '../calendar.ts';
import type { Decimal } from '../decimal.ts';
import type { Period } from '../period.ts';
import type { UsageLedger } from '../usage/ledger.ts';

/** A customer's usage of a meter on each day of a period, in the zone's calendar. */
export function dailyUsage(
  ledger: UsageLedger,
  { customer, meter, period, timezone }: { customer: string; meter: string; period: Period; timezone: string },
): Decimal[] {
  const days: Decimal[] = [];
  for (let start = period.start; start < period.end; ) {
    const end = Math.min(period.end, startOfDate(daysLater(dateAt(start, timezone), 1), timezone));
    days.push(ledger.usageOf(customer, { start, end }).get(meter)!.quantity);
    start = end;
  }
  return days;
}
