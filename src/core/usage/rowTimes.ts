/** When there are rows: how much each month of an export holds, and the days on which nothing was measured. */
import { type CalendarDate, dateAt, daysBetween, daysLater, HOUR_MS, type Instant, startOfDate } from '../calendar.ts';
import { monthAt, type Period } from '../period.ts';

/** Rows by the start of their bucket; buckets without rows are not there. */
export type RowsByBucket = ReadonlyMap<Instant, number>;

export type MonthOfRows = {
  /** A calendar month. */
  readonly month: Period;
  /** Hours in which there is at least one row. */
  readonly hours: number;
  readonly rows: number;
};

/** The calendar months of `zone` that have rows, in time order. */
export function monthsOfRows(rowsByBucket: RowsByBucket, zone: string): MonthOfRows[] {
  const months: { month: Period; hours: number; rows: number }[] = [];
  let lastHour = Number.NaN;
  for (const start of ascending(rowsByBucket)) {
    let current = months.at(-1);
    if (!current || start >= current.month.end) {
      current = { month: monthAt(start, zone), hours: 0, rows: 0 };
      months.push(current);
      lastHour = Number.NaN; // in a zone off by half an hour a month begins inside an hour of UTC
    }
    const hour = Math.floor(start / HOUR_MS);
    if (hour !== lastHour) current.hours++;
    lastHour = hour;
    current.rows += rowsByBucket.get(start)!;
  }
  return months;
}

/** Days that follow each other, both ends included. */
export type DayRange = { readonly first: CalendarDate; readonly last: CalendarDate; readonly days: number };

/** The days of `period` without any row, in time order. A day of which `period` has only a part counts as a day. */
export function daysWithoutRows(rowsByBucket: RowsByBucket, period: Period, zone: string): DayRange[] {
  const ranges: DayRange[] = [];
  let next = dateAt(period.start, zone);
  const noRowsBefore = (date: CalendarDate) => {
    const days = daysBetween(next, date);
    if (days > 0) ranges.push({ first: next, last: daysLater(date, -1), days });
  };
  let endOfDay = Number.NEGATIVE_INFINITY;
  for (const start of ascending(rowsByBucket)) {
    if (start < endOfDay || start < period.start) continue;
    if (start >= period.end) break;
    const day = dateAt(start, zone);
    noRowsBefore(day);
    next = daysLater(day, 1);
    endOfDay = startOfDate(next, zone);
  }
  noRowsBefore(daysLater(dateAt(period.end - 1, zone), 1));
  return ranges;
}

function ascending(rowsByBucket: RowsByBucket): Float64Array {
  return Float64Array.from(rowsByBucket.keys()).sort();
}
