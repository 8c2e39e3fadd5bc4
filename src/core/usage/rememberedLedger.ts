/** A ledger that is asked the same more than once: adding up a month of buckets costs more than rating them. */
import type { Period } from '../period.ts';
import type { Usage, UsageLedger } from './ledger.ts';

/** Answers that are kept, of the latest questions. */
const MOST_KNOWN = 20_000;

export function rememberedLedger(ledger: UsageLedger): UsageLedger {
  const known = new Map<string, Usage>();
  return {
    customers: ledger.customers,
    span: ledger.span,
    rowsByBucket: ledger.rowsByBucket,
    usageOf(customer: string, period: Period, whole: Period = period): Usage {
      const key = `${period.start} ${period.end} ${whole.start} ${whole.end} ${customer}`;
      const before = known.get(key);
      if (before) return before;
      if (known.size >= MOST_KNOWN) known.clear();
      const usage = ledger.usageOf(customer, period, whole);
      known.set(key, usage);
      return usage;
    },
    hasRows: (customer, period) => ledger.hasRows(customer, period),
    rowsOf: (customer, period) => ledger.rowsOf(customer, period),
    periodsWithRows: (customer, periods) => ledger.periodsWithRows(customer, periods),
  };
}
