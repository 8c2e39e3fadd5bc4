/** Exports to a ledger of days: what account-months are made of. */
import { loadRateCard } from '../config/loadRateCard.ts';
import type { Meter } from '../core/catalog/meter.ts';
import { lookAlikeWarnings } from '../core/invoice/runNotes.ts';
import type { UsageLedger } from '../core/usage/ledger.ts';
import { readLedger } from './accountHistories.ts';
import { inputNames, type Ports } from './ports.ts';
import { loadTiers } from './rateCardOption.ts';
import type { ReadingOptions } from './readingOptions.ts';
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
    const hasTiers = options.tiers !== undefined || ports.tierFileHere() !== undefined;
    const { meters: named, timezone } = hasTiers ? await loadTiers(options.tiers, ports) : BUILT_IN;
    const meters = [...named.values()];
    const sources = await ports.sourcesOf(exports);
    ports.beforeReading(inputNames(sources, [options.tiers, options.map, options.lookup]));
    const ledger = await readLedger(sources, { meters, timezone }, options, ports);
    ports.warn(lookAlikeWarnings(ledger.customers), 'input');
    return { ledger, meters, timezone };
  });
}

/** The meters that need no tier file. */
const BUILT_IN = loadRateCard('pricing_tiers: { free: { cost: 0 } }').rateCard!;
