import { Temporal } from 'temporal-polyfill';
import { describe, expect, test } from 'vitest';
import { parseTimestamp, type TimestampOptions, unitByMagnitude } from '../../src/core/timestamp.ts';
import { check, fc } from '../support/properties.ts';

/** Nanoseconds since 1970, or the reason why there are none. */
function read(text: string, options: TimestampOptions = {}): bigint | string {
  const parsed = parseTimestamp(text, options);
  return 'reason' in parsed ? parsed.reason : BigInt(parsed.ms) * 1_000_000n + BigInt(parsed.ns);
}

/** RFC 3339 of a text's instant in UTC, as long as it needs. */
function shown(text: string, options: TimestampOptions = {}): string {
  const nanoseconds = read(text, options);
  return typeof nanoseconds === 'string' ? nanoseconds : Temporal.Instant.fromEpochNanoseconds(nanoseconds).toString();
}

describe('a timestamp', () => {
  test.each`
    text                                    | instant
    ${'2026-10-01T00:00:00Z'}               | ${'2026-10-01T00:00:00Z'}
    ${'2026-10-01t00:00:00z'}               | ${'2026-10-01T00:00:00Z'}
    ${'2026-10-01 00:00:00Z'}               | ${'2026-10-01T00:00:00Z'}
    ${'2026-10-01T00:00:00+05:30'}          | ${'2026-09-30T18:30:00Z'}
    ${'2026-10-01T00:00:00+0530'}           | ${'2026-09-30T18:30:00Z'}
    ${'2026-10-01T00:00:00-00:00'}          | ${'2026-10-01T00:00:00Z'}
    ${'2026-10-01T00:00:00.5Z'}             | ${'2026-10-01T00:00:00.5Z'}
    ${'2026-10-01T00:00:00.123456789Z'}     | ${'2026-10-01T00:00:00.123456789Z'}
    ${'2026-10-01T00:00:00.1234567890000Z'} | ${'2026-10-01T00:00:00.123456789Z'}
    ${'2026-10-01T00:00:00.1234567899Z'}    | ${'2026-10-01T00:00:00.123456789Z'}
    ${'1970-01-01T00:00:00Z'}               | ${'1970-01-01T00:00:00Z'}
    ${'9999-12-31T23:59:59.999999999Z'}     | ${'9999-12-31T23:59:59.999999999Z'}
    ${'2024-02-29T12:00:00Z'}               | ${'2024-02-29T12:00:00Z'}
  `('$text is $instant', ({ text, instant }) => {
    expect(shown(text)).toBe(instant);
  });

  test.each`
    text                                | reason
    ${''}                               | ${'empty'}
    ${'yesterday'}                      | ${'not a timestamp'}
    ${'2026-10-01'}                     | ${'not a timestamp'}
    ${'2026-10-01T00:00Z'}              | ${'not a timestamp'}
    ${'2026-10-1T00:00:00Z'}            | ${'not a timestamp'}
    ${' 2026-10-01T00:00:00Z'}          | ${'not a timestamp'}
    ${'2026-10-01T00:00:00.Z'}          | ${'not a timestamp'}
    ${'-1'}                             | ${'not a timestamp'}
    ${'1e9'}                            | ${'not a timestamp'}
    ${'2026-10-01T00:00:00'}            | ${'no timezone'}
    ${'2026-02-30T00:00:00Z'}           | ${'no such day or time'}
    ${'2026-02-29T00:00:00Z'}           | ${'no such day or time'}
    ${'2026-13-01T00:00:00Z'}           | ${'no such day or time'}
    ${'2026-10-00T00:00:00Z'}           | ${'no such day or time'}
    ${'2026-10-01T24:00:00Z'}           | ${'no such day or time'}
    ${'2026-10-01T00:60:00Z'}           | ${'no such day or time'}
    ${'2026-12-31T23:59:60Z'}           | ${'no such day or time'}
    ${'2026-10-01T00:00:00+24:00'}      | ${'no such day or time'}
    ${'2026-10-01T00:00:00+01:60'}      | ${'no such day or time'}
    ${'0000-01-01T00:00:00Z'}           | ${'no such day or time'}
    ${'1969-12-31T23:59:59.999999999Z'} | ${'before 1970 or after 9999'}
    ${'0001-01-01T00:00:00Z'}           | ${'before 1970 or after 9999'}
    ${'1970-01-01T00:59:59+01:00'}      | ${'before 1970 or after 9999'}
    ${'9999-12-31T23:00:00-01:00'}      | ${'before 1970 or after 9999'}
  `('"$text" is none: $reason', ({ text, reason }) => {
    expect(read(text)).toBe(reason);
  });

  test.each`
    text                     | unit    | instant
    ${'0'}                   | ${'s'}  | ${'1970-01-01T00:00:00Z'}
    ${'1790812800'}          | ${'s'}  | ${'2026-10-01T00:00:00Z'}
    ${'1790812800.25'}       | ${'s'}  | ${'2026-10-01T00:00:00.25Z'}
    ${'1790812800000'}       | ${'ms'} | ${'2026-10-01T00:00:00Z'}
    ${'1790812800000.5'}     | ${'ms'} | ${'2026-10-01T00:00:00.0005Z'}
    ${'1790812800000000'}    | ${'us'} | ${'2026-10-01T00:00:00Z'}
    ${'1790812800000000001'} | ${'ns'} | ${'2026-10-01T00:00:00.000000001Z'}
    ${'0001790812800'}       | ${'s'}  | ${'2026-10-01T00:00:00Z'}
  `('$text, a number of $unit by its size, is $instant', ({ text, unit, instant }) => {
    expect(shown(text)).toBe(instant);
    expect(unitByMagnitude(text.split('.')[0].replace(/^0+(?=.)/, ''))).toBe(unit);
  });

  test.each`
    digits | unit
    ${11}  | ${'s'}
    ${12}  | ${'ms'}
    ${14}  | ${'ms'}
    ${15}  | ${'us'}
    ${17}  | ${'us'}
    ${18}  | ${'ns'}
  `('of $digits digits is in $unit', ({ digits, unit }) => {
    expect(unitByMagnitude('9'.repeat(digits))).toBe(unit);
  });

  test('in a forced unit is what the flag says, whatever its size', () => {
    expect(shown('1790812800', { timeUnit: 'ms' })).toBe('1970-01-21T17:26:52.8Z');
    expect(read('1790812800000', { timeUnit: 's' })).toBe('before 1970 or after 9999');
    expect(read('1.0000000009', { timeUnit: 's' })).toBe(1_000_000_000n);
    expect(read('1.5', { timeUnit: 'ns' })).toBe(1n);
    expect(read('253402300799', { timeUnit: 's' })).toBe(253402300799_000_000_000n);
    expect(read('253402300800', { timeUnit: 's' })).toBe('before 1970 or after 9999');
  });

  test('without a zone is a wall clock of the given one', () => {
    expect(shown('2026-10-01T00:00:00', { timezone: 'Europe/Berlin' })).toBe('2026-09-30T22:00:00Z');
    expect(shown('2026-10-25T02:30:00.5', { timezone: 'Europe/Berlin' })).toBe('2026-10-25T00:30:00.5Z');
    expect(read('2026-03-29T02:30:00', { timezone: 'Europe/Berlin' })).toBe('skipped by a clock change');
    expect(shown('2026-10-01T00:00:00Z', { timezone: 'Europe/Berlin' })).toBe('2026-10-01T00:00:00Z');
  });

  test('written with a zone is the instant that Temporal reads in the same text', () => {
    const digits = (least: number, most: number, width = 2) =>
      fc.integer({ min: least, max: most }).map((number) => String(number).padStart(width, '0'));
    const zone = fc.oneof(
      fc.constantFrom('Z', 'z'),
      fc
        .tuple(fc.constantFrom('+', '-'), digits(0, 23), fc.constantFrom(':', ''), digits(0, 59))
        .map((p) => p.join('')),
    );
    const fraction = fc.option(
      fc.stringMatching(/^\d{1,9}$/).map((text) => `.${text}`),
      { nil: '' },
    );
    const text = fc
      .tuple(
        fc.oneof(digits(1, 9999, 4), digits(1968, 2100, 4)),
        digits(1, 13),
        digits(1, 31),
        fc.constantFrom('T', 't', ' '),
        digits(0, 24),
        digits(0, 60),
        digits(0, 59),
        fraction,
        zone,
      )
      .map(([y, m, d, t, h, min, s, f, z]) => `${y}-${m}-${d}${t}${h}:${min}:${s}${f}${z}`);
    check(
      fc.property(text, (written) => {
        expect(read(written)).toBe(byTemporal(written));
      }),
      { runs: 3000 },
    );
  });
});

function byTemporal(text: string): bigint | string {
  try {
    const { epochNanoseconds } = Temporal.Instant.from(text);
    const isUsual = epochNanoseconds >= 0n && epochNanoseconds < 253_402_300_800_000_000_000n;
    return isUsual ? epochNanoseconds : 'before 1970 or after 9999';
  } catch {
    return 'no such day or time';
  }
}
