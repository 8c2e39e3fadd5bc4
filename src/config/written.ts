/** Facts of a tier file that its rate card no longer shows: what it says itself, and where its prices stand. */
import type { Written } from '../core/lint/index.ts';
import { asMap, type TextMap, type TextTree, type YamlFile } from './yamlFile.ts';

/** `file`: one that loads without an error. */
export function writtenIn({ tree }: YamlFile): Written {
  const file = asMap(tree) ?? {};
  const tiers = Object.entries(asMap(file.pricing_tiers) ?? {});
  return {
    meters: new Set(Object.keys(asMap(file.meters) ?? {})),
    tiersWithOverage: new Set(tiers.flatMap(([name, tier]) => ('overage' in (asMap(tier) ?? {}) ? [name] : []))),
    hasNotifications: file.notifications !== undefined,
    pricePath: (tier, meter) => {
      const overage = asMap(asMap(asMap(file.pricing_tiers)?.[tier])?.overage) ?? {};
      return ['pricing_tiers', tier, 'overage', keyOf(overage, meter)];
    },
  };
}

/** A price by a dimension may name its meter, and have any key. */
function keyOf(overage: TextMap, meter: string): string {
  const named = (price: TextTree) => asMap(price)?.meter === meter;
  return Object.keys(overage).find((key) => named(overage[key]!)) ?? meter;
}
