import { describe, expect, test } from 'vitest';
import { fitSpend, SPEND_COSTS, type SpendMonth } from '../../../../src/core/simulation/calibration/spend.ts';
import { type Costs, DEFAULT_PARAMETERS } from '../../../../src/core/simulation/parameters.ts';

const { costs: COSTS } = DEFAULT_PARAMETERS;

const usage = Array.from({ length: 12 }, (_, i) => ({
  month: `2026-${i + 1}`,
  paidSeconds: 4e6 + 3e5 * i + 2e5 * (i % 3),
  millionRequests: 900 + 40 * ((i * 7) % 5),
  gigabytes: 70_000 + 9_000 * ((i * 5) % 4),
  accounts: 1_800 + 35 * i * (i % 2 === 0 ? 1 : 2),
}));
type Usage = Omit<SpendMonth, 'amount'>;

function invoices(costs: Pick<Costs, (typeof SPEND_COSTS)[number]>, months: readonly Usage[] = usage): SpendMonth[] {
  return months.map((month) => ({
    ...month,
    amount:
      month.paidSeconds * costs.computeSecond +
      month.millionRequests * costs.millionRequests +
      month.gigabytes * costs.egressGigabyte +
      month.accounts * costs.account,
  }));
}

const costsOf = ({ estimates }: ReturnType<typeof fitSpend>) =>
  Object.fromEntries(estimates.map(({ prior, value }) => [prior.name, value])) as Record<string, number>;

describe('unit costs by infrastructure invoices', () => {
  test('are those that the invoices were made of, far from the ones in force', () => {
    const truth = { computeSecond: 4e-5, millionRequests: 0.9, egressGigabyte: 0.007, account: 0.5 };
    const fit = fitSpend(invoices(truth), COSTS);
    for (const [k, name] of SPEND_COSTS.entries()) {
      const { value, interval, identified } = fit.estimates[k]!;
      expect(value / truth[name], name).toBeCloseTo(1, 3);
      expect(identified).toBe(true);
      expect(interval[0]).toBeLessThanOrEqual(truth[name] * 1.0001);
      expect(interval[1]).toBeGreaterThanOrEqual(truth[name] * 0.9999);
    }
    expect(fit.explained).toBeGreaterThan(0.9999);
  });

  test('have standard errors that grow with the scatter of the invoices', () => {
    const scattered = (share: number) =>
      invoices(COSTS).map((month, i) => ({ ...month, amount: month.amount * (1 + share * [1, -1, -1, 1][i % 4]!) }));
    const [small, large] = [0.001, 0.02].map((share) => fitSpend(scattered(share), COSTS));
    for (const k of SPEND_COSTS.keys())
      expect(large!.estimates[k]!.standardError).toBeGreaterThan(small!.estimates[k]!.standardError);
    // Mean amount about 2 300; errors of ±2 % are ±46, over fewer than twelve spare months.
    expect(large!.error).toBeGreaterThan(35);
    expect(large!.error).toBeLessThan(75);
  });

  test('are never negative, and share what moves together by the costs in force', () => {
    // Gigabytes are 40 times the accounts: 5 = account + 40 × gigabyte, in whatever way.
    const months = usage.map((month) => ({ ...month, gigabytes: month.accounts * 40 }));
    const fit = fitSpend(
      months.map((month) => ({ ...month, amount: 5 * month.accounts - 0.5 * month.millionRequests })),
      COSTS,
    );
    for (const { value } of fit.estimates) expect(value).toBeGreaterThan(0);
    const { account, egressGigabyte, millionRequests } = costsOf(fit);
    expect(account! + 40 * egressGigabyte!).toBeGreaterThan(3.5);
    expect(account! + 40 * egressGigabyte!).toBeLessThan(5.5);
    expect(millionRequests!).toBeLessThan(COSTS.millionRequests);
    expect(fit.estimates.map(({ identified }) => identified)).toContain(false);
  });

  test.each([
    ['four months, as many as there are costs', usage.slice(0, 4), (amount: number) => amount],
    [
      'no usage of three drivers',
      usage.map((m) => ({ ...m, paidSeconds: 0, gigabytes: 0, millionRequests: 0 })),
      (a: number) => a,
    ],
    ['all months alike', usage.map(() => usage[0]!), (amount: number) => amount],
    ['invoices of no money but one', usage, (amount: number, i: number) => (i === 0 ? amount : 0)],
    ['huge invoices', usage, (amount: number) => amount * 1e12],
  ])('are numbers: %s', (_, months, amountOf) => {
    const fit = fitSpend(
      invoices(COSTS, months).map((month, i) => ({ ...month, amount: amountOf(month.amount, i) })),
      COSTS,
    );
    for (const { prior, value, standardError, interval } of fit.estimates) {
      for (const number of [value, standardError, ...interval, fit.error]) expect(Number.isFinite(number)).toBe(true);
      expect(value).toBeGreaterThanOrEqual(prior.spec.possible[0]);
      expect(value).toBeLessThanOrEqual(prior.spec.possible[1]);
    }
    expect(fit.explained ?? 0).not.toBeNaN();
  });
});
