/**
 * Calibration to published rates: least squares over what the scenarios should show, one vector of parameters for all.
 *
 * Levenberg–Marquardt on logit-of-range scales, with the priors of the parameters as weak residuals. All variants of a step
 * go through the population in one pass.
 */
import { Conversions } from '../conversions.ts';
import { type RateName, type Rates, ratesOf } from '../outcomes.ts';
import {
  BEHAVIOUR,
  type BehaviourName,
  COSTS,
  type CostName,
  type ParameterSpec,
  type Parameters,
} from '../parameters.ts';
import { type Run, simulateRuns } from '../run.ts';
import { type SimulationInput, tariffsOf } from '../simulate.ts';
import { inverse, times, zeros } from './matrix.ts';
import { type Prior, priorOf } from './prior.ts';

export type TargetRate = RateName | 'disputeReduction' | 'ticketReduction';

export type Target = {
  readonly scenario: string;
  readonly rate: TargetRate;
  readonly value: number;
  /** Relative: 0.02 weighs a miss of 2 % as one standard deviation. Of a reduction, relative to what is left. */
  readonly tolerance: number;
};

export type TargetFit = {
  readonly parameters: Parameters;
  readonly estimates: readonly TargetEstimate[];
  readonly reached: readonly { readonly target: Target; readonly value: number }[];
  /** Sum of squared residuals of the targets, without the priors. */
  readonly cost: number;
  readonly steps: number;
};

export type TargetEstimate = {
  /** `behaviour.feeAnchor`. */
  readonly name: string;
  readonly spec: ParameterSpec;
  readonly before: number;
  readonly value: number;
  /** 95 % by the curvature at the optimum, in the parameter's unit. */
  readonly range: readonly [number, number];
};

/** Weight of the priors against the targets. */
const PRIOR_WEIGHT = 0.35;
const MOST_STEPS = 25;
const DIFFERENCE = 1e-3;

type Free = {
  readonly section: 'behaviour' | 'costs';
  readonly key: string;
  readonly spec: ParameterSpec;
  readonly prior: Prior;
};

/** Fits the parameters that are marked as calibrated; all others stay as they are. */
export async function calibrateToTargets(
  input: Omit<SimulationInput, 'engine' | 'bootstrap'>,
  targets: readonly Target[],
): Promise<TargetFit> {
  const free = freeParameters(input.parameters);
  const tariffs = tariffsOf(input.scenarios, input.population);
  const centres = free.map(({ prior }) => prior.toFree(prior.centre));
  let place = [...centres];
  let damping = 1e-3;
  let steps = 0;
  let [here] = await residualsAt([place]);
  let jacobian: number[][] = [];
  for (; steps < MOST_STEPS; steps++) {
    const moved = free.map((_, i) => place.map((value, k) => (k === i ? value + DIFFERENCE : value)));
    const ahead = await residualsAt(moved);
    jacobian = ahead.map((residuals) => residuals.map((value, r) => (value - here![r]!) / DIFFERENCE));
    const before = squares(here!);
    let improved = 0;
    while (damping < 1e8 && improved === 0) {
      const step = stepFor(jacobian, here!, damping);
      const tried = place.map((value, i) => value + Math.max(-1, Math.min(1, step[i]!)));
      const [there] = await residualsAt([tried]);
      if (squares(there!) < before) {
        improved = before - squares(there!);
        [place, here] = [tried, there];
        damping /= 5;
      } else damping *= 4;
    }
    if (improved < 1e-4 * before) break;
    await input.progress?.((steps + 1) / MOST_STEPS);
  }

  const parameters = parametersAt(place);
  const rates = (await ratesFor([parameters]))[0]!;
  const covariance = inverse(normalMatrix(jacobian, 0));
  const estimates = free.map(({ section, key, spec, prior }, i): TargetEstimate => {
    const deviation = covariance ? Math.sqrt(covariance[i]![i]!) : prior.deviation;
    const range = [prior.fromFree(place[i]! - 1.96 * deviation), prior.fromFree(place[i]! + 1.96 * deviation)] as const;
    return { name: `${section}.${key}`, spec, before: prior.centre, value: prior.fromFree(place[i]!), range };
  });
  const reached = targets.map((target) => ({ target, value: valueOfTarget(target, input, rates) }));
  return { parameters, estimates, reached, cost: squares(here!.slice(0, targets.length)), steps };

  function parametersAt(at: readonly number[]): Parameters {
    const behaviour: Record<string, number> = { ...input.parameters.behaviour };
    const costs: Record<string, number> = { ...input.parameters.costs };
    for (const [i, { section, key, prior }] of free.entries())
      (section === 'behaviour' ? behaviour : costs)[key] = prior.fromFree(at[i]!);
    return { behaviour, costs } as Parameters;
  }

  /** Misses of the targets, in tolerances, and then of the priors. */
  async function residualsAt(places: readonly (readonly number[])[]): Promise<number[][]> {
    const all = await ratesFor(places.map(parametersAt));
    return all.map((rates, p) => [
      ...targets.map((target) => missOf(target, valueOfTarget(target, input, rates))),
      ...free.map(({ prior }, i) => (PRIOR_WEIGHT * (places[p]![i]! - centres[i]!)) / prior.deviation),
    ]);
  }

  async function ratesFor(vectors: readonly Parameters[]): Promise<Rates[][]> {
    const { population, scenarios } = input;
    const runs: Run[] = vectors.flatMap(({ behaviour }) =>
      scenarios.map(({ policies }, s) => ({ tariff: tariffs[s]!, policies, behaviour })),
    );
    const results = await simulateRuns(population, runs, {
      engine: { kind: 'ev' },
      bootstrap: { replicates: 0, seed: 0 },
      crew: input.crew,
      progress: async () => input.progress?.(steps / MOST_STEPS),
    });
    const conversions = new Conversions(input, tariffs);
    return vectors.map(({ behaviour, costs }, v) =>
      scenarios.map(({ policies }, s) => {
        const conversion = conversions.rateWith(s, behaviour);
        return ratesOf(results[v * scenarios.length + s]!.sums, conversion, costs, policies);
      }),
    );
  }
}

