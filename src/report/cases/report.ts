/** Results of test files, as a report needs them. */
import type { Mismatch } from '../../core/cases/compare.ts';
import type { PriceListPart } from '../../core/cases/coverage.ts';
import type { PriceCase } from '../../core/cases/priceCase.ts';
import type { RateCard } from '../../core/catalog/rateCard.ts';
import type { CheckOutcome } from '../../core/checks/check.ts';
import type { Invoice } from '../../core/invoice/invoice.ts';
import type { Problem, ProblemSource } from '../../core/problem.ts';

export type CaseReport = {
  readonly case: PriceCase;
  /** Undefined: it cannot be billed, for the reasons in `problems`. */
  readonly invoice: Invoice | undefined;
  readonly problems: readonly Problem[];
  readonly mismatches: readonly Mismatch[];
};

export type CasesReport = {
  readonly files: readonly {
    readonly name: string;
    /** Name of the price list. */
    readonly tiers: string;
    readonly rateCard: RateCard;
    readonly results: readonly CaseReport[];
  }[];
  readonly priceLists: readonly {
    readonly name: string;
    readonly parts: number;
    /** Parts that no case reaches. */
    readonly missing: readonly (PriceListPart & { readonly source: ProblemSource })[];
  }[];
  readonly checks: readonly CheckOutcome[];
};

export function isPassed({ problems, mismatches }: Pick<CaseReport, 'problems' | 'mismatches'>): boolean {
  return problems.length === 0 && mismatches.length === 0;
}
