/** The policies of a scenario and of those that it extends. */
import {
  ALL_POLICIES,
  NO_POLICIES,
  POLICY_NAMES,
  type Policies,
  type PolicyName,
} from '../core/simulation/scenario.ts';
import type { ScenarioFile } from './scenarioSchema.ts';

type PoliciesText = ScenarioFile['scenarios'][string]['policies'];

/** `chain`: nearest first. A map changes single policies of what a scenario extends, a list or a word sets all. */
export function readPolicies(chain: readonly PoliciesText[]): Policies {
  let policies: Policies = NO_POLICIES;
  for (const own of [...chain].reverse()) {
    if (own === undefined) continue;
    if (own === 'all') policies = ALL_POLICIES;
    else if (own === 'none') policies = NO_POLICIES;
    else if (Array.isArray(own))
      policies = Object.fromEntries(POLICY_NAMES.map((name) => [name, own.includes(name)])) as Policies;
    else {
      const changed = Object.entries(own).filter(([, text]) => text !== undefined);
      const flags = changed.map(([name, text]) => [name as PolicyName, text === 'true'] as const);
      policies = { ...policies, ...Object.fromEntries(flags) };
    }
  }
  return policies;
}
