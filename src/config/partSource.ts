/** Places of the parts of a price list in its file. */
import type { PriceListPart } from '../core/cases/coverage.ts';
import { valuesIn } from '../core/catalog/grouping.ts';
import type { ProblemSource } from '../core/problem.ts';
import type { Path, TextMap, TextTree, YamlFile } from './yamlFile.ts';

export function partSource(part: PriceListPart, file: YamlFile): ProblemSource {
  if (part.kind === 'pack') return file.locate(['credit_packs', part.pack], 'key');
  const tier = ['pricing_tiers', part.tier];
  switch (part.kind) {
    case 'tier':
      return file.locate(tier, 'key');
    case 'cap':
      return file.locate([...tier, 'limits', part.meter], 'key');
    case 'price':
      return file.locate([...tier, ...pricePath(part, file)]);
    default:
      return file.locate([...tier, part.kind], 'key');
  }
}

type PricePart = Extract<PriceListPart, { kind: 'price' }>;

function pricePath({ tier, meter, step, group }: PricePart, file: YamlFile): Path {
  const overage = below(below(below(file.tree, 'pricing_tiers'), tier), 'overage');
  // A price may stand under a name of its own and say which meter it is of.
  const key = Object.entries(overage ?? {}).find(([, price]) => meterOf(price) === meter)?.[0] ?? meter;
  const steps = step === undefined ? [] : ['steps', step - 1];
  if (group === undefined) return ['overage', key, ...steps];
  if (typeof group === 'object') return ['overage', key, 'default', ...steps];
  const by = (overage?.[key] as TextMap | undefined)?.by;
  const values = Array.isArray(by) ? valuesIn(group, by as string[]) : [group];
  return ['overage', key, 'prices', ...values, ...steps];
}

function meterOf(price: TextTree): TextTree | undefined {
  return typeof price === 'object' && price !== null && !Array.isArray(price) ? price.meter : undefined;
}

function below(tree: TextTree | undefined, key: string): TextMap | undefined {
  if (typeof tree !== 'object' || tree === null || Array.isArray(tree)) return undefined;
  return tree[key] as TextMap | undefined;
}
