import { loadMapping } from '../config/loadMapping.ts';
import type { RateCard } from '../core/catalog/rateCard.ts';
import type { Mapping } from '../core/usage/mapping.ts';
import { CommandFailure } from './failure.ts';
import { readConfigFile } from './inputs.ts';
import { EXIT, type Io } from './io.ts';

/** The mapping of `--map`. */
export async function loadMappingOption(name: string, { meters }: Pick<RateCard, 'meters'>, io: Io): Promise<Mapping> {
  const { mapping, problems } = loadMapping(await readConfigFile(name, io), name, meters);
  if (!mapping) throw new CommandFailure(EXIT.usage, problems);
  return mapping;
}
