/** Names and vectors of the parameters; the table of them is parameterTable.ts. */
import type { ParameterSpec } from './parameterSpec.ts';
import { BEHAVIOUR, COSTS } from './parameterTable.ts';

export type { Answer, ParameterSpec } from './parameterSpec.ts';
export { BEHAVIOUR, COSTS } from './parameterTable.ts';

export type BehaviourName = keyof typeof BEHAVIOUR;
export type CostName = keyof typeof COSTS;
export type Behaviour = Readonly<Record<BehaviourName, number>>;
export type Costs = Readonly<Record<CostName, number>>;
export type Parameters = { readonly behaviour: Behaviour; readonly costs: Costs };

export const BEHAVIOUR_NAMES: readonly BehaviourName[] = Object.keys(BEHAVIOUR) as BehaviourName[];
export const COST_NAMES: readonly CostName[] = Object.keys(COSTS) as CostName[];

/** True if a walk over the accounts gives other sums when the parameter changes; false: only conversion or costs change. */
export function changesWalks({ actsOn }: ParameterSpec): boolean {
  return actsOn.some((answer) => answer !== 'conversion' && answer !== 'cost');
}

export const DEFAULT_PARAMETERS: Parameters = {
  behaviour: defaults(BEHAVIOUR),
  costs: defaults(COSTS),
};

function defaults<Name extends string>(table: Record<Name, ParameterSpec>): Record<Name, number> {
  const entries = (Object.keys(table) as Name[]).map((name) => [name, table[name].value] as const);
  return Object.fromEntries(entries) as Record<Name, number>;
}

/** The name in YAML and JSON: `feeAnchor` is `fee_anchor`. */
export function writtenName(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
