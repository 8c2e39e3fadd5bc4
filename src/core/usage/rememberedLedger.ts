/** A ledger that is asked the same more than once: adding up a month of buckets costs more than rating them. */
import type { Period } from '../period.ts';
import type { Usage } from './ledger.ts';
import { LedgerOver } from './ledgerOver.ts';

/** Answers that are kept, of the latest questions. */
const MOST_KNOWN = 20_000;

export class RememberedLedger extends LedgerOver {
  private readonly known = new Map<string, Usage>();

  usageOf(customer: string, period: Period, whole: Period = period): Usage {
    const key = `${period.start} ${period.end} ${whole.start} ${whole.end} ${customer}`;
    const before = this.known.get(key);
    if (before) return before;
    if (this.known.size >= MOST_KNOWN) this.known.clear();
    const usage = this.ledger.usageOf(customer, period, whole);
    this.known.set(key, usage);
    return usage;
  }
}
