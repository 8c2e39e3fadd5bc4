/**
 * The years of an annual fee: when each begins, and what becomes of one that is not used to its end.
 *
 * A year begins when the customer's stay on the fee begins, and on each anniversary: the same date, or 28 February for
 * 29 February where there is none, at the same time of day. The stay goes on as long as the annual fee is the same, also
 * under other limits, prices or names of tiers. The fee is owed in full when its year begins, and nothing of it is given
 * back; only a move to a higher annual fee takes off the months that have not begun.
 */
import { addMonths, dateAt, type Instant, startOfDate } from '../calendar.ts';
import type { Decimal } from '../decimal.ts';
import type { Period } from '../period.ts';
import type { Assignment, Customer } from './customer.ts';

/** The part of an annual fee that falls due in a stretch. */
export type FeeYears = {
  /** Number of years that begin in the stretch. */
  readonly begun: number;
  /** From the begin of the first year that begins in the stretch, or else of the one that runs, to the end of the last. */
  readonly period: Period;
  /** The customer leaves the fee in the stretch or at its end, before the year is over, and nothing is given back. */
  readonly leftAt?: Instant;
  /** Months of the lower annual fee before it that had not begun, where there are any; they are taken off. */
  readonly unused?: UnusedMonths;
};

export type UnusedMonths = {
  readonly tier: string;
  /** For twelve months. */
  readonly fee: Decimal;
  /** 1 to 11. */
  readonly months: number;
};

/** Time on one annual fee; open ends are infinite. `tier` is the last one's name. */
type Stay = { readonly tier: string; readonly fee: Decimal; readonly period: Period };

const YEAR = 12;

/**
 * The years of the annual fee in a stretch of a customer's time. Undefined: it has no annual fee. `unknown`: the begin of
 * a stay that decides has not been given.
 */
export function feeYearsIn(customer: Customer, stretch: Period, zone: string): FeeYears | 'unknown' | undefined {
  const stays = annualStays(customer.history);
  const position = stays.findIndex(({ period }) => stretch.start >= period.start && stretch.start < period.end);
  const stay = stays[position];
  if (!stay) return undefined;
  if (stay.period.start === Number.NEGATIVE_INFINITY) return 'unknown';
  const before = stays[position - 1];
  const isUpgrade = stretch.start === stay.period.start && before?.period.end === stretch.start;
  const lower = isUpgrade && before.fee.lt(stay.fee) ? before : undefined;
  if (lower?.period.start === Number.NEGATIVE_INFINITY) return 'unknown';
  const unused = lower && unusedMonths(lower, zone);

  const monthsLater = anniversaries(stay.period.start, zone);
  const running = yearRunningAt(stretch.start, monthsLater, stay.period.start, zone);
  const isBegun = monthsLater(running * YEAR) === stretch.start;
  let next = isBegun ? running : running + 1;
  const first = next;
  while (monthsLater(next * YEAR) < stretch.end) next++;
  const begun = next - first;
  const end = monthsLater(next * YEAR);
  const isLeft = stay.period.end <= stretch.end && stay.period.end < end;
  const after = stays[position + 1];
  const isCredited = after?.period.start === stay.period.end && stay.fee.lt(after.fee);
  return {
    begun,
    period: { start: monthsLater((begun > 0 ? first : running) * YEAR), end },
    ...(isLeft && !isCredited && { leftAt: stay.period.end }),
    ...(unused && { unused }),
  };
}

/** Stays in time order; neighbours with the same annual fee are one. */
function annualStays(history: readonly Assignment[]): Stay[] {
  const stays: Stay[] = [];
  for (const { tier, from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY } of history) {
    if (tier.fee.kind !== 'annual') continue;
    const before = stays.at(-1);
    const goesOn = before?.period.end === from && before.fee.eq(tier.fee.amount);
    const stay = {
      tier: tier.name,
      fee: tier.fee.amount,
      period: { start: goesOn ? before.period.start : from, end: to },
    };
    if (goesOn) stays[stays.length - 1] = stay;
    else stays.push(stay);
  }
  return stays;
}

/** Months of the year in which a stay ends that begin at its end or later. */
function unusedMonths({ tier, fee, period: { start, end } }: Stay, zone: string): UnusedMonths | undefined {
  const monthsLater = anniversaries(start, zone);
  let months = yearRunningAt(end - 1, monthsLater, start, zone) * YEAR;
  const yearEnd = months + YEAR;
  while (monthsLater(months) < end) months++;
  return months < yearEnd ? { tier, fee, months: yearEnd - months } : undefined;
}

/** The instant so many months after a begin: same day of the month, or its last day where it is shorter, same time of day. */
function anniversaries(begin: Instant, zone: string): (months: number) => Instant {
  const date = dateAt(begin, zone);
  const timeOfDay = begin - startOfDate(date, zone);
  return (months) => startOfDate(addMonths(date, months, date.day), zone) + timeOfDay;
}

/** Number of whole years from a begin to an instant that is not before it. */
function yearRunningAt(at: Instant, monthsLater: (months: number) => Instant, begin: Instant, zone: string): number {
  const years = dateAt(at, zone).year - dateAt(begin, zone).year;
  return monthsLater(years * YEAR) <= at ? years : years - 1;
}
