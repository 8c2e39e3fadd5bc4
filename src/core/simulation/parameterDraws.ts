/**
 * Draws of the parameters: what is not known about customers and costs, as numbers.
 *
 * Parameters that were calibrated vary together by their covariance, all others alone: the plausible range is the middle 95 % of
 * a normal distribution on the free scale of `calibration/prior.ts`, around the value in use. A parameter at 0, which is how an
 * effect is switched off, stays there.
 */
import { changePriorOf } from './calibration/changeFit.ts';
import { lowerTriangle, type Matrix } from './calibration/matrix.ts';
import { type Prior, priorOf } from './calibration/prior.ts';
import {
  BEHAVIOUR,
  BEHAVIOUR_NAMES,
  type BehaviourName,
  COST_NAMES,
  COSTS,
  type CostName,
  type ParameterSpec,
  type Parameters,
} from './parameters.ts';
import { normalQuantile, normalShare, RandomStream } from './random.ts';

/** How calibrated parameters vary together: their covariance on the free scale, in the order of `names`. */
export type Covariance = { readonly names: readonly BehaviourName[]; readonly matrix: Matrix };

const NORMAL_95 = 1.96;

type Uncertain = { readonly prior: Prior; readonly deviation: number };

/** `count` draws around `parameters`, the same ones for the same seed. */
export function drawParameters(
  parameters: Parameters,
  {
    count,
    seed,
    covariance,
  }: { readonly count: number; readonly seed: number; readonly covariance?: Covariance | undefined },
): Parameters[] {
  const { behaviour, costs } = parameters;
  const names = covariance?.names ?? [];
  const lower = covariance && lowerTriangle(covariance.matrix);
  return Array.from({ length: count }, (_, draw) => {
    const random = new RandomStream(seed, 'parameters', draw);
    const normals = names.map(() => normalQuantile(random.next()));
    const together = names.map((name, i): readonly [string, number] => {
      const { toFree, fromFree } = changePriorOf(name) ?? priorOf(name, BEHAVIOUR[name], behaviour[name]);
      const moved = normals.reduce((sum, normal, k) => sum + (lower?.[i]?.[k] ?? 0) * normal, 0);
      return [name, within(BEHAVIOUR[name], fromFree(toFree(behaviour[name]) + moved))];
    });
    const alone = (name: string, spec: ParameterSpec, value: number): readonly [string, number] => {
      const uncertain = uncertaintyOf(name, spec, value);
      const normal = normalQuantile(random.next());
      if (!uncertain) return [name, value];
      const { prior, deviation } = uncertain;
      return [name, within(spec, prior.fromFree(prior.toFree(value) + deviation * normal))];
    };
    return {
      behaviour: {
        ...behaviour,
        ...Object.fromEntries(BEHAVIOUR_NAMES.map((name) => alone(name, BEHAVIOUR[name], behaviour[name]))),
        ...Object.fromEntries(together),
      },
      costs: { ...costs, ...Object.fromEntries(COST_NAMES.map((name) => alone(name, COSTS[name], costs[name]))) },
    };
  });
}

/**
 * Probability that a parameter is as far from its value as `value`, or farther, in the same direction; undefined where it does not
 * vary. Calibrated parameters vary by their covariance, others by their plausible range.
 */
export function chanceBeyond(
  name: BehaviourName | CostName,
  spec: ParameterSpec,
  { from, value }: { readonly from: number; readonly value: number },
  covariance: Covariance | undefined,
): number | undefined {
  const i = covariance?.names.indexOf(name as BehaviourName) ?? -1;
  const calibrated = i < 0 ? undefined : Math.sqrt(covariance!.matrix[i]![i]!);
  const prior = changePriorOf(name as BehaviourName) ?? priorOf(name, spec, from);
  const uncertain = calibrated === undefined ? uncertaintyOf(name, spec, from) : { prior, deviation: calibrated };
  if (!uncertain) return undefined;
  const { toFree } = uncertain.prior;
  return normalShare(-Math.abs(toFree(value) - toFree(from)) / uncertain.deviation);
}

/** Undefined: the value is switched off or has no place on the free scale, and nothing varies. */
function uncertaintyOf(name: string, spec: ParameterSpec, value: number): Uncertain | undefined {
  const prior = priorOf(name, spec, value);
  const [low, high] = spec.plausible;
  // On a log scale there is no 0: a range from 0 begins at a tenth of the value in use.
  const [from, to] = [prior.toFree(Math.max(low, value / 10)), prior.toFree(high)];
  if (value === 0 || !Number.isFinite(prior.toFree(value)) || !Number.isFinite(from) || !Number.isFinite(to))
    return undefined;
  return { prior, deviation: (to - from) / (2 * NORMAL_95) };
}

function within({ possible: [least, most] }: ParameterSpec, value: number): number {
  return Math.min(most, Math.max(least, value));
}
