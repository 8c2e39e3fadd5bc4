import type { UnitFamily } from '../quantity.ts';

/** How the rows of a stretch become one quantity. `count` counts rows, `unique` distinct values, `last` is the latest value. */
export const AGGREGATIONS = ['sum', 'count', 'max', 'unique', 'last'] as const;
export type Aggregation = (typeof AGGREGATIONS)[number];

/**
 * True if the meter measures a level, which part of a period has in full, and not a flow, of which it has a part: ten
 * seats stay ten for a day.
 */
export function isLevel({ aggregation }: Pick<Meter, 'aggregation'>): boolean {
  return aggregation === 'max' || aggregation === 'last' || aggregation === 'unique';
}

/** True if the meter's value stays what it is until another row says otherwise, also where a period has no row of it. */
export function carriesOver({ aggregation }: Pick<Meter, 'aggregation'>): boolean {
  return aggregation === 'last';
}

/** Names of the meters that measure a level. */
export function levelsAmong(meters: ReadonlyMap<string, Meter>): ReadonlySet<string> {
  return new Set([...meters.values()].filter(isLevel).map(({ name }) => name));
}

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
