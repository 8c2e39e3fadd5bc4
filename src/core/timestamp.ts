/** Instants as people and machines write them. */
import { DAY_MS, daysInMonth, type Instant, instantOfWallClock } from './calendar.ts';

/** An instant to the nanosecond: `ms` as in {@link Instant}, `ns` the nanoseconds after it, 0 to 999 999. */
export type PreciseInstant = { readonly ms: Instant; readonly ns: number };

/** Nanoseconds since 1970. */
export function nanosecondsOf({ ms, ns }: PreciseInstant): bigint {
  return BigInt(ms) * 1_000_000n + BigInt(ns);
}

/** The millisecond in which it is. */
export function instantOf(nanoseconds: bigint): Instant {
  const below = nanoseconds % 1_000_000n;
  return Number((nanoseconds - (below < 0n ? below + 1_000_000n : below)) / 1_000_000n);
}

export const TIME_UNITS = ['s', 'ms', 'us', 'ns'] as const;
export type TimeUnit = (typeof TIME_UNITS)[number];

export type TimestampOptions = {
  /** Zone for times that are written without one; without it they are refused. */
  readonly timezone?: string | undefined;
  /**
   * Unit of bare numbers. Without it the unit is recognised by magnitude ({@link unitByMagnitude}), and numbers that may be
   * a calendar date or a spreadsheet's day are refused.
   */
  readonly timeUnit?: TimeUnit | undefined;
  /**
   * Choice between the two instants of a time without a zone in the hour that a clock change repeats; absent: the
   * first.
   */
  readonly repeatedHour?: RepeatedHour | undefined;
};

export const REPEATED_HOURS = ['first', 'second', 'reject'] as const;
export type RepeatedHour = (typeof REPEATED_HOURS)[number];

/** Why a text is not an instant, in words that finish "…: ". */
export type TimestampReason =
  | 'empty'
  | 'not a timestamp'
  | 'may be a date'
  | 'no such day or time'
  | 'no timezone'
  | 'skipped by a clock change'
  | 'repeated by a clock change'
  | 'before 1970 or after 9999';

/** `unit`: what a bare number was taken for. `isRepeated`: a clock change repeats the time, and `repeatedHour` chose. */
export type ParsedTimestamp =
  | (PreciseInstant & { readonly unit?: TimeUnit; readonly isRepeated?: boolean })
  | { readonly reason: TimestampReason };

const RFC_3339 = /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(?:\.\d+)?(?: ?(?:Z|UTC|GMT)| ?[+-]\d{2}(?::?\d{2})?)?$/i;
/** The first instant that a year of four digits cannot name. Usage before 1970 is a clock that was never set. */
const YEAR_10000 = Date.UTC(10_000, 0, 1);

const EPOCH = /^(\d+)(?:\.(\d+))?$/;

/**
 * Reads RFC 3339 (any number of fraction digits, a space for `T`) with `Z`, `UTC`, `GMT`, `+05:30`, `+0530` or `+05`, or a
 * number since 1970. Letter case does not matter; one space may stand before the zone. Digits beyond the nanosecond are
 * cut off.
 */
export function parseTimestamp(text: string, options: TimestampOptions = {}): ParsedTimestamp {
  if (RFC_3339.test(text)) return parseWritten(text, options);
  const epoch = EPOCH.exec(text);
  if (epoch) return parseEpoch(epoch[1]!, epoch[2] ?? '', options.timeUnit);
  return { reason: text === '' ? 'empty' : 'not a timestamp' };
}

/** `text`: as {@link RFC_3339} takes it, so that the length of each part is known but that of the fraction. */
function parseWritten(text: string, { timezone, repeatedHour = 'first' }: TimestampOptions): ParsedTimestamp {
  const [year, month, day] = [numberAt(text, 0, 4), numberAt(text, 5, 7), numberAt(text, 8, 10)];
  const [hour, minute, second] = [numberAt(text, 11, 13), numberAt(text, 14, 16), numberAt(text, 17, 19)];
  const isDay = day >= 1 && (day <= 28 || day <= daysInMonth(year, month));
  const inCalendar = month >= 1 && month <= 12 && isDay && year >= 1;
  if (!inCalendar || hour > 23 || minute > 59 || second > 59) return { reason: 'no such day or time' };
  const zoneAt = text[19] === '.' ? digitsEnd(text, 20) : 19;
  const nanoseconds = zoneAt === 19 ? 0 : nanosecondsAt(text, 20, zoneAt);
  const zone = text.slice(text[zoneAt] === ' ' ? zoneAt + 1 : zoneAt);
  const isOffset = zone.startsWith('+') || zone.startsWith('-');
  const offsetHours = isOffset ? numberAt(zone, 1, 3) : 0;
  const offsetMinutes = isOffset && zone.length > 3 ? numberAt(zone, zone.length - 2, zone.length) : 0;
  if (offsetHours > 23 || offsetMinutes > 59) return { reason: 'no such day or time' };

  const wallClock = daysSince1970(year, month, day) * DAY_MS + ((hour * 60 + minute) * 60 + second) * 1000;
  let ms: Instant | undefined;
  let isRepeated = false;
  if (zone !== '') ms = wallClock - (zone.startsWith('-') ? -1 : 1) * (offsetHours * 60 + offsetMinutes) * 60_000;
  else if (timezone) {
    ms = instantOfWallClock(wallClock, timezone);
    const second = ms === undefined ? ms : instantOfWallClock(wallClock, timezone, 'later');
    isRepeated = second !== ms;
    if (isRepeated && repeatedHour === 'reject') return { reason: 'repeated by a clock change' };
    if (repeatedHour === 'second') ms = second;
  } else return { reason: 'no timezone' };
  if (ms === undefined) return { reason: 'skipped by a clock change' };
  if (ms < 0 || ms >= YEAR_10000) return { reason: 'before 1970 or after 9999' };
  const at = { ms: ms + Math.floor(nanoseconds / 1e6), ns: nanoseconds % 1e6 };
  return isRepeated ? { ...at, isRepeated } : at;
}

