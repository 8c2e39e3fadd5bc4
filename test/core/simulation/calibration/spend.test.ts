import { expect, test } from 'vitest';
import { fitSpend } from '../../../../src/core/simulation/calibration/spend.ts';

const usage = Array.from({ length: 12 }, (_, i) => ({
  month: `2026-${i + 1}`,
  paidSeconds: 4e6 + 3e5 * i + 2e5 * (i % 3),
  millionRequests: 900 + 40 * ((i * 7) % 5),
  gigabytes: 70_000 + 9_000 * ((i * 5) % 4),
  accounts: 1_800 + 35 * i * (i % 2 === 0 ? 1 : 2),
}));

test('unit costs come out of invoices that were made of them', () => {
  const months = usage.map((month) => ({
    ...month,
    amount: month.paidSeconds * 1.34e-5 + month.millionRequests * 0.3 + month.gigabytes * 0.02 + month.accounts * 0.122,
  }));
  const { costs, explained } = fitSpend(months);
  expect(costs.computeSecond / 1.34e-5).toBeCloseTo(1, 2);
  expect(costs.millionRequests / 0.3).toBeCloseTo(1, 1);
  expect(costs.egressGigabyte / 0.02).toBeCloseTo(1, 2);
  expect(costs.account / 0.122).toBeCloseTo(1, 1);
  expect(explained).toBeGreaterThan(0.9999);
});

test('no cost is negative, and one that moves with another is told to be undetermined', () => {
  const months = usage.map((month) => ({
    ...month,
    gigabytes: month.accounts * 40,
    amount: 5 * month.accounts - month.millionRequests,
  }));
  const { costs, undetermined } = fitSpend(months);
  for (const cost of Object.values(costs)) expect(cost).toBeGreaterThanOrEqual(0);
  expect(undetermined).toContain('account');
  expect(undetermined).toContain('millionRequests');
});
