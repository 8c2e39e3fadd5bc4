import { describe, expect, test } from 'vitest';
import { formatDate } from '../../../src/core/calendar.ts';
import { bucketStart, bucketsFor } from '../../../src/core/usage/buckets.ts';
import { daysWithoutRows, monthsOfRows } from '../../../src/core/usage/rowTimes.ts';
import { periodOf } from '../../support/invoices.ts';

/** A row at each of these times, in the buckets of a zone. */
function rowsAt(times: readonly string[], zone: string): Map<number, number> {
  const rows = new Map<number, number>();
  for (const time of times) {
    const bucket = bucketStart(bucketsFor(zone), Date.parse(time));
    rows.set(bucket, (rows.get(bucket) ?? 0) + 1);
  }
  return rows;
}

describe('months with rows', () => {
  const months = (zone: string, ...times: string[]) =>
    monthsOfRows(rowsAt(times, zone), zone).map(({ month, hours, rows }) => {
      return `${new Date(month.start).toISOString().slice(0, 16)} ${hours} h ${rows}`;
    });

  test('an hour counts once, however many rows it has', () => {
    const rows = ['2026-10-31T22:00:00Z', '2026-10-31T22:59:59Z', '2026-10-31T23:00:00Z', '2026-11-01T00:00:00Z'];
    expect(months('UTC', ...rows)).toEqual(['2026-10-01T00:00 2 h 3', '2026-11-01T00:00 1 h 1']);
  });

  test('months are those of the zone', () => {
    const rows = ['2026-10-31T22:59:59Z', '2026-10-31T23:00:00Z'];
    expect(months('Europe/Berlin', ...rows)).toEqual(['2026-09-30T22:00 1 h 1', '2026-10-31T23:00 1 h 1']);
  });

  test('quarters of an hour are of one hour, also where a month begins inside it', () => {
    const rows = ['2026-10-31T18:00:00Z', '2026-10-31T18:15:00Z', '2026-10-31T18:30:00Z', '2026-10-31T18:45:00Z'];
    expect(months('Asia/Kolkata', ...rows)).toEqual(['2026-09-30T18:30 1 h 2', '2026-10-31T18:30 1 h 2']);
  });

  test('without rows there are none', () => {
    expect(months('UTC')).toEqual([]);
  });
});

describe('days without rows', () => {
  const days = (period: string, zone: string, ...times: string[]) =>
    daysWithoutRows(rowsAt(times, zone), periodOf(period, zone), zone).map(
      ({ first, last, days: count }) => `${formatDate(first)} to ${formatDate(last)}: ${count}`,
    );

  test('at the begin, in the middle and at the end of a period', () => {
    const rows = ['2026-10-03T00:00:00Z', '2026-10-04T23:59:59Z', '2026-10-06T12:00:00Z'];
    expect(days('2026-10-01..2026-10-09', 'UTC', ...rows)).toEqual([
      '2026-10-01 to 2026-10-02: 2',
      '2026-10-05 to 2026-10-05: 1',
      '2026-10-07 to 2026-10-08: 2',
    ]);
  });

  test('rows outside of the period are no rows of it', () => {
    const rows = ['2026-09-30T23:00:00Z', '2026-10-02T00:00:00Z'];
    expect(days('2026-10-01..2026-10-02', 'UTC', ...rows)).toEqual(['2026-10-01 to 2026-10-01: 1']);
  });

  test('none where every day has one, the day of a clock change and a part of a day included', () => {
    const rows = ['2026-10-23T22:00:00Z', '2026-10-25T22:59:00Z', '2026-10-26T10:00:00Z'];
    expect(days('2026-10-24T12:00:00Z..2026-10-26T11:00:00Z', 'Europe/Berlin', ...rows)).toEqual([
      '2026-10-24 to 2026-10-24: 1', // its row is before the period
    ]);
    expect(days('2026-10-24..2026-10-26T11:00:00Z', 'Europe/Berlin', ...rows)).toEqual([]);
  });

  test('all of them where there are no rows', () => {
    expect(days('2026-02', 'Asia/Kolkata')).toEqual(['2026-02-01 to 2026-02-28: 28']);
  });
});
