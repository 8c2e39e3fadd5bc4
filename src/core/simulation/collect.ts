/** Accounts and bills of the scenarios as given, and what newcomers bring, collected while the runs go over the accounts. */
import { BillDistribution } from './bills.ts';
import { MonthlyProfit } from './money.ts';
import type { Costs } from './parameters.ts';
import type { Population } from './population.ts';
import type { Policies } from './scenario.ts';
import type { Sums } from './sums.ts';
import type { BillObserver } from './walk.ts';

/** The numbers to collect. */
export type Collecting = {
  /** By scenario, whose runs come before all others: minor units of its currency. */
  readonly minorUnits: readonly number[];
  /** Runs over newcomers, what serving them costs, and the policies that decide the cost of each arm that they serve. */
  readonly newcomers: readonly {
    readonly run: number;
    readonly costs: Costs;
    readonly policies: readonly Policies[];
  }[];
};

export type AccountOutcomes = {
  readonly bills: Float64Array;
  readonly survival: Float64Array;
  readonly plan: Uint8Array;
};

/** Profit of an account as if it had come in month 0: over all months, and of one such account in every month. */
export type Gains = { readonly each: Float64Array; readonly monthly: Float64Array };

/** Of the accounts of a part, in their order. */
export type Collected = {
  /** By scenario. */
  readonly accounts: readonly AccountOutcomes[];
  /** In the order of `newcomers` and of their policies. */
  readonly gains: readonly (readonly Gains[])[];
};

export function outcomesFor(accounts: number): AccountOutcomes {
  return {
    bills: new Float64Array(accounts),
    survival: new Float64Array(accounts),
    plan: new Uint8Array(accounts),
  };
}

export class Collector {
  /** By scenario, over all parts. */
  readonly bills: readonly BillDistribution[];
  private readonly collecting: Collecting;
  private readonly newcomersOf: ReadonlyMap<number, number>;
  /** By scenario: bills and customers of the account that is walked over, by month before the last. */
  private readonly months: readonly { readonly revenue: Float64Array; readonly there: Float64Array }[];
  private readonly profit = new MonthlyProfit();
  private readonly horizon: number;
  private accounts: readonly AccountOutcomes[] = [];
  private gains: readonly (readonly Gains[])[] = [];
  private from = 0;

  constructor(collecting: Collecting, { horizon }: Pick<Population, 'horizon'>) {
    this.collecting = collecting;
    this.horizon = horizon;
    this.bills = collecting.minorUnits.map((minorUnits) => new BillDistribution(minorUnits));
    this.newcomersOf = new Map(collecting.newcomers.map(({ run }, n) => [run, n]));
    this.months = this.bills.map(() => ({ revenue: new Float64Array(horizon), there: new Float64Array(horizon) }));
  }

  /** Receives the bills of a scenario's run; undefined for others. */
  billsOf(run: number): BillObserver | undefined {
    const bills = this.bills[run];
    return bills && ((bill, weight) => bills.add(bill, weight));
  }

  /** Begins a part. */
  begin(from: number, to: number): void {
    this.from = from;
    this.accounts = this.bills.map(() => outcomesFor(to - from));
    this.gains = this.collecting.newcomers.map(({ policies }) =>
      policies.map(() => ({ each: new Float64Array(to - from), monthly: new Float64Array(to - from) })),
    );
  }

  /** What was collected of the part. */
  take(): Collected {
    return { accounts: this.accounts, gains: this.gains };
  }

  /** Takes the sums of an account of a run; the runs of the scenarios come in their order. */
  account(run: number, account: number, sums: Sums): void {
    const at = account - this.from;
    const newcomers = this.newcomersOf.get(run);
    if (newcomers !== undefined) this.addGains(newcomers, at, sums);
    const own = this.accounts[run];
    if (!own) return;
    own.survival[at] = sums.survivors;
    own.plan[at] = likeliestPlan(sums);
    const { revenue, there } = this.months[run]!;
    revenue.set(sums.revenueByMonth.subarray(0, revenue.length));
    there.set(sums.accountsByMonth.subarray(0, there.length));
    if (run === this.accounts.length - 1) this.compareBills(at);
  }

  private addGains(newcomers: number, at: number, sums: Sums): void {
    const { costs, policies: arms } = this.collecting.newcomers[newcomers]!;
    for (const [arm, policies] of arms.entries()) {
      const gains = this.gains[newcomers]![arm]!;
      let [earned, monthly] = [0, 0];
      for (let t = 0; t < this.horizon; t++) {
        earned += this.profit.of(sums, t, costs, policies);
        monthly += earned; // who came so many months before the end has earned so much by then
      }
      gains.each[at] = earned;
      gains.monthly[at] = monthly;
    }
  }

  /**
   * Mean bill of an account over the months in which it is there under every scenario. Each month counts once, however many have
   * left by then, so that the same bills have the same mean under any policies.
   */
  private compareBills(at: number): void {
    const { months, accounts } = this;
    for (const [s, { revenue, there }] of months.entries()) {
      let [sum, count] = [0, 0];
      for (let t = 0; t < there.length; t++) {
        if (!months.every((other) => other.there[t]! > 0)) continue;
        sum += revenue[t]! / there[t]!;
        count++;
      }
      accounts[s]!.bills[at] = sum / count;
    }
  }
}

function likeliestPlan({ startByPlan }: Sums): number {
  let best = 0;
  for (let plan = 1; plan < startByPlan.length; plan++) if (startByPlan[plan]! > startByPlan[best]!) best = plan;
  return best;
}
