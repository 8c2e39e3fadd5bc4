/**
 * Timestamps out of bytes, for the two common layouts: `2026-10-01T12:34:56`, a fraction and `Z`, an offset or nothing; and numbers
 * since 1970, with or without a fraction. What is not taken is not wrong, but for a slower reader to judge.
 */
import { MAY_BE_DATE, SLOW } from './contract';
import { eightDigits, HIGH_BITS, isDigit, isDigits, powerOfTen, ZEROS } from './digits';
import { offsetOfLocalHour } from './host';
import { allocate, assertBlock } from './memory';

const CACHED: u32 = 1 << 10;
const CACHE_SHIFT: u64 = 54;
/** A cached beginning of a timestamp: its bytes 0 to 7, its bytes 8 to 11, and its instant. No text consists of zeros. */
const CACHED_BYTES: u32 = 24;

/**
 * The characters of `2026-10-01T12:34:56.789Z` after the tens of the hour, `2:34:56.` and `789Z`. Exclusive or with these
 * leaves digits' values, and 0 for the other characters; adding the next ones carries into a byte's high bit if it is above
 * what is allowed there.
 */
const CLOCK: u64 = 0x2e30_303a_3030_3a30;
const CLOCK_AND_END: u64 = 0x5a30_303a_3030_3a30;
const CLOCK_ABOVE: u64 = 0x7f76_7a7f_767a_7f76;
/** After 20 o'clock: hours up to 3. */
const LATE_CLOCK_ABOVE: u64 = 0x7f76_7a7f_767a_7f7c;
const FRACTION: u64 = 0x5a30_3030;
const FRACTION_ABOVE: u64 = 0x7f76_7676;

/** Years at the ends of what is accepted go the exact way: an offset may lead out of them. */
const FIRST_YEAR: i32 = 1970;
const LAST_YEAR: i32 = 9999;
/** The end of the year 9999. */
const LAST_MS: i64 = 253_402_300_800_000;

const HOUR_MS: i64 = 3_600_000;
const LOCAL_HOURS: u32 = 1 << 12;
/** A local hour: 1 + its number since 1970, and its offset. */
const LOCAL_HOUR_BYTES: u32 = 16;
/** Offsets of hours that have no single one. */
const NO_LOCAL_OFFSET: i64 = i64.MIN_VALUE;

/** Longer ones are left to a slower reader. */
const SHORTEST_WRITTEN: u32 = 19;
const LONGEST_WRITTEN: u32 = 64;
const LONGEST_NUMBER: u32 = 64;

const NO_OFFSET: i32 = -10_000;
const HYPHEN: u8 = 0x2d;
const POINT: u8 = 0x2e;
/** Places of the units in the request's list. */
const SECONDS: i32 = 0;
const MILLISECONDS: i32 = 1;
const MICROSECONDS: i32 = 2;
const NANOSECONDS: i32 = 3;

const cache: usize = allocate(CACHED * CACHED_BYTES);
/** Local hours whose offset was asked for, each at the place that the lowest bits of its number give. */
const localHours: usize = allocate(LOCAL_HOURS * LOCAL_HOUR_BYTES);
let sawNumbers: bool = false;

const FIRST_SPREADSHEET_DAY: u64 = 20_000;
const LAST_SPREADSHEET_DAY: u64 = 60_000;

/** True once a timestamp was a whole number; `units` then tells the units of a batch's rows. */
export function sawNumericInstants(): bool {
  return sawNumbers;
}

/**
 * Decodes a column to milliseconds since 1970 (`at`) and nanoseconds after that; what it does not take is marked as slow.
 * `unitsByDigits`: for numbers of 0 to 19 digits the unit they are in, plus {@link MAY_BE_DATE}. `units`: for each row 1 + that, 0 for other timestamps.
 */
