/** Numbers of distinct values that hold for all parts of a ledger. */
import type { Meter } from '../../../core/catalog/meter.ts';
import type { LedgerShard } from './ledgerShard.ts';
import type { DistinctNumbers, UsageShard } from './usageShard.ts';
import { valueNumbers } from './valueNumbers.ts';

/** For each ledger of the parts its numbers, by meter. */
export function distinctNumbers(
  added: readonly UsageShard[],
  meters: readonly Meter[],
): Map<LedgerShard, DistinctNumbers> {
  const ledgers = added.flatMap((usage) => usage.ledgers);
  const byMeter = meters.map(({ aggregation }, m) =>
    aggregation === 'unique' ? valueNumbers(ledgers.map((ledger) => ledger.distinct[m]!.texts)) : undefined,
  );
  return new Map(ledgers.map((ledger, l) => [ledger, byMeter.map((numbers) => numbers?.[l])]));
}
