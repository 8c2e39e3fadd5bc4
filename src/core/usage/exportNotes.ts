/** Notes on the exports that usage comes from: what keeps it from being what was measured. */
import type { Meter } from '../catalog/meter.ts';
import { filterText, meets } from '../catalog/rowFilter.ts';
import { listed } from '../listed.ts';
import type { Problem } from '../problem.ts';
import type { Mapping } from './mapping.ts';

/** A warning and its subject: customers by id, or a meter by name. */
export type RunWarning = Problem & { readonly customers?: readonly string[]; readonly meter?: string };

/** `source` is the name of an export. */
export type MissingDimension = { readonly source: string; readonly dimension: string };

/** A column of floats; `source` is the name of an export. */
export type FloatColumn = { readonly source: string; readonly column: string };

/** The notice of the mapping, which results of its exports have to carry. */
export function mappingNotice(mapping: Mapping | undefined): RunWarning[] {
  if (mapping?.notice === undefined) return [];
  return [
    {
      severity: 'warning',
      code: 'usage/export-notice',
      message: mapping.notice,
      hint: 'the mapping says so of every export of its kind; say it where the results are used, too',
    },
  ];
}

/** Quantities that were floats are no exact ones, and no result of them is. */
export function inexactWarnings(inexact: readonly FloatColumn[]): RunWarning[] {
  const columns = new Map<string, string[]>();
  for (const { source, column } of inexact) columns.set(source, [...(columns.get(source) ?? []), column]);
  return [...columns].map(([file, names]) => ({
    severity: 'warning',
    code: 'usage/inexact-source',
    source: { file },
    message: `inexact source: ${listed(names)} ${names.length === 1 ? 'has' : 'have'} floats, whose values may not be what was measured`,
    hint: 'export the column as integer, decimal or text',
  }));
}

/**
 * Meters that count rows by a dimension in which some sources have no values: all rows of these count as rows without a
 * value. One warning for each meter and dimension, at the first of the sources.
 */
export function missingDimensionWarnings(missing: readonly MissingDimension[], meters: readonly Meter[]): RunWarning[] {
  const sources = new Map<string, string[]>();
  for (const { source, dimension } of missing) {
    const known = sources.get(dimension);
    if (known) known.push(source);
    else sources.set(dimension, [source]);
  }
  return [...sources].flatMap(([dimension, [first, ...more]]) =>
    meters.flatMap(({ name, where = [] }): RunWarning[] => {
      const own = where.filter((condition) => condition.dimension === dimension);
      if (own.length === 0) return [];
      const others =
        more.length === 0 ? '' : ` of this and ${more.length} more ${more.length === 1 ? 'export' : 'exports'}`;
      const counts = own.every((condition) => meets(condition, '')) ? 'all' : 'none';
      return [
        {
          severity: 'warning',
          code: 'usage/unseen-dimension',
          source: { file: first! },
          message: `no row${others} has a value for ${dimension}, and ${name} counts rows with ${filterText(own)}: it counts ${counts} of these rows`,
          hint: 'if the export holds it under another name, map it with --map',
          meter: name,
        },
      ];
    }),
  );
}
