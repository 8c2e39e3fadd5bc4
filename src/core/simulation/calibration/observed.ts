/** Observed account-months: what was billed, and how the customer reacted. */
import { BillAverages, type CustomerMonth, type PlanTerms, Reaction, Reactions } from '../behaviour.ts';
import type { Behaviour } from '../parameters.ts';
import { NO_POLICIES, type Policies } from '../scenario.ts';
import type { Likelihood } from './maximise.ts';

/** One month of one customer, in time order within the customer. */
export type ObservedMonth = {
  readonly customer: string;
  /** Counted from year 0. */
  readonly month: number;
  readonly requests: number;
  readonly peakDayRequests: number;
  readonly tenure: number;
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
};

/** Months that only form expectations. */
const FIRST_MONTHS = 3;

/** A month whose reaction counts, with the averages of the months before it. */
export type ReactionRow = ObservedMonth & {
  readonly averages: BillAverages;
  readonly expectedRequests: number;
  readonly cluster: number;
};

/** Rows from the fourth month of each customer on; `months` by customer, then month. */
export function reactionRows(months: readonly ObservedMonth[], memory: number): ReactionRow[] {
  const rows: ReactionRow[] = [];
  let [cluster, seen, expectedRequests] = [-1, 0, 0];
  let averages = new BillAverages();
  for (const [i, month] of months.entries()) {
    const isFirst = i === 0 || months[i - 1]!.customer !== month.customer;
    if (isFirst) {
      cluster++;
      seen = 0;
      averages = new BillAverages();
    }
    if (seen >= FIRST_MONTHS) rows.push({ ...month, averages: copyOf(averages), expectedRequests, cluster });
    if (seen === 0) {
      averages.start(month.bill, month.overage);
      expectedRequests = month.requests;
    } else {
      averages.learn(month.bill, month.overage, memory);
      expectedRequests += memory * (month.requests - expectedRequests);
    }
    seen++;
  }
  return rows;
}

function copyOf({ bill, variance, overage }: BillAverages): BillAverages {
  return Object.assign(new BillAverages(), { bill, variance, overage });
}

/** Behaviour parameters that churn and disputes of account-months can tell. */
export const HAZARD_PARAMETERS = [
  'baseChurn',
  'sizeEffect',
  'surpriseChurn',
  'unpredictabilityChurn',
  'throttleChurn',
  'feeAnchor',
  'alertReach',
  'baseDisputes',
  'surpriseDisputes',
] as const;
export type HazardParameter = (typeof HAZARD_PARAMETERS)[number];

/** Parameters that nothing in these rows depends on. */
export function untestable(rows: readonly ReactionRow[]): Set<HazardParameter> {
  const fixed = new Set<HazardParameter>();
  const notified = rows.filter(({ notify }) => notify).length;
  // Without both kinds of months an alert cannot be told from customers who are calm by nature.
  if (notified === 0 || notified === rows.length) fixed.add('alertReach');
  if (!rows.some(({ throttling }) => throttling > 0)) fixed.add('throttleChurn');
  if (!rows.some(({ terms }) => terms.fee > 0)) fixed.add('feeAnchor');
  if (!rows.some(({ disputed }) => disputed)) fixed.add('baseDisputes').add('surpriseDisputes');
  return fixed;
}

export function behaviourWith(base: Behaviour, values: readonly number[]): Behaviour {
  return { ...base, ...Object.fromEntries(HAZARD_PARAMETERS.map((name, i) => [name, values[i]!])) };
}

/** Log-likelihood of staying or leaving, and of disputing or not, of every row: the simulation's own equations. */
export function hazardLikelihood(rows: readonly ReactionRow[], base: Behaviour): Likelihood {
  return {
    rows: rows.length,
    clusters: Int32Array.from(rows, ({ cluster }) => cluster),
    evaluate: (values, into) => {
      predict(rows, behaviourWith(base, values), (row, { churn, dispute }) => {
        const { churned, disputed } = rows[row]!;
        let log = Math.log(churned ? churn : 1 - churn);
        if (disputed !== undefined) log += Math.log(disputed ? dispute : 1 - dispute);
        into[row] = Math.max(log, -700); // a probability of 0 for what happened: no finite step should land there
      });
    },
  };
}

/** Calls `tell` with the reaction that the model expects of every row; the reaction is overwritten after the call. */
export function predict(
  rows: readonly ReactionRow[],
  behaviour: Behaviour,
  tell: (row: number, reaction: Reaction) => void,
): void {
  const policies = (notify: boolean): Policies => ({ ...NO_POLICIES, notify });
  const silent = new Reactions(behaviour, policies(false));
  const alerting = new Reactions(behaviour, policies(true));
  const reaction = new Reaction();
  const customer: CustomerMonth = { requests: 0, peakDayRequests: 0, expectedRequests: 0, tenure: 0 };
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    customer.requests = row.requests;
    customer.peakDayRequests = row.peakDayRequests;
    customer.expectedRequests = row.expectedRequests;
    customer.tenure = row.tenure;
    const reactions = row.notify ? alerting : silent;
    reactions.begin(customer);
    const { terms, averages, bill, throttling, holdsPacks, prompted: isPrompted } = row;
    reactions.reactTo({ terms, averages, bill, throttling, holdsPacks, isPrompted }, reaction);
    tell(i, reaction);
  }
}
