/**
 * Numbers that the simulation takes where the history or the tier file gives none, and the fixed thresholds of its rules.
 * Reports print them from here. Numbers that a user may change are in parameterTable.ts.
 */

/** Mean length of a calendar month, in days: 365.25 ÷ 12. */
export const MEAN_MONTH_DAYS = 30.4375;

/** CPU seconds a request, where the history has no compute. */
export const COMPUTE_SECONDS_PER_REQUEST = 0.35;

/** Requests of the busiest day ÷ requests of the mean day, where the busiest day is unknown. */
export const PEAK_DAY_OVER_MEAN_DAY = 2;

/** Tenure in month 0 of an account that was there in the first month of the history, in months. */
export const TENURE_MONTHS = 12;

/** Least number of months before month 0, in which expectations are formed. */
export const LEAST_PRE_MONTHS = 3;

/** Months that repeat earlier ones grow or shrink by at most this share a month. */
export const MOST_MONTHLY_GROWTH = 0.05;

/** The level of an account that left is the mean of so many full months before it left. */
export const MONTHS_BEFORE_LEAVING = 3;

/** Share of the included requests at which an alert is sent and an upgrade is offered. */
export const ALERT_SHARE = 0.8;

/** Bounds of an alert's lead time: the share of customers it reaches in time, if it reaches them at all. */
export const LEAD_BOUNDS: readonly [least: number, most: number] = [0.5, 1];

/** Bounds of the factor by which an account's size scales its hazards. */
export const SIZE_EFFECT_BOUNDS: readonly [least: number, most: number] = [0.2, 5];

/** Requests a second that a free tier admits in the comparison "what the free tier is worth". */
export const REFERENCE_FREE_RATE = 10;

/** A bill that rises by more than this share, and by more than the material amount, calls for grandfathering. */
export const GRANDFATHER_RISE = 0.25;

/** Amount added to both mean bills of the demand reaction, in major units: below it, a change of the bill changes no use. */
export const DEMAND_MATERIALITY = 1;

/** Share of disputed invoices: low below the first bound, high above the second, medium from the first to the second. */
export const DISPUTE_BANDS: readonly [low: number, high: number] = [0.02, 0.05];

export const MONTHS_A_YEAR = 12;
