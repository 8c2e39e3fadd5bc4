/**
 * Timestamps out of bytes, for the two common layouts: `2026-10-01T12:34:56`, a fraction of up to nine digits and `Z` or an
 * offset; and whole numbers since 1970. What it does not take is not wrong, but for `parseTimestamp` to judge.
 */
import { daysInMonth } from '../../core/calendar.ts';
import { TIME_UNITS, type TimeUnit, unitByMagnitude } from '../../core/timestamp.ts';
import { BATCH_ROWS, type Batch } from './batch.ts';
import type { Bytes } from './bytes.ts';

const CACHED = 1 << 10;

/**
 * The second half of `2026-10-01T12:34:56.789Z` and of `2026-10-01T12:34:56Z`, as words of four characters. Exclusive or
 * with these leaves the digits' values, and 0 for the other characters; adding the next ones then carries into a byte's
 * high bit exactly if it is above what is allowed there.
 */
const MINUTES = 0x30303a30; // 2:34
const MINUTES_ABOVE = 0x767a7f76;
/** Hours after 20 o'clock: up to 3. */
const LATE_MINUTES_ABOVE = 0x767a7f7c;
const SECONDS = 0x2e30303a; // :56.
const SECONDS_AND_END = 0x5a30303a; // :56Z
const SECONDS_ABOVE = 0x7f767a7f;
const FRACTION = 0x5a303030; // 789Z
const FRACTION_ABOVE = 0x7f767676;
const HIGH_BITS = 0x80808080 | 0;

export class InstantDecoder {
  /** True once a timestamp was a whole number; the batch then tells the units of its rows. */
  sawNumbers = false;
  private readonly forcedUnit: TimeUnit | undefined;
  /** Instants of `2026-10-01T1` and the like, twelve bytes, found by a hash of them. */
  private readonly prefixes = new Int32Array(CACHED * 3);
  private readonly prefixAt = new Float64Array(CACHED);

  constructor(forcedUnit: TimeUnit | undefined) {
    this.forcedUnit = forcedUnit;
  }

  decode({ bytes, view }: Bytes, column: number, batch: Batch): void {
    const { prefixes, prefixAt } = this;
    const { starts, ends, at, nanoseconds, odd, rows } = batch;
    const first = column * BATCH_ROWS;
    if (this.sawNumbers) batch.units.fill(0, 0, rows);
    // Of the last row: exports are in order, mostly, so that the next one begins like it.
    let lastYear = 0;
    let lastMonth = 0;
    let lastDay = 0;
    let base = Number.NaN;
    let minutesAbove = MINUTES_ABOVE;
    for (let row = 0; row < rows; row++) {
      const start = starts[first + row]!;
      const end = ends[first + row]!;
      const length = end - start;
      if (length < 20 || length > 35) {
        if (!this.decodeNumber(bytes, start, end, batch, row)) odd[row] = 1;
        continue;
      }
      const year = view.getInt32(start, true);
      const month = view.getInt32(start + 4, true);
      const day = view.getInt32(start + 8, true);
      if (day !== lastDay || month !== lastMonth || year !== lastYear) {
        const place = Math.imul(Math.imul(month ^ year, 0x9e3779b1) ^ day, 0x85ebca77) >>> 22;
        let found = prefixAt[place]!;
        if (prefixes[place * 3 + 2] !== day || prefixes[place * 3 + 1] !== month || prefixes[place * 3] !== year) {
          found = prefixInstant(bytes, start);
          if (Number.isNaN(found)) {
            odd[row] = 1;
            continue;
          }
          prefixes[place * 3] = year;
          prefixes[place * 3 + 1] = month;
          prefixes[place * 3 + 2] = day;
          prefixAt[place] = found;
        }
        base = found;
        lastYear = year;
        lastMonth = month;
        lastDay = day;
        minutesAbove = bytes[start + 11] === 50 ? LATE_MINUTES_ABOVE : MINUTES_ABOVE;
      }
      if (length === 24 || length === 20) {
        const minutes = view.getInt32(start + 12, true) ^ MINUTES;
        const seconds = view.getInt32(start + 16, true) ^ (length === 24 ? SECONDS : SECONDS_AND_END);
        const fraction = length === 24 ? view.getInt32(start + 20, true) ^ FRACTION : 0;
        const above =
          (minutes + minutesAbove) |
          minutes |
          (seconds + SECONDS_ABOVE) |
          seconds |
          (fraction + FRACTION_ABOVE) |
          fraction;
        if ((above & HIGH_BITS) === 0) {
          const minute = (minutes & 0xff) * 60 + ((minutes >> 16) & 0xff) * 10 + (minutes >> 24);
          const second = ((seconds >> 8) & 0xff) * 10 + ((seconds >> 16) & 0xff);
          const millisecond = (fraction & 0xff) * 100 + ((fraction >> 8) & 0xff) * 10 + ((fraction >> 16) & 0xff);
          at[row] = base + (minute * 60_000 + second * 1000 + millisecond);
          nanoseconds[row] = 0;
          continue;
        }
      }
      const hour = bytes[start + 12]! - 48;
      const minute10 = bytes[start + 14]! - 48;
      const minute = bytes[start + 15]! - 48;
      const second10 = bytes[start + 17]! - 48;
      const second = bytes[start + 18]! - 48;
      // biome-ignore format: one condition a line says less
      if (hour >>> 0 > (bytes[start + 11] === 50 ? 3 : 9) || minute10 >>> 0 > 5 || minute >>> 0 > 9 || second10 >>> 0 > 5 ||
        second >>> 0 > 9 || bytes[start + 13] !== 58 || bytes[start + 16] !== 58) {
        odd[row] = 1;
        continue;
      }
      let millisecond = 0;
      let nanosecond = 0;
      let i = start + 19;
      let c = bytes[i]!;
      if (c === 46) {
        let digits = 0;
        let fraction = 0;
        c = bytes[++i]!;
        while (c >= 48 && c <= 57 && digits < 9) {
          fraction = fraction * 10 + (c - 48);
          digits++;
          c = bytes[++i]!;
        }
        if (digits === 3) millisecond = fraction;
        else if (digits === 0) {
          odd[row] = 1;
          continue;
        } else {
          fraction *= POWERS[9 - digits]!;
          millisecond = Math.floor(fraction / 1e6);
          nanosecond = fraction - millisecond * 1e6;
        }
      }
      let offset = 0;
      if (c !== 90 || i + 1 !== end) {
        offset = offsetMinutes(bytes, i, end);
        if (offset === NO_OFFSET) {
          odd[row] = 1;
          continue;
        }
      }
      at[row] =
        base + (hour * 60 + minute10 * 10 + minute - offset) * 60_000 + (second10 * 10 + second) * 1000 + millisecond;
      nanoseconds[row] = nanosecond;
    }
  }