export function decodeInstants(
  starts: usize,
  ends: usize,
  stride: u32,
  delta: u32,
  slow: usize,
  rows: i32,
  at: usize,
  nanoseconds: usize,
  unitsByDigits: usize,
  units: usize,
): void {
  assertBlock(at, usize(rows) << 3);
  assertBlock(nanoseconds, usize(rows) << 2);
  assertBlock(units, rows);
  assertBlock(slow, rows);
  if (sawNumbers) memory.fill(units, 0, rows);
  let lastDate: u64 = 0;
  let lastHour: u32 = 0;
  let base: i64 = 0;
  let clockAbove: u64 = CLOCK_ABOVE;
  for (let row = 0; row < rows; row++) {
    const start = usize(load<u32>(starts + row * stride) + delta);
    const end = usize(load<u32>(ends + row * stride));
    const length = u32(end - start);
    store<u32>(nanoseconds + (row << 2), 0);
    if (length < SHORTEST_WRITTEN || length > LONGEST_WRITTEN || load<u8>(start, 4) !== HYPHEN) {
      if (!decodeNumber(start, length, row, at, nanoseconds, unitsByDigits, units)) store<u8>(slow + row, SLOW);
      continue;
    }
    const date = load<u64>(start);
    const hour = load<u32>(start, 8);
    if (date !== lastDate || hour !== lastHour) {
      const entry = cache + u32(((date ^ (u64(hour) << 13)) * 0x9e37_79b9_7f4a_7c15) >> CACHE_SHIFT) * CACHED_BYTES;
      if (load<u64>(entry) !== date || load<u32>(entry, 8) !== hour) {
        const found = instantOf(start);
        if (found < 0) {
          store<u8>(slow + row, SLOW);
          continue;
        }
        store<u64>(entry, date);
        store<u32>(entry, hour, 8);
        store<i64>(entry, found, 16);
      }
      base = load<i64>(entry, 16);
      lastDate = date;
      lastHour = hour;
      clockAbove = load<u8>(start, 11) === 0x32 ? LATE_CLOCK_ABOVE : CLOCK_ABOVE;
    }
    if (length === 24 || length === 20) {
      const isShort = length === 20;
      const clock = load<u64>(start, 12) ^ (isShort ? CLOCK_AND_END : CLOCK);
      const fraction = isShort ? 0 : u64(load<u32>(start, 20)) ^ FRACTION;
      const above = (clock + clockAbove) | clock | (fraction + FRACTION_ABOVE) | fraction;
      if ((above & HIGH_BITS) === 0) {
        const minute = (clock & 0xff) * 60 + ((clock >> 16) & 0xff) * 10 + ((clock >> 24) & 0xff);
        const second = ((clock >> 40) & 0xff) * 10 + ((clock >> 48) & 0xff);
        const millisecond = (fraction & 0xff) * 100 + ((fraction >> 8) & 0xff) * 10 + ((fraction >> 16) & 0xff);
        store<f64>(at + (row << 3), f64(base + i64(minute * 60_000 + second * 1000 + millisecond)));
        continue;
      }
    }
    const clock = load<u64>(start, 12) ^ CLOCK;
    // The last of the eight bytes is whatever follows the seconds.
    if ((((clock + clockAbove) | clock) & (HIGH_BITS >> 8)) !== 0) {
      store<u8>(slow + row, SLOW);
      continue;
    }
    const minute = (clock & 0xff) * 60 + ((clock >> 16) & 0xff) * 10 + ((clock >> 24) & 0xff);
    const second = ((clock >> 40) & 0xff) * 10 + ((clock >> 48) & 0xff);
    let next = start + 19;
    let fraction: u64 = 0;
    if (next < end && load<u8>(next) === POINT) {
      const digitsEnd = endOfDigits(next + 1, end);
      if (digitsEnd === next + 1) {
        store<u8>(slow + row, SLOW);
        continue;
      }
      fraction = fractionOf(next + 1, digitsEnd, 9);
      next = digitsEnd;
    }
    if (next === end) {
      // A time of the request's zone, if it names one.
      const clockMs = i64((minute * 60 + second) * 1000 + fraction / 1_000_000);
      const hour = (base + clockMs) / HOUR_MS;
      const localOffset = localOffsetOf(hour);
      if (localOffset === NO_LOCAL_OFFSET) {
        store<u8>(slow + row, SLOW);
        continue;
      }
      store<f64>(at + (row << 3), f64(base + clockMs - localOffset));
      store<u32>(nanoseconds + (row << 2), u32(fraction % 1_000_000));
      continue;
    }
    const offset = offsetMinutes(next, i32(end - next));
    if (offset === NO_OFFSET) {
      store<u8>(slow + row, SLOW);
      continue;
    }
    const ms = i64((minute * 60 + second) * 1000 + fraction / 1_000_000) - i64(offset) * 60_000;
    store<f64>(at + (row << 3), f64(base + ms));
    store<u32>(nanoseconds + (row << 2), u32(fraction % 1_000_000));
  }
}

