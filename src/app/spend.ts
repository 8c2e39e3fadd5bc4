/** Monthly infrastructure invoices of `--spend`, beside the usage that they paid for. */
import type { Meter } from '../core/catalog/meter.ts';
import { monthName } from '../core/months.ts';
import type { SpendMonth } from '../core/simulation/calibration/spend.ts';
import type { Costs } from '../core/simulation/parameters.ts';
import type { ObservedRow } from '../telemetry/history/readObserved.ts';
import { readSpend } from '../telemetry/history/readSpend.ts';
import type { Source } from '../telemetry/source.ts';
import { Refusal } from './refusal.ts';

export type Spend = {
  readonly months: readonly SpendMonth[];
  /** Invoices of months without usage, and months of usage without an invoice. */
  readonly leftOut: { readonly withoutUsage: number; readonly withoutInvoice: number };
};

/** Usage that each invoice paid for: the usage of its month. */
export async function readSpendMonths(
  source: Source,
  rows: readonly ObservedRow[],
  meters: readonly Meter[],
  { staticUtilisation }: Costs,
): Promise<Spend> {
  const { rows: invoices, problems } = await readSpend(source);
  if (problems.length > 0) throw new Refusal('input', problems);
  const used = usageByMonth(rows, meters);
  const months = invoices.flatMap(({ month, amount, utilisation = staticUtilisation }) => {
    const own = used.get(month);
    if (!own) return [];
    const { seconds, millionRequests, gigabytes, accounts } = own;
    const paidSeconds = seconds / utilisation;
    return [{ month: monthName(month), amount, paidSeconds, millionRequests, gigabytes, accounts }];
  });
  const withoutUsage = invoices.length - months.length;
  return { months, leftOut: { withoutUsage, withoutInvoice: used.size - months.length } };
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
