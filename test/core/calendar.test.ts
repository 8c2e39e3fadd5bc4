import { describe, expect, test } from 'vitest';
import {
  addMonths,
  dateAt,
  daysBetween,
  daysInMonth,
  formatDate,
  formatInstant,
  formatWallClock,
  formatZoned,
  hasWholeHourOffsets,
  instantOfWallClock,
  isTimeZone,
  parseDate,
  startOfDate,
  steadyOffsetOf,
} from '../../src/core/calendar.ts';
import { check, fc } from '../support/properties.ts';

const date = (text: string) => parseDate(text)!;

describe('a day', () => {
  test.each`
    text            | begins
    ${'2026-10-01'} | ${'2026-10-01T00:00:00Z'}
    ${'0001-01-01'} | ${'0001-01-01T00:00:00Z'}
    ${'0099-12-31'} | ${'0099-12-31T00:00:00Z'}
    ${'1969-12-31'} | ${'1969-12-31T00:00:00Z'}
    ${'9999-12-31'} | ${'9999-12-31T00:00:00Z'}
  `('$text begins at $begins in UTC, and that is its day', ({ text, begins }) => {
    const start = startOfDate(date(text), 'UTC');
    expect(formatInstant(start)).toBe(begins);
    expect(formatDate(dateAt(start, 'UTC'))).toBe(text);
  });

  test.each`
    text            | zone                     | begins
    ${'2026-10-01'} | ${'America/Los_Angeles'} | ${'2026-10-01T07:00:00Z'}
    ${'2026-12-01'} | ${'America/Los_Angeles'} | ${'2026-12-01T08:00:00Z'}
    ${'2026-10-01'} | ${'Asia/Kolkata'}        | ${'2026-09-30T18:30:00Z'}
    ${'2026-10-01'} | ${'Asia/Kathmandu'}      | ${'2026-09-30T18:15:00Z'}
    ${'2026-10-01'} | ${'Pacific/Kiritimati'}  | ${'2026-09-30T10:00:00Z'}
    ${'2026-10-01'} | ${'Pacific/Pago_Pago'}   | ${'2026-10-01T11:00:00Z'}
    ${'2026-03-29'} | ${'Europe/Berlin'}       | ${'2026-03-28T23:00:00Z'}
    ${'2026-03-30'} | ${'Europe/Berlin'}       | ${'2026-03-29T22:00:00Z'}
    ${'2018-11-04'} | ${'America/Sao_Paulo'}   | ${'2018-11-04T03:00:00Z'}
    ${'2026-07-01'} | ${'Australia/Lord_Howe'} | ${'2026-06-30T13:30:00Z'}
    ${'2026-01-01'} | ${'Australia/Lord_Howe'} | ${'2025-12-31T13:00:00Z'}
  `('$text begins at $begins in $zone, where the instant before is still another day', ({ text, zone, begins }) => {
    const start = startOfDate(date(text), zone);
    expect(formatInstant(start)).toBe(begins);
    expect(formatDate(dateAt(start, zone))).toBe(text);
    expect(formatDate(dateAt(start - 1, zone))).not.toBe(text);
  });

  test.each([
    '2026-02-30',
    '2026-02-29',
    '2100-02-29',
    '2026-00-01',
    '2026-13-01',
    '2026-01-00',
    '2026-1-1',
    '26-01-01',
    '',
  ])('"%s" is none', (text) => {
    expect(parseDate(text)).toBeUndefined();
  });

  test.each(['2024-02-29', '2000-02-29', '2026-12-31'])('%s is one', (text) => {
    expect(formatDate(date(text))).toBe(text);
  });
});

describe('days between two days', () => {
  test.each`
    from            | to              | days
    ${'2026-10-01'} | ${'2026-10-01'} | ${0}
    ${'2026-10-01'} | ${'2026-11-01'} | ${31}
    ${'2024-02-01'} | ${'2024-03-01'} | ${29}
    ${'2026-02-01'} | ${'2026-03-01'} | ${28}
    ${'2026-10-02'} | ${'2026-10-01'} | ${-1}
    ${'0001-01-01'} | ${'0002-01-01'} | ${365}
    ${'0099-12-31'} | ${'0100-01-01'} | ${1}
  `('$from to $to: $days', ({ from, to, days }) => {
    expect(daysBetween(date(from), date(to))).toBe(days);
  });
});

describe('months', () => {
  test.each([
    [2024, 2, 29],
    [2026, 2, 28],
    [2000, 2, 29],
    [1900, 2, 28],
    [2026, 4, 30],
    [2026, 12, 31],
    [4, 2, 29],
    [100, 2, 28],
  ])('%i-%i has %i days', (year, month, days) => {
    expect(daysInMonth(year, month)).toBe(days);
  });

  test.each`
    from            | months | anchor | to
    ${'2026-01-31'} | ${1}   | ${31}  | ${'2026-02-28'}
    ${'2024-01-31'} | ${1}   | ${31}  | ${'2024-02-29'}
    ${'2026-02-28'} | ${1}   | ${31}  | ${'2026-03-31'}
    ${'2026-02-28'} | ${1}   | ${30}  | ${'2026-03-30'}
    ${'2026-12-31'} | ${2}   | ${31}  | ${'2027-02-28'}
    ${'2026-01-15'} | ${-1}  | ${15}  | ${'2025-12-15'}
    ${'2026-03-31'} | ${-13} | ${31}  | ${'2025-02-28'}
    ${'2026-05-31'} | ${0}   | ${31}  | ${'2026-05-31'}
  `('$months after $from, on day $anchor, is $to', ({ from, months, anchor, to }) => {
    expect(formatDate(addMonths(date(from), months, anchor))).toBe(to);
  });
});

