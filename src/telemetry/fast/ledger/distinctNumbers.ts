/** Numbers of distinct values that hold for all parts of a ledger. */
import type { Meter } from '../../../core/catalog/meter.ts';
import { textsOf } from './interner.ts';
import type { LedgerShard } from './ledgerShard.ts';
import type { DistinctTexts } from './recordCells.ts';
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

/** The texts that such numbers stand for. */
export function distinctTexts(added: readonly UsageShard[], meters: readonly Meter[]): DistinctTexts {
  const numbers = distinctNumbers(added, meters);
  return meters.map(({ aggregation }, m) => {
    if (aggregation !== 'unique') return undefined;
    const texts: string[] = [];
    for (const [ledger, byMeter] of numbers)
      for (const [i, text] of textsOf(ledger.distinct[m]!.texts).entries()) texts[byMeter[m]![i]!] = text;
    return texts;
  });
}
