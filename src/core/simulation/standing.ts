/** Where an account stands before month 0: averages of each plan's bills, and the plans that it would have chosen. */
import { BillAverages, type Reactions } from './behaviour.ts';
import type { Bills } from './billing.ts';
import { logistic } from './curves.ts';

/** An account's bills: `row` is its index in `bills`. */
export type AccountBills = { readonly bills: Bills; readonly row: number };

export class Standing {
  /** By plan. */
  readonly averages: readonly BillAverages[];
  /** By plan; they add up to 1. */
  readonly shares: Float64Array;

  constructor(plans: number) {
    this.averages = Array.from({ length: plans }, () => new BillAverages());
    this.shares = new Float64Array(plans);
  }

  /** Forms averages over the months before month 0, at least one; they begin at the first of them. */
  learnBefore(account: AccountBills, pre: number, memory: number): void {
    const { averages } = this;
    const { bills, row } = account;
    const first = bills.at(row, 0, 0);
    for (let plan = 0; plan < averages.length; plan++)
      averages[plan]!.start(bills.total[first + plan]!, bills.overage[first + plan]!);
    for (let month = 1; month < pre; month++) this.learn(account, month, memory);
  }

  /** Moves the averages of every plan towards a month's bills. */
  learn({ bills, row }: AccountBills, month: number, memory: number): void {
    const { averages } = this;
    const first = bills.at(row, month, 0);
    for (let plan = 0; plan < averages.length; plan++)
      averages[plan]!.learn(bills.total[first + plan]!, bills.overage[first + plan]!, memory);
  }

  /** Customers climb the ladder as far as the next plan seems cheaper. */
  climb(reactions: Reactions): void {
    const { averages, shares } = this;
    let rest = 1;
    for (let plan = 0; plan < averages.length; plan++) {
      const next = averages[plan + 1];
      const moving = next ? rest * logistic(reactions.advantageOfNext(averages[plan]!, next)) : 0;
      shares[plan] = rest - moving;
      rest = moving;
    }
  }

  /** The plan with the largest share; of equal ones the first. */
  likeliestPlan(): number {
    return this.shares.reduce((best, share, plan, all) => (share > all[best]! ? plan : best), 0);
  }
}
