/** Companies that differ from the shipped parameters, and in which price lists their customers met. */
import { fitBehaviour } from '../../../../src/core/simulation/calibration/calibrate.ts';
import type { Estimate } from '../../../../src/core/simulation/calibration/maximise.ts';
import { reactionRows } from '../../../../src/core/simulation/calibration/reactionRows.ts';
import { type Behaviour, type BehaviourName, DEFAULT_PARAMETERS } from '../../../../src/core/simulation/parameters.ts';
import type { Population } from '../../../../src/core/simulation/population.ts';
import { observedHistory, type PriceList } from './observedHistory.ts';

const { behaviour: DEFAULTS } = DEFAULT_PARAMETERS;

/** Every fitted parameter half to three times its default or further, and none near it. */
export const FAR: Behaviour = {
  ...DEFAULTS,
  baseChurn: 0.03,
  sizeEffect: 0.3,
  tenureHalving: 12,
  unpredictabilityChurn: 0.2,
  surpriseChurn: 0.5,
  throttleChurn: 0.4,
  feeAnchor: 0.7,
  alertReach: 0.6,
  baseDisputes: 0.03,
  surpriseDisputes: 0.3,
};

const ALL = ['flat', 'flatHard', 'usage', 'hybrid', 'hybridSilent'] as const;

export type Truth = { readonly behaviour: Behaviour; readonly lists: readonly PriceList[]; readonly arrivals: boolean };

export const TRUTHS = {
  default: { behaviour: DEFAULTS, lists: ALL, arrivals: false },
  far: { behaviour: FAR, lists: ALL, arrivals: true },
  'flat only': { behaviour: FAR, lists: ['flat'], arrivals: false },
  'hybrid only': { behaviour: FAR, lists: ['hybrid'], arrivals: true },
  'alerts mixed': {
    behaviour: { ...FAR, unpredictabilityChurn: 0.9, alertReach: 0.8, tenureHalving: 90 },
    lists: ['hybrid', 'hybridSilent'],
    arrivals: false,
  },
} as const satisfies Record<string, Truth>;
export type TruthName = keyof typeof TRUTHS;

/** The estimates of a fit to one history of customers who react by a truth; the priors stand at the shipped values. */
export function estimatesFor(population: Population, name: TruthName, seed: number): readonly Estimate[] {
  const { behaviour, lists, arrivals } = TRUTHS[name];
  const months = observedHistory(population, behaviour, { seed, lists, arrivals });
  const { rows } = reactionRows(months, DEFAULTS.billMemory);
  return fitBehaviour({ rows, behaviour: DEFAULTS }).fit.estimates;
}

/** True if the 95 % of an estimate hold the truth. */
export function covers({ prior, interval: [low, high] }: Estimate, name: TruthName): boolean {
  const truth = TRUTHS[name].behaviour[prior.name as BehaviourName];
  return low <= truth && truth <= high;
}
