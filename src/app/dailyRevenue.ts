/** Revenue of a billed month day by day: usage on the day of its use, fees evenly. */
import { breakdownOf } from '../core/breakdown/breakdown.ts';
import { type CalendarDate, DAY_MS, dateAt, formatInstant } from '../core/calendar.ts';
import { minus, sum } from '../core/decimal.ts';
import { Fraction } from '../core/fraction.ts';
import { type Billing, type BillingRun, billings } from '../core/invoice/billingRun.ts';
import type { InvoiceLine } from '../core/invoice/invoice.ts';
import { issueInvoice } from '../core/invoice/issueInvoice.ts';
import type { Period } from '../core/period.ts';
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
    const days = daysOf(billing.invoice.period, timezone);
    const shares =
      basis === 'billed' ? sharesByDay(billing, days, meters) : days.map(() => Fraction.of(1, days.length));
    const amount = basis === 'billed' ? Fraction.of(minus(own.total, own.packs)) : own.committed;
    for (const [i, day] of days.entries()) yield { customer, day, amount: amount.times(shares[i]!) };
  }
}

/**
 * Shares of the days in an invoice; they add up to 1. Fees are spread evenly. Usage, less what discounts and credits take off and
 * with what a minimum adds, is spread by the usage charges of each day, or evenly where there are none.
 */
function sharesByDay(
  billing: Billing,
  days: readonly number[],
  meters: Parameters<typeof breakdownOf>[2],
): readonly Fraction[] {
  const { lines, subtotal, creditsApplied } = billing.invoice;
  const of = (kind: InvoiceLine['kind']) => sum(lines.filter((line) => line.kind === kind).map(({ amount }) => amount));
  const whole = Fraction.of(minus(minus(subtotal, creditsApplied), of('pack')));
  const even = Fraction.of(1, days.length);
  if (whole.isZero()) return days.map(() => even);
  const used = usageByDay(breakdownOf(billing, 'day', meters));
  const charged = Fraction.sum(used.values());
  const fees = Fraction.of(of('fee'));
  const rest = whole.minus(fees);
  return days.map((day) => {
    const ofUsage = charged.isZero() ? even : (used.get(day) ?? Fraction.ZERO).dividedBy(charged);
    return fees.times(even).plus(rest.times(ofUsage)).dividedBy(whole);
  });
}

function daysOf({ start, end }: Period, timezone: string): number[] {
  const [first, last] = [start, end - 1].map((at) => dayNumber(dateAt(at, timezone))) as [number, number];
  return Array.from({ length: last + 1 - first }, (_, i) => first + i);
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
