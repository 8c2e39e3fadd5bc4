/** The policies of a scenario and of those that it extends. */
import {
  ALL_POLICIES,
  NO_POLICIES,
  POLICY_NAMES,
  type Policies,
  type PolicyName,
  type Switches,
} from '../core/simulation/scenario.ts';
import type { ConfigReader } from './configReader.ts';
import { withGrandfathering } from './readGrandfathering.ts';
import type { ScenarioFile } from './scenarioSchema.ts';

/** `chain`: nearest first. A map changes single policies of what a scenario extends, a list or a word sets all. */
export function readPolicies(
  chain: readonly string[],
  scenarios: ScenarioFile['scenarios'],
  reader: ConfigReader,
): Policies {
  let policies: Policies = NO_POLICIES;
  for (const link of [...chain].reverse()) {
    const own = scenarios[link]!.policies;
    if (own === undefined) continue;
    if (own === 'all') policies = ALL_POLICIES;
    else if (own === 'none') policies = NO_POLICIES;
    else if (Array.isArray(own))
      policies = Object.fromEntries(POLICY_NAMES.map((name) => [name, own.includes(name)])) as Switches;
    else {
      const { grandfather, ...switches } = own;
      const changed = Object.entries(switches).filter(([, text]) => text !== undefined);
      const flags = changed.map(([name, text]) => [name as PolicyName, text === 'true'] as const);
      policies = { ...policies, ...Object.fromEntries(flags) };
      if (grandfather !== undefined)
        policies = withGrandfathering(policies, grandfather, reader, ['scenarios', link, 'policies']);
    }
  }
  return policies;
}
