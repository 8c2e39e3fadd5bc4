/** The customers of a simulation: their account-months as observed, and as prepared for a walk. */
import type { Decimal } from '../decimal.ts';
import type { Period } from '../period.ts';

/** Account-months as they were observed: what `meter usage` writes, or a ledger holds. */
export type Histories = {
  /** Names of the meters, `requests` among them. */
  readonly meters: readonly string[];
  /** The first month, counted from year 0: year × 12 + month − 1. */
  readonly firstMonth: number;
  readonly months: number;
  /** Ascending (UTF-16 code units). */
  readonly accounts: readonly string[];
  /** By account, month and meter; NaN where nothing was reported. */
  readonly quantities: Float64Array;
  /** Quantities that a double does not hold exactly, by position in `quantities`. */
  readonly exact: ReadonlyMap<number, Decimal>;
  /** Requests on the busiest day, by account and month; NaN: unknown. */
  readonly peakDays: Float64Array;
  /** Months since the account came, by account and month; NaN: unknown. */
  readonly tenures: Float64Array;
  /** Accounts with a contract of their own, by index. */
  readonly contracts: ReadonlySet<number>;
};

export type PopulationOptions = {
  /** Months after month 0. */
  readonly horizon: number;
  /** Accounts above so many requests in every month up to month 0 have contracts, and are left out; a burst is no contract. */
  readonly enterpriseRequests: number;
  readonly timezone: string;
};

export type Population = {
  readonly meters: readonly string[];
  readonly accounts: readonly string[];
  /** Months before month 0, at least three. */
  readonly pre: number;
  readonly horizon: number;
  /** Calendar months, `pre` + 1 + `horizon` of them. */
  readonly periods: readonly Period[];
  readonly days: readonly number[];
  /** By account, month and meter. */
  readonly quantities: Float64Array;
  readonly exact: ReadonlyMap<number, Decimal>;
  /** By account and month. */
  readonly peakDays: Float64Array;
  /** By account, at month 0. */
  readonly tenures: Float64Array;
  /** Positions in `meters`; −1: not metered. */
  readonly requests: number;
  readonly compute: number;
  readonly egress: number;
  readonly report: PopulationReport;
};

export type PopulationReport = {
  readonly observedMonths: number;
  /** Months at the end that repeat observed ones, because the history is too short. */
  readonly repeatedMonths: number;
  /** Account-months whose usage was made up, of all account-months. */
  readonly imputedShare: number;
  /** Left out because they used nothing in month 0. */
  readonly withoutUsage: number;
  /** Of those, they had used it before: customers who left before month 0. */
  readonly leftBefore: number;
  /** Left out because month 0 is their first month, which may be part of one. */
  readonly cameInMonthZero: number;
  /** First months, before month 0, that may be part of one: month 0 stands for them. */
  readonly partialMonths: number;
  /** Accounts whose growth beyond the history is held at the bound of the data rules. */
  readonly heldGrowth: number;
  /** Left out because they have contracts. */
  readonly contracts: readonly { readonly account: string; readonly requests: number }[];
  /** Accounts of the cohort whose usage ends before the history does: customers who really left. */
  readonly exits: number;
  /** Exits ÷ months in which an account of the cohort was there; undefined if the history ends at month 0. */
  readonly observedChurn: number | undefined;
  readonly defaults: { readonly tenure: number; readonly peakDay: number; readonly compute: number };
};
