/**
 * Maximum likelihood with priors, by Fisher scoring: the step is the inverse of the expected information times the gradient, and is
 * halved until the penalised likelihood rises (McCullagh & Nelder, Generalized Linear Models, 2nd ed. 1989, section 2.5).
 *
 * The expected information Σ ∇μ ∇μᵀ ÷ variance(μ) also counts observations in which nothing happened: outer products of the
 * gradient see almost nothing where nobody leaves. ∇μ is taken by differences, so that a model is nothing but a function
 * from parameters to the mean of every observation.
 *
 * Standard errors are clustered by account, because observations of one account are not independent: the sandwich bread × meat
 * × bread of Liang & Zeger, Biometrika 73(1), 1986, 13–22, with no small-sample correction (CR0). The prior enters bread and
 * meat as one more independent observation. A standard error is never below the bread's: with few events
 * the meat says little, and says it too surely.
 */
import { inverse, type Matrix, product, times, zeros } from './matrix.ts';
import type { Observations } from './observations.ts';
import type { Prior } from './prior.ts';

export type Estimate = {
  readonly prior: Prior;
  /** Of the joint mode of all parameters, whether the data identify this one or not. */
  readonly value: number;
  /** In the parameter's own unit; 0 for a parameter that is held. */
  readonly standardError: number;
  /** 95 %, ends in the parameter's own unit. */
  readonly interval: readonly [number, number];
  /** False: the data add little or nothing to the prior. A label; the value is part of the joint mode all the same. */
  readonly identified: boolean;
  /** How far it moved from the prior's centre, in the prior's standard deviations. */
  readonly shift: number;
};

export type Fit = {
  readonly estimates: readonly Estimate[];
  /** Without the priors, at the estimates. */
  readonly logLikelihood: number;
  /** Positions of the parameters that are not held. */
  readonly free: readonly number[];
  /** Of the free parameters, on their free scales. */
  readonly covariance: Matrix;
  readonly steps: number;
};

/** A parameter whose uncertainty the data reduce by less than this is not identified. */
const LEAST_REDUCTION = 0.1;
const MOST_STEPS = 100;
/** No step moves a parameter by more than this on its free scale. */
const LONGEST_STEP = 2;
const DIFFERENCE = 1e-5;
/** Steps end when no parameter moves by more than this part of its standard error. */
const NEAR_ENOUGH = 1e-3;
const NORMAL_95 = 1.96;

/** `start`: values to begin at instead of the priors' centres. */
export function maximise(priors: readonly Prior[], observations: Observations, start?: readonly number[]): Fit {
  const free = priors.flatMap(({ isHeld }, i) => (isHeld ? [] : [i]));
  const centres = priors.map((prior) => prior.toFree(prior.centre));
  let place = priors.map((prior, i) => (start && !prior.isHeld ? prior.toFree(start[i]!) : centres[i]!));
  const penaltyAt = (at: readonly number[]) =>
    free.reduce((sum, i) => sum + ((at[i]! - centres[i]!) / priors[i]!.deviation) ** 2 / 2, 0);
  const model = { priors, free, observations };

  let log = logLikelihoodAt(model, place);
  let steps = 0;
  let derivatives = derivativesAt(model, place);
  while (steps < MOST_STEPS) {
    const { gradient, information } = derivatives;
    const pull = free.map((i, k) => gradient[k]! - (place[i]! - centres[i]!) / priors[i]!.deviation ** 2);
    const inverted = inverse(withPrior(information))!;
    const step = times(inverted, pull);
    if (!step.some((length, k) => Math.abs(length) > NEAR_ENOUGH * Math.sqrt(inverted[k]![k]!))) break;
    let taken = false;
    for (let size = 1; size > 1e-4 && !taken; size /= 2) {
      const tried = [...place];
      for (const [k, i] of free.entries())
        tried[i]! += size * Math.max(-LONGEST_STEP, Math.min(LONGEST_STEP, step[k]!));
      const there = logLikelihoodAt(model, tried);
      if (!(there - penaltyAt(tried) > log - penaltyAt(place))) continue;
      [place, log, taken] = [tried, there, true];
    }
    if (!taken) break;
    derivatives = derivativesAt(model, place);
    steps++;
  }

  const { information, meat } = derivatives;
  const bread = inverse(withPrior(information))!;
  const covariance = atLeast(product(product(bread, withPrior(meat)), bread), bread);
  const estimates = priors.map((prior, i): Estimate => {
    if (prior.isHeld) {
      const value = prior.centre;
      return { prior, value, standardError: 0, interval: [value, value], identified: false, shift: 0 };
    }
    const [at, k] = [place[i]!, free.indexOf(i)];
    const deviation = Math.sqrt(covariance[k]![k]!);
    const slope = (prior.fromFree(at + DIFFERENCE) - prior.fromFree(at - DIFFERENCE)) / (2 * DIFFERENCE);
    return {
      prior,
      value: prior.fromFree(at),
      standardError: deviation * slope,
      interval: [prior.fromFree(at - NORMAL_95 * deviation), prior.fromFree(at + NORMAL_95 * deviation)],
      identified: Math.sqrt(bread[k]![k]!) < (1 - LEAST_REDUCTION) * prior.deviation,
      shift: (at - centres[i]!) / prior.deviation,
    };
  });
  return { estimates, logLikelihood: log, free, covariance, steps };

  function withPrior(matrix: Matrix): Matrix {
    return matrix.map((row, k) => row.map((value, l) => value + (k === l ? priors[free[k]!]!.deviation ** -2 : 0)));
  }
}

