/** Times that the reader of a run's exports has to know before it reads. */
import type { Instant } from '../calendar.ts';
import { type Customer, coveredTime } from '../catalog/customer.ts';
import type { Period, PeriodChoice } from '../period.ts';
import { periodFor } from './billingRun.ts';

/**
 * Facts about customers that reading needs: rows out of their billing period, and rows while they were on no tier. Only
 * customers for whom these differ from everyone's are listed.
 */
export function spansOf(
  customers: ReadonlyMap<string, Customer>,
  periods: PeriodChoice,
  zone: string,
): Map<string, { billed?: Period; covered: Period; anchor: number }> {
  const spans = new Map<string, { billed?: Period; covered: Period; anchor: number }>();
  for (const [id, customer] of customers) {
    const covered = coveredTime(customer);
    const billed = periods.kind === 'one' ? periodFor(customer, periods.period, zone) : undefined;
    const isOwn = periods.kind === 'one' && billed !== periods.period;
    const isOpen = covered.start === Number.NEGATIVE_INFINITY && covered.end === Number.POSITIVE_INFINITY;
    const { anchor } = customer;
    if (isOwn || !isOpen || anchor !== 1) spans.set(id, { ...(billed && { billed }), covered, anchor });
  }
  return spans;
}

/**
 * Every instant at which a ledger has to cut its buckets: ends of periods, changes of tier, begins and ends of credits.
 */
export function boundariesOf(
  customers: ReadonlyMap<string, Customer>,
  periods: PeriodChoice,
  zone: string,
): Set<Instant> {
  const boundaries = new Set<Instant>();
  const add = (instant: Instant | undefined) => {
    if (instant !== undefined) boundaries.add(instant);
  };
  const ends = (period: Period) => {
    add(period.start);
    add(period.end);
  };
  if (periods.kind === 'one') ends(periods.period);
  for (const customer of customers.values()) {
    if (periods.kind === 'one') ends(periodFor(customer, periods.period, zone));
    for (const { from, to } of customer.history) {
      add(from);
      add(to);
    }
    for (const { start, expires } of customer.grants) {
      add(start);
      add(expires);
    }
  }
  return boundaries;
}
