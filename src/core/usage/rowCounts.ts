/** What became of the rows of an export: `read` is the sum of the other four. Blank lines are not rows. */
export type RowCounts = {
  readonly read: number;
  readonly rated: number;
  readonly duplicate: number;
  readonly outOfPeriod: number;
  readonly rejected: number;
};