type Compared = Pick<SimulationInput, 'scenarios' | 'baseline'>;

/** Value of a target's rate; `rates` by scenario. */
function valueOfTarget(
  { scenario, rate }: Target,
  { scenarios, baseline: named }: Compared,
  rates: readonly Rates[],
): number {
  const own = rates[scenarios.findIndex(({ name }) => name === scenario)]!;
  const baseline = rates[scenarios.findIndex(({ name }) => name === named)]!;
  if (rate === 'disputeReduction') return 1 - own.disputeRate / baseline.disputeRate;
  if (rate === 'ticketReduction') return 1 - own.ticketsPerAccountMonth / baseline.ticketsPerAccountMonth;
  return own[rate] ?? Number.NaN;
}

function stepFor(slopes: readonly (readonly number[])[], residuals: readonly number[], damped: number): number[] {
  const pull = slopes.map((slope) => -slope.reduce((sum, value, r) => sum + value * residuals[r]!, 0));
  const covariance = inverse(normalMatrix(slopes, damped));
  return covariance ? times(covariance, pull) : pull.map(() => 0);
}

function missOf({ rate, value, tolerance }: Target, found: number): number {
  const isReduction = rate === 'disputeReduction' || rate === 'ticketReduction';
  const ratio = isReduction ? (1 - found) / (1 - value) : found / value;
  return (ratio - 1) / tolerance;
}

function normalMatrix(slopes: readonly (readonly number[])[], damping: number): number[][] {
  const matrix = zeros(slopes.length);
  for (const [i, a] of slopes.entries()) {
    for (const [j, b] of slopes.entries()) matrix[i]![j] = a.reduce((sum, value, r) => sum + value * b[r]!, 0);
    matrix[i]![i]! *= 1 + damping;
    matrix[i]![i]! += 1e-12;
  }
  return matrix;
}

function squares(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value * value, 0);
}

function freeParameters({ behaviour, costs }: Parameters): Free[] {
  const of = (
    section: Free['section'],
    table: Readonly<Record<string, ParameterSpec>>,
    values: Readonly<Record<string, number>>,
  ) =>
    Object.entries(table)
      .filter(([, spec]) => spec.calibrated)
      .map(([key, spec]) => ({ section, key, spec, prior: priorOf(key, spec, values[key]!) }));
  return [
    ...of('behaviour', BEHAVIOUR satisfies Record<BehaviourName, ParameterSpec>, behaviour),
    ...of('costs', COSTS satisfies Record<CostName, ParameterSpec>, costs),
  ];
}
