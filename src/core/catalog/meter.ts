import type { Decimal } from '../decimal.ts';
import type { UnitFamily } from '../quantity.ts';
import type { RowFilter } from './rowFilter.ts';

/**
 * Rules that turn the rows of a stretch into one quantity. `count` counts rows, `unique` distinct values, `last` is the
 * latest value, `time_weighted` adds up the values in force by the time for which they were.
 */
export const AGGREGATIONS = ['sum', 'count', 'max', 'unique', 'last', 'time_weighted'] as const;
/** `percentile` ranks what intervals add up to. */
export type Aggregation = (typeof AGGREGATIONS)[number] | 'percentile';

export const WEIGHTING_UNITS = ['hour', 'day', 'month'] as const;
export type WeightingTerms = {
  readonly per: (typeof WEIGHTING_UNITS)[number];
  /** In which days and months begin. */
  readonly timezone: string;
};
export type PercentileTerms = {
  /** Above 0, at most 1: the 95th percentile is 0.95. */
  readonly share: Decimal;
  /** Length of an interval in milliseconds; divides an hour evenly. */
  readonly intervalMs: number;
};

/**
 * True if the meter measures a level, which part of a period has in full, and not a flow, of which it has a part: ten
 * seats stay ten for a day.
 */
export function isLevel({ aggregation }: Pick<Meter, 'aggregation'>): boolean {
  return aggregation === 'max' || aggregation === 'last' || aggregation === 'unique' || aggregation === 'percentile';
}

/** True if the meter's value stays what it is until another row says otherwise, also where a period has no row of it. */
export function carriesOver({ aggregation }: Pick<Meter, 'aggregation'>): boolean {
  return aggregation === 'last' || aggregation === 'time_weighted';
}

/** True if a row that has 0 of the meter says something that a row with nothing does not. */
export function countsZero(meter: Pick<Meter, 'aggregation'>): boolean {
  return meter.aggregation === 'count' || meter.aggregation === 'unique' || carriesOver(meter);
}

/** True if no total of an hour can stand for its rows. */
export function needsEveryRow({ aggregation }: Pick<Meter, 'aggregation'>): boolean {
  return aggregation === 'time_weighted' || aggregation === 'percentile';
}

/** Names of the meters that measure a level. */
export function levelsAmong(meters: ReadonlyMap<string, Meter>): ReadonlySet<string> {
  let levels = KNOWN_LEVELS.get(meters);
  if (!levels) {
    levels = new Set([...meters.values()].filter(isLevel).map(({ name }) => name));
    KNOWN_LEVELS.set(meters, levels);
  }
  return levels;
}

/** Every customer of a run asks for the same meters. */
const KNOWN_LEVELS = new WeakMap<ReadonlyMap<string, Meter>, ReadonlySet<string>>();

/** A meter: a quantity that is counted, everywhere in the meter's own unit, unscaled. */
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
  /** Terms of `time_weighted`; absent for other aggregations. */
  readonly weighting?: WeightingTerms;
  /** Terms of `percentile`; absent for other aggregations. */
  readonly percentile?: PercentileTerms;
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
