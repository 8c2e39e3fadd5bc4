/** What changes of the price list say about the reactions to them: η, β_M and ε. */
import { BEHAVIOUR, type Behaviour, type BehaviourName } from '../parameters.ts';
import type { UseChange } from './listChange.ts';
import { type Estimate, maximise } from './maximise.ts';
import { amounts } from './observations.ts';
import type { Prior } from './prior.ts';
import type { ReactionRow } from './reactionRows.ts';

/** Parameters that churn after a change tells. */
export const CHANGE_PARAMETERS = ['priceReaction', 'migrationShock'] as const;

/** A standard deviation of D, or of ln f, below which customers differ too little to tell a reaction to it. */
const LEAST_SPREAD = 0.05;

/** What is believed of reactions before any data, where they are switched off or not: orders of magnitude of the literature. */
const BELIEVED = { priceReaction: [0.5, 0.5], migrationShock: [0.16, 1], demandReaction: [0.2, 0.15] } as const;

/** What is believed of a reaction to a change, whatever its value in use; undefined of any other parameter. */
export function changePriorOf(name: BehaviourName): Prior | undefined {
  if (name === 'priceReaction') return normalPrior(name, ...BELIEVED.priceReaction);
  if (name === 'demandReaction') return normalPrior(name, ...BELIEVED.demandReaction);
  return name === 'migrationShock' ? shockPrior() : undefined;
}

function shockPrior(): Prior {
  const [centre, deviation] = BELIEVED.migrationShock;
  const spec = BEHAVIOUR.migrationShock;
  const fromFree = (free: number) => Math.min(spec.possible[1], Math.exp(free));
  return { name: 'migrationShock', spec, centre, deviation, isHeld: false, toFree: Math.log, fromFree };
}

/**
 * The priors of η, normal on its own scale, and β_M, log-normal. A uniform increase tells the shock and not the reaction, which
 * is then held; without any change nothing is told, and both are held.
 */
export function changePriors(rows: readonly ReactionRow[], behaviour: Behaviour): readonly [eta: Prior, shock: Prior] {
  const rises = rows.flatMap(({ change }) => (change ? [change.rise] : []));
  const [eta, shock] = [normalPrior('priceReaction', ...BELIEVED.priceReaction), shockPrior()];
  const tellsShock = rises.some((rise) => rise > behaviour.migrationTolerance);
  return [
    spreadOf(rises) >= LEAST_SPREAD ? eta : { ...eta, centre: behaviour.priceReaction, isHeld: true },
    tellsShock ? shock : { ...shock, centre: behaviour.migrationShock, isHeld: true },
  ];
}

/** ε by regressing the change of log use on ln f at ε = 1, among customers whose list changed in the same month. */
export function fitDemand(uses: readonly UseChange[], behaviour: Behaviour): Estimate {
  const prior = normalPrior('demandReaction', ...BELIEVED.demandReaction);
  const factors = withinMonths(uses, ({ factor }) => factor);
  if (!(spreadOf([...factors]) >= LEAST_SPREAD)) {
    const value = behaviour.demandReaction;
    const held = { ...prior, centre: value, isHeld: true };
    return { prior: held, value, standardError: 0, interval: [value, value], identified: false, shift: 0 };
  }
  const moves = withinMonths(uses, ({ use }) => use);
  const product = (a: Float64Array, b: Float64Array) => a.reduce((sum, value, i) => sum + value * b[i]!, 0);
  const slope = product(factors, moves) / product(factors, factors);
  const errors = moves.map((move, i) => move - slope * factors[i]!);
  const observations = {
    observed: moves,
    clusters: Int32Array.from(uses, (_, i) => i),
    distribution: amounts(Math.sqrt(product(errors, errors) / uses.length)),
    predict: ([reaction]: readonly number[], into: Float64Array) => {
      for (let i = 0; i < into.length; i++) into[i] = reaction! * factors[i]!;
    },
  };
  return maximise([prior], observations).estimates[0]!;
}

function normalPrior(name: 'priceReaction' | 'demandReaction', centre: number, deviation: number): Prior {
  const spec = BEHAVIOUR[name];
  const [least, most] = spec.possible;
  const fromFree = (free: number) => Math.min(most, Math.max(least, free));
  return { name, spec, centre, deviation, isHeld: false, toFree: (value) => value, fromFree };
}

/** Values less their mean over the customers whose list changed in the same month. */
function withinMonths(uses: readonly UseChange[], of: (use: UseChange) => number): Float64Array {
  const means = new Map<number, { sum: number; count: number }>();
  for (const use of uses) {
    const mean = means.get(use.month) ?? { sum: 0, count: 0 };
    means.set(use.month, { sum: mean.sum + of(use), count: mean.count + 1 });
  }
  return Float64Array.from(uses, (use) => {
    const { sum, count } = means.get(use.month)!;
    return of(use) - sum / count;
  });
}

/** Standard deviation; NaN of nothing. */
function spreadOf(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
}