  /** A whole number without leading zeros, small enough to be before the year 9999. */
  private decodeNumber(bytes: Uint8Array, start: number, end: number, batch: Batch, row: number): boolean {
    const digits = end - start;
    if (digits < 2 || digits > 19 || bytes[start] === 48) return false;
    const unit = this.forcedUnit ?? UNIT_BY_DIGITS[digits]!;
    const below = DIGITS_BELOW_MS[unit]!;
    if (digits - below > 14) return false;
    let ms = 0;
    let i = start;
    for (const stop = end - Math.max(below, 0); i < stop; i++) {
      const digit = bytes[i]! - 48;
      if (digit >>> 0 > 9) return false;
      ms = ms * 10 + digit;
    }
    let ns = 0;
    for (; i < end; i++) {
      const digit = bytes[i]! - 48;
      if (digit >>> 0 > 9) return false;
      ns = ns * 10 + digit;
    }
    if (unit === 's') ms *= 1000;
    if (ms >= 253_402_300_800_000) return false;
    batch.at[row] = ms;
    batch.nanoseconds[row] = unit === 'us' ? ns * 1000 : ns;
    this.sawNumbers = true;
    batch.units[row] = 1 + TIME_UNITS.indexOf(unit);
    return true;
  }
}

const POWERS = Array.from({ length: 10 }, (_, i) => 10 ** i);
const UNIT_BY_DIGITS = Array.from({ length: 20 }, (_, i) => unitByMagnitude('1'.repeat(i)));
/** Digits of a number in a unit that are finer than a millisecond. */
const DIGITS_BELOW_MS: Record<TimeUnit, number> = { s: 0, ms: 0, us: 3, ns: 6 };

/** The instant of `YYYY-MM-DDTH0:00:00Z` whose first twelve bytes are given; NaN if there is none. */
function prefixInstant(bytes: Uint8Array, start: number): number {
  const digit = (i: number) => {
    const value = bytes[start + i]! - 48;
    return value >= 0 && value <= 9 ? value : Number.NaN;
  };
  const separator = bytes[start + 10]!;
  if (bytes[start + 4] !== 45 || bytes[start + 7] !== 45) return Number.NaN;
  if (separator !== 84 && separator !== 116 && separator !== 32) return Number.NaN;
  const year = digit(0) * 1000 + digit(1) * 100 + digit(2) * 10 + digit(3);
  const month = digit(5) * 10 + digit(6);
  const day = digit(8) * 10 + digit(9);
  const hour10 = digit(11);
  // Years at the ends of what is accepted go the exact way: an offset may lead out of them.
  const exists =
    year > 1970 &&
    year < 9999 &&
    month >= 1 &&
    month <= 12 &&
    day >= 1 &&
    day <= daysInMonth(year, month) &&
    hour10 <= 2;
  return exists ? new Date(0).setUTCFullYear(year, month - 1, day) + hour10 * 36_000_000 : Number.NaN;
}

const NO_OFFSET = -10_000;

/** Minutes east of UTC that `Z`, `+05:30` or `+0530` between two places says, or {@link NO_OFFSET}. */
function offsetMinutes(bytes: Uint8Array, start: number, end: number): number {
  const c = bytes[start]!;
  const length = end - start;
  if (length === 1) return c === 90 || c === 122 ? 0 : NO_OFFSET;
  if ((c !== 43 && c !== 45) || (length !== 5 && length !== 6)) return NO_OFFSET;
  if (length === 6 && bytes[start + 3] !== 58) return NO_OFFSET;
  let value = 0;
  for (const i of length === 6 ? [1, 2, 4, 5] : [1, 2, 3, 4]) {
    const digit = bytes[start + i]! - 48;
    if (digit < 0 || digit > 9) return NO_OFFSET;
    value = value * 10 + digit;
  }
  const hours = Math.floor(value / 100);
  const minutes = value % 100;
  if (hours > 23 || minutes > 59) return NO_OFFSET;
  return (c === 45 ? -1 : 1) * (hours * 60 + minutes);
}
