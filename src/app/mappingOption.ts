import { loadMapping } from '../config/loadMapping.ts';
import type { RateCard } from '../core/catalog/rateCard.ts';
import type { Mapping } from '../core/usage/mapping.ts';
import type { Ports } from './ports.ts';
import { Refusal } from './refusal.ts';

/** The mapping of `--map`. */
export async function loadMappingFile(
  name: string,
  { meters }: Pick<RateCard, 'meters'>,
  ports: Ports,
): Promise<Mapping> {
  const { mapping, problems } = loadMapping(await ports.readText(name), name, meters);
  if (!mapping) throw new Refusal('usage', problems);
  return mapping;
}
