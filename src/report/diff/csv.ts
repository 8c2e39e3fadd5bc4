/** A row for each customer and list: the causes add up to the change, and the changes to that of the revenue. */
import { type Decimal, ZERO } from '../../core/decimal.ts';
import { CAUSES } from '../../core/diff/causes.ts';
import { isOnBothSides } from '../../core/diff/summary.ts';
import { formatMoney } from '../../core/money.ts';
import { csvRow } from '../safeText.ts';
import type { DiffFormat } from './report.ts';

export const diffCsv: DiffFormat = function* ({ comparisons, currency, before: name }) {
  yield csvRow([
    ...['against', 'customer', 'tier_before', 'tier_after', 'before', 'after', 'change', 'increase'],
    ...CAUSES,
    ...['more_blocked', 'cheaper_tier', 'cheaper_total', 'currency', 'compared_with'],
  ]);
  const money = (amount: Decimal) => formatMoney(amount, currency);
  for (const { name: against, changes } of comparisons) {
    for (const one of changes) {
      const { tierBefore = '', tierAfter = '', before, after, change, increase, causes, cheaper } = one;
      yield csvRow([
        ...[against, one.customer, tierBefore, tierAfter, money(before), money(after), money(change)],
        isOnBothSides(one) && increase ? increase.toString() : '',
        ...CAUSES.map((cause) => money(causes[cause] ?? ZERO)),
        ...[String(one.isMoreBlocked), cheaper?.tier ?? '', cheaper ? money(cheaper.total) : '', currency.code, name],
      ]);
    }
  }
};
