/** Fields that a mapping's terms need, beside those of roles, meters and dimensions. A row has their texts behind its dimensions. */
import type { RowTerms } from '../core/usage/rowTerms.ts';

export function termFields(terms: RowTerms | undefined): string[] {
  if (!terms) return [];
  const { series, start } = terms;
  return [...series, ...(start === undefined ? [] : [start])];
}

export type TermTexts = {
  /** One for each column of `series`. */
  readonly series: readonly string[];
  /** '' for nothing. */
  readonly start: string;
};

/** The texts of {@link termFields} in a row; `dimensions`: those of the row, theirs at the end. */
export function termTexts(terms: RowTerms, dimensions: readonly string[]): TermTexts {
  const own = dimensions.slice(dimensions.length - termFields(terms).length);
  const { series, start } = terms;
  return { series: own.slice(0, series.length), start: start === undefined ? '' : own[series.length]! };
}
