/** The meters that need no tier file, for commands that ask for quantities and no price. */
import { loadRateCard } from '../config/loadRateCard.ts';
import type { RateCard } from '../core/catalog/rateCard.ts';
import type { Ports } from './ports.ts';
import { loadTiers } from './rateCardOption.ts';

let known: RateCard | undefined;

export function builtInRateCard(): RateCard {
  known ??= loadRateCard('pricing_tiers: { free: { cost: 0 } }').rateCard!;
  return known;
}

/** The rate card of the tier file that is named, or of the one that is found; without either the built-in one. */
export async function tiersOrBuiltIn(given: string | undefined, ports: Ports): Promise<RateCard> {
  const hasTiers = given !== undefined || ports.tierFileHere() !== undefined;
  return hasTiers ? await loadTiers(given, ports) : builtInRateCard();
}
