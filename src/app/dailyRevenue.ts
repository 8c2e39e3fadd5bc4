/** Revenue of a billed month day by day: usage on the day of its use, everything else evenly. */
import { breakdownOf } from '../core/breakdown/breakdown.ts';
import { type CalendarDate, DAY_MS, dateAt, formatInstant } from '../core/calendar.ts';
import { minus } from '../core/decimal.ts';
import { Fraction } from '../core/fraction.ts';
import { type BillingRun, billings } from '../core/invoice/billingRun.ts';
import { issueInvoice } from '../core/invoice/issueInvoice.ts';
import type { Basis, BilledMonth } from '../core/retention/input.ts';
import type { DayRevenue } from '../core/retention/weeks.ts';

/**
 * The days of each invoice of a run; they add up to the revenue of its month before it is put on 30 days. `billed`: the
 * invoices as they were saved. Of basis `committed` all days of a month are alike.
 */
export function* dailyRevenue(run: BillingRun, billed: readonly BilledMonth[], basis: Basis): Generator<DayRevenue> {
  const saved = new Map(billed.map((one) => [`${one.start} ${one.customer}`, one]));
  const { meters } = run.rateCard;
  for (const billing of billings(run, issueInvoice)) {
    const { customer, period } = billing.invoice;
    const own = saved.get(`${formatInstant(period.start)} ${customer}`);
    if (!own) continue;
    const { timezone } = billing.input.rateCard;
    const amount = basis === 'billed' ? Fraction.of(minus(own.total, own.packs)) : own.committed;
    const used = basis === 'billed' ? usageByDay(breakdownOf(billing, 'day', meters)) : new Map<number, Fraction>();
    const first = dayNumber(dateAt(period.start, timezone));
    const last = dayNumber(dateAt(period.end - 1, timezone));
    const rest = amount.minus(Fraction.sum(used.values())).dividedBy(Fraction.of(last + 1 - first));
    for (let day = first; day <= last; day++)
      yield { customer, day, amount: rest.plus(used.get(day) ?? Fraction.ZERO) };
  }
}

function usageByDay(lines: ReturnType<typeof breakdownOf>): Map<number, Fraction> {
  const days = new Map<number, Fraction>();
  for (const { value, amount } of lines.flatMap(({ parts = [] }) => parts)) {
    const day = Date.parse(`${value}T00:00:00Z`) / DAY_MS;
    days.set(day, (days.get(day) ?? Fraction.ZERO).plus(Fraction.of(amount)));
  }
  return days;
}

/** Days since 1970-01-01. */
export function dayNumber({ year, month, day }: CalendarDate): number {
  return Date.UTC(year, month - 1, day) / DAY_MS;
}
