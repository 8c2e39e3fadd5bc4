/** Instants as people and machines write them. */
import { daysInMonth, type Instant, instantOfWallClock } from './calendar.ts';

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
  /** Unit of bare numbers; without it, recognised by magnitude: see {@link unitByMagnitude}. */
  readonly timeUnit?: TimeUnit | undefined;
};

/** Why a text is not an instant, in words that finish "…: ". */
export type TimestampReason =
  | 'empty'
  | 'not a timestamp'
  | 'no such day or time'
  | 'no timezone'
  | 'skipped by a clock change'
  | 'before 1970 or after 9999';

export type ParsedTimestamp = (PreciseInstant & { readonly unit?: TimeUnit }) | { readonly reason: TimestampReason };

const RFC_3339 = /^(\d{4})-(\d{2})-(\d{2})[Tt ](\d{2}):(\d{2}):(\d{2})(?:\.(\d+))?(?:([Zz])|([+-])(\d{2}):?(\d{2}))?$/;
/** The first instant that a year of four digits cannot name. Usage before 1970 is a clock that was never set. */
const YEAR_10000 = Date.UTC(10_000, 0, 1);

const EPOCH = /^(\d+)(?:\.(\d+))?$/;

/**
 * Reads RFC 3339 (any number of fraction digits, `Z`, `+05:30`, `+0530`, a space for `T`) or a number since 1970.
 * A number's `unit` tells how it was understood. Digits beyond the nanosecond are cut off.
 */
export function parseTimestamp(text: string, options: TimestampOptions = {}): ParsedTimestamp {
  const written = RFC_3339.exec(text);
  if (written) return parseWritten(written, options.timezone);
  const epoch = EPOCH.exec(text);
  if (epoch) return parseEpoch(epoch[1]!, epoch[2] ?? '', options.timeUnit);
  return { reason: text === '' ? 'empty' : 'not a timestamp' };
}

function parseWritten(match: RegExpExecArray, timezone: string | undefined): ParsedTimestamp {
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const [, , , , , , , fraction = '', zulu, sign, offsetHours, offsetMinutes] = match;
  const inCalendar = month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month) && year >= 1;
  if (!inCalendar || hour > 23 || minute > 59 || second > 59) return { reason: 'no such day or time' };
  if (Number(offsetHours ?? 0) > 23 || Number(offsetMinutes ?? 0) > 59) return { reason: 'no such day or time' };
  const nanoseconds = digitsAfterPoint(fraction, 9);

  const wallClock = new Date(0).setUTCFullYear(year, month - 1, day) + ((hour * 60 + minute) * 60 + second) * 1000;
  let ms: Instant | undefined;
  if (sign) ms = wallClock - (sign === '-' ? -1 : 1) * (Number(offsetHours) * 60 + Number(offsetMinutes)) * 60_000;
  else if (zulu) ms = wallClock;
  else if (timezone) ms = instantOfWallClock(wallClock, timezone);
  else return { reason: 'no timezone' };
  if (ms === undefined) return { reason: 'skipped by a clock change' };
  if (ms < 0 || ms >= YEAR_10000) return { reason: 'before 1970 or after 9999' };
  return { ms: ms + Math.floor(nanoseconds / 1e6), ns: nanoseconds % 1e6 };
}

function parseEpoch(whole: string, fraction: string, forced: TimeUnit | undefined): ParsedTimestamp {
  const digits = whole.replace(/^0+(?=\d)/, '');
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

/** The first `count` digits as an integer; the rest is cut off. */
function digitsAfterPoint(fraction: string, count: number): number {
  return Number(fraction.slice(0, count).padEnd(count, '0') || '0');
}