/** Milliseconds that the clocks of a local hour are ahead of UTC, or {@link NO_LOCAL_OFFSET}. `hour`: since 1970, from 0. */
function localOffsetOf(hour: i64): i64 {
  const entry = localHours + (u32(hour) & (LOCAL_HOURS - 1)) * LOCAL_HOUR_BYTES;
  if (load<i64>(entry) !== hour + 1) {
    const offset = offsetOfLocalHour(f64(hour));
    store<i64>(entry, hour + 1);
    store<i64>(entry, Number.isNaN(offset) ? NO_LOCAL_OFFSET : i64(offset), 8);
  }
  return load<i64>(entry, 8);
}

function endOfDigits(from: usize, end: usize): usize {
  let at = from;
  while (at < end && isDigit(load<u8>(at))) at++;
  return at;
}

/** The first `count` of some digits as an integer, as if zeros followed; the rest is cut off. */
function fractionOf(from: usize, end: usize, count: i32): u64 {
  const kept = min(end - from, usize(count));
  let value: u64 = 0;
  for (let at = from; at < from + kept; at++) value = value * 10 + u64(load<u8>(at) - 0x30);
  return value * u64(powerOfTen(count - i32(kept)));
}

/** A number whose whole part has no leading zeros, small enough to be before the year 10000. */
function decodeNumber(
  start: usize,
  length: u32,
  row: i32,
  at: usize,
  nanoseconds: usize,
  unitsByDigits: usize,
  units: usize,
): bool {
  if (length < 2 || length > LONGEST_NUMBER || load<u8>(start) === 0x30) return false;
  const end = start + length;
  let value: u64 = 0;
  let point = start;
  for (; point < end && isDigit(load<u8>(point)); point++) value = value * 10 + u64(load<u8>(point) - 0x30);
  const digits = u32(point - start);
  if (digits < 2 || digits > 19) return false;
  const hasFraction = point < end;
  if (hasFraction) {
    if (load<u8>(point) !== POINT || point + 1 === end || endOfDigits(point + 1, end) !== end) return false;
  }
  const known = load<u8>(unitsByDigits + digits);
  if ((known & MAY_BE_DATE) !== 0 && looksLikeDate(value, digits)) return false;
  const unit = i32(known & ~MAY_BE_DATE);
  // Digits beyond the nanosecond are cut off.
  const below =
    hasFraction && unit !== NANOSECONDS
      ? fractionOf(point + 1, end, unit === SECONDS ? 9 : unit === MILLISECONDS ? 6 : 3)
      : 0;
  let ms = value;
  let ns: u64 = 0;
  if (unit === SECONDS) {
    if (value > u64(LAST_MS)) return false;
    ms = value * 1000 + below / 1_000_000;
    ns = below % 1_000_000;
  } else if (unit === MILLISECONDS) ns = below;
  else if (unit === MICROSECONDS) {
    ms = value / 1000;
    ns = (value % 1000) * 1000 + below;
  } else if (unit === NANOSECONDS) {
    ms = value / 1_000_000;
    ns = value % 1_000_000;
  }
  if (ms >= u64(LAST_MS)) return false;
  store<f64>(at + (row << 3), f64(ms));
  store<u32>(nanoseconds + (row << 2), u32(ns));
  store<u8>(units + row, u8(unit + 1));
  sawNumbers = true;
  return true;
}

