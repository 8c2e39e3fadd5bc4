/** Instants in formats of strftime, against what RFC 3339 says of the same instants. */
import { describe, expect, test } from 'vitest';
import { instantText, timeFormatOf } from '../../src/core/timeFormat.ts';
import { parseTimestamp } from '../../src/core/timestamp.ts';

function read(text: string, format: string): string | undefined {
  const parsed = timeFormatOf(format);
  if ('reason' in parsed) throw new Error(parsed.reason);
  return instantText(text, parsed);
}

test.each`
  text                             | format                       | instant
  ${'02/Oct/2026:10:00:01 +0200'}  | ${'%d/%b/%Y:%H:%M:%S %z'}    | ${'2026-10-02T10:00:01+0200'}
  ${'02/oct/2026:10:00:01 -05:30'} | ${'%d/%b/%Y:%T %z'}          | ${'2026-10-02T10:00:01-05:30'}
  ${'02/Oct/2026:10:00:01.123'}    | ${'%d/%b/%Y:%H:%M:%S.%f'}    | ${'2026-10-02T10:00:01.123'}
  ${'Fri Oct  2 08:00:01 2026'}    | ${'%a %b %e %T %Y'}          | ${'2026-10-02T08:00:01'}
  ${'Friday, 2 October 2026 8 PM'} | ${'%A, %d %B %Y %I %p'}      | ${'2026-10-02T20:00:00'}
  ${'10/2/26 12:05:00 AM UTC'}     | ${'%m/%d/%y %I:%M:%S %p %Z'} | ${'2026-10-02T00:05:00UTC'}
  ${'10/2/26 12:05:00 PM GMT'}     | ${'%m/%d/%y %I:%M:%S %p %Z'} | ${'2026-10-02T12:05:00GMT'}
  ${'31/12/69 23'}                 | ${'%d/%m/%y %H'}             | ${'1969-12-31T23:00:00'}
  ${'100% 2026-10-02 08'}          | ${'100%% %F %H'}             | ${'2026-10-02T08:00:00'}
  ${'1790928001.123'}              | ${'%s'}                      | ${'1790928001.123'}
`('$text in $format is $instant', ({ text, format, instant }) => {
  expect(read(text, format)).toBe(instant);
});

/** Not a day, not an hour: the format fits, and RFC 3339 refuses what comes out. */
test.each`
  text                     | format
  ${'30/02/2026 08'}       | ${'%d/%m/%Y %H'}
  ${'02/13/2026 08'}       | ${'%d/%m/%Y %H'}
  ${'02/10/2026 13:00 PM'} | ${'%d/%m/%Y %I:%M %p'}
  ${'02/10/2026 00:00 AM'} | ${'%d/%m/%Y %I:%M %p'}
  ${'02/10/2026 24:00'}    | ${'%d/%m/%Y %H:%M'}
`('$text in $format is no such day or time', ({ text, format }) => {
  expect(parseTimestamp(read(text, format)!, { timezone: 'UTC' })).toEqual({ reason: 'no such day or time' });
});

test.each`
  text                             | format
  ${'02/Okt/2026:10:00:01 +0200'}  | ${'%d/%b/%Y:%H:%M:%S %z'}
  ${'02/Oct/2026:10:00:01 +0200 '} | ${'%d/%b/%Y:%H:%M:%S %z'}
  ${'02/Oct/2026:10:00:01'}        | ${'%d/%b/%Y:%H:%M:%S %z'}
  ${'2/Oct/26:10:00:01 +0200'}     | ${'%d/%b/%Y:%H:%M:%S %z'}
  ${''}                            | ${'%s'}
`('"$text" does not fit $format', ({ text, format }) => {
  expect(read(text, format)).toBeUndefined();
});

describe('a format that leaves an instant open is refused', () => {
  test.each`
    format              | reason
    ${'%b %d %H:%M:%S'} | ${'it lacks the year (%Y)'}
    ${'%Y'}             | ${'it lacks the month (%m, %b), the day (%d), the hour (%H, or %I with %p)'}
    ${'%F %I:%M'}       | ${'it lacks the hour (%H, or %I with %p)'}
    ${'%F %H:%M:%Q'}    | ${'%Q is no letter of a time'}
    ${'%F %H %'}        | ${'% is no letter of a time'}
  `('$format: $reason', ({ format, reason }) => {
    expect(timeFormatOf(format)).toEqual({ reason });
  });
});