describe('a wall clock', () => {
  const at = (text: string, zone: string) => {
    const instant = instantOfWallClock(Date.parse(`${text}Z`), zone);
    return instant === undefined ? undefined : formatInstant(instant);
  };

  test('that a clock change skips has no instant', () => {
    expect(at('2026-03-29T01:59:59', 'Europe/Berlin')).toBe('2026-03-29T00:59:59Z');
    expect(at('2026-03-29T02:00:00', 'Europe/Berlin')).toBeUndefined();
    expect(at('2026-03-29T02:59:59', 'Europe/Berlin')).toBeUndefined();
    expect(at('2026-03-29T03:00:00', 'Europe/Berlin')).toBe('2026-03-29T01:00:00Z');
  });

  test('that a clock change repeats is the earlier instant', () => {
    expect(at('2026-10-25T01:59:59', 'Europe/Berlin')).toBe('2026-10-24T23:59:59Z');
    expect(at('2026-10-25T02:30:00', 'Europe/Berlin')).toBe('2026-10-25T00:30:00Z');
    expect(at('2026-10-25T03:00:00', 'Europe/Berlin')).toBe('2026-10-25T02:00:00Z');
  });
});

describe('a zone', () => {
  test.each(['UTC', 'Europe/Berlin', 'America/Argentina/Buenos_Aires'])('%s is one', (name) => {
    expect(isTimeZone(name)).toBe(true);
  });
  test.each(['', '+02:00', 'Berlin', 'Europe/Atlantis', 'UTC+2'])('"%s" is none', (name) => {
    expect(isTimeZone(name)).toBe(false);
  });
  test.each`
    zone                     | whole
    ${'UTC'}                 | ${true}
    ${'America/New_York'}    | ${true}
    ${'Europe/Berlin'}       | ${true}
    ${'Asia/Kolkata'}        | ${false}
    ${'Asia/Kathmandu'}      | ${false}
    ${'Australia/Lord_Howe'} | ${false}
    ${'America/Caracas'}     | ${false}
  `('$zone keeps to whole hours: $whole', ({ zone, whole }) => {
    expect(hasWholeHourOffsets(zone)).toBe(whole);
  });
});

test.each`
  zone                     | start                    | hours | offset
  ${'UTC'}                 | ${'2026-03-29T02:00:00'} | ${1}  | ${0}
  ${'Europe/Berlin'}       | ${'2026-03-29T01:00:00'} | ${1}  | ${60}
  ${'Europe/Berlin'}       | ${'2026-03-29T02:00:00'} | ${1}  | ${undefined}
  ${'Europe/Berlin'}       | ${'2026-03-29T03:00:00'} | ${1}  | ${120}
  ${'Europe/Berlin'}       | ${'2026-03-29T00:00:00'} | ${24} | ${undefined}
  ${'Europe/Berlin'}       | ${'2026-10-25T01:00:00'} | ${1}  | ${120}
  ${'Europe/Berlin'}       | ${'2026-10-25T02:00:00'} | ${1}  | ${undefined}
  ${'Europe/Berlin'}       | ${'2026-10-25T03:00:00'} | ${1}  | ${60}
  ${'Europe/Berlin'}       | ${'2026-10-24T00:00:00'} | ${24} | ${120}
  ${'Australia/Lord_Howe'} | ${'2026-04-05T01:00:00'} | ${1}  | ${undefined}
  ${'Australia/Lord_Howe'} | ${'2026-04-05T02:00:00'} | ${1}  | ${630}
  ${'Pacific/Apia'}        | ${'2011-12-30T00:00:00'} | ${24} | ${undefined}
`('$zone is $offset minutes ahead of UTC for $hours hours from $start', ({ zone, start, hours, offset }) => {
  const from = Date.parse(`${start}Z`);
  const steady = steadyOffsetOf({ start: from, end: from + hours * 3_600_000 }, zone);
  expect(steady === undefined ? undefined : steady / 60_000).toBe(offset);
});

describe('an instant in a zone', () => {
  const zones = ['UTC', 'Europe/Berlin', 'Europe/London', 'America/St_Johns', 'Asia/Kathmandu', 'Australia/Lord_Howe'];

  test('is what the clock there shows, with an offset that leads back to the instant', () => {
    const instants = fc.integer({ min: Date.UTC(1975, 0), max: Date.UTC(2037, 0) });
    check(
      fc.property(instants, fc.constantFrom(...zones), (instant, zone) => {
        const text = formatZoned(instant, zone);
        expect(Date.parse(text), text).toBe(instant);
        expect(text.replace('T', ' ')).toContain(formatWallClock(instant, zone));
      }),
      { runs: 500 },
    );
  });

  test.each`
    instant                   | zone                     | text
    ${'2026-10-25T00:59:59Z'} | ${'Europe/Berlin'}       | ${'2026-10-25T02:59:59+02:00'}
    ${'2026-10-25T01:00:00Z'} | ${'Europe/Berlin'}       | ${'2026-10-25T02:00:00+01:00'}
    ${'2026-10-03T15:29:59Z'} | ${'Australia/Lord_Howe'} | ${'2026-10-04T01:59:59+10:30'}
    ${'2026-10-03T15:30:00Z'} | ${'Australia/Lord_Howe'} | ${'2026-10-04T02:30:00+11:00'}
    ${'2026-12-01T00:00:00Z'} | ${'Europe/London'}       | ${'2026-12-01T00:00:00+00:00'}
    ${'1880-01-01T00:00:00Z'} | ${'Europe/Berlin'}       | ${'1880-01-01T00:00:00Z'}
  `('$instant is $text in $zone', ({ instant, zone, text }) => {
    expect(formatZoned(Date.parse(instant), zone)).toBe(text);
  });
});
