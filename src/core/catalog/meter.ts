import type { UnitFamily } from '../quantity.ts';
import type { RowFilter } from './rowFilter.ts';

/** How the rows of a stretch become one quantity. `count` counts rows, `unique` distinct values, `last` is the latest value. */
export const AGGREGATIONS = ['sum', 'count', 'max', 'unique', 'last'] as const;
export type Aggregation = (typeof AGGREGATIONS)[number];

/** What is counted. Quantities of a meter are everywhere in its own unit, unscaled. */
export type Meter = {
  readonly name: string;
  /** The column or key of a telemetry row that holds it. */
  readonly field: string;
  /** For instance `request`, `s`, `B`. */
  readonly unit: string;
  readonly family: UnitFamily;
  readonly aggregation: Aggregation;
  /** The rows that count; absent: all. */
  readonly where?: RowFilter;
};

/**
 * The columns that a meter's total may have in account-months, the preferred one first. The field of a meter that counts
 * some rows only may be another meter's, too.
 */
export function historyColumns({ name, field, where }: Meter): readonly string[] {
  return where ? [name] : [field, name];
}

/** The meter as if it counted all rows. */
export function withoutFilter({ where: _, ...meter }: Meter): Meter {
  return meter;
}
