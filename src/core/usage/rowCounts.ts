/** Counts of an export's rows: `read` is the sum of the next five. Blank lines are not rows. */
export type RowCounts = {
  readonly read: number;
  readonly rated: number;
  readonly duplicate: number;
  readonly outOfPeriod: number;
  /** Rows that a mapping leaves out with `where`. Absent: it leaves none out. */
  readonly filtered?: number;
  readonly rejected: number;
  /**
   * Rows before the period that were read for the values of meters which stay until another row says otherwise; they
   * are part of `outOfPeriod`. Absent: there is no such meter.
   */
  readonly beforePeriod?: number;
};
