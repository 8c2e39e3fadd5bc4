/** What several estimates cost together. */
import { type Decimal, sum } from '../../core/decimal.ts';
import type { Estimate } from '../../core/estimate/estimate.ts';
import type { EstimateReport } from './report.ts';

export function totalsOf(reports: readonly EstimateReport[]): { total: Decimal; low: Decimal; high: Decimal } {
  const of = (pick: (estimate: Estimate) => Decimal) => sum(reports.map(({ estimate }) => pick(estimate)));
  return {
    total: of(({ invoice }) => invoice.total),
    low: of(({ invoice, range }) => range?.low ?? invoice.total),
    high: of(({ invoice, range }) => range?.high ?? invoice.total),
  };
}
