/** Costs of several estimates together. */
import { type Decimal, sum } from '../../core/decimal.ts';
import type { Estimate } from '../../core/estimate/estimate.ts';
import { type Medium, money, none, type Row, type Table, type Text, text } from '../document.ts';
import type { EstimateReport, EstimatesReport } from './report.ts';
import { withSides } from './tables.ts';
import { blockedShares } from './words.ts';

export function totalsOf(reports: readonly EstimateReport[]): { total: Decimal; low: Decimal; high: Decimal } {
  const of = (pick: (estimate: Estimate) => Decimal) => sum(reports.map(({ estimate }) => pick(estimate)));
  return {
    total: of(({ invoice }) => invoice.total),
    low: of(({ invoice, range }) => range?.low ?? invoice.total),
    high: of(({ invoice, range }) => range?.high ?? invoice.total),
  };
}

/** A row for each configuration, and one for all of them. */
export function totalTable({ reports }: EstimatesReport, medium: Medium): Table {
  const { currency } = reports[0]!.estimate.rateCard;
  const warned = (note: string): Text => (note === '' ? '' : [{ text: note, tone: 'warning' }]);
  return {
    kind: 'table',
    title: medium === 'html' ? 'All together' : '',
    label: 'all together',
    lead: 'mark',
    columns: withSides(['configuration', 'tier', currency.code, ''], [2]),
    rows: [
      ...reports.map(
        ({ name, estimate }, i): Row => ({
          ...(medium === 'html' && { link: `#c${i}` }),
          cells: [
            text(name),
            text(estimate.tier),
            money(estimate.invoice.total, currency),
            text(warned(blockedShares(estimate))),
          ],
        }),
      ),
      {
        role: 'total',
        cells: [
          text(medium === 'terminal' ? 'total a month' : 'total'),
          none(),
          money(totalsOf(reports).total, currency),
          none(),
        ],
      },
    ],
  };
}
