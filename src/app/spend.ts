/** Monthly infrastructure invoices of `--spend`: `month,amount` and, where it is known, `utilisation` of the fleet. */
import type { Meter } from '../core/catalog/meter.ts';
import type { Problem } from '../core/problem.ts';
import type { SpendMonth } from '../core/simulation/calibration/spend.ts';
import { monthName, monthNumber } from '../core/simulation/months.ts';
import type { Costs } from '../core/simulation/parameters.ts';
import { fieldsOf, linesOf } from '../telemetry/history/lines.ts';
import type { ObservedRow } from '../telemetry/history/readObserved.ts';
import { InputFailure, type Source } from '../telemetry/source.ts';
import { Refusal } from './refusal.ts';

/** What each invoice paid for, by the usage of its month; months without an invoice or without usage are left out. */
export async function readSpend(
  source: Source,
  rows: readonly ObservedRow[],
  meters: readonly Meter[],
  { staticUtilisation }: Costs,
): Promise<SpendMonth[]> {
  const used = usageByMonth(rows, meters);
  const months: SpendMonth[] = [];
  const problems: Problem[] = [];
  let header: string[] | undefined;
  try {
    for await (const batch of linesOf(source)) {
      for (const { number, text } of batch) {
        const fields = fieldsOf(text) ?? [];
        if (!header) {
          header = fields;
          const missing = ['month', 'amount'].filter((name) => !fields.includes(name));
          if (missing.length === 0) continue;
          const hint = `the header has ${fields.join(', ')}`;
          throw new InputFailure(source, 'missing-column', `there is no column ${missing.join(', ')}`, hint, number);
        }
        const field = (name: string) => fields[header!.indexOf(name)] ?? '';
        const month = monthNumber(field('month'));
        const [amount, share] = [field('amount'), field('utilisation')];
        const isShare = share === '' || (/^0?\.\d+$|^1$/.test(share) && Number(share) > 0);
        if (month === undefined || !/^\d+(\.\d+)?$/.test(amount) || !isShare) {
          const message = 'expected a month, an amount and a utilisation above 0 and up to 1';
          const at = { file: source.name, line: number, excerpt: text };
          problems.push({
            severity: 'error',
            code: 'spend/bad-row',
            source: at,
            message,
            hint: 'write 2026-10,1234.50,0.25',
          });
          continue;
        }
        const own = used.get(month);
        if (!own) continue;
        const paidSeconds = own.seconds / (share === '' ? staticUtilisation : Number(share));
        const { millionRequests, gigabytes, accounts } = own;
        months.push({
          month: monthName(month),
          amount: Number(amount),
          paidSeconds,
          millionRequests,
          gigabytes,
          accounts,
        });
      }
    }
  } catch (error) {
    if (!(error instanceof InputFailure)) throw error;
    problems.push(error.problem);
  }
  if (problems.length > 0) throw new Refusal('input', problems);
  return months;
}

function usageByMonth(rows: readonly ObservedRow[], meters: readonly Meter[]) {
  const at = (name: string) => meters.findIndex((meter) => meter.name === name);
  const [requests, compute, egress] = [at('requests'), at('compute'), at('egress')];
  const months = new Map<number, { seconds: number; millionRequests: number; gigabytes: number; accounts: number }>();
  for (const { month, quantities } of rows) {
    const sums = months.get(month) ?? { seconds: 0, millionRequests: 0, gigabytes: 0, accounts: 0 };
    months.set(month, sums);
    sums.accounts++;
    sums.millionRequests += (quantities[requests] || 0) / 1e6;
    sums.seconds += quantities[compute] || 0;
    sums.gigabytes += (quantities[egress] || 0) / 1e9;
  }
  return months;
}
