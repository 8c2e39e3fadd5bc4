/** A row for each customer and month: the changes of a month add up to its movements. */
import { formatMoney } from '../../core/money.ts';
import { monthName } from '../../core/months.ts';
import { csvRow } from '../safeText.ts';
import type { RetentionFormat } from './report.ts';

export const retentionCsv: RetentionFormat = function* ({ months, currency, basis }) {
  yield csvRow(['month', 'customer', 'before', 'after', 'change', 'movement', 'basis', 'currency']);
  for (const { month, each } of months) {
    for (const { customer, before, after, change, movement = '' } of each) {
      const amounts = [before, after, change].map((amount) => formatMoney(amount, currency));
      yield csvRow([monthName(month), customer, ...amounts, movement, basis, currency.code]);
    }
  }
};
