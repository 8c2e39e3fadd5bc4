/**
 * Unit costs from monthly infrastructure invoices: the cost of a CPU second, a million requests, a gigabyte and an account.
 *
 * Least squares with the priors of the costs, log-normal around the values in force: no cost is negative, and drivers that
 * move together share what they cost by the priors instead of one taking all.
 */
import { COSTS, type Costs } from '../parameters.ts';
import { type Estimate, maximise } from './maximise.ts';
import { amounts, type Observations } from './observations.ts';
import { priorOf } from './prior.ts';

/** What a month's invoice paid for. */
export type SpendMonth = {
  readonly month: string;
  readonly amount: number;
  /** CPU seconds ÷ utilisation of the fleet: seconds that were paid for. */
  readonly paidSeconds: number;
  readonly millionRequests: number;
  readonly gigabytes: number;
  readonly accounts: number;
};

export const SPEND_COSTS = ['computeSecond', 'millionRequests', 'egressGigabyte', 'account'] as const;
const FIELDS = ['paidSeconds', 'millionRequests', 'gigabytes', 'accounts'] as const;

export type SpendFit = {
  readonly months: number;
  /** In the order of {@link SPEND_COSTS}. One that is not identified cannot be told from the others, or costs next to nothing. */
  readonly estimates: readonly Estimate[];
  /** Share of the variation of the invoices that the four drivers explain; undefined if all invoices are alike. */
  readonly explained: number | undefined;
  /** Standard deviation of an invoice around what the costs come to. */
  readonly error: number;
};

/** The error of an invoice, as a share of the mean invoice: where there are too few months to see it, and at the least. */
const ASSUMED_ERROR = 0.05;
const LEAST_ERROR = 1e-6;
const MOST_ROUNDS = 30;
/** Rounds end when the error changes by less than this share. */
const NEAR_ENOUGH = 1e-3;

/** `months`: at least one with an amount above 0. */
export function fitSpend(months: readonly SpendMonth[], costs: Costs): SpendFit {
  const amount = Float64Array.from(months, (month) => month.amount);
  const mean = amount.reduce((sum, one) => sum + one, 0) / months.length;
  const priors = SPEND_COSTS.map((name) => priorOf(name, COSTS[name], costs[name]));
  const predict = (values: readonly number[], into: Float64Array) => {
    for (const [i, month] of months.entries())
      into[i] = FIELDS.reduce((sum, field, k) => sum + values[k]! * month[field], 0);
  };
  const clusters = Int32Array.from(months, (_, i) => i);
  const fitWith = (error: number, start?: readonly number[]) => {
    const observations: Observations = { observed: amount, clusters, distribution: amounts(error), predict };
    return maximise(priors, observations, start);
  };

  let error = ASSUMED_ERROR * mean;
  let fit = fitWith(error);
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const next = errorOf(fit.estimates);
    const isSettled = Math.abs(next / error - 1) < NEAR_ENOUGH;
    error = next;
    fit = fitWith(
      error,
      fit.estimates.map(({ value }) => value),
    );
    if (isSettled) break;
  }
  const variation = amount.reduce((sum, one) => sum + (one - mean) ** 2, 0);
  const explained = variation > 0 ? 1 - squaresLeft(fit.estimates) / variation : undefined;
  return { months: months.length, estimates: fit.estimates, explained, error };

  function squaresLeft(estimates: readonly Estimate[]): number {
    const expected = new Float64Array(months.length);
    predict(
      estimates.map(({ value }) => value),
      expected,
    );
    return amount.reduce((sum, one, i) => sum + (one - expected[i]!) ** 2, 0);
  }

  /** By the squares that are left, over the months that the identified costs do not use up. */
  function errorOf(estimates: readonly Estimate[]): number {
    const spare = months.length - estimates.filter(({ identified }) => identified).length;
    if (spare < 1) return ASSUMED_ERROR * mean;
    return Math.max(LEAST_ERROR * mean, Math.sqrt(squaresLeft(estimates) / spare));
  }
}
