import { describe, expect, test } from 'vitest';
import { type ObservedMonth, reactionRows } from '../../../../src/core/simulation/calibration/reactionRows.ts';

function months(
  customer: string,
  tenure: number,
  bills: readonly number[],
  { exit = -1, fee = 20 }: { exit?: number; fee?: number } = {},
): ObservedMonth[] {
  return bills.map((bill, i) => ({
    ...{ customer, month: i, requests: 1000 * bill, peakDayRequests: 0, tenure: tenure + i },
    ...{ scenario: 'now', plan: 'pro', terms: { fee, includedRequests: 0 }, bill, overage: bill - fee, throttling: 0 },
    ...{ notify: false, holdsPacks: false, prompted: false, churned: i === exit, disputed: undefined },
  }));
}

const shown = (observed: readonly ObservedMonth[]) => {
  const { rows, ...others } = reactionRows(observed, 0.5);
  const seen = rows.map(({ customer, month, averages: { bill, variance, overage }, expectedRequests, cluster }) => ({
    ...{ row: `${customer}${month}`, cluster, bill, variance, overage, expectedRequests },
  }));
  return { seen, ...others };
};

describe('account-months that parameters are fitted to', () => {
  test('a customer who was there before forms expectations for three months', () => {
    // b: 20, then 20 + ½·10 = 25, v = ½·(0 + ½·100) = 25; then 25 − ½·5 = 22.5, v = ½·(25 + ½·25) = 18.75
    expect(shown(months('a', 12, [20, 30, 20, 40]))).toEqual({
      seen: [{ row: 'a3', cluster: 0, bill: 22.5, variance: 18.75, overage: 2.5, expectedRequests: 22_500 }],
      ...{ forming: { rows: 3, exits: 0 }, arrivals: 0, afterExit: 0 },
    });
  });

  test('a newcomer reacts from the first month, expects the posted fee, and learns from the first full month', () => {
    expect(shown(months('a', 0, [5, 30, 20]))).toEqual({
      seen: [
        { row: 'a0', cluster: 0, bill: 20, variance: 0, overage: 0, expectedRequests: 5_000 },
        { row: 'a1', cluster: 0, bill: 20, variance: 0, overage: 0, expectedRequests: 30_000 },
        { row: 'a2', cluster: 0, bill: 30, variance: 0, overage: 10, expectedRequests: 30_000 },
      ],
      ...{ forming: { rows: 0, exits: 0 }, arrivals: 1, afterExit: 0 },
    });
  });

  test('without a fee there is no posted amount: a newcomer’s first bills are what was expected', () => {
    const { seen } = shown(months('a', 0, [5, 30], { fee: 0 }));
    expect(seen.map(({ bill }) => bill)).toEqual([5, 30]);
  });

  test('exits in the months that form expectations, and months after an exit, are counted', () => {
    const observed = [
      ...months('a', 5, [20, 20], { exit: 1 }),
      ...months('b', 0, [20, 20, 20], { exit: 0 }),
      ...months('c', 5, [20, 20, 20, 20, 20], { exit: 3 }),
    ];
    const { seen, ...others } = shown(observed);
    expect(seen.map(({ row, cluster }) => `${row} ${cluster}`)).toEqual(['b0 0', 'c3 1']);
    // a: both; c: the first three. After an exit: two of b, one of c.
    expect(others).toEqual({ forming: { rows: 5, exits: 1 }, arrivals: 1, afterExit: 3 });
  });
});
