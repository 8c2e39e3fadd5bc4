/** A ledger over another one, with the same customers and rows: what it says of usage is its own. */
import type { Period } from '../period.ts';
import type { Usage, UsageLedger } from './ledger.ts';
import type { RowsByBucket } from './rowTimes.ts';

export abstract class LedgerOver implements UsageLedger {
  protected readonly ledger: UsageLedger;

  constructor(ledger: UsageLedger) {
    this.ledger = ledger;
  }

  get customers(): readonly string[] {
    return this.ledger.customers;
  }

  get span(): Period | undefined {
    return this.ledger.span;
  }

  get rowsByBucket(): RowsByBucket {
    return this.ledger.rowsByBucket;
  }

  hasRows(customer: string, period: Period): boolean {
    return this.ledger.hasRows(customer, period);
  }

  rowsOf(customer: string, period: Period): number {
    return this.ledger.rowsOf(customer, period);
  }

  periodsWithRows(customer: string, periods: readonly Period[]): readonly Period[] {
    return this.ledger.periodsWithRows(customer, periods);
  }

  abstract usageOf(customer: string, period: Period, whole?: Period): Usage;
}
