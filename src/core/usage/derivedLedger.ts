/** A ledger whose usage is worked out from that of another one; customers and rows are the same. */
import type { Period } from '../period.ts';
import type { Usage, UsageLedger } from './ledger.ts';
import { LedgerOver } from './ledgerOver.ts';

export type Derivation = (usage: Usage, of: { readonly customer: string; readonly period: Period }) => Usage;

export class DerivedLedger extends LedgerOver {
  private readonly derive: Derivation;

  constructor(ledger: UsageLedger, derive: Derivation) {
    super(ledger);
    this.derive = derive;
  }

  usageOf(customer: string, period: Period, whole?: Period): Usage {
    return this.derive(this.ledger.usageOf(customer, period, whole), { customer, period });
  }
}
