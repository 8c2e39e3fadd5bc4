/**
 * Maximum likelihood with priors, by scoring with outer products of the gradient (BHHH: Berndt, Hall, Hall & Hausman, Annals of
 * Economic and Social Measurement 3/4, 1974, 653–665), with the step halved until the penalised likelihood rises.
 *
 * The gradient of each row is taken by differences, so that a model is nothing but a function from parameters to
 * the log-likelihood of every row. Standard errors are clustered by account, because
 * rows of one account are not independent: the sandwich bread × meat × bread of Liang & Zeger, Biometrika 73(1), 1986, 13–22, with
 * no small-sample correction (CR0). The prior enters bread and meat as one more independent observation.
 */
import { inverse, type Matrix, product, times, zeros } from './matrix.ts';
import type { Prior } from './prior.ts';

export type Likelihood = {
  readonly rows: number;
  /** By row, the account it belongs to: numbers from 0, ascending. */
  readonly clusters: Int32Array;
  /** Writes the log-likelihood of each row under parameter values, in the order of the priors. */
  evaluate(values: readonly number[], into: Float64Array): void;
};

export type Estimate = {
  readonly prior: Prior;
  readonly value: number;
  /** In the parameter's own unit. */
  readonly standardError: number;
  /** False: the data say little or nothing, and the value is the prior's. */
  readonly identified: boolean;
  /** How far it moved from the prior's centre, in the prior's standard deviations. */
  readonly shift: number;
};

export type Fit = { readonly estimates: readonly Estimate[]; readonly logLikelihood: number; readonly steps: number };

/** A parameter whose uncertainty the data reduce by less than this is not identified. */
const LEAST_REDUCTION = 0.1;
const MOST_STEPS = 60;
const DIFFERENCE = 1e-5;
/** Steps end when no parameter moves by more than this part of its standard error. */
const NEAR_ENOUGH = 0.01;

/**
 * `fixed` names parameters that stay at their priors because nothing in the data varies with them; `start` are values to
 * begin at instead of the priors' centres.
 */
export function maximise(
  priors: readonly Prior[],
  fixed: ReadonlySet<string>,
  likelihood: Likelihood,
  start?: readonly number[],
): Fit {
  const free = priors.map((prior, i) => (fixed.has(prior.name) ? -1 : i)).filter((i) => i >= 0);
  const centres = priors.map((prior) => prior.toFree(prior.centre));
  let place = priors.map((prior, i) => (start && !fixed.has(prior.name) ? prior.toFree(start[i]!) : centres[i]!));
  const rows = new Float64Array(likelihood.rows);
  const valuesAt = (at: readonly number[]) => priors.map((prior, i) => prior.fromFree(at[i]!));
  const logOf = (at: readonly number[]) => {
    likelihood.evaluate(valuesAt(at), rows);
    let sum = 0;
    for (let i = 0; i < rows.length; i++) sum += rows[i]!;
    return sum;
  };
  const penalty = (at: readonly number[]) =>
    free.reduce((sum, i) => sum + ((at[i]! - centres[i]!) / priors[i]!.deviation) ** 2 / 2, 0);

  let log = logOf(place);
  let steps = 0;
  for (; steps < MOST_STEPS; steps++) {
    const { gradient, outer } = derivatives({ likelihood, at: place, free, valuesAt });
    const pull = free.map((i, k) => gradient[k]! - (place[i]! - centres[i]!) / priors[i]!.deviation ** 2);
    const information = withPrior(outer);
    const covariance = inverse(information);
    if (!covariance) break;
    const step = times(covariance, pull);
    let taken = false;
    for (let size = 1; size > 1e-4 && !taken; size /= 2) {
      const tried = [...place];
      for (const [k, i] of free.entries()) tried[i]! += size * Math.max(-2, Math.min(2, step[k]!));
      const there = logOf(tried);
      if (!(there - penalty(tried) > log - penalty(place))) continue;
      [place, log, taken] = [tried, there, true];
    }
    const size = Math.max(...step.map((length, k) => Math.abs(length) / Math.sqrt(covariance[k]![k]!)));
    if (!taken || size < NEAR_ENOUGH) break;
  }

  const { outer, meat } = derivatives({ likelihood, at: place, free, valuesAt });
  const bread = inverse(withPrior(outer))!;
  const spread = product(product(bread, withPrior(meat)), bread);
  const estimates = priors.map((prior, i): Estimate => {
    const k = free.indexOf(i);
    const value = prior.fromFree(place[i]!);
    const deviation = k < 0 ? prior.deviation : Math.sqrt(Math.max(spread[k]![k]!, 0));
    const slope = (prior.fromFree(place[i]! + DIFFERENCE) - prior.fromFree(place[i]! - DIFFERENCE)) / (2 * DIFFERENCE);
    const identified = k >= 0 && Math.sqrt(bread[k]![k]!) < (1 - LEAST_REDUCTION) * prior.deviation;
    const shift = (place[i]! - centres[i]!) / prior.deviation;
    if (identified) return { prior, value, standardError: deviation * slope, identified, shift };
    return { prior, value: prior.centre, standardError: prior.deviation * slope, identified, shift: 0 };
  });
  return { estimates, logLikelihood: log, steps };

  function withPrior(outer: Matrix): Matrix {
    return outer.map((row, k) => row.map((value, l) => value + (k === l ? priors[free[k]!]!.deviation ** -2 : 0)));
  }
}

/** Sum of gradients, outer products by row, and outer products by account. */
function derivatives({
  likelihood,
  at,
  free,
  valuesAt,
}: {
  readonly likelihood: Likelihood;
  readonly at: readonly number[];
  /** Positions of the parameters that are estimated. */
  readonly free: readonly number[];
  readonly valuesAt: (at: readonly number[]) => number[];
}): { gradient: number[]; outer: Matrix; meat: Matrix } {
  const size = free.length;
  const here = new Float64Array(likelihood.rows);
  likelihood.evaluate(valuesAt(at), here);
  const slopes = free.map((i) => {
    const slope = new Float64Array(likelihood.rows);
    const tried = [...at];
    tried[i] = at[i]! + DIFFERENCE;
    likelihood.evaluate(valuesAt(tried), slope);
    for (let row = 0; row < slope.length; row++) slope[row] = (slope[row]! - here[row]!) / DIFFERENCE;
    return slope;
  });
  const gradient = new Array<number>(size).fill(0);
  const [outer, meat] = [zeros(size), zeros(size)];
  let own = new Array<number>(size).fill(0);
  for (let row = 0; row < likelihood.rows; row++) {
    for (let k = 0; k < size; k++) {
      const slope = slopes[k]![row]!;
      gradient[k]! += slope;
      own[k]! += slope;
      for (let l = 0; l <= k; l++) outer[k]![l]! += slope * slopes[l]![row]!;
    }
    if (row + 1 < likelihood.rows && likelihood.clusters[row + 1] === likelihood.clusters[row]) continue;
    for (let k = 0; k < size; k++) for (let l = 0; l <= k; l++) meat[k]![l]! += own[k]! * own[l]!;
    own = new Array<number>(size).fill(0);
  }
  for (let k = 0; k < size; k++) {
    for (let l = k + 1; l < size; l++) {
      outer[k]![l] = outer[l]![k]!;
      meat[k]![l] = meat[l]![k]!;
    }
  }
  return { gradient, outer, meat };
}
