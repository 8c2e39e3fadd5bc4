/** From sums to the rates that are compared. */
import { CAUSES, type Cause } from './behaviour.ts';
import type { Costs } from './parameters.ts';
import type { Policies } from './scenario.ts';
import { FIRST_CAUSE, MONTH_MASS, MONTH_NORMALISED, MONTH_REVENUE, monthIndex, SUM } from './sums.ts';

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

/** What serving and supporting it cost; the policies decide utilisation, spot share and waste. */
export function costOf(sums: Float64Array, costs: Costs, policies: Policies): CostBreakdown {
  const utilisation = policies.autoscale ? costs.autoscaledUtilisation : costs.staticUtilisation;
  const onSpot = policies.spot ? 1 - costs.spotShare * costs.spotDiscount : 1;
  const mapped = policies.mapped ? 1 - costs.unmappedShare : 1;
  const compute = ((sums[SUM.computeSeconds]! * costs.computeSecond) / utilisation) * onSpot * mapped;
  const requests = (sums[SUM.requests]! / 1e6) * costs.millionRequests * mapped;
  const egress = sums[SUM.gigabytes]! * costs.egressGigabyte * mapped;
  const accounts = sums[SUM.mass]! * costs.account;
  const tickets = sums[SUM.tickets]! * costs.ticket;
  const disputes = sums[SUM.disputes]! * costs.dispute;
  const total = compute + requests + egress + accounts + tickets + disputes;
  return { compute, requests, egress, accounts, tickets, disputes, total };
}

export function ratesOf(sums: Float64Array, conversion: number | undefined, costs: Costs, policies: Policies): Rates {
  const mass = sums[SUM.mass]!;
  return {
    conversion,
    monthlyChurn: sums[SUM.churned]! / mass,
    disputeRate: sums[SUM.disputes]! / mass,
    ticketsPerAccountMonth: sums[SUM.tickets]! / mass,
    grossMargin: 1 - costOf(sums, costs, policies).total / sums[SUM.revenue]!,
    nrr: sums[SUM.endRevenue]! / sums[SUM.startRevenue]!,
    grr: sums[SUM.keptRevenue]! / sums[SUM.startRevenue]!,
  };
}

export function churnByCause(sums: Float64Array): Record<Cause, number> {
  const entries = CAUSES.map((cause, i) => [cause, sums[FIRST_CAUSE + i]! / sums[SUM.mass]!] as const);
  return Object.fromEntries(entries) as Record<Cause, number>;
}

/** Revenue of month t ÷ revenue of month 0. */
export function nrrByMonth(sums: Float64Array, horizon: number): number[] {
  return monthly(sums, horizon, MONTH_REVENUE).map((revenue, _, all) => revenue / all[0]!);
}

export function survivalByMonth(sums: Float64Array, horizon: number): number[] {
  return monthly(sums, horizon, MONTH_MASS).map((mass, _, all) => mass / all[0]!);
}

export type Alarm = { readonly code: 'misaligned'; readonly months: readonly [number, number] };

/** Day-normalised revenue of the cohort falls in two consecutive months: price and value have come apart. The first such pair. */
export function alarmOf(sums: Float64Array, horizon: number): Alarm | undefined {
  const revenue = monthly(sums, horizon, MONTH_NORMALISED);
  for (let t = 2; t <= horizon; t++) {
    if (revenue[t]! < revenue[t - 1]! && revenue[t - 1]! < revenue[t - 2]!)
      return { code: 'misaligned', months: [t - 1, t] };
  }
  return undefined;
}

function monthly(sums: Float64Array, horizon: number, field: number): number[] {
  return Array.from({ length: horizon + 1 }, (_, t) => sums[monthIndex(t, field)]!);
}

/** Low below 2 %, medium to 5 %, high above: what is commonly said of disputed invoices. */
export function disputeBand(rate: number): 'low' | 'medium' | 'high' {
  if (rate < 0.02) return 'low';
  return rate <= 0.05 ? 'medium' : 'high';
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
