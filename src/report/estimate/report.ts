/** The content of an estimate's result, before it is put into a format. */
import type { CheckOutcome } from '../../core/checks/check.ts';
import type { Comparison } from '../../core/estimate/compare.ts';
import type { Estimate } from '../../core/estimate/estimate.ts';
import type { Note } from '../../core/estimate/note.ts';
import type { PriceListQuote } from '../../core/estimate/priceLists.ts';
import type { Fraction } from '../../core/fraction.ts';
import type { Problem } from '../../core/problem.ts';
import type { Style } from '../style.ts';

export type EstimateReport = {
  /** The route file, as it was named. */
  readonly name: string;
  readonly estimate: Estimate;
  /** `2026-10`; undefined: a month of 30 days, no particular one. */
  readonly month?: string;
  /** Days of telemetry that numbers were learnt from. */
  readonly measuredDays?: Fraction;
  readonly comparison?: Comparison;
  /** The price list itself, then those that it is compared with. */
  readonly priceLists?: readonly PriceListQuote[];
  readonly checks: readonly CheckOutcome[];
  readonly warnings: readonly Problem[];
  readonly notes: readonly Note[];
};

/** One or more estimates of a run. */
export type EstimatesReport = {
  readonly reports: readonly EstimateReport[];
  /** Outcomes of rules about all of them together; with one estimate its own report has them. */
  readonly checks: readonly CheckOutcome[];
  /** About such rules. */
  readonly notes: readonly Note[];
};

export type EstimatePresentation = {
  readonly style: Style;
  /** Characters in a line, to which names are cut; Infinity: they are never cut. */
  readonly columns: number;
  /** The program of the HTML page, and its style sheet. */
  readonly page?: { readonly script: string; readonly style: string };
};

export type EstimateFormat = (report: EstimateReport, presentation: EstimatePresentation) => Iterable<string>;
/** A format of a result that has several estimates. */
export type EstimatesFormat = (report: EstimatesReport, presentation: EstimatePresentation) => Iterable<string>;
