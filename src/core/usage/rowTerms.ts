/** Meaning of an export's quantities, where a row is more than an amount that was used at its instant. */

import { type Decimal, ONE } from '../decimal.ts';
import { failed, parseNumber } from '../quantity.ts';

export type RowTerms = {
  /** Meters whose fields hold readings of counters that only grow, by name; usage is the increase. */
  readonly cumulative: ReadonlySet<string>;
  /** Rows that are readings: they have one of the texts in the field; others are amounts. Absent: all rows. */
  readonly readings?: { readonly field: string; readonly texts: readonly string[] } | undefined;
  /** Columns or keys that tell the counters of one customer apart, beside the dimensions. */
  readonly series: readonly string[];
  /** Field of the instant at which a counter, or the amount of a row, began. */
  readonly start?: string | undefined;
  /** Share of all rows that the export has, above 0 and below 1; absent: all. */
  readonly sampleRate?: Decimal | undefined;
  /** Field of the number of rows that a row stands for. */
  readonly weight?: string | undefined;
  /** Quantities below zero take usage back; absent: they are faults. */
  readonly allowsNegative?: boolean | undefined;
  /** Field of the id of the event that a row takes back. */
  readonly corrects?: string | undefined;
};

export const NO_TERMS: RowTerms = { cumulative: new Set(), series: [] };

/** A sample: what its results are called and rest on. */
export type Sample = {
  /** Share of all rows; 1 where only weights say what a row stands for. */
  readonly rate: Decimal;
  readonly hasWeights: boolean;
};

/** Undefined if every row stands for itself. */
export function sampleOf(terms: RowTerms | undefined): Sample | undefined {
  if (!terms || (!terms.sampleRate && terms.weight === undefined)) return undefined;
  return { rate: terms.sampleRate ?? ONE, hasWeights: terms.weight !== undefined };
}

/** True if no row can be judged before all of them are known. */
export function needsAllRows({ cumulative, start }: RowTerms): boolean {
  return cumulative.size > 0 || start !== undefined;
}

/** True if rows may take usage back. */
export function hasCorrections(terms: RowTerms | undefined): boolean {
  return terms?.allowsNegative === true || terms?.corrects !== undefined;
}

/** `0.1` and `10%` are 0.1; undefined for what is no share above 0 and at most 1. */
export function parseSampleRate(text: string): Decimal | undefined {
  const isPercent = text.endsWith('%');
  const number = parseNumber(isPercent ? text.slice(0, -1).trim() : text);
  if (failed(number)) return undefined;
  const rate = isPercent ? number.value.div(100) : number.value;
  return rate.isZero() || rate.gt(ONE) ? undefined : rate;
}

/** The terms with a rate; one of 1 is no sample. */
export function withSampleRate(terms: RowTerms, rate: Decimal): RowTerms {
  return { ...terms, sampleRate: rate.eq(ONE) ? undefined : rate };
}
