/** Months that usage covers from their first day to their last. */
import { dateAt, daysInMonth } from '../calendar.ts';
import { anchoredPeriods, type Period } from '../period.ts';

export type CoveredMonths = {
  /** In time order. */
  readonly whole: readonly Period[];
  /** The first or the last month, or both, with days before the first row or behind the last one. */
  readonly partial: readonly Period[];
};

/** `span`: from the first row to behind the last one. A month is covered if there are rows on or before its first day and on its last. */
export function coveredMonths(span: Period, zone: string): CoveredMonths {
  const months = anchoredPeriods(span.start, span.end - 1, 1, zone);
  const [first, last] = [dateAt(span.start, zone), dateAt(span.end - 1, zone)];
  const begins = first.day === 1;
  const ends = last.day === daysInMonth(last.year, last.month);
  const isWhole = (i: number) => (i > 0 || begins) && (i < months.length - 1 || ends);
  return { whole: months.filter((_, i) => isWhole(i)), partial: months.filter((_, i) => !isWhole(i)) };
}
