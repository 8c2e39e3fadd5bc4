/** Observed account-months beside what each customer could expect of them: the rows that parameters are fitted to. */
import { BillAverages, type PlanTerms } from '../behaviour.ts';
import { LEAST_PRE_MONTHS } from '../defaults.ts';

/** The change to the list of an account-month, as its customer met it. */
export type ListChange = {
  /** D: log ratio of the mean bills before the change. */
  readonly rise: number;
  /** Months since the first one under the new list. */
  readonly since: number;
  /** Averages of the new plan's bills on the usage before the change: what the customer was shown. */
  readonly averages: Readonly<Pick<BillAverages, 'bill' | 'variance' | 'overage'>>;
};

/** One month of one customer, in time order within the customer. */
export type ObservedMonth = {
  readonly customer: string;
  /** Counted from year 0. */
  readonly month: number;
  readonly requests: number;
  readonly peakDayRequests: number;
  /** Months since the customer came; below 1 in the month of arrival. */
  readonly tenure: number;
  /** Scenario and plan that were in force. */
  readonly scenario: string;
  readonly plan: string;
  readonly terms: PlanTerms;
  /** As replayed by the rating engine. */
  readonly bill: number;
  readonly overage: number;
  readonly throttling: number;
  /** Whether alerts were in force, and whether the customer held credit packs. */
  readonly notify: boolean;
  readonly holdsPacks: boolean;
  /** Whether an upgrade was offered and not taken. */
  readonly prompted: boolean;
  readonly churned: boolean;
  /** Undefined: not known. */
  readonly disputed: boolean | undefined;
  /** The latest change of the price list; absent: none in the history. */
  readonly change?: ListChange | undefined;
};

/** A month whose reaction counts, with the averages of the months before it. */
export type ReactionRow = ObservedMonth & {
  readonly averages: BillAverages;
  readonly expectedRequests: number;
  /** Position of the customer among those with rows. */
  readonly cluster: number;
};

export type ReactionRows = {
  readonly rows: readonly ReactionRow[];
  /**
   * Account-months that only form expectations: the first three of customers who were there before the history. Their bills
   * before it are not known, and everybody who is in the fourth month has outlived the first three.
   */
  readonly forming: { readonly rows: number; readonly exits: number };
  /** Months of arrival. They count, and form no expectation: part of a month's usage would make the next bill a surprise. */
  readonly arrivals: number;
  /** Account-months after the customer left. */
  readonly afterExit: number;
};

/** `months` by customer, then month. `memory` is the weight of the last bill in what the next one is expected to be. */
export function reactionRows(months: readonly ObservedMonth[], memory: number): ReactionRows {
  const rows: ReactionRow[] = [];
  let [cluster, arrivals, afterExit] = [-1, 0, 0];
  const forming = { rows: 0, exits: 0 };
  let customer = new Customer(false);
  for (const [i, month] of months.entries()) {
    const isFirst = i === 0 || months[i - 1]!.customer !== month.customer;
    if (isFirst) customer = new Customer(month.tenure < 1);
    customer.meetList(month);
    const hasArrived = isFirst && customer.isNew;
    if (customer.hasLeft) {
      afterExit++;
      continue;
    }
    customer.hasLeft = month.churned;
    if (customer.isNew || customer.learned >= LEAST_PRE_MONTHS) {
      if (rows.at(-1)?.customer !== month.customer) cluster++;
      rows.push({ ...month, ...customer.expectationBefore(month), cluster });
    } else {
      forming.rows++;
      if (month.churned) forming.exits++;
    }
    if (hasArrived) arrivals++;
    else customer.learn(month, memory);
  }
  return { rows, forming, arrivals, afterExit };
}

/** What a customer has seen of its bills. */
class Customer {
  readonly isNew: boolean;
  hasLeft = false;
  /** Months that formed expectations. */
  learned = 0;
  private readonly averages = new BillAverages();
  private requests = 0;

  constructor(isNew: boolean) {
    this.isNew = isNew;
  }

  expectationBefore(month: ObservedMonth): Pick<ReactionRow, 'averages' | 'expectedRequests'> {
    const averages = new BillAverages();
    if (this.learned === 0) {
      // Nothing but the price list is known to a newcomer. Without a fee it names no amount: the first bill is no surprise.
      const { fee } = month.terms;
      averages.start(fee > 0 ? fee : month.bill, fee > 0 ? 0 : month.overage);
      return { averages, expectedRequests: month.requests };
    }
    const { bill, variance, overage } = this.averages;
    return { averages: Object.assign(averages, { bill, variance, overage }), expectedRequests: this.requests };
  }

  /** Who is moved to another list is shown what it will cost, and expects that. */
  meetList({ change }: ObservedMonth): void {
    if (change?.since !== 0) return;
    const { bill, variance, overage } = change.averages;
    Object.assign(this.averages, { bill, variance, overage });
  }

  learn({ bill, overage, requests }: ObservedMonth, memory: number): void {
    if (this.learned === 0) {
      this.averages.start(bill, overage);
      this.requests = requests;
    } else {
      this.averages.learn(bill, overage, memory);
      this.requests += memory * (requests - this.requests);
    }
    this.learned++;
  }
}
