/** Billing periods: half-open stretches of time, `[start, end)`. */
import { assert } from './assert.ts';
import {
  addMonths,
  type CalendarDate,
  dateAt,
  daysBetween,
  daysInMonth,
  formatDate,
  formatInstant,
  formatZoned,
  type Instant,
  parseDate,
  startOfDate,
} from './calendar.ts';
import { Fraction } from './fraction.ts';
import { parseTimestamp } from './timestamp.ts';

/** Half-open: `start` belongs to it, `end` to the next period. */
export type Period = {
  readonly start: Instant;
  readonly end: Instant;
  /** Zone of whose days it consists; absent: the run's. */
  readonly zone?: string;
};

/** Choice of the periods to bill: `months`, every calendar month that the usage touches; or one period. */
export type PeriodChoice = { readonly kind: 'months' } | { readonly kind: 'one'; readonly period: Period };

/** True if both have the same begin and end. */
export function isSamePeriod(a: Period, b: Period): boolean {
  return a.start === b.start && a.end === b.end;
}

export function contains(period: Period, instant: Instant): boolean {
  return instant >= period.start && instant < period.end;
}

/** The calendar month of a zone in which an instant falls. */
export function monthAt(instant: Instant, zone: string): Period {
  const { year, month } = dateAt(instant, zone);
  return monthOf(year, month, zone);
}

function monthOf(year: number, month: number, zone: string): Period {
  const first: CalendarDate = { year, month, day: 1 };
  return { start: startOfDate(first, zone), end: startOfDate(addMonths(first, 1, 1), zone) };
}

/**
 * The billing period in which an instant falls for a customer whose periods begin on day `anchor` of the month (its
 * last day where it is shorter: 31 January, 28 February, 31 March). Anchor 1 is the calendar month.
 */
export function anchoredPeriodAt(instant: Instant, anchor: number, zone: string): Period {
  const month = dateAt(instant, zone);
  const startIn = (months: number) => startOfDate(addMonths({ ...month, day: 1 }, months, anchor), zone);
  return startIn(0) <= instant ? { start: startIn(0), end: startIn(1) } : { start: startIn(-1), end: startIn(0) };
}

/** The billing period of an anchored customer that begins in a calendar month. */
export function anchoredPeriodIn(month: Period, anchor: number, zone: string): Period {
  return anchoredPeriodAt(month.end - 1, anchor, zone);
}

/** The billing periods from the one of `first` to the one of `last`, in time order. */
export function anchoredPeriods(first: Instant, last: Instant, anchor: number, zone: string): Period[] {
  const periods: Period[] = [];
  for (let next = anchoredPeriodAt(first, anchor, zone); next.start <= last; ) {
    periods.push(next);
    next = anchoredPeriodAt(next.end, anchor, zone);
  }
  return periods;
}

/** True if the period is a calendar month of the zone. */
export function isMonth(period: Period, zone: string): boolean {
  const month = monthAt(period.start, zone);
  return month.start === period.start && month.end === period.end;
}

/**
 * Reads `2026-10` (a calendar month), `2026-10-01..2026-11-01` (days or RFC 3339 instants, the end excluded) or `all`
 * (every calendar month that the usage touches). Days begin in `zone`. A text that is none of them gives a reason.
 */
export function parsePeriodChoice(text: string, zone: string): PeriodChoice | { readonly reason: string } {
  if (text === 'all') return { kind: 'months' };
  const month = /^(\d{4})-(0[1-9]|1[0-2])$/.exec(text);
  if (month) return { kind: 'one', period: monthOf(Number(month[1]), Number(month[2]), zone) };
  const [from, to, ...more] = text.split('..');
  if (to === undefined || more.length > 0)
    return { reason: 'expected a month (2026-10), a range (2026-10-01..2026-11-01) or all' };
  const [start, end] = [parseBoundary(from!, zone), parseBoundary(to, zone)];
  if (start === undefined) return { reason: `"${from}" is neither a day (2026-10-01) nor an RFC 3339 instant` };
  if (end === undefined) return { reason: `"${to}" is neither a day (2026-11-01) nor an RFC 3339 instant` };
  if (end <= start) return { reason: `it ends at ${formatInstant(end)}, which is not after its start` };
  return { kind: 'one', period: { start, end } };
}

