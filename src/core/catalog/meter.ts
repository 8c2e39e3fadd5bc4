import type { UnitFamily } from '../quantity.ts';

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
};
