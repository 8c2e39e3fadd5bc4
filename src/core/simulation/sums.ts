/**
 * What the engines add up, per account and over all accounts. Costs are not in it, but what they are made of, so that one
 * run serves every set of cost parameters and cost policies.
 */
import { CAUSES } from './behaviour.ts';

/** Positions of the scalar sums; weights are probabilities (expected value) or counts (Monte Carlo). */
export const SUM = {
  /** Account-months before the last month: the months at risk, and the invoices. */
  mass: 0,
  churned: 1,
  disputes: 2,
  tickets: 3,
  revenue: 4,
  overage: 5,
  computeSeconds: 6,
  requests: 7,
  gigabytes: 8,
  /** Bills of month 0 and of the last month. */
  startRevenue: 9,
  endRevenue: 10,
  /** Of the last month's bills, at most the account's bill of month 0. */
  keptRevenue: 11,
  churnedRevenue: 12,
  contraction: 13,
  expansion: 14,
  survivors: 15,
  upgrades: 16,
  surprise: 17,
  unpredictability: 18,
  valueGap: 19,
  throttling: 20,
} as const;
export const FIRST_CAUSE = 21;
/** After the scalars: three numbers for each month from 0 to the last. */
export const FIRST_MONTHLY = FIRST_CAUSE + CAUSES.length;
export const MONTHLY_FIELDS = 3;
export const MONTH_REVENUE = 0;
/** Fees and usage as if every month had 30.4375 days. */
export const MONTH_NORMALISED = 1;
export const MONTH_MASS = 2;

/** Scalars, months, and at the end the mass on each plan in month 0 and in the last month. */
export function sumsLength(horizon: number, plans: number): number {
  return FIRST_MONTHLY + MONTHLY_FIELDS * (horizon + 1) + 2 * plans;
}

export function monthIndex(month: number, field: number): number {
  return FIRST_MONTHLY + month * MONTHLY_FIELDS + field;
}

export function planIndex(horizon: number, plans: number, plan: number, at: 'start' | 'end'): number {
  return FIRST_MONTHLY + MONTHLY_FIELDS * (horizon + 1) + (at === 'start' ? 0 : plans) + plan;
}
