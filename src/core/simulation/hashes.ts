/**
 * Fingerprints of a simulation's inputs. Two simulations whose four hashes are equal have the same result.
 *
 * `cohort` covers the customers and sign-ups, `parameters` behaviour and costs, `scenarios` price terms and policies, and `run`
 * everything: those three, the engine with its seed, the bootstrap with its seed, the baseline, and the number
 * of sign-ups.
 */

import type { ListedTier } from '../catalog/tier.ts';
import { atOnce, type Steps } from '../pauses.ts';
import { NumberHash } from './numberHash.ts';
import type { Population } from './population.ts';
import { shortHash } from './random.ts';
import type { Scenario } from './scenario.ts';
import type { SimulationInput } from './simulationInput.ts';

export type Hashes = Readonly<Record<'cohort' | 'parameters' | 'scenarios' | 'run', string>>;

export function hashesOf(input: Omit<SimulationInput, 'progress'>): Hashes {
  return atOnce(hashing(input));
}

/** The same, step by step. */
export function* hashing(input: Omit<SimulationInput, 'progress'>): Steps<Hashes> {
  const { population, signups, scenarios, parameters, engine, bootstrap, baseline, signupsPerMonth } = input;
  const cohort = yield* cohortHash(population, signups);
  const terms = scenarios.map(({ name, plans, freeTier, policies, annual, rateCard }) => ({
    ...{ name, freeTier, policies, annual, currency: rateCard.currency, timezone: rateCard.timezone },
    plans: plans.map(planText),
  }));
  const three = {
    cohort,
    parameters: shortHash(JSON.stringify(parameters)),
    scenarios: shortHash(JSON.stringify(terms)),
  };
  return { ...three, run: shortHash(JSON.stringify([three, engine, bootstrap, baseline, signupsPerMonth ?? null])) };
}

/** Every number and name of the population, in its place, and every sign-up. */
function* cohortHash(population: Population, signups: SimulationInput['signups']): Steps<string> {
  const { quantities, peakDays, tenures, exact, ...rest } = population;
  const precise = [...exact].map(([position, quantity]) => [position, quantity.toFixed()]);
  const hash = new NumberHash().addText(JSON.stringify([rest, precise, signups ?? null]));
  for (const numbers of [quantities, peakDays, tenures]) {
    hash.addNumber(numbers.length);
    for (let from = 0; from < numbers.length; from += NUMBERS_AT_ONCE) {
      hash.addNumbers(numbers.subarray(from, from + NUMBERS_AT_ONCE));
      yield from / numbers.length;
    }
  }
  return hash.digest();
}

/** Numbers that are hashed between two pauses. */
const NUMBERS_AT_ONCE = 1 << 20;

/** Everything that bills are made of: scenarios with the same text bill alike. */
export function termsText({ plans, annual, rateCard: { currency, timezone } }: Scenario): string {
  return JSON.stringify([plans.map(planText), annual ?? null, currency, timezone]);
}

/** The terms of a plan in an order of their own: the hash does not depend on how a tier was put together. */
function planText({ kind: _, name, fee, limits, charges, features, ...more }: ListedTier): string {
  const terms = { name, fee, limits, charges, features, ...more };
  return JSON.stringify(terms, (_key, value) => (value instanceof Map ? [...value] : value));
}
