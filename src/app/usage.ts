/** Exports to a ledger of days: what account-months are made of. */
import type { Meter } from '../core/catalog/meter.ts';
import { lookAlikeWarnings } from '../core/invoice/runNotes.ts';
import type { UsageLedger } from '../core/usage/ledger.ts';
import { readLedger } from './accountHistories.ts';
import { tiersOrBuiltIn } from './builtInRateCard.ts';
import { inputNames, type Ports } from './ports.ts';
import { exportsCalled, type ReadingOptions } from './readingOptions.ts';
import { type Outcome, outcomeOf } from './refusal.ts';

/** `tiers`: name of the tier file that has the meters and the timezone; absent: the one that is found, or the built-in meters and UTC. */
export type UsageOptions = ReadingOptions & { readonly tiers?: string };

export type UsageByDay = {
  readonly ledger: UsageLedger;
  readonly meters: readonly Meter[];
  /** Zone in which days and months begin. */
  readonly timezone: string;
};

export function usageByDay(
  exports: readonly string[],
  options: UsageOptions,
  ports: Ports,
): Promise<Outcome<UsageByDay>> {
  return outcomeOf(async () => {
    const { meters: named, timezone } = await tiersOrBuiltIn(options.tiers, ports);
    const meters = [...named.values()];
    const sources = await exportsCalled(exports, options, ports);
    ports.beforeReading(inputNames(sources, [options.tiers, options.map, options.lookup]));
    const ledger = await readLedger(sources, { meters, timezone }, options, ports);
    ports.warn(lookAlikeWarnings(ledger.customers), 'input');
    return { ledger, meters, timezone };
  });
}
