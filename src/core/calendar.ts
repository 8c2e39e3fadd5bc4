/**
 * Days and months of a timezone. Time itself is counted in `Instant`s; only this file knows their dates in a zone.
 *
 * Temporal does the calendar arithmetic: `Date` accepts 30 February, and days counted in UTC are off by one in Los
 * Angeles.
 */
import { Temporal } from 'temporal-polyfill';

/** Milliseconds since 1970-01-01T00:00:00Z, an integer; may be negative. */
export type Instant = number;

/** A day of the calendar. `month` and `day` count from 1. */
export type CalendarDate = { readonly year: number; readonly month: number; readonly day: number };

export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

/** True for an IANA zone name that this machine knows, such as `Europe/Berlin` or `UTC`; false for bare offsets. */
export function isTimeZone(name: string): boolean {
  if (name === 'UTC') return true;
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name);
    return true;
  } catch {
    return false;
  }
}

/** The first instant of a day in a zone (00:00 nearly always; later where a clock change skips midnight). */
export function startOfDate(date: CalendarDate, zone: string): Instant {
  if (zone === 'UTC') return utcMidnight(date);
  return Temporal.PlainDate.from(date, { overflow: 'reject' }).toZonedDateTime(zone).epochMilliseconds;
}

/** The day of the calendar on which an instant falls in a zone. */
export function dateAt(instant: Instant, zone: string): CalendarDate {
  if (zone === 'UTC') {
    const at = new Date(instant);
    return { year: at.getUTCFullYear(), month: at.getUTCMonth() + 1, day: at.getUTCDate() };
  }
  const { year, month, day } = Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(zone);
  return { year, month, day };
}

/** Choice between the two instants of a time that a clock change repeats. */
type Repetition = 'earlier' | 'later';

/**
 * The instant of a wall-clock time in a zone; `wallClock` is the time as if it were UTC. Undefined for a time that a
 * clock change skips. Of a time that occurs twice `which` is taken.
 */
export function instantOfWallClock(
  wallClock: Instant,
  zone: string,
  which: Repetition = 'earlier',
): Instant | undefined {
  if (zone === 'UTC') return wallClock;
  const stretch = Math.floor(wallClock / STRETCH_MS);
  const key = `${zone} ${which} ${stretch}`;
  let offset = STRETCH_OFFSETS.get(key);
  if (offset === undefined) {
    offset = offsetOfStretch(stretch * STRETCH_MS, zone, which);
    if (STRETCH_OFFSETS.size >= MOST_STRETCHES) STRETCH_OFFSETS.clear();
    STRETCH_OFFSETS.set(key, offset);
  }
  return Number.isNaN(offset) ? lookUpWallClock(wallClock, zone, which) : wallClock - offset;
}

/**
 * By zone, repetition and stretch of wall-clock time, how far its times are ahead of UTC; NaN if that is not the same
 * throughout, or the stretch is skipped. Temporal takes a third of a millisecond for each time.
 */
const STRETCH_OFFSETS = new Map<string, number>();
const STRETCH_MS = HOUR_MS / 4;
const MOST_STRETCHES = 10_000;

function offsetOfStretch(start: Instant, zone: string, which: Repetition): number {
  const first = lookUpWallClock(start, zone, which);
  const last = lookUpWallClock(start + STRETCH_MS - 1, zone, which);
  return first !== undefined && last === first + STRETCH_MS - 1 ? start - first : Number.NaN;
}

function lookUpWallClock(wallClock: Instant, zone: string, which: Repetition): Instant | undefined {
  const local = Temporal.Instant.fromEpochMilliseconds(wallClock).toZonedDateTimeISO('UTC').toPlainDateTime();
  const zoned = local.toZonedDateTime(zone, { disambiguation: which });
  return zoned.toPlainDateTime().equals(local) ? zoned.epochMilliseconds : undefined;
}

/**
 * Milliseconds that a zone is ahead of UTC during a stretch of wall-clock time, whose ends are as in {@link
 * instantOfWallClock}. Undefined if a clock change skips or repeats a part of it.
 */
export function steadyOffsetOf({ start, end }: { start: Instant; end: Instant }, zone: string): number | undefined {
  if (zone === 'UTC') return 0;
  const first = instantOfWallClock(start, zone);
  const last = instantOfWallClock(end - 1, zone);
  if (first === undefined || last === undefined || last - first !== end - 1 - start) return undefined;
  // Clocks that are set back show a time twice: with the offset of before the change and with that of after it.
  const offset = start - first;
  const isRepeated = OFFSET_PROBES_MS.some((distance) => {
    const other = offsetAt(first + distance, zone);
    if (other === offset) return false;
    return [start, end - 1].some((wallClock) => offsetAt(wallClock - other, zone) === other);
  });
  return isRepeated ? undefined : offset;
}

/**
 * A zone's offset before and after a clock change that may be near, in two distances: some changes follow each other.
 */
const OFFSET_PROBES_MS = [-26, -4, 4, 26].map((hours) => hours * HOUR_MS);

/** Milliseconds that a zone is ahead of UTC. */
function offsetAt(instant: Instant, zone: string): number {
  return Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(zone).offsetNanoseconds / 1e6;
}

/**
 * The date `months` later (or earlier) on the same day of the month; `anchorDay` beyond the end of that month means its
 * last day.
 */
