/** Meaning of an export's quantities, where a row is more than an amount that was used at its instant. */

export type RowTerms = {
  /** Meters whose fields hold readings of counters that only grow, by name; usage is the increase. */
  readonly cumulative: ReadonlySet<string>;
  /** Columns or keys that tell the counters of one customer apart, beside the dimensions. */
  readonly series: readonly string[];
  /** Field of the instant at which a counter, or the amount of a row, began. */
  readonly start?: string | undefined;
};

/** True if no row can be judged before all of them are known. */
export function needsAllRows({ cumulative, start }: RowTerms): boolean {
  return cumulative.size > 0 || start !== undefined;
}
