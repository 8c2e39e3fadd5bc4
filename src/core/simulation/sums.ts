/**
 * Totals of a walk, by account and over all accounts. They hold no costs but the quantities that costs are made of, so that
 * one walk serves every set of cost parameters and cost policies.
 *
 * Every contribution is multiplied by its weight: a probability under expected values, 0 or 1 under Monte Carlo.
 */
import { HazardsByCause } from './behaviour.ts';
import { type NamedArray, namedArray } from './namedArray.ts';

/** Totals that the compared rates are made of. They are kept for every replicate of the bootstrap. */
const RATE_SUMS = [
  /** Accounts in month 0. */
  'accounts',
  /** Account-months from month 0 to before the last month: the months at risk, and the invoices. */
  'accountMonths',
  /** Accounts that left. */
  'churned',
  'disputes',
  /** Tickets about bills and limits, disputes included. */
  'tickets',
  /** Bills of the account-months. */
  'revenue',
  /** Quantities that were served. */
  'computeSeconds',
  'requests',
  'gigabytes',
  /** Bills of month 0 and of the last month. */
  'startRevenue',
  'endRevenue',
  /** Bills of the last month, each counted up to the account's expected bill of month 0. */
  'keptRevenue',
  /** Accounts that are still there in the last month, and what serving and supporting them takes in it. */
  'survivors',
  'lastDisputes',
  'lastTickets',
  'lastComputeSeconds',
  'lastRequests',
  'lastGigabytes',
] as const;

const OTHER_SUMS = [
  /** Usage charges of the account-months, the part of `revenue` beyond fees. */
  'overage',
  /** The bridge from `startRevenue` to `endRevenue`: bills of those who left, bills that fell, and bills that rose. */
  'churnedRevenue',
  'contraction',
  'expansion',
  /** Moves to the next larger plan. */
  'upgrades',
  /** Features of the equations, added up over the account-months. */
  'surprise',
  'unpredictability',
  'valueGap',
  'throttling',
  /** Against the list in force, in month 0: accounts whose mean bill rises beyond the tolerance, or falls by as much. */
  'dearer',
  'cheaper',
  /** D added up over the accounts. */
  'rise',
  /** Requests of month 0 under the list in force, and under this one. */
  'requestsInForce',
  'requestsAtStart',
  /** Accounts that keep the list in force for a while, and what they pay less in the account-months before the last month. */
  'grandfathered',
  'forgone',
  /** Accounts on annual plans in month 0, and the fees of later months that they pay in it. */
  'annual',
  'prepaid',
] as const;

type RateSumName = (typeof RATE_SUMS)[number];
type SumName = RateSumName | (typeof OTHER_SUMS)[number];
const SUM_NAMES: readonly SumName[] = [...RATE_SUMS, ...OTHER_SUMS];

const NamedRateSums: NamedArray<RateSumName> = namedArray(RATE_SUMS);
const NamedSums: NamedArray<SumName> = namedArray(SUM_NAMES);

/** Numbers of {@link RateSums} besides those by month, which follow them; they are the first ones of {@link Sums}. */
export const RATE_SUMS_LENGTH: number = RATE_SUMS.length;

/** The totals of one replicate: all that rates and alarms are made of. */
export class RateSums extends NamedRateSums {
  /** Fees and usage as if every month had the mean number of days, by month from 0 to the last. */
  readonly normalisedByMonth: Float64Array;

  constructor(
    { horizon }: Pick<SumsSize, 'horizon'>,
    values: Float64Array = new Float64Array(RATE_SUMS_LENGTH + horizon + 1),
  ) {
    super(values.subarray(0, RATE_SUMS_LENGTH));
    this.normalisedByMonth = values.subarray(RATE_SUMS_LENGTH);
  }
}

/** Numbers that tell how many months and plans the totals are for. */
export type SumsSize = { readonly horizon: number; readonly plans: number };

export class Sums extends NamedSums {
  /** Accounts that left, by the cause that they left for. */
  readonly churnedByCause: HazardsByCause;
  /** By month, from 0 to the last. */
  readonly revenueByMonth: Float64Array;
  /** Fees and usage as if every month had the mean number of days. */
  readonly normalisedByMonth: Float64Array;
  readonly accountsByMonth: Float64Array;
  readonly disputesByMonth: Float64Array;
  readonly ticketsByMonth: Float64Array;
  readonly computeSecondsByMonth: Float64Array;
  readonly requestsByMonth: Float64Array;
  readonly gigabytesByMonth: Float64Array;
  /** By plan, accounts in month 0 and in the last month. */
  readonly startByPlan: Float64Array;
  readonly endByPlan: Float64Array;

  constructor({ horizon, plans }: SumsSize) {
    const causes = new HazardsByCause().values.length;
    const lengths = [causes, ...new Array<number>(8).fill(horizon + 1), plans, plans];
    super(new Float64Array(SUM_NAMES.length + lengths.reduce((sum, length) => sum + length, 0)));
    let from = SUM_NAMES.length;
    const next = (length: number) => {
      from += length;
      return this.values.subarray(from - length, from);
    };
    this.churnedByCause = new HazardsByCause(next(causes));
    this.revenueByMonth = next(horizon + 1);
    this.normalisedByMonth = next(horizon + 1);
    this.accountsByMonth = next(horizon + 1);
    this.disputesByMonth = next(horizon + 1);
    this.ticketsByMonth = next(horizon + 1);
    this.computeSecondsByMonth = next(horizon + 1);
    this.requestsByMonth = next(horizon + 1);
    this.gigabytesByMonth = next(horizon + 1);
    this.startByPlan = next(plans);
    this.endByPlan = next(plans);
  }

  clear(): void {
    this.values.fill(0);
  }

  /** Makes the totals of what was served and supported from its months; the last month stands apart. */
  closeMonths(): void {
    const horizon = this.disputesByMonth.length - 1;
    for (let t = 0; t < horizon; t++) {
      this.disputes += this.disputesByMonth[t]!;
      this.tickets += this.ticketsByMonth[t]!;
      this.computeSeconds += this.computeSecondsByMonth[t]!;
      this.requests += this.requestsByMonth[t]!;
      this.gigabytes += this.gigabytesByMonth[t]!;
    }
    this.lastDisputes = this.disputesByMonth[horizon]!;
    this.lastTickets = this.ticketsByMonth[horizon]!;
    this.lastComputeSeconds = this.computeSecondsByMonth[horizon]!;
    this.lastRequests = this.requestsByMonth[horizon]!;
    this.lastGigabytes = this.gigabytesByMonth[horizon]!;
  }

  /** Adds totals over the same months and plans. */
  add(sums: Sums, factor: number): void {
    addTimes(this.values, sums.values, factor);
  }
}

/** Adds accounts that leave: `factor` × each cause's hazard. */
export function addCauses(into: HazardsByCause, hazards: HazardsByCause, factor: number): void {
  addTimes(into.values, hazards.values, factor);
}

function addTimes(into: Float64Array, from: Float64Array, factor: number): void {
  for (let i = 0; i < into.length; i++) into[i]! += factor * from[i]!;
}
