/** Revenue week by week, from what each customer's days brought in. */
import { Fraction } from '../fraction.ts';

/** Revenue of one day of a customer. `day`: days since 1970-01-01 of the billing calendar. */
export type DayRevenue = { readonly customer: string; readonly day: number; readonly amount: Fraction };

export const WEEK_SPANS = { week: 1, fourWeeks: 4 } as const;
export type WeekSpan = keyof typeof WEEK_SPANS;

export type RetentionWeek = {
  /** Monday, as days since 1970-01-01. */
  readonly monday: number;
  /** Sum over all customers, before rounding. */
  readonly revenue: Fraction;
  /** Customers that pay. */
  readonly customers: number;
  /**
   * Revenue of so many weeks that end with this one ÷ that of as many weeks before, of the customers that paid then. A span
   * that reaches back before the first week, or in which nobody paid, is absent.
   */
  readonly nrr: Readonly<Partial<Record<WeekSpan, Fraction>>>;
};

/** The whole weeks, Monday to Sunday, from day `first` to day `last`, both included. */
export function weeksOf(days: Iterable<DayRevenue>, { first, last }: { first: number; last: number }): RetentionWeek[] {
  const begin = first + ((7 - weekday(first)) % 7);
  const count = Math.floor((last + 1 - begin) / 7);
  if (count <= 0) return [];
  const revenues = Array.from({ length: count }, () => new Map<string, Fraction>());
  for (const { customer, day, amount } of days) {
    const revenue = revenues[Math.floor((day - begin) / 7)];
    revenue?.set(customer, (revenue.get(customer) ?? Fraction.ZERO).plus(amount));
  }
  return revenues.map((revenue, i) => ({
    monday: begin + 7 * i,
    revenue: Fraction.sum(revenue.values()),
    customers: [...revenue.values()].filter((amount) => amount.isPositive()).length,
    nrr: nrrAt(revenues, i),
  }));
}

/** 0 for a Monday. */
function weekday(day: number): number {
  return (((day + 3) % 7) + 7) % 7;
}

type Revenue = ReadonlyMap<string, Fraction>;

function nrrAt(revenues: readonly Revenue[], at: number): RetentionWeek['nrr'] {
  const kept: Partial<Record<WeekSpan, Fraction>> = {};
  for (const [span, weeks] of Object.entries(WEEK_SPANS) as [WeekSpan, number][]) {
    const begin = at + 1 - 2 * weeks;
    if (begin < 0) continue;
    const then = together(revenues.slice(begin, begin + weeks));
    const now = together(revenues.slice(begin + weeks, at + 1));
    const payers = [...then].filter(([, amount]) => amount.isPositive());
    if (payers.length === 0) continue;
    const was = Fraction.sum(payers.map(([, amount]) => amount));
    const is = Fraction.sum(payers.map(([customer]) => now.get(customer) ?? Fraction.ZERO));
    kept[span] = is.dividedBy(was);
  }
  return kept;
}

function together(weeks: readonly Revenue[]): Revenue {
  const sums = new Map<string, Fraction>();
  for (const week of weeks) {
    for (const [customer, amount] of week) sums.set(customer, (sums.get(customer) ?? Fraction.ZERO).plus(amount));
  }
  return sums;
}
