/** What customers of a year ago pay now for four weeks, against what they paid then: worked out by hand. */
import { describe, expect, test } from 'vitest';
import {
  comparedWindows,
  WEEK_MS,
  type Window,
  weeklyNrr,
  YEAR_WEEKS,
} from '../../../src/core/simulation/weeklyNrr.ts';
import { scenarioOf } from './support.ts';

const METERS = ['requests'];
const START = Date.UTC(2025, 0, 6);
const week = (number: number) => START + number * WEEK_MS;

describe('windows of four weeks, each with one of 52 weeks before', () => {
  test.each`
    weeks | ends
    ${55} | ${[]}
    ${56} | ${[56]}
    ${59} | ${[56, 57, 58, 59]}
  `('$weeks weeks of telemetry have windows that end after weeks $ends', ({ weeks, ends }) => {
    const windows = comparedWindows({ start: week(0), end: week(weeks) });
    expect(windows).toEqual(
      (ends as number[]).map((end) => ({
        now: { start: week(end - 4), end: week(end) },
        before: { start: week(end - 56), end: week(end - YEAR_WEEKS) },
      })),
    );
  });
});

/** `usage[account]` gives requests in a window by the number of its first week. */
function nrrOf(tiers: string, weeks: number, usage: readonly ((firstWeek: number) => number)[]) {
  const windows = comparedWindows({ start: week(0), end: week(weeks) });
  const usageIn = ({ start }: Window) => Float64Array.from(usage, (of) => of((start - START) / WEEK_MS));
  return weeklyNrr([scenarioOf({ name: 'one', tiers })], METERS, windows, usageIn).get('one')!;
}

// 1.00 for each 10 000 requests, or a fee of 10.00 a month with 100 000 included and 2.00 for each 10 000 beyond.
const TIERS = `small: { cost: usage, overage: { requests: 1/10k } }
big: { cost: 10 flat, limits: { requests: 100k/mo }, overage: { requests: 2/10k } }`;
const SMALL = TIERS.split('\n')[0]!;
const isNow = (firstWeek: number) => firstWeek >= 52;

describe('net revenue retention', () => {
  // Four weeks are 28 days of a month of 30.436875: 10 000 requests come to 10 870 a month, 20 000 to 21 741, 30 000 to 32 611,
  // 40 000 to 43 481, 50 000 to 54 352 and 120 000 to 130 444.
  test('is what they pay now ÷ what they paid: (3.26 + 2.17) ÷ (4.35 + 4.35)', () => {
    const { weeks, alarm } = nrrOf(SMALL, 56, [
      (at) => (isNow(at) ? 30_000 : 40_000),
      (at) => (isNow(at) ? 20_000 : 40_000),
    ]);
    expect(weeks).toEqual([{ start: week(52), end: week(56), nrr: (3.26 + 2.17) / (4.35 + 4.35) }]);
    expect(alarm).toBe(false); // one month is no trend
  });

  test('counts those who left as 0, and those who came since not at all', () => {
    const left = (at: number) => (isNow(at) ? 0 : 10_000);
    const came = (at: number) => (isNow(at) ? 70_000 : 0);
    const stayed = () => 30_000;
    // 3.26 ÷ (1.09 + 3.26)
    expect(nrrOf(SMALL, 56, [left, came, stayed]).weeks[0]!.nrr).toBeCloseTo(3.26 / 4.35, 12);
  });

  test('keeps each customer on the plan that was the cheapest a year before', () => {
    // 50 000 requests cost 5.44 as small; 120 000 now cost 13.04 there, though big would have been at most as dear.
    expect(nrrOf(TIERS, 56, [(at) => (isNow(at) ? 120_000 : 50_000)]).weeks[0]!.nrr).toBeCloseTo(13.04 / 5.44, 12);
  });

  test('is 1 where nobody paid a year before', () => {
    expect(nrrOf(SMALL, 56, [(at) => (isNow(at) ? 5 : 0)]).weeks[0]!.nrr).toBe(1);
  });

  test.each`
    weeks | below     | alarm    | why
    ${63} | ${[0, 8]} | ${true}  | ${'eight weeks below 1 are two months'}
    ${63} | ${[0, 4]} | ${false} | ${'a month below 1 and one above'}
    ${62} | ${[0, 8]} | ${false} | ${'seven windows are one month, and three weeks that are none'}
  `('raises an alarm for two months running: $why', ({ weeks, below: [from, to], alarm }) => {
    // Windows that begin in weeks 52 + from to 52 + to have half of the usage, the others twice as much.
    const usage = (at: number) => {
      if (!isNow(at)) return 40_000;
      return at - 52 >= from && at - 52 < to ? 20_000 : 80_000;
    };
    const found = nrrOf(SMALL, weeks, [usage]);
    expect(found.weeks).toHaveLength(weeks - 55);
    expect(found.alarm).toBe(alarm);
  });
});
