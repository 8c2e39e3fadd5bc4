/** Retention over saved invoices: files of `meter invoice`, and those in closed months. */
import { readSavedRevenue, type SavedRevenue } from '../config/savedRevenue.ts';
import { monthName } from '../core/months.ts';
import type { Problem } from '../core/problem.ts';
import { type CodeOf, codesOf } from '../core/problemCodes.ts';
import type { Basis, BilledMonth } from '../core/retention/input.ts';
import { type Retention, retentionOf } from '../core/retention/retention.ts';
import type { Ports } from './ports.ts';
import { type Outcome, outcomeOf, Refusal } from './refusal.ts';

/** `names`: files with invoices, one at least. */
export function retention(names: readonly string[], basis: Basis, ports: Ports): Promise<Outcome<Retention>> {
  return outcomeOf(async () => {
    ports.beforeReading(names);
    const runs: SavedRevenue[] = [];
    const seen = new Map<string, string>();
    for (const name of names) {
      const { run, problems } = readSavedRevenue(await ports.readText(name), name);
      if (!run) throw new Refusal('input', problems);
      const first = runs[0];
      if (first && first.currency.code !== run.currency.code) {
        const message = `it is in ${run.currency.code}, and ${names[0]} in ${first.currency.code}`;
        refuse('other-currency', message, 'compare results of one currency', name);
      }
      for (const invoice of run.invoices) check(invoice, name, seen);
      runs.push(run);
    }
    const invoices = runs.flatMap((run) => run.invoices);
    if (invoices.length === 0)
      refuse('no-invoices', 'there is no invoice in it', 'name closed months, or results of meter invoice', names[0]!);
    refuseGap(invoices, names[0]!);
    return retentionOf(invoices, basis, runs[0]!.currency);
  });
}

/** `seen`: the file of each customer and begin of a period. */
function check({ customer, start, days }: BilledMonth, name: string, seen: Map<string, string>): void {
  if (days > 31) {
    const message = `an invoice of "${customer}" is for ${days} days`;
    refuse('not-a-month', message, 'bill month by month: meter invoice --period all', name);
  }
  const key = `${start} ${customer}`;
  const before = seen.get(key);
  if (before !== undefined) {
    const message = `"${customer}" has an invoice for the period from ${start} in ${before}, too`;
    refuse('invoice-twice', message, 'name every month once', name);
  }
  seen.set(key, name);
}

/** A month that is not there would be one in which nobody paid. */
function refuseGap(invoices: readonly BilledMonth[], name: string): void {
  const months = [...new Set(invoices.map(({ month }) => month))].sort((a, b) => a - b);
  const at = months.findIndex((month, i) => i > 0 && month !== months[i - 1]! + 1);
  if (at < 0) return;
  const missing = monthName(months[at - 1]! + 1);
  const message = `there is no invoice for ${missing}, but for months before and after it`;
  refuse('missing-month', message, `add the invoices of ${missing}`, name);
}

function refuse(code: CodeOf<'run'>, message: string, hint: string, file: string): never {
  const problem: Problem = { severity: 'error', code: codesOf('run')(code), source: { file }, message, hint };
  throw new Refusal('input', [problem]);
}