export function addMonths(date: CalendarDate, months: number, anchorDay: number): CalendarDate {
  const index = date.year * 12 + (date.month - 1) + months;
  const year = Math.floor(index / 12);
  const month = index - year * 12 + 1;
  return { year, month, day: Math.min(anchorDay, daysInMonth(year, month)) };
}

/** The date `days` later in the calendar. */
export function daysLater({ year, month, day }: CalendarDate, days: number): CalendarDate {
  return dateAt(Date.UTC(year, month - 1, day + days), 'UTC');
}

/** 28 to 31. */
export function daysInMonth(year: number, month: number): number {
  return new Date(utcMidnight({ year, month: month + 1, day: 0 })).getUTCDate();
}

/** Days from `from` to `to`, as a difference of calendar dates: a day of 23 or 25 hours counts as one. */
export function daysBetween(from: CalendarDate, to: CalendarDate): number {
  return (utcMidnight(to) - utcMidnight(from)) / DAY_MS;
}

/**
 * True if the zone has been off UTC by a whole number of hours throughout (New York), false for half-hour zones
 * (Kolkata).
 */
export function hasWholeHourOffsets(zone: string): boolean {
  if (zone === 'UTC') return true;
  for (let year = 1972; year <= 2037; year++) {
    for (const month of [0, 6]) {
      const at = Temporal.Instant.fromEpochMilliseconds(Date.UTC(year, month, 1)).toZonedDateTimeISO(zone);
      if (at.offsetNanoseconds % 3_600_000_000_000 !== 0) return false;
    }
  }
  return true;
}

/** RFC 3339 in UTC: `2026-10-01T00:00:00Z`, with milliseconds only where there are any. */
export function formatInstant(instant: Instant): string {
  // Instants of rows are many, and seldom come back.
  if (instant % MINUTE_MS !== 0) return new Date(instant).toISOString().replace('.000Z', 'Z');
  const known = FORMATTED.get(instant);
  if (known !== undefined) return known;
  const text = new Date(instant).toISOString().replace('.000Z', 'Z');
  if (FORMATTED.size >= MOST_FORMATTED) FORMATTED.clear();
  FORMATTED.set(instant, text);
  return text;
}

/** The ends of a few periods come back on every invoice of a run. */
const FORMATTED = new Map<Instant, string>();
const MOST_FORMATTED = 1000;

/**
 * RFC 3339 in a zone: `2026-10-01T00:00:00+02:00`, `…Z` in UTC. Where the zone's offset has seconds, as before time
 * zones, RFC 3339 cannot write it: the text is then in UTC.
 */
export function formatZoned(instant: Instant, zone: string): string {
  if (zone === 'UTC') return formatInstant(instant);
  const offset = knownOffsetAt(instant, zone);
  if (offset % MINUTE_MS !== 0) return formatInstant(instant);
  const minutes = Math.abs(offset) / MINUTE_MS;
  const sign = offset < 0 ? '-' : '+';
  const ahead = `${sign}${pad(Math.floor(minutes / 60))}:${pad(minutes % 60)}`;
  return formatInstant(instant + offset).replace('Z', ahead);
}

/** Computes {@link offsetAt} faster: Temporal takes too long where every line of a million invoices has a time. */
function knownOffsetAt(instant: Instant, zone: string): number {
  const begin = Math.floor(instant / STRETCH_MS) * STRETCH_MS;
  const key = `${zone} ${begin}`;
  let known = OFFSETS.get(key);
  if (known === undefined) {
    const [first, last] = [offsetAt(begin, zone), offsetAt(begin + STRETCH_MS - 1, zone)];
    known = first === last ? first : Number.NaN;
    if (OFFSETS.size >= MOST_STRETCHES) OFFSETS.clear();
    OFFSETS.set(key, known);
  }
  return Number.isNaN(known) ? offsetAt(instant, zone) : known;
}

/** Milliseconds ahead of UTC, by zone and begin of a quarter of an hour; NaN if the offset changes within it. */
const OFFSETS = new Map<string, number>();

/** Time as a wall clock of the zone shows it: `2026-10-19 08:31:07`, with milliseconds only where there are any. */
export function formatWallClock(instant: Instant, zone: string): string {
  if (zone === 'UTC') return formatInstant(instant).replace('T', ' ').replace('Z', '');
  const local = Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(zone).toPlainDateTime();
  return local.toString({ fractionalSecondDigits: instant % 1000 === 0 ? 0 : 3 }).replace('T', ' ');
}

/** `2026-10-01`. */
export function formatDate({ year, month, day }: CalendarDate): string {
  return `${String(year).padStart(4, '0')}-${pad(month)}-${pad(day)}`;
}

/** `2026-10-01` as a day, or undefined where the calendar has no such day (30 February). */
export function parseDate(text: string): CalendarDate | undefined {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (!match) return undefined;
  const [year, month, day] = match.slice(1).map(Number) as [number, number, number];
  return month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month) ? { year, month, day } : undefined;
}

/**
 * Not `Date.UTC`, which takes the years 0 to 99 for 1900 to 1999: an empty time, 0001-01-01, would be billed in no
 * month.
 */
function utcMidnight({ year, month, day }: CalendarDate): Instant {
  return new Date(0).setUTCFullYear(year, month - 1, day);
}

function pad(number: number): string {
  return String(number).padStart(2, '0');
}
