/** When the rows of the sample happen: every hour of the months asked for gets its share of them. */

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** Activity by hour of the day in UTC, relative to each other: quietest at 3, busiest in the afternoon. */
const HOURS = [34, 28, 24, 22, 23, 28, 38, 52, 68, 82, 91, 95, 96, 100, 104, 106, 103, 97, 90, 82, 72, 61, 50, 41];

/** Activity by day of the week, Sunday first. */
const WEEKDAYS = [55, 98, 104, 106, 105, 97, 63];

export type Rhythm = {
  /** The first instant, the start of a month in UTC; milliseconds since 1970. */
  readonly start: number;
  /** Rows in each hour from `start` on; their sum is the number of rows asked for. */
  readonly rowsInHour: Float64Array;
  /** For each month the hour, counted from `start`, at which it begins; one more entry is the end. */
  readonly monthStarts: readonly number[];
};

/** `month` counts from 1. Years are 1970 or later. */
export function makeRhythm({
  year,
  month,
  months,
  rows,
}: {
  readonly year: number;
  readonly month: number;
  readonly months: number;
  readonly rows: number;
}): Rhythm {
  const start = Date.UTC(year, month - 1);
  const monthStarts = Array.from({ length: months + 1 }, (_, i) => (Date.UTC(year, month - 1 + i) - start) / HOUR_MS);
  const hours = monthStarts[months]!;

  let total = 0;
  for (let hour = 0; hour < hours; hour++) total += activity(start, hour);
  const rowsInHour = new Float64Array(hours);
  let reached = 0;
  let before = 0;
  for (let hour = 0; hour < hours; hour++) {
    reached += activity(start, hour);
    // The running total is rounded, not each hour, so that the last one arrives at exactly `rows`. BigInt, because the
    // product passes 2⁵³ for a thousand million rows.
    const after = Number((BigInt(rows) * BigInt(reached)) / BigInt(total));
    rowsInHour[hour] = after - before;
    before = after;
  }
  return { start, rowsInHour, monthStarts };
}

/** A whole number. */
function activity(start: number, hour: number): number {
  const day = Math.floor((start + hour * HOUR_MS) / DAY_MS);
  return HOURS[hour % 24]! * WEEKDAYS[(day + 4) % 7]!; // 1970-01-01 was a Thursday
}