type Model = {
  readonly priors: readonly Prior[];
  readonly free: readonly number[];
  readonly observations: Observations;
};

function valuesAt({ priors }: Model, at: readonly number[]): number[] {
  return priors.map((prior, i) => (prior.isHeld ? prior.centre : prior.fromFree(at[i]!)));
}

function meansAt(model: Model, at: readonly number[]): Float64Array {
  const means = new Float64Array(model.observations.observed.length);
  model.observations.predict(valuesAt(model, at), means);
  return means;
}

function logLikelihoodAt(model: Model, at: readonly number[]): number {
  const { observed, distribution } = model.observations;
  const means = meansAt(model, at);
  let sum = 0;
  for (let i = 0; i < means.length; i++)
    if (!Number.isNaN(observed[i])) sum += distribution.logLikelihood(observed[i]!, means[i]!);
  return sum;
}

/** The larger of two covariances: `covariance`, scaled by parameter so that no variance is below that of `least`. */
function atLeast(covariance: Matrix, least: Matrix): Matrix {
  const scales = covariance.map((row, k) => Math.sqrt(Math.max(1, least[k]![k]! / row[k]!)));
  return covariance.map((row, k) => row.map((value, l) => value * scales[k]! * scales[l]!));
}

/** Gradient of the log-likelihood, expected information, and outer products of the gradient by account. */
function derivativesAt(model: Model, at: readonly number[]): { gradient: number[]; information: Matrix; meat: Matrix } {
  const { free, observations } = model;
  const { observed, clusters, distribution } = observations;
  const size = free.length;
  const means = meansAt(model, at);
  const slopes = free.map((i) =>
    meansAt(
      model,
      at.map((place, j) => (j === i ? place + DIFFERENCE : place)),
    ),
  );
  const gradient = new Array<number>(size).fill(0);
  const [information, meat] = [zeros(size), zeros(size)];
  const [own, slope] = [new Array<number>(size).fill(0), new Array<number>(size).fill(0)];
  for (let row = 0; row < means.length; row++) {
    if (!Number.isNaN(observed[row])) {
      const variance = distribution.variance(means[row]!);
      const miss = (observed[row]! - means[row]!) / variance;
      for (let k = 0; k < size; k++) {
        slope[k] = (slopes[k]![row]! - means[row]!) / DIFFERENCE;
        own[k]! += slope[k]! * miss;
        for (let l = 0; l <= k; l++) information[k]![l]! += (slope[k]! * slope[l]!) / variance;
      }
    }
    if (row + 1 < means.length && clusters[row + 1] === clusters[row]) continue;
    for (let k = 0; k < size; k++) {
      gradient[k]! += own[k]!;
      for (let l = 0; l <= k; l++) meat[k]![l]! += own[k]! * own[l]!;
    }
    own.fill(0);
  }
  for (let k = 0; k < size; k++) {
    for (let l = k + 1; l < size; l++) {
      information[k]![l] = information[l]![k]!;
      meat[k]![l] = meat[l]![k]!;
    }
  }
  return { gradient, information, meat };
}
