import { loadRateCard } from '../config/loadRateCard.ts';
import type { RateCard } from '../core/catalog/rateCard.ts';
import { isError } from '../core/problem.ts';
import type { Ports } from './ports.ts';
import { Refusal, usageProblem } from './refusal.ts';

/** The rate card of the tier file that is named, or of the one that is found. Warnings are left to `meter validate`. */
export async function loadTiers(given: string | undefined, ports: Ports): Promise<RateCard> {
  const name = given ?? tierFileName(ports);
  if (given === undefined) ports.say(`using ${name}\n`);
  const { rateCard, problems } = loadRateCard(await ports.readText(name), name);
  if (!rateCard) throw new Refusal('usage', problems.filter(isError));
  return rateCard;
}

/** The tier file that is found where none is named. Throws a Refusal if there is none. */
export function tierFileName(ports: Ports): string {
  const found = ports.tierFileHere();
  if (found !== undefined) return found;
  const hint = 'name one with --tiers, or put a meter.yaml or tiers.yaml here';
  throw new Refusal('usage', [usageProblem('no-tiers', 'no tier file was given', hint)]);
}
