/** Accounts that keep the list in force for a while: the bills that they get, and what they learn from them. */
import type { BillAverages } from './behaviour.ts';
import type { Bills } from './billing.ts';
import type { AccountChange, Spared } from './priceChange.ts';
import type { AccountBills } from './standing.ts';

type Changed = { readonly change?: AccountChange | undefined };

/** The list in force of an account that still keeps it in month t. */
export function sparedAt({ change }: Changed, t: number): Spared | undefined {
  const spared = change?.spared;
  return spared && t < spared.months ? spared : undefined;
}

/** Where an account's bills of a month are: that of plan p stands at `first` + p × `step` of `bills`. One object serves all months. */
export class MonthBills {
  bills: Bills;
  first = 0;
  step: 0 | 1 = 1;

  constructor(bills: Bills) {
    this.bills = bills;
  }

  /** Finds the bills of a month of the population. Who is spared has one bill, whatever its plan will be. */
  find(account: AccountBills & Changed, pre: number, month: number): void {
    const spared = sparedAt(account, month - pre);
    this.bills = (spared ?? account).bills;
    this.first = spared ? spared.bills.at(spared.row, month, spared.plan) : account.bills.at(account.row, month, 0);
    this.step = spared ? 0 : 1;
  }
}

/** Forms averages of the bills under the list in force over the months before month 0. */
export function learnSparedBefore(spared: Spared, averages: BillAverages, pre: number, memory: number): void {
  const { bills, row, plan } = spared;
  const at = bills.at(row, 0, plan);
  averages.start(bills.total[at]!, bills.overage[at]!);
  for (let month = 1; month < pre; month++) learnSpared(spared, averages, month, memory);
}

/** Moves these averages towards a month's bill. */
export function learnSpared({ bills, row, plan }: Spared, averages: BillAverages, month: number, memory: number): void {
  const at = bills.at(row, month, plan);
  averages.learn(bills.total[at]!, bills.overage[at]!, memory);
}