/** The digits from `from` to `end` (exclusive) as a fraction of a second; those beyond the ninth are cut off. */
function nanosecondsAt(text: string, from: number, end: number): number {
  const digits = Math.min(end - from, 9);
  return numberAt(text, from, from + digits) * POWERS_OF_TEN[9 - digits]!;
}

const POWERS_OF_TEN = [1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9] as const;

/** Position of the first character from `from` on that is no digit. */
function digitsEnd(text: string, from: number): number {
  let end = from;
  while (text.charCodeAt(end) >= 0x30 && text.charCodeAt(end) <= 0x39) end++;
  return end;
}

/** Days from 1970-01-01 to a day of the calendar. In years that begin in March a leap day is the last. */
function daysSince1970(year: number, month: number, day: number): number {
  const [y, m] = month > 2 ? [year, month - 3] : [year - 1, month + 9];
  const leapDays = Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400);
  return 365 * y + leapDays + Math.floor((153 * m + 2) / 5) + day - 1 - DAYS_TO_1970;
}

/** From the first of March of the year 0. */
const DAYS_TO_1970 = 719_468;

/** The digits from `from` to `end` (exclusive) as a number. */
function numberAt(text: string, from: number, end: number): number {
  let number = 0;
  for (let i = from; i < end; i++) number = number * 10 + text.charCodeAt(i) - 0x30;
  return number;
}

function parseEpoch(whole: string, fraction: string, forced: TimeUnit | undefined): ParsedTimestamp {
  const digits = whole.replace(/^0+(?=\d)/, '');
  if (!forced && mayBeDate(digits)) return { reason: 'may be a date' };
  const unit = forced ?? unitByMagnitude(digits);
  const digitsToNano = { s: 9, ms: 6, us: 3, ns: 0 }[unit];
  const below = digitsAfterPoint(fraction, digitsToNano);
  if (digits.length + digitsToNano > 21) return { reason: 'before 1970 or after 9999' }; // cheap to turn away here
  // As text, then BigInt: nanoseconds since 1970 exceed what a double can hold.
  const nanoseconds = BigInt(digits + '0'.repeat(digitsToNano)) + BigInt(below);
  const ms = Number(nanoseconds / 1_000_000n);
  if (ms >= YEAR_10000) return { reason: 'before 1970 or after 9999' };
  return { ms, ns: Number(nanoseconds % 1_000_000n), unit };
}

/**
 * The unit in which a whole number of this many digits is a time between 1973 and the year 5138: up to 11 digits seconds,
 * up to 14 milliseconds, up to 17 microseconds, more nanoseconds. `digits` without leading zeros.
 */
export function unitByMagnitude(digits: string): TimeUnit {
  if (digits.length <= 11) return 's';
  if (digits.length <= 14) return 'ms';
  return digits.length <= 17 ? 'us' : 'ns';
}

/** `YYYYMMDD`, and up to two digits each of hour, minute and second; years of telemetry only. */
const CALENDAR_DIGITS =
  /^(?:19[7-9]|20\d)\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:(?:[01]\d|2[0-3])(?:[0-5]\d(?:[0-5]\d)?)?)?$/;
/** Days since 1900 of the years 1954 to 2064, as spreadsheets count them; both belong to the range. */
const FIRST_SPREADSHEET_DAY = 20_000;
const LAST_SPREADSHEET_DAY = 60_000;

/** True for whole numbers that read as `20261031`, `20261031235959` or a spreadsheet's day. `digits` without leading zeros. */
export function mayBeDate(digits: string): boolean {
  if (digits.length !== 5) return CALENDAR_DIGITS.test(digits);
  return Number(digits) >= FIRST_SPREADSHEET_DAY && Number(digits) <= LAST_SPREADSHEET_DAY;
}

/** The first `count` digits as an integer; the rest is cut off. */
function digitsAfterPoint(fraction: string, count: number): number {
  return fraction === '' ? 0 : Number(fraction.slice(0, count).padEnd(count, '0') || '0');
}
