/** From sums to the rates that are compared. */
import { CAUSES, type Cause } from './behaviour.ts';
import { DISPUTE_BANDS } from './defaults.ts';
import type { Costs } from './parameters.ts';
import type { Policies } from './scenario.ts';
import type { RateSums, Sums } from './sums.ts';

/** Rates that every table, interval and tornado is about. Shares are numbers: 0.011 is 1.1 %. */
export type Rates = {
  readonly conversion: number | undefined;
  readonly monthlyChurn: number;
  readonly disputeRate: number;
  readonly ticketsPerAccountMonth: number;
  readonly grossMargin: number;
  readonly nrr: number;
  readonly grr: number;
};
export type RateName = keyof Rates;

export type CostBreakdown = {
  /** Money over all account-months. */
  readonly compute: number;
  readonly requests: number;
  readonly egress: number;
  readonly accounts: number;
  readonly tickets: number;
  readonly disputes: number;
  readonly total: number;
};

/** What costs are made of. */
export type Service = Pick<
  RateSums,
  'accountMonths' | 'computeSeconds' | 'requests' | 'gigabytes' | 'tickets' | 'disputes'
>;

/** Cost of serving and supporting the account-months; the policies decide utilisation, spot share and waste. */
export function costOf(sums: Service, costs: Costs, policies: Policies): CostBreakdown {
  const utilisation = policies.autoscale ? costs.autoscaledUtilisation : costs.staticUtilisation;
  const onSpot = policies.spot ? 1 - costs.spotShare * costs.spotDiscount : 1;
  const mapped = policies.mapped ? 1 - costs.unmappedShare : 1;
  const compute = ((sums.computeSeconds * costs.computeSecond) / utilisation) * onSpot * mapped;
  const requests = (sums.requests / 1e6) * costs.millionRequests * mapped;
  const egress = sums.gigabytes * costs.egressGigabyte * mapped;
  const accounts = sums.accountMonths * costs.account;
  const tickets = sums.tickets * costs.ticket;
  const disputes = sums.disputes * costs.dispute;
  const total = compute + requests + egress + accounts + tickets + disputes;
  return { compute, requests, egress, accounts, tickets, disputes, total };
}

export function ratesOf(
  sums: RateSums | Sums,
  conversion: number | undefined,
  costs: Costs,
  policies: Policies,
): Rates {
  const { accountMonths } = sums;
  return {
    conversion,
    monthlyChurn: sums.churned / accountMonths,
    disputeRate: sums.disputes / accountMonths,
    ticketsPerAccountMonth: sums.tickets / accountMonths,
    grossMargin: 1 - costOf(sums, costs, policies).total / sums.revenue,
    nrr: sums.endRevenue / sums.startRevenue,
    grr: sums.keptRevenue / sums.startRevenue,
  };
}

/** Churn a month by cause; the causes add up to `monthlyChurn`. */
export function churnByCause({ churnedByCause, accountMonths }: Sums): Record<Cause, number> {
  const entries = CAUSES.map((cause) => [cause, churnedByCause[cause] / accountMonths] as const);
  return Object.fromEntries(entries) as Record<Cause, number>;
}

/** What the change from the list in force does to the accounts of month 0. */
export type PriceChangeSummary = {
  /** Accounts whose mean bill rises beyond the tolerance of the migration shock, and accounts whose bill falls by as much. */
  readonly dearer: number;
  readonly cheaper: number;
  /** Mean of D: log units. */
  readonly meanRise: number;
  /** Requests of month 0 ÷ requests under the list in force, less 1. */
  readonly usageChange: number;
  /** Accounts that keep the list in force for a while, and what they pay less until the last month. */
  readonly grandfathered: number;
  readonly forgone: number;
};

/** Undefined where the list is the one in force, or where nobody reacts to a change. */
export function priceChangeOf(sums: Sums, accounts: number): PriceChangeSummary | undefined {
  if (sums.requestsInForce === 0) return undefined;
  const { dearer, cheaper, rise, requestsAtStart, requestsInForce, grandfathered, forgone } = sums;
  const usageChange = requestsAtStart / requestsInForce - 1;
  return { dearer, cheaper, meanRise: rise / accounts, usageChange, grandfathered, forgone };
}

/** Annual plans in month 0. */
export type AnnualSummary = {
  /** Customers on them. */
  readonly accounts: number;
  /** Fees of the eleven months after month 0, paid in month 0 and counted as revenue of their months. */
  readonly prepaid: number;
};

/** Undefined where nobody is on an annual plan. */
export function annualOf({ annual, prepaid }: Sums): AnnualSummary | undefined {
  return annual > 0 ? { accounts: annual, prepaid } : undefined;
}

/** Revenue of month t ÷ revenue of month 0. */
export function nrrByMonth({ revenueByMonth }: Sums): number[] {
  return [...revenueByMonth].map((revenue, _, all) => revenue / all[0]!);
}

/** Customers of month t ÷ customers of month 0. */
export function survivalByMonth({ accountsByMonth }: Sums): number[] {
  return [...accountsByMonth].map((accounts, _, all) => accounts / all[0]!);
}

/** Usual judgement of a share of disputed invoices; the bounds are {@link DISPUTE_BANDS}. */
export function disputeBand(rate: number): 'low' | 'medium' | 'high' {
  const [low, high] = DISPUTE_BANDS;
  if (rate < low) return 'low';
  return rate <= high ? 'medium' : 'high';
}

/** All rates, in the order in which they are shown. */
export const RATE_NAMES: readonly RateName[] = [
  'conversion',
  'monthlyChurn',
  'disputeRate',
  'ticketsPerAccountMonth',
  'grossMargin',
  'nrr',
  'grr',
];
