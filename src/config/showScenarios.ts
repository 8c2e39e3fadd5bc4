/** A scenarios file with everything that its scenarios inherit written out. */
import { stringify } from 'yaml';
import { Decimal } from '../core/decimal.ts';
import { POLICY_NAMES, type Policies } from '../core/simulation/scenario.ts';
import { extendScenarios } from './extendScenarios.ts';
import type { LoadedRateCard } from './loadRateCard.ts';
import type { Scenarios } from './loadScenarios.ts';
import { readYaml, type TextMap, type TextTree } from './yamlFile.ts';

/** YAML that loads as `text` does. `loaded`: the scenarios that `text` was read to. */
export function showScenarios(
  text: string,
  name: string,
  tierFiles: ReadonlyMap<string, LoadedRateCard>,
  { scenarios }: Scenarios,
): string {
  const files = new Map([...tierFiles].map(([key, { file }]) => [key, file]));
  const { file, tierFileOf } = extendScenarios(readYaml(text, name), files);
  const tree = { ...(file.tree as TextMap) };
  const written = tree.scenarios as TextMap;
  // Terms of a tier file that stand in this file are in its currency, zone and meters.
  for (const base of tierFileOf.values()) {
    const { currency, timezone, meters } = files.get(base)!.tree as TextMap;
    for (const [key, value] of Object.entries({ currency, timezone, meters })) {
      if (value !== undefined) tree[key] ??= value;
    }
  }
  tree.scenarios = Object.fromEntries(
    scenarios.map(({ name: scenario, policies }) => {
      const { extends: _, ...own } = written[scenario] as TextMap;
      return [scenario, { ...own, policies: policiesText(policies) }];
    }),
  );
  // All scalars are texts as they were written, and null is written as one.
  const withNull = (_key: unknown, value: unknown) => value ?? 'null';
  return stringify(tree, withNull, { schema: 'failsafe', lineWidth: 0, aliasDuplicateObjects: false });
}

/** The policies that are on; with grandfathering, which is no switch, each of them. */
function policiesText({ grandfather, ...switches }: Policies): TextTree {
  const on = POLICY_NAMES.filter((name) => switches[name]);
  if (!grandfather) return on.length > 0 ? on : 'none';
  const { months, above } = grandfather;
  return {
    ...Object.fromEntries(POLICY_NAMES.map((name) => [name, String(switches[name])])),
    grandfather: { months: String(months), above: `${new Decimal(above).times(100).toFixed()}%` },
  };
}
