import { describe, expect, test } from 'vitest';
import { formatInstant } from '../../src/core/calendar.ts';
import { Fraction } from '../../src/core/fraction.ts';
import {
  anchoredPeriods,
  billingMonths,
  contains,
  daysIn,
  lastDayLeftOut,
  monthAt,
  parsePeriodChoice,
  periodLabel,
} from '../../src/core/period.ts';
import { periodOf } from '../support/invoices.ts';

const at = (text: string) => Date.parse(text);

describe('a period', () => {
  test('its start belongs to it, its end to the next one', () => {
    const october = periodOf('2026-10');
    expect(contains(october, at('2026-10-01T00:00:00Z'))).toBe(true);
    expect(contains(october, at('2026-10-31T23:59:59.999Z'))).toBe(true);
    expect(contains(october, at('2026-11-01T00:00:00Z'))).toBe(false);
    expect(contains(october, at('2026-09-30T23:59:59.999Z'))).toBe(false);
  });

  test.each`
    text                                              | zone                     | start                     | end
    ${'2026-10'}                                      | ${'UTC'}                 | ${'2026-10-01T00:00:00Z'} | ${'2026-11-01T00:00:00Z'}
    ${'2026-12'}                                      | ${'UTC'}                 | ${'2026-12-01T00:00:00Z'} | ${'2027-01-01T00:00:00Z'}
    ${'2026-10'}                                      | ${'Europe/Berlin'}       | ${'2026-09-30T22:00:00Z'} | ${'2026-10-31T23:00:00Z'}
    ${'2026-03'}                                      | ${'America/Los_Angeles'} | ${'2026-03-01T08:00:00Z'} | ${'2026-04-01T07:00:00Z'}
    ${'2026-10'}                                      | ${'Asia/Kolkata'}        | ${'2026-09-30T18:30:00Z'} | ${'2026-10-31T18:30:00Z'}
    ${'2026-10-01..2026-10-08'}                       | ${'Europe/Berlin'}       | ${'2026-09-30T22:00:00Z'} | ${'2026-10-07T22:00:00Z'}
    ${'2026-10-01T12:00:00Z..2026-10-08T00:00:00.5Z'} | ${'Europe/Berlin'}       | ${'2026-10-01T12:00:00Z'} | ${'2026-10-08T00:00:00.500Z'}
    ${'2026-10-01T12:00:00..2026-10-02'}              | ${'Europe/Berlin'}       | ${'2026-10-01T10:00:00Z'} | ${'2026-10-01T22:00:00Z'}
    ${'0050-01'}                                      | ${'UTC'}                 | ${'0050-01-01T00:00:00Z'} | ${'0050-02-01T00:00:00Z'}
  `('$text in $zone is from $start to $end', ({ text, zone, start, end }) => {
    const period = periodOf(text, zone);
    expect([formatInstant(period.start), formatInstant(period.end)]).toEqual([start, end]);
  });

  test.each([
    '',
    '2026',
    '2026-13',
    '2026-00',
    '2026-10-01',
    '2026-10-02..2026-10-01',
    '2026-10-01..2026-10-01',
    '2026-02-30..2026-03-01',
    '2026-10-01..soon',
    '2026-10-01..2026-11-01..2026-12-01',
    '1790812800..1793491200',
  ])('"%s" is none', (text) => {
    expect(parsePeriodChoice(text, 'UTC')).toHaveProperty('reason');
  });

  test.each`
    text                                  | zone               | label
    ${'2026-10'}                          | ${'Europe/Berlin'} | ${'2026-10'}
    ${'2026-10-01..2026-11-01'}           | ${'Europe/Berlin'} | ${'2026-10'}
    ${'2026-10-05..2026-10-20'}           | ${'Europe/Berlin'} | ${'2026-10-05..2026-10-20'}
    ${'2026-10-05T12:00:00Z..2026-10-20'} | ${'UTC'}           | ${'2026-10-05T12:00:00Z..2026-10-20'}
    ${'0050-01'}                          | ${'UTC'}           | ${'0050-01'}
  `('$text is called $label', ({ text, zone, label }) => {
    expect(periodLabel(periodOf(text, zone), zone)).toBe(label);
  });
});

describe('calendar months', () => {
  test('of a stretch of time are all those that it touches', () => {
    const months = anchoredPeriods(at('2026-10-31T23:30:00Z'), at('2027-01-01T00:00:00Z'), 1, 'UTC');
    expect(months.map((month) => periodLabel(month, 'UTC'))).toEqual(['2026-10', '2026-11', '2026-12', '2027-01']);
  });

  test('follow each other without a gap, clock changes or not', () => {
    for (const zone of ['UTC', 'Europe/Berlin', 'Asia/Kolkata', 'America/Sao_Paulo', 'Pacific/Apia']) {
      const months = anchoredPeriods(at('2011-06-15T00:00:00Z'), at('2012-06-15T00:00:00Z'), 1, zone);
      expect(months).toHaveLength(13);
      for (const [i, month] of months.entries()) if (i > 0) expect(month.start).toBe(months[i - 1]!.end);
    }
  });

  test('begin at local midnight: the same instant is in September in New York and in October in Berlin', () => {
    const instant = at('2026-09-30T23:00:00Z');
    expect(periodLabel(monthAt(instant, 'America/New_York'), 'America/New_York')).toBe('2026-09');
    expect(periodLabel(monthAt(instant, 'Europe/Berlin'), 'Europe/Berlin')).toBe('2026-10');
  });

  test('of the first century are not taken for those of the twentieth', () => {
    const months = anchoredPeriods(at('0001-01-01T00:00:00Z'), at('0001-02-01T00:00:00Z'), 1, 'UTC');
    expect(months.map((month) => periodLabel(month, 'UTC'))).toEqual(['0001-01', '0001-02']);
  });
});

