/** Calendar months, counted from year 0: year × 12 + month − 1. */
import { dateAt } from './calendar.ts';
import { monthAt, type Period } from './period.ts';

/** The calendar month of a zone, of a month counted from year 0. */
export function periodOfMonth(month: number, timezone: string): Period {
  return monthAt(Date.UTC(Math.floor(month / 12), month % 12, 15), timezone); // the 15th is in the month in every zone
}

/** `2026-10` of a month counted from year 0, and back. */
export function monthName(month: number): string {
  return `${String(Math.floor(month / 12)).padStart(4, '0')}-${String((month % 12) + 1).padStart(2, '0')}`;
}
export function monthNumber(name: string): number | undefined {
  const match = /^(\d{4})-(0[1-9]|1[0-2])$/.exec(name);
  return match ? Number(match[1]) * 12 + Number(match[2]) - 1 : undefined;
}
export function monthOfInstant(instant: number, timezone: string): number {
  const { year, month } = dateAt(instant, timezone);
  return year * 12 + month - 1;
}
