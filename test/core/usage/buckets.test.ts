import { describe, expect, test } from 'vitest';
import { Bug } from '../../../src/core/assert.ts';
import { formatInstant } from '../../../src/core/calendar.ts';
import { assertOnEdge, bucketEnd, bucketStart, bucketsFor } from '../../../src/core/usage/buckets.ts';

const at = (text: string) => Date.parse(text);

describe('a bucket', () => {
  test.each`
    zone                  | instant                       | start                     | end
    ${'UTC'}              | ${'2026-10-01T00:00:00Z'}     | ${'2026-10-01T00:00:00Z'} | ${'2026-10-01T01:00:00Z'}
    ${'UTC'}              | ${'2026-10-01T00:59:59.999Z'} | ${'2026-10-01T00:00:00Z'} | ${'2026-10-01T01:00:00Z'}
    ${'UTC'}              | ${'2026-10-01T01:00:00Z'}     | ${'2026-10-01T01:00:00Z'} | ${'2026-10-01T02:00:00Z'}
    ${'UTC'}              | ${'1969-12-31T23:59:59.999Z'} | ${'1969-12-31T23:00:00Z'} | ${'1970-01-01T00:00:00Z'}
    ${'Asia/Kolkata'}     | ${'2026-09-30T18:29:59.999Z'} | ${'2026-09-30T18:15:00Z'} | ${'2026-09-30T18:30:00Z'}
    ${'Asia/Kolkata'}     | ${'2026-09-30T18:30:00Z'}     | ${'2026-09-30T18:30:00Z'} | ${'2026-09-30T18:45:00Z'}
    ${'Asia/Kathmandu'}   | ${'2026-09-30T18:15:00Z'}     | ${'2026-09-30T18:15:00Z'} | ${'2026-09-30T18:30:00Z'}
    ${'America/New_York'} | ${'2026-11-01T05:30:00Z'}     | ${'2026-11-01T05:00:00Z'} | ${'2026-11-01T06:00:00Z'}
  `('in $zone that $instant falls in is from $start to $end', ({ zone, instant, start, end }) => {
    const buckets = bucketsFor(zone);
    const begins = bucketStart(buckets, at(instant));
    expect([formatInstant(begins), formatInstant(bucketEnd(buckets, begins))]).toEqual([start, end]);
  });

  test('is cut where a period begins inside it', () => {
    const cuts = ['2026-10-01T00:20:00Z', '2026-10-01T00:40:00.001Z', '2026-10-01T02:00:00Z'].map(at);
    const buckets = bucketsFor('UTC', [...cuts, ...cuts].reverse());
    expect(buckets.cuts).toEqual(cuts.slice(0, 2));
    const bucketOf = (text: string) => {
      const start = bucketStart(buckets, at(text));
      return `${formatInstant(start)} ${formatInstant(bucketEnd(buckets, start))}`;
    };
    expect(bucketOf('2026-10-01T00:19:59.999Z')).toBe('2026-10-01T00:00:00Z 2026-10-01T00:20:00Z');
    expect(bucketOf('2026-10-01T00:20:00Z')).toBe('2026-10-01T00:20:00Z 2026-10-01T00:40:00.001Z');
    expect(bucketOf('2026-10-01T00:40:00Z')).toBe('2026-10-01T00:20:00Z 2026-10-01T00:40:00.001Z');
    expect(bucketOf('2026-10-01T00:59:00Z')).toBe('2026-10-01T00:40:00.001Z 2026-10-01T01:00:00Z');
    expect(bucketOf('2026-10-01T01:30:00Z')).toBe('2026-10-01T01:00:00Z 2026-10-01T02:00:00Z');
  });

  test('cannot be asked for a part of itself', () => {
    const buckets = bucketsFor('UTC', [at('2026-10-01T00:20:00Z')]);
    expect(() => assertOnEdge(buckets, at('2026-10-01T00:20:00Z'))).not.toThrow();
    expect(() => assertOnEdge(buckets, at('2026-10-01T00:21:00Z'))).toThrow(Bug);
  });
});
