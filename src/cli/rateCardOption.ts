import { loadRateCard } from '../config/loadRateCard.ts';
import type { RateCard } from '../core/catalog/rateCard.ts';
import { isError } from '../core/problem.ts';
import { CommandFailure } from './failure.ts';
import { readConfigFile, tierFileName } from './inputs.ts';
import { EXIT, type Io } from './io.ts';

/** The rate card of `--tiers`. Warnings are left to `meter validate`. `say` tells which file was found when none was named. */
export async function loadTiersOption(
  given: string | undefined,
  io: Io,
  say: (text: string) => void,
): Promise<RateCard> {
  const { name, isFound } = tierFileName(given, io);
  if (isFound) say(`using ${name}\n`);
  const { rateCard, problems } = loadRateCard(await readConfigFile(name, io), name);
  if (!rateCard) throw new CommandFailure(EXIT.usage, problems.filter(isError));
  return rateCard;
}
