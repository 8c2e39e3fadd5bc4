/** What a scenario earns: revenue less what serving and supporting customers costs. Money in major units. */
import { MONTHS_A_YEAR } from './defaults.ts';
import { costOf } from './outcomes.ts';
import type { Costs } from './parameters.ts';
import type { Policies } from './scenario.ts';
import type { RateSums, Sums } from './sums.ts';

export type Money = {
  /** Of the customers who are there in month 0, from month 0 to before the last month. */
  readonly grossProfit: number;
  /** Of those of them who are still there, in the last month, × 12. */
  readonly runRate: number;
  /** Of a sign-up, over as many months as `grossProfit`; undefined without sign-ups. */
  readonly grossProfitPerSignup: number | undefined;
  /** `grossProfit` and what the sign-ups of these months bring in them; undefined where their number is unknown. */
  readonly total: number | undefined;
};
export type MoneyName = keyof Money;

/** In the order in which they are shown. */
export const MONEY_NAMES: readonly MoneyName[] = ['grossProfit', 'runRate', 'grossProfitPerSignup', 'total'];

/** Of the customers who are there; a resample counts as if it had drawn `accounts` of them. */
export function profitOf(
  sums: RateSums,
  costs: Costs,
  policies: Policies,
  accounts: number = sums.accounts,
): Pick<Money, 'grossProfit' | 'runRate'> {
  const factor = accounts / sums.accounts;
  const last = costOf(
    {
      accountMonths: sums.survivors,
      computeSeconds: sums.lastComputeSeconds,
      requests: sums.lastRequests,
      gigabytes: sums.lastGigabytes,
      tickets: sums.lastTickets,
      disputes: sums.lastDisputes,
    },
    costs,
    policies,
  );
  return {
    grossProfit: (sums.revenue - costOf(sums, costs, policies).total) * factor,
    runRate: (sums.endRevenue - last.total) * MONTHS_A_YEAR * factor,
  };
}

/** With what sign-ups bring; undefined where their number or their worth is unknown. */
export function totalOf(
  { grossProfit }: Pick<Money, 'grossProfit'>,
  worth: { readonly monthly: number } | undefined,
  signupsPerMonth: number | undefined,
): number | undefined {
  return worth && signupsPerMonth !== undefined ? grossProfit + signupsPerMonth * worth.monthly : undefined;
}

/** Gross profit of single months; one object for what was served in them, because there are as many as accounts and arms. */
export class MonthlyProfit {
  private readonly service = {
    accountMonths: 0,
    computeSeconds: 0,
    requests: 0,
    gigabytes: 0,
    tickets: 0,
    disputes: 0,
  };

  /** Of month t, before the last one. */
  of(sums: Sums, t: number, costs: Costs, policies: Policies): number {
    const { service } = this;
    service.accountMonths = sums.accountsByMonth[t]!;
    service.computeSeconds = sums.computeSecondsByMonth[t]!;
    service.requests = sums.requestsByMonth[t]!;
    service.gigabytes = sums.gigabytesByMonth[t]!;
    service.tickets = sums.ticketsByMonth[t]!;
    service.disputes = sums.disputesByMonth[t]!;
    return sums.revenueByMonth[t]! - costOf(service, costs, policies).total;
  }
}

export type Line = { readonly name: string; readonly base: number; readonly perSignup: number };

/**
 * Which scenario earns most, by the number of sign-ups: the first is best without any, each further one from `from` sign-ups on.
 * Of equals the first in order counts.
 */
export function bestBySignups(lines: readonly Line[]): { readonly name: string; readonly from: number }[] {
  const better = (a: Line, b: Line) => a.base > b.base || (a.base === b.base && a.perSignup > b.perSignup);
  let best = lines.reduce((top, line) => (better(line, top) ? line : top));
  const pieces = [{ name: best.name, from: 0 }];
  for (;;) {
    let next: { line: Line; from: number } | undefined;
    for (const line of lines) {
      if (line.perSignup <= best.perSignup) continue;
      const from = (best.base - line.base) / (line.perSignup - best.perSignup);
      if (!next || from < next.from || (from === next.from && line.perSignup > next.line.perSignup))
        next = { line, from };
    }
    if (!next) return pieces;
    best = next.line;
    pieces.push({ name: best.name, from: next.from });
  }
}
