import type { Aggregation, Meter } from '../../core/catalog/meter.ts';
import type { Mapping } from '../../core/usage/mapping.ts';
import { hasCorrections, needsAllRows, sampleOf } from '../../core/usage/rowTerms.ts';

/** Number of a meter's units in one of its field's: `factor` × 10^−`digits`. */
export function scaleOf(mapping: Mapping | undefined, meter: string): { factor: bigint; digits: number } {
  const source = mapping?.meters?.get(meter);
  const scale = source && 'field' in source ? source.scale.toFixed() : '1';
  const [whole = '', fraction = ''] = scale.split('.');
  return { factor: BigInt(whole + fraction), digits: fraction.length };
}

/** Aggregations of which no query adds up the rows of an hour. */
const NEED_ROWS: { readonly [A in Aggregation]?: string } = {
  time_weighted: 'is weighted by time, for which every row is needed',
  percentile: 'is a percentile, for which every row is needed',
};

/** Why no query can add up a meter; undefined: one can. */
export function whyRowsAreNeeded({ name, aggregation }: Meter): string | undefined {
  const why = NEED_ROWS[aggregation];
  return why && `${name} ${why}`;
}

/** Part of a mapping that no query adds up the rows for; undefined: there is none. */
export function notForSql(mapping: Mapping | undefined): string | undefined {
  const terms = mapping?.terms;
  if (terms && needsAllRows(terms)) return 'counters or intervals';
  if (sampleOf(terms)) return 'a sample';
  return hasCorrections(terms) ? 'corrections' : notForTables(mapping);
}

/** Part of a mapping that asks for more than the columns of a table; undefined: there is none. */
export function notForTables(mapping: Mapping | undefined): string | undefined {
  if (!mapping) return undefined;
  const { derived, where, records } = mapping;
  if (derived && derived.size > 0) return 'values that are worked out';
  if (where && where.length > 0) return 'conditions for rows (where)';
  return records === undefined ? undefined : 'a form of lines';
}
