/** Fields that a mapping's terms need, beside those of roles, meters and dimensions. A row has their texts behind its dimensions. */
import type { RowTerms } from '../core/usage/rowTerms.ts';

export function termFields(terms: RowTerms | undefined): string[] {
  if (!terms) return [];
  const { series, start, weight, corrects, readings } = terms;
  return [...series, ...[start, weight, corrects, readings?.field].filter((field) => field !== undefined)];
}

export type TermTexts = {
  /** One for each column of `series`. */
  readonly series: readonly string[];
  /** '' for nothing. */
  readonly start: string;
  readonly weight: string;
  readonly corrects: string;
  readonly temporality: string;
};

/** The texts of {@link termFields} in a row; `dimensions`: those of the row, theirs at the end. */
export function termTexts(terms: RowTerms, dimensions: readonly string[]): TermTexts {
  const own = dimensions.slice(dimensions.length - termFields(terms).length);
  const { series, start, weight, corrects, readings } = terms;
  const others = own.slice(series.length);
  const next = (field: string | undefined) => (field === undefined ? '' : others.shift()!);
  return {
    series: own.slice(0, series.length),
    start: next(start),
    weight: next(weight),
    corrects: next(corrects),
    temporality: next(readings?.field),
  };
}
