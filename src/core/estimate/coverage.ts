/**
 * Time that an export covers; a month's traffic is worked out from it.
 *
 * Rows say when there was traffic, not when the export begins and ends. Time counts by the hour, from the first hour
 * with a row to the last one. Where hours without rows are usual, the days of the first and of the last row count whole
 * instead, if the hours that they lack are no more than what is usual: a row for each day at midnight covers the day.
 */
import { DAY_MS, dateAt, daysLater, HOUR_MS, type Instant, startOfDate } from '../calendar.ts';
import { Fraction } from '../fraction.ts';
import { daysIn, type Period } from '../period.ts';
import type { RowsByBucket } from '../usage/rowTimes.ts';

/** Days that rows cover, in the calendar of `zone`; `span` goes from the first row's bucket to the end of the last one's. */
export function coveredDays(rowsByBucket: RowsByBucket, span: Period, zone: string): Fraction {
  const whole = wholeDays(span, zone);
  const lacking = Math.max(span.start - whole.start, whole.end - span.end);
  if (lacking <= usualPauseMs(rowsByBucket, span, zone)) return Fraction.of(daysIn(whole, zone));
  const start = Math.floor(span.start / HOUR_MS) * HOUR_MS;
  const end = Math.ceil(span.end / HOUR_MS) * HOUR_MS;
  return Fraction.of(end - start, DAY_MS);
}

/**
 * The longest pause between rows of a usual day: of the days inside the span, the shortest of each day's longest pause. A
 * pause belongs to the day on which it begins. Without a day inside the span: the longest pause in it.
 */
function usualPauseMs(rowsByBucket: RowsByBucket, span: Period, zone: string): number {
  const starts = [...rowsByBucket.keys()].sort((a, b) => a - b);
  const longest = new Map<Instant, number>();
  for (const [i, start] of starts.slice(0, -1).entries()) {
    const day = startOfDate(dateAt(start, zone), zone);
    const pause = Math.max(0, starts[i + 1]! - start - HOUR_MS);
    longest.set(day, Math.max(longest.get(day) ?? 0, pause));
  }
  const inside = [...longest].filter(
    ([day]) => day >= span.start && startOfDate(daysLater(dateAt(day, zone), 1), zone) <= span.end,
  );
  return inside.length > 0 ? Math.min(...inside.map(([, pause]) => pause)) : Math.max(0, ...longest.values());
}

/** The days that a span touches, whole. */
function wholeDays(span: Period, zone: string): Period {
  const last = dateAt(span.end - 1, zone);
  return { start: startOfDate(dateAt(span.start, zone), zone), end: startOfDate(daysLater(last, 1), zone) };
}
