/**
 * A ledger whose quantities were read in the unit of their field: milliseconds for a meter in seconds. Scaling a total is
 * exact and the same as scaling every row, so it is done once, here.
 */
import type { Fraction } from '../core/fraction.ts';
import type { Period } from '../core/period.ts';
import type { DimensionUsage, Usage, UsageLedger } from '../core/usage/ledger.ts';
import type { RowsByBucket } from '../core/usage/rowTimes.ts';
import { scaled, scaledPart } from '../core/usage/scaledUsage.ts';

export class ScaledLedger implements UsageLedger {
  private readonly ledger: UsageLedger;
  private readonly scales: ReadonlyMap<string, Fraction>;

  /** `scales` by meter name; meters that are not in it stay as they are. */
  constructor(ledger: UsageLedger, scales: ReadonlyMap<string, Fraction>) {
    this.ledger = ledger;
    this.scales = scales;
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
    const usage = this.ledger.usageOf(customer, period, whole);
    return new Map([...usage].map(([meter, used]) => [meter, scaled(used, this.scales.get(meter))]));
  }

  *combinationsOf(customer: string, period: Period): Generator<DimensionUsage> {
    for (const { usage, ...combination } of this.ledger.combinationsOf!(customer, period)) {
      const scaledParts = [...usage].map(([meter, used]) => [meter, scaledPart(used, this.scales.get(meter))] as const);
      yield { ...combination, usage: new Map(scaledParts) };
    }
  }
}
