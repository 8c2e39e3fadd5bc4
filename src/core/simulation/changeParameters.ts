/** Parameters of how customers react to a price list that changes; `priceChange.ts` has the equations. All reactions are off. */
import { fixed, type ParameterSpec, PROBABILITY } from './parameterSpec.ts';

export const CHANGE_PARAMETERS = {
  priceReaction: fixed('η', '–', 0, {
    plausible: [0, 1.2],
    possible: [-2, 5],
    actsOn: ['churn'],
    meaning: 'hazards × e^(η·D), D the log change of the mean bill against the list in force; 0: no reaction',
  }),
  migrationShock: fixed('β_M', '1/month per log unit', 0, {
    plausible: [0, 0.6],
    possible: [0, 10],
    actsOn: ['churn'],
    meaning: 'hazard per log unit of D beyond its tolerance, in the month of the switch; 0: no shock',
  }),
  migrationFading: fixed('ρ_M', 'share/month', 0.5, {
    plausible: [0.3, 0.8],
    possible: PROBABILITY,
    actsOn: ['churn'],
    meaning: 'part of the shock of a switch that is left after a month',
  }),
  migrationTolerance: fixed('tol_M', 'log units', 0.05, {
    plausible: [0, 0.15],
    possible: [0, 5],
    actsOn: ['churn'],
    meaning: 'rise of the mean bill that shocks nobody',
  }),
  demandReaction: fixed('ε', 'exponent', 0, {
    plausible: [0, 0.6],
    possible: [-1, 5],
    actsOn: ['usage'],
    meaning: 'usage × (mean bill ÷ mean bill under the list in force)^−ε; 0: no reaction',
  }),
  allowancePull: fixed('a_U', 'share', 0, {
    plausible: [0, 0.15],
    possible: PROBABILITY,
    actsOn: ['usage'],
    meaning: 'usage below an allowance grows by this share; no history without an experiment identifies it',
  }),
} as const satisfies Record<string, ParameterSpec>;
