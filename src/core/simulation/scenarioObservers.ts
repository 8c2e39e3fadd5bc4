/** Accounts and bills of the scenarios as given, and what newcomers bring, collected while the runs go over the accounts. */
import type { Arm } from './arms.ts';
import type { Tariff } from './billing.ts';
import { BillDistribution } from './bills.ts';
import type { RunObservers } from './run.ts';
import type { SignupWorth } from './signupWorth.ts';
import type { SimulationInput } from './simulationInput.ts';
import type { Sums } from './sums.ts';

export type AccountOutcomes = {
  readonly bills: Float64Array;
  readonly survival: Float64Array;
  readonly plan: Uint8Array;
};

/** Collects accounts and bills of the scenarios' own runs, which come before all others, and what newcomers bring. */
export class ScenarioObservers implements RunObservers {
  readonly accounts: readonly AccountOutcomes[];
  readonly bills: readonly BillDistribution[];
  private readonly newcomers: ReadonlyMap<number, readonly Arm[]>;
  private readonly worth: SignupWorth | undefined;
  /** By scenario: bills and customers of the account that is walked over, by month before the last. */
  private readonly months: readonly { readonly revenue: Float64Array; readonly there: Float64Array }[];

  constructor(
    { scenarios, population }: SimulationInput,
    tariffs: readonly Tariff[],
    newcomers: ReadonlyMap<number, readonly Arm[]>,
    worth: SignupWorth | undefined,
  ) {
    const { length } = population.accounts;
    this.accounts = scenarios.map(() => ({
      bills: new Float64Array(length),
      survival: new Float64Array(length),
      plan: new Uint8Array(length),
    }));
    this.bills = tariffs.map((tariff) => new BillDistribution(tariff.minorUnits));
    this.months = scenarios.map(() => ({
      revenue: new Float64Array(population.horizon),
      there: new Float64Array(population.horizon),
    }));
    this.newcomers = newcomers;
    this.worth = worth;
  }

  account(run: number, account: number, sums: Sums): void {
    const arms = this.newcomers.get(run);
    if (arms) this.worth!.observe(arms, account, sums);
    const own = this.accounts[run];
    if (!own) return;
    own.survival[account] = sums.survivors;
    own.plan[account] = likeliestPlan(sums);
    const { revenue, there } = this.months[run]!;
    revenue.set(sums.revenueByMonth.subarray(0, revenue.length));
    there.set(sums.accountsByMonth.subarray(0, there.length));
    if (run === this.accounts.length - 1) this.compareBills(account);
  }

  /**
   * Mean bill of an account over the months in which it is there under every scenario. Each month counts once, however many have
   * left by then, so that the same bills have the same mean under any policies.
   */
  private compareBills(account: number): void {
    const { months, accounts } = this;
    for (const [s, { revenue, there }] of months.entries()) {
      let [sum, count] = [0, 0];
      for (let t = 0; t < there.length; t++) {
        if (!months.every((other) => other.there[t]! > 0)) continue;
        sum += revenue[t]! / there[t]!;
        count++;
      }
      accounts[s]!.bills[account] = sum / count;
    }
  }

  bill(run: number, bill: number, weight: number): void {
    this.bills[run]?.add(bill, weight);
  }
}

function likeliestPlan({ startByPlan }: Sums): number {
  let best = 0;
  for (let plan = 1; plan < startByPlan.length; plan++) if (startByPlan[plan]! > startByPlan[best]!) best = plan;
  return best;
}
