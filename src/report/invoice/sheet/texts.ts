/** Texts of documents that depend on the language and the timezone. */
import { type CalendarDate, dateAt, formatWallClock, startOfDate } from '../../../core/calendar.ts';
import { isMonth, type Period } from '../../../core/period.ts';
import { inDigitsOf, type Language } from './language.ts';
import type { SheetWords } from './words.ts';

export type SheetTexts = {
  readonly words: SheetWords;
  /** Numbers of a text as the language writes them. */
  readonly digits: (text: string) => string;
  readonly date: (date: CalendarDate) => string;
  /** `October 2026`; `5 October 2026 – 19 October 2026`, with the last day, where it is no month. */
  readonly period: (period: Period) => string;
};

/** The texts of all documents of a run. Periods are kept: thousands of documents are about the same one. */
export function sheetTexts(language: Language, timezone: string): SheetTexts {
  const known = new Map<string, string>();
  const { words, dateText, monthText } = language;
  /** With the time of day, unless it is the first instant of a day. */
  const begin = (instant: number): string => {
    const date = dateAt(instant, timezone);
    if (startOfDate(date, timezone) === instant) return dateText(date);
    return `${dateText(date)} ${formatWallClock(instant, timezone).slice(11)}`;
  };
  const end = (instant: number): string => {
    const date = dateAt(instant, timezone);
    return startOfDate(date, timezone) === instant ? dateText(dateAt(instant - 1, timezone)) : begin(instant);
  };
  const periodText = (period: Period): string => {
    if (isMonth(period, timezone)) return monthText(dateAt(period.start, timezone));
    const [first, last] = [begin(period.start), end(period.end)];
    return first === last ? first : `${first} – ${last}`;
  };
  return {
    words,
    digits: (text) => inDigitsOf(language, text),
    date: dateText,
    period: (period) => {
      const key = `${period.start} ${period.end}`;
      const text = known.get(key) ?? periodText(period);
      known.set(key, text);
      return text;
    },
  };
}
