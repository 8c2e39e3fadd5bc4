/** Customers who react by known parameters: what calibration finds must be those parameters. */
import { beforeAll, describe, expect, test } from 'vitest';
import { type Calibration, calibrate } from '../../../../src/core/simulation/calibration/calibrate.ts';
import type { HazardParameter, ObservedMonth } from '../../../../src/core/simulation/calibration/observed.ts';
import { type Behaviour, DEFAULT_PARAMETERS } from '../../../../src/core/simulation/parameters.ts';
import { referencePopulation } from '../support.ts';
import { observedHistory } from './observedHistory.ts';

/** Not the defaults, which are also the centres of the priors: the data must say so. */
const TRUTH: Behaviour = {
  ...DEFAULT_PARAMETERS.behaviour,
  baseChurn: 0.019,
  sizeEffect: 0.6,
  unpredictabilityChurn: 0.5,
  surpriseChurn: 0.3,
  throttleChurn: 0.22,
  feeAnchor: 0.43,
  alertReach: 0.9,
  baseDisputes: 0.014,
  surpriseDisputes: 0.85,
};

let months: ObservedMonth[];
let found: Calibration;
beforeAll(async () => {
  months = observedHistory(await referencePopulation(), TRUTH, { seed: 11, repeats: 1 });
  found = calibrate(months, DEFAULT_PARAMETERS.behaviour, 7);
}, 60_000);

describe('calibration on simulated customers', () => {
  test('finds every parameter within two standard errors', () => {
    for (const { prior, value, standardError, identified } of found.estimates) {
      const truth = TRUTH[prior.name as HazardParameter];
      const deviations = (value - truth) / standardError;
      expect(identified, prior.name).toBe(true);
      expect(Math.abs(deviations), `${prior.name}: ${value} ± ${standardError} for ${truth}`).toBeLessThan(2);
    }
  });

  test('predicts months that it has not seen', () => {
    expect(found.exits).toBeGreaterThan(300);
    expect(found.holdOut!.isOutside).toBe(false);
    for (const { predicted, observed } of found.inSample) expect(Math.abs(predicted - observed)).toBeLessThan(0.02);
  });

  test('says that alerts cannot be told from data in which everybody, or nobody, gets them', () => {
    const silent = calibrate(
      months.filter(({ notify }) => !notify),
      DEFAULT_PARAMETERS.behaviour,
      7,
    );
    const reach = silent.estimates.find(({ prior }) => prior.name === 'alertReach')!;
    expect(reach).toMatchObject({ identified: false, value: DEFAULT_PARAMETERS.behaviour.alertReach });
  });
});