describe('days in a period', () => {
  test.each`
    text                        | zone                     | days
    ${'2026-10'}                | ${'UTC'}                 | ${31}
    ${'2026-10'}                | ${'Europe/Berlin'}       | ${31}
    ${'2026-03'}                | ${'Europe/Berlin'}       | ${31}
    ${'2026-11'}                | ${'America/Los_Angeles'} | ${30}
    ${'2024-02'}                | ${'Asia/Kolkata'}        | ${29}
    ${'2026-10-25..2026-10-26'} | ${'Europe/Berlin'}       | ${1}
    ${'2011-12'}                | ${'Pacific/Apia'}        | ${31}
  `('$text in $zone: $days, whatever the clocks do', ({ text, zone, days }) => {
    expect(daysIn(periodOf(text, zone), zone)).toBe(days);
  });
});

describe('billing months', () => {
  test.each`
    text                                            | zone               | months
    ${'2026-10'}                                    | ${'UTC'}           | ${[1, 1]}
    ${'2026-02'}                                    | ${'UTC'}           | ${[1, 1]}
    ${'2026-03'}                                    | ${'Europe/Berlin'} | ${[1, 1]}
    ${'2026-01-01..2027-01-01'}                     | ${'UTC'}           | ${[12, 1]}
    ${'2026-10-01..2026-10-02'}                     | ${'UTC'}           | ${[1, 31]}
    ${'2026-10-12..2026-11-01'}                     | ${'UTC'}           | ${[20, 31]}
    ${'2026-10-15..2026-11-15'}                     | ${'UTC'}           | ${[1, 1]}
    ${'2026-10-15..2026-11-14'}                     | ${'UTC'}           | ${[30, 31]}
    ${'2026-10-15..2026-11-16'}                     | ${'UTC'}           | ${[31, 30]}
    ${'2026-01-31..2026-02-28'}                     | ${'UTC'}           | ${[1, 1]}
    ${'2026-01-31..2026-03-31'}                     | ${'UTC'}           | ${[2, 1]}
    ${'2026-01-31..2026-03-01'}                     | ${'UTC'}           | ${[32, 31]}
    ${'2024-02-01..2024-02-15'}                     | ${'UTC'}           | ${[14, 29]}
    ${'2026-10-25..2026-10-26'}                     | ${'Europe/Berlin'} | ${[1, 31]}
    ${'2026-09-01T12:00:00Z..2026-10-01T12:00:00Z'} | ${'UTC'}           | ${[1, 1]}
    ${'2026-09-01T00:00:00Z..2026-09-01T12:00:00Z'} | ${'UTC'}           | ${[1, 60]}
  `('$text in $zone: $months', ({ text, zone, months }) => {
    const [numerator, denominator] = months as [number, number];
    expect(billingMonths(periodOf(text, zone), zone).toString()).toBe(Fraction.of(numerator, denominator).toString());
  });
});

describe('a period that ends with the last day of a month', () => {
  test.each`
    text                                  | having                                | lacking
    ${'2026-10-01..2026-10-31'}           | ${'2026-10 2026-10-01..2026-11-01'}   | ${'2026-10-01..2026-10-31T00:00:00'}
    ${'2026-10-05..2026-10-31'}           | ${'2026-10-05..2026-11-01'}           | ${'2026-10-05..2026-10-31T00:00:00'}
    ${'2026-09-01..2026-12-31'}           | ${'2026-09-01..2027-01-01'}           | ${'2026-09-01..2026-12-31T00:00:00'}
    ${'2027-02-01..2027-02-28'}           | ${'2027-02 2027-02-01..2027-03-01'}   | ${'2027-02-01..2027-02-28T00:00:00'}
    ${'2026-10-01T12:00:00Z..2026-10-31'} | ${'2026-10-01T12:00:00Z..2026-11-01'} | ${'2026-10-01T12:00:00Z..2026-10-31T00:00:00'}
  `('$text lacks that day', ({ text, having, lacking }) => {
    expect(lastDayLeftOut(text)).toEqual({ day: text.split('..')[1], having: having.split(' '), lacking });
  });

  test.each(['2026-10', 'all', '2026-10-01..2026-11-01', '2026-10-01..2026-10-30', '2028-02-01..2028-02-28'])(
    '"%s" is no such period',
    (text) => {
      expect(lastDayLeftOut(text)).toBeUndefined();
    },
  );

  test('the choices are periods, and the one without the day is what was written', () => {
    const { having, lacking } = lastDayLeftOut('2026-10-01..2026-10-31')!;
    const ends = [...having, lacking].map((text) => formatInstant(periodOf(text, 'Europe/Berlin').end));
    expect(ends).toEqual(['2026-10-31T23:00:00Z', '2026-10-31T23:00:00Z', '2026-10-30T23:00:00Z']);
  });
});
