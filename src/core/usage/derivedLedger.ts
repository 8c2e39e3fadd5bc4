/** A ledger whose usage is worked out from that of another one; customers and rows are the same. */
import type { Period } from '../period.ts';
import type { Usage, UsageLedger } from './ledger.ts';
import type { RowsByBucket } from './rowTimes.ts';

export type Derivation = (usage: Usage, of: { readonly customer: string; readonly period: Period }) => Usage;

export class DerivedLedger implements UsageLedger {
  private readonly ledger: UsageLedger;
  private readonly derive: Derivation;

  constructor(ledger: UsageLedger, derive: Derivation) {
    this.ledger = ledger;
    this.derive = derive;
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

  usageOf(customer: string, period: Period, whole?: Period): Usage {
    return this.derive(this.ledger.usageOf(customer, period, whole), { customer, period });
  }
}
