import { expect, test } from 'vitest';
import { calibrateToTargets, type Target } from '../../../../src/core/simulation/calibration/targets.ts';
import { DEFAULT_PARAMETERS } from '../../../../src/core/simulation/parameters.ts';
import { POLICY_NAMES } from '../../../../src/core/simulation/scenario.ts';
import { simulate } from '../../../../src/core/simulation/simulate.ts';
import { firstAccounts, referencePopulation, referenceSignups, scenarioOf, TIERS } from '../support.ts';

test('calibration to rates reaches them with one vector of parameters, and leaves all others alone', async () => {
  const population = firstAccounts(await referencePopulation(), 80);
  const signups = (await referenceSignups()).slice(0, 100);
  const scenarios = [
    scenarioOf({ name: 'flat', tiers: TIERS.flat }),
    scenarioOf({ name: 'hybrid', tiers: TIERS.hybrid, policies: POLICY_NAMES, requestsPerSecond: 50 }),
  ];
  const { behaviour, costs } = DEFAULT_PARAMETERS;
  const input = { population, signups, scenarios, baseline: 'flat', parameters: DEFAULT_PARAMETERS };
  const truth = { behaviour: { ...behaviour, baseChurn: 0.019, sizeEffect: 0.5, genuineShare: 0.48 }, costs };
  const options = { engine: { kind: 'ev' }, bootstrap: { replicates: 0, seed: 1 } } as const;
  const { outcomes } = await simulate({ ...input, parameters: truth, ...options });
  const targets = outcomes.flatMap(({ scenario, rates }): Target[] =>
    (['conversion', 'monthlyChurn', 'nrr', 'grossMargin'] as const).map((rate) => ({
      ...{ scenario: scenario.name, rate, value: rates[rate]!, tolerance: 0.01 },
    })),
  );
  const { reached, parameters } = await calibrateToTargets(input, targets);
  for (const { target, value } of reached)
    expect(Math.abs(value / target.value - 1), `${target.scenario} ${target.rate}`).toBeLessThan(0.01);
  expect(parameters.behaviour.surpriseChurn).toBe(behaviour.surpriseChurn);
});
