/** The content of a comparison's result, before it is put into a format. */
import type { CheckOutcome } from '../../core/checks/check.ts';
import type { CustomerChange } from '../../core/diff/customerChange.ts';
import type { Grandfathered } from '../../core/diff/grandfather.ts';
import type { BookedPair } from '../../core/diff/matchLines.ts';
import type { Summary } from '../../core/diff/summary.ts';
import type { Currency } from '../../core/money.ts';
import type { TerminalPresentation } from '../render/terminal.ts';

export type DiffReport = {
  /** `lists`: price lists over the same usage. `runs`: two results of `meter invoice`. */
  readonly kind: 'lists' | 'runs';
  readonly currency: Currency;
  /** Name of the tier file, or of the result, that the others are compared with. */
  readonly before: string;
  /** `2026-10` for a calendar month; '' for several. */
  readonly period: string;
  readonly comparisons: readonly ComparisonReport[];
};

export type ComparisonReport = {
  readonly name: string;
  /** In ascending order of the customers' ids. */
  readonly changes: readonly CustomerChange[];
  readonly summary: Summary;
  readonly grandfathered?: Grandfathered | undefined;
  /** The customers file with the grandfathered customers pinned to the list before. */
  readonly pinned?: string | undefined;
  /** The customer's invoices side by side, period by period. */
  readonly pairsOf: (customer: string) => readonly BookedPair[];
  readonly checks: readonly CheckOutcome[];
};

/** A format: pieces of text in order. */
export type DiffFormat = (report: DiffReport, presentation: TerminalPresentation) => Iterable<string>;
