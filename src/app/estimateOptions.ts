export type EstimateOptions = {
  /** Name of the tier file; absent: the one that is found. */
  /** Names of tier files, which may be globs: price lists that follow each other. */
  readonly tiers?: string | readonly string[];
  /** Tier to bill on, before the file's own. */
  readonly tier?: string;
  /** Name of a traffic file. */
  readonly traffic?: string;
  /** Names of exports to learn from. */
  readonly usage?: readonly string[];
  /** Environment of a Wrangler configuration, or `all`. */
  readonly env?: string;
  /** `2026-10`; absent: a month of 30 days. */
  readonly period?: string;
  /** Name of a saved estimate or of another configuration. */
  readonly baseline?: string;
  /** Zone of timestamps of the exports that are written without one. */
  readonly timezone?: string;
};
