/** What became of the rows of an export: `read` is the sum of the other four. Blank lines are not rows. */
export type RowCounts = {
  readonly read: number;
  readonly rated: number;
  readonly duplicate: number;
  readonly outOfPeriod: number;
  readonly rejected: number;
  /**
   * Of those out of the period, rows before it that were read for the values of meters which stay until another row says
   * otherwise; absent: there is no such meter.
   */
  readonly beforePeriod?: number;
};
