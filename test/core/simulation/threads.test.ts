/** A simulation on several threads has the bytes of one on a single thread. Threads run the last build. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SimulationCrew } from '../../../src/cli/simulationCrew.ts';
import type { Crew } from '../../../src/core/simulation/crew.ts';
import { DEFAULT_PARAMETERS } from '../../../src/core/simulation/parameters.ts';
import { POLICY_NAMES } from '../../../src/core/simulation/scenario.ts';
import { type SimulationInput, simulate } from '../../../src/core/simulation/simulate.ts';
import { uncertaintyOf } from '../../../src/core/simulation/uncertainty.ts';
import { firstAccounts, referencePopulation, referenceSignups, scenarioOf, TIERS } from './support.ts';

let input: SimulationInput;
const crew = new SimulationCrew(3);
/** Jobs that other threads took part in. */
let jobs = 0;
const counting: Crew = {
  work: (...given) => {
    jobs++;
    return crew.work(...given);
  },
};

beforeAll(async () => {
  input = {
    population: firstAccounts(await referencePopulation(), 530), // three parts: 256, 256 and 18 accounts
    signups: (await referenceSignups()).slice(0, 40),
    scenarios: [
      { ...scenarioOf({ name: 'flat', tiers: TIERS.flat }), annual: { share: 0.3, discount: 0.2 } },
      scenarioOf({ name: 'hybrid', tiers: TIERS.hybrid, policies: POLICY_NAMES, requestsPerSecond: 50 }),
    ],
    ...{ baseline: 'flat', parameters: DEFAULT_PARAMETERS, engine: { kind: 'mc', replicates: 16, seed: 3 } },
    bootstrap: { replicates: 16, seed: 3 },
  };
});
afterAll(() => crew.dismiss());

test('Monte Carlo, accounts, bills and what sign-ups are worth', async () => {
  const { input: _, ...alone } = await simulate(input);
  const { input: __, ...together } = await simulate({ ...input, crew: counting });
  expect(jobs).toBeGreaterThan(0);
  expect(together).toEqual(alone);
}, 60_000);

test('next years', async () => {
  const ev = { ...input, engine: { kind: 'ev' } as const };
  const rates = (await simulate(ev)).outcomes.map((outcome) => outcome.rates);
  const options = { draws: 30, seed: 4 };
  const before = jobs;
  expect(await uncertaintyOf({ ...ev, crew: counting }, rates, options)).toEqual(
    await uncertaintyOf(ev, rates, options),
  );
  expect(jobs).toBeGreaterThan(before);
}, 60_000);
