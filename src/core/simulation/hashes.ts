/** What a result can be told by: the same hashes, the same result. */

import type { ListedTier } from '../catalog/tier.ts';
import type { ConversionsInput } from './conversions.ts';
import { shortHash } from './random.ts';

export type Hashes = { readonly cohort: string; readonly parameters: string; readonly scenarios: string };

export function hashesOf({ population, signups, scenarios, parameters }: ConversionsInput): Hashes {
  const sums = new Float64Array(population.meters.length);
  for (let i = 0; i < population.quantities.length; i++) sums[i % sums.length]! += population.quantities[i]!;
  const cohort = [population.accounts, population.periods, [...sums], [...population.tenures], signups ?? null];
  const terms = scenarios.map(({ name, plans, freeTier, policies, rateCard }) => ({
    ...{ name, freeTier, policies, currency: rateCard.currency, timezone: rateCard.timezone },
    plans: plans.map(planText),
  }));
  return {
    cohort: shortHash(JSON.stringify(cohort)),
    parameters: shortHash(JSON.stringify(parameters)),
    scenarios: shortHash(JSON.stringify(terms)),
  };
}

/** The terms of a plan in an order of their own: the hash does not depend on how a tier was put together. */
function planText({ kind: _, name, fee, limits, charges, features, ...more }: ListedTier): string {
  const terms = { name, fee, limits, charges, features, ...more };
  return JSON.stringify(terms, (_key, value) => (value instanceof Map ? [...value] : value));
}