/** True for numbers that begin like a year and a month, and for a spreadsheet's days; `parseTimestamp` decides. */
function looksLikeDate(value: u64, digits: u32): bool {
  if (digits === 5) return value >= FIRST_SPREADSHEET_DAY && value <= LAST_SPREADSHEET_DAY;
  let month = value;
  for (let i = digits; i > 6; i--) month /= 10;
  const year = month / 100;
  month %= 100;
  return year >= 1970 && year <= 2099 && month >= 1 && month <= 12;
}

/** The instant of `YYYY-MM-DDTH0:00:00Z` whose first twelve bytes are given; −1 if there is none. */
function instantOf(start: usize): i64 {
  const separator = load<u8>(start, 10);
  if (load<u8>(start, 4) !== 0x2d || load<u8>(start, 7) !== 0x2d) return -1;
  if (separator !== 0x54 && separator !== 0x74 && separator !== 0x20) return -1;
  // `YYYYMMDD` in one word
  const word =
    (load<u64>(start) & 0xffff_ffff) | ((load<u64>(start, 5) & 0xffff) << 32) | ((load<u64>(start, 8) & 0xffff) << 48);
  const values = word ^ ZEROS;
  if (!isDigits(values)) return -1;
  const hour10 = load<u8>(start, 11) - 0x30;
  if (hour10 > 2) return -1;
  const date = i32(eightDigits(values));
  const year = date / 10_000;
  const month = (date / 100) % 100;
  const day = date % 100;
  if (year <= FIRST_YEAR || year >= LAST_YEAR || month < 1 || month > 12) return -1;
  if (day < 1 || day > daysInMonth(year, month)) return -1;
  return i64(daysSince1970(year, month, day)) * 86_400_000 + i64(hour10) * 36_000_000;
}

function daysInMonth(year: i32, month: i32): i32 {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return 30 + ((month + (month >> 3)) & 1);
}

/** Counts years from March, so that a leap day is the last of its year (Howard Hinnant's `days_from_civil`). */
function daysSince1970(year: i32, month: i32, day: i32): i32 {
  const isEarly = month <= 2;
  const years = isEarly ? year - 1 : year;
  const months = isEarly ? month + 9 : month - 3;
  return years * 365 + years / 4 - years / 100 + years / 400 + (153 * months + 2) / 5 + day - 719_469;
}

/** Minutes east of UTC that `Z`, `+05:30`, `+0530` or `+05` says, or {@link NO_OFFSET}. */
function offsetMinutes(start: usize, length: i32): i32 {
  const c = load<u8>(start);
  if (length === 1) return c === 0x5a || c === 0x7a ? 0 : NO_OFFSET;
  if ((c !== 0x2b && c !== 0x2d) || (length !== 5 && length !== 6 && length !== 3)) return NO_OFFSET;
  if (length === 6 && load<u8>(start, 3) !== 0x3a) return NO_OFFSET;
  const minutesAt = start + (length === 6 ? 4 : 3);
  if (!isDigit(load<u8>(start, 1)) || !isDigit(load<u8>(start, 2))) return NO_OFFSET;
  if (length === 3) {
    const whole = i32(load<u8>(start, 1) - 0x30) * 10 + i32(load<u8>(start, 2) - 0x30);
    return whole > 23 ? NO_OFFSET : (c === 0x2d ? -60 : 60) * whole;
  }
  if (!isDigit(load<u8>(minutesAt)) || !isDigit(load<u8>(minutesAt, 1))) return NO_OFFSET;
  const hours = i32(load<u8>(start, 1) - 0x30) * 10 + i32(load<u8>(start, 2) - 0x30);
  const minutes = i32(load<u8>(minutesAt) - 0x30) * 10 + i32(load<u8>(minutesAt, 1) - 0x30);
  if (hours > 23 || minutes > 59) return NO_OFFSET;
  return (c === 0x2d ? -1 : 1) * (hours * 60 + minutes);
}