/**
 * The period that was probably meant by one that ends with the last day of a month, `2026-10-01..2026-10-31`, and
 * therefore lacks that day: the choices that have it, and the one that says that it is left out. Undefined for any
 * other text.
 */
export function lastDayLeftOut(
  text: string,
): { readonly day: string; readonly having: readonly string[]; readonly lacking: string } | undefined {
  const [from, to] = text.split('..');
  const day = parseDate(to ?? '');
  if (!day || day.day !== daysInMonth(day.year, day.month)) return undefined;
  const isOneMonth = from === formatDate({ ...day, day: 1 });
  const until = `${from}..${formatDate(addMonths({ ...day, day: 1 }, 1, 1))}`;
  return { day: to!, having: isOneMonth ? [to!.slice(0, 7), until] : [until], lacking: `${text}T00:00:00` };
}

/** A day (its first instant in `zone`) or an RFC 3339 instant in whole milliseconds; undefined if it is neither. */
export function parseBoundary(text: string, zone: string): Instant | undefined {
  const date = parseDate(text);
  if (date) return startOfDate(date, zone);
  if (!/^\d{4}-/.test(text)) return undefined;
  const parsed = parseTimestamp(text, { timezone: zone });
  return 'ms' in parsed && parsed.ns === 0 ? parsed.ms : undefined;
}

/** Days of the zone's calendar in a period: local dates are subtracted, so a day of 23 or 25 hours is one. */
export function daysIn(period: Period, zone: string): number {
  return daysBetween(dateAt(period.start, zone), dateAt(period.end, zone));
}

/**
 * Exact number of billing months in a period: 1 from a day to the same day of the next month, 2 to the one after. A
 * remainder counts as a share of the month that it begins: days ÷ days, or, where an end is not the start of a day,
 * time ÷ time.
 *
 * The last day of a month may stand for a later one that the month does not have: from 28 February to 31 March is one
 * month, that of a customer whose months begin on the 31st.
 */
export function billingMonths(period: Period, zone: string): Fraction {
  const known = KNOWN_MONTHS.get(period);
  if (known?.zone === zone) return known.months;
  const months = countMonths(period, zone);
  KNOWN_MONTHS.set(period, { zone, months });
  return months;
}

/** One period is that of thousands of customers, and a zone's calendar takes time to ask. */
const KNOWN_MONTHS = new WeakMap<Period, { readonly zone: string; readonly months: Fraction }>();

function countMonths(period: Period, zone: string): Fraction {
  const from = dateAt(period.start, zone);
  const timeOfDay = period.start - startOfDate(from, zone);
  const to = dateAt(period.end, zone);
  const isLastDay = from.day === daysInMonth(from.year, from.month);
  const anchor = isLastDay ? Math.max(from.day, to.day) : from.day;
  const boundary = (months: number) => addMonths(from, months, anchor);
  const boundaryInstant = (months: number) => startOfDate(boundary(months), zone) + timeOfDay;
  assert(period.end > period.start, () => `a period that starts at ${period.start} ends at ${period.end}`);

  let months = 0;
  while (boundaryInstant(months + 1) <= period.end) months++;
  const inWholeDays = timeOfDay === 0 && startOfDate(to, zone) === period.end;
  const begun = boundaryInstant(months);
  const rest = inWholeDays
    ? Fraction.of(daysBetween(boundary(months), to), daysBetween(boundary(months), boundary(months + 1)))
    : Fraction.of(period.end - begun, boundaryInstant(months + 1) - begun);
  return Fraction.of(months).plus(rest);
}

/** `2026-10` for a calendar month of the zone, otherwise `2026-10-05..2026-10-20`. */
export function periodLabel(period: Period, runsZone: string): string {
  const zone = period.zone ?? runsZone;
  if (isMonth(period, zone)) return formatDate(dateAt(period.start, zone)).slice(0, 7);
  return `${boundaryLabel(period.start, zone)}..${boundaryLabel(period.end, zone)}`;
}

/** `2026-10-05` for the first instant of a day, otherwise RFC 3339 in the zone. */
export function boundaryLabel(instant: Instant, zone: string): string {
  const date = dateAt(instant, zone);
  return startOfDate(date, zone) === instant ? formatDate(date) : formatZoned(instant, zone);
}
