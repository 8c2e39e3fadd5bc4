/** Account-months of a ledger: one row a customer and month, kept instead of raw exports. */
import { dateAt, startOfDate } from '../calendar.ts';
import { type Decimal, ZERO } from '../decimal.ts';
import { anchoredPeriods, type Period } from '../period.ts';
import type { Usage, UsageLedger } from './ledger.ts';

export type AccountMonth = {
  readonly customer: string;
  readonly month: Period;
  /** By meter, exact. */
  readonly usage: Usage;
  /** The busiest day of the meter that is asked for. */
  readonly peakDay: Decimal;
  /**
   * Months since the customer's first row; undefined if that is in the first month there is: it may have come earlier.
   */
  readonly tenureMonths: number | undefined;
};

/**
 * Months with rows, by month, then customer: a ledger is quickest when it is asked for one period of all customers. Its
 * buckets must not be longer than a day of `zone`.
 */
export function* accountMonths(ledger: UsageLedger, peakMeter: string, zone: string): Generator<AccountMonth> {
  const { span } = ledger;
  if (!span) return;
  const firstMonths = new Map<string, number>();
  for (const [index, month] of anchoredPeriods(span.start, span.end - 1, 1, zone).entries()) {
    const customers = ledger.customers.filter((customer) => ledger.hasRows(customer, month));
    const peaks = customers.map((): Decimal => ZERO);
    for (const day of daysOf(month, zone)) {
      for (const [c, customer] of customers.entries()) {
        const used = ledger.usageOf(customer, day).get(peakMeter)?.quantity ?? ZERO;
        if (used.gt(peaks[c]!)) peaks[c] = used;
      }
    }
    for (const [c, customer] of customers.entries()) {
      const first = firstMonths.get(customer) ?? index;
      firstMonths.set(customer, first);
      const tenureMonths = first === 0 ? undefined : index - first;
      yield { customer, month, usage: ledger.usageOf(customer, month), peakDay: peaks[c]!, tenureMonths };
    }
  }
}

function daysOf(month: Period, zone: string): Period[] {
  const days: Period[] = [];
  for (let start = month.start; start < month.end; ) {
    const { year, month: number, day } = dateAt(start, zone);
    const next = new Date(Date.UTC(year, number - 1, day + 1));
    const end = startOfDate(
      { year: next.getUTCFullYear(), month: next.getUTCMonth() + 1, day: next.getUTCDate() },
      zone,
    );
    days.push({ start, end });
    start = end;
  }
  return days;
}
