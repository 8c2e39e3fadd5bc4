/** The content of a retention report, and the definition that is printed with its figures. */
import type { CheckOutcome } from '../../core/checks/check.ts';
import type { Basis } from '../../core/retention/input.ts';
import type { Retention } from '../../core/retention/retention.ts';
import type { RetentionWeek } from '../../core/retention/weeks.ts';
import type { TerminalPresentation } from '../render/terminal.ts';

export type RetentionReport = Retention & {
  readonly checks: readonly CheckOutcome[];
  /** Whole weeks; absent: they were not asked for. */
  readonly weeks?: readonly RetentionWeek[];
};

export type RetentionFormat = (report: RetentionReport, presentation: TerminalPresentation) => Iterable<string>;

/** Sentences without a full stop. */
export const DEFINITIONS: Readonly<Record<Basis, string>> = {
  billed:
    'billed: totals of invoices without one-off packs and the tax on these, per 30 days (total × 30 ÷ days of the period), so that February does not contract everybody',
  committed: 'committed: fees and what minimums add, of annual fees a twelfth each month',
};

export const TERMS: readonly string[] = [
  'NRR: revenue now ÷ revenue then, of the customers that paid then; GRR: the same without what each pays more than then; logo churn: share of them that pay nothing now',
  'then is a month, a quarter (3 months) and a year (12 months) before; a cohort is the customers that first paid in its month',
  'alarm: NRR of a month below 100 % in both of the last two months',
];

/** The definition of weeks, where there are some. */
export const WEEK_TERMS =
  'weeks are from Monday to Sunday, in full; usage counts on the day of its use, the rest of an invoice evenly over its days; NRR of four weeks is against the four weeks before them';
