/** Two saved results of `meter invoice`: another month, or the same one with rows that came late. */
import { readSavedRun } from '../config/savedInvoices.ts';
import { SavedComparison } from '../core/diff/compareSaved.ts';
import type { CustomerChange } from '../core/diff/customerChange.ts';
import { type Summary, summaryOf } from '../core/diff/summary.ts';
import type { Currency } from '../core/money.ts';
import { codesOf } from '../core/problemCodes.ts';
import type { Ports } from './ports.ts';
import { type Outcome, outcomeOf, Refusal } from './refusal.ts';

export type RunsCompared = {
  readonly names: readonly [string, string];
  readonly currency: Currency;
  readonly changes: readonly CustomerChange[];
  readonly summary: Summary;
  readonly pairsOf: SavedComparison['pairsOf'];
};

export function diffRuns(names: readonly [string, string], ports: Ports): Promise<Outcome<RunsCompared>> {
  return outcomeOf(async () => {
    ports.beforeReading(names);
    const runs = [];
    for (const name of names) {
      const { run, problems } = readSavedRun(await ports.readText(name), name);
      if (!run) throw new Refusal('input', problems);
      runs.push(run);
    }
    const [before, after] = runs as [(typeof runs)[number], (typeof runs)[number]];
    if (before.currency.code !== after.currency.code) {
      const message = `it is in ${after.currency.code}, and ${names[0]} in ${before.currency.code}`;
      const source = { file: names[1] };
      const hint = 'compare results of one currency';
      throw new Refusal('input', [
        { severity: 'error', code: codesOf('run')('other-currency'), source, message, hint },
      ]);
    }
    const comparison = new SavedComparison(before, after);
    const changes = comparison.changes();
    const pairsOf = (customer: string) => comparison.pairsOf(customer);
    return { names, currency: before.currency, changes, summary: summaryOf(changes), pairsOf };
  });
}
