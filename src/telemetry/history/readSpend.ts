/** Monthly infrastructure invoices: `month,amount` and, where it is known, `utilisation` of the fleet. */

import { monthNumber } from '../../core/months.ts';
import type { Problem } from '../../core/problem.ts';
import { type CodeOf, codesOf } from '../../core/problemCodes.ts';
import type { Header, TableFormat, TakeRow } from '../../records/table.ts';
import type { Source } from '../source.ts';
import { numberFault } from './accountMonthColumns.ts';
import { readTable } from './readTable.ts';

export type SpendRow = {
  /** Months since the start of year 0. */
  readonly month: number;
  readonly amount: number;
  /** Above 0 and up to 1. */
  readonly utilisation: number | undefined;
};

/** Rows in the order of the file. Everything wrong is reported at once. */
export async function readSpend(
  source: Source,
): Promise<{ readonly rows: readonly SpendRow[]; readonly problems: readonly Problem[] }> {
  const problems: Problem[] = [];
  const rows: SpendRow[] = [];
  const format: TableFormat<CodeOf<'spend'>> = {
    codeOf: codesOf('spend'),
    required: [['month'], ['amount']],
    rows: (header: Header) => spendRows(header, rows),
  };
  await readTable(source, format, problems);
  return { rows, problems };
}

/** Adds each row that is good to `rows`. */
function spendRows(header: Header, rows: SpendRow[]): TakeRow<CodeOf<'spend'>> {
  const [monthAt, amountAt] = [header.position('month'), header.position('amount')];
  const utilisationAt = header.position('utilisation');
  const months = new Set<number>();
  return (fields) => {
    const [written, amount] = [fields[monthAt]!, fields[amountAt]!];
    const month = monthNumber(written);
    if (month === undefined)
      return { code: 'not-a-month', message: `"${written}" is not a month`, hint: 'write 2026-10' };
    if (months.has(month)) {
      const hint = 'add up the invoices of a month';
      return { code: 'month-twice', message: `${written} is in the file twice`, hint };
    }
    if (amount === '') return { code: 'not-a-number', message: 'there is no amount', hint: 'write 1234.50' };
    const fault = numberFault(amount, 'amount');
    if (fault) return fault;
    const share = utilisationAt < 0 ? '' : fields[utilisationAt]!;
    if (share !== '' && (numberFault(share, 'utilisation') || !(Number(share) > 0 && Number(share) <= 1))) {
      const message = `utilisation "${share}" is not a number above 0 and up to 1`;
      return { code: 'not-a-share', message, hint: 'write 0.25 for a quarter' };
    }
    months.add(month);
    rows.push({ month, amount: Number(amount), utilisation: share === '' ? undefined : Number(share) });
    return undefined;
  };
}
