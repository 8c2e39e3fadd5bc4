/** Which parameter matters: every one moved to both ends of its plausible range, alone. */

import { Conversions } from './conversions.ts';
import { flipsOf } from './flips.ts';
import { profitOf } from './money.ts';
import { ratesOf } from './outcomes.ts';
import { type Covariance, chanceBeyond } from './parameterDraws.ts';
import {
  BEHAVIOUR,
  BEHAVIOUR_NAMES,
  type BehaviourName,
  COST_NAMES,
  COSTS,
  type CostName,
  changesWalks,
  type ParameterSpec,
  type Parameters,
  writtenName,
} from './parameters.ts';
import type { MeasureName, Measures } from './ranking.ts';
import { type Run, type RunResult, simulateRuns } from './run.ts';
import { type SampleSize, stratifiedSample } from './sample.ts';
import { type SimulationInput, tariffsOf } from './simulate.ts';

export type ParameterEffect = {
  /** `behaviour.fee_anchor`. */
  readonly parameter: string;
  readonly spec: ParameterSpec;
  readonly low: { readonly value: number; readonly rates: readonly Measures[] };
  readonly high: { readonly value: number; readonly rates: readonly Measures[] };
};

/** At this value of a parameter, everything else as it is, another scenario becomes the best. */
export type Flip = {
  readonly rate: MeasureName;
  readonly parameter: string;
  readonly value: number;
  readonly from: string;
  readonly to: string;
  /** Probability that the parameter is so far from its value, or farther; undefined where it is switched off. */
  readonly chance: number | undefined;
};

export type Sensitivity = {
  /** The accounts that parameters were moved on; absent: all. Money is scaled up to all of them. */
  readonly sample?: SampleSize;
  /** Rates of each scenario with the parameters as they are. */
  readonly rates: readonly Measures[];
  readonly effects: readonly ParameterEffect[];
  readonly flips: readonly Flip[];
};

/** Share of the work that goes into both ends of every range; the rest is the search for values at which scenarios are equal. */
const SHARE_OF_ENDS = 0.7;

/** More accounts are sampled: the walks grow with parameters, and a digit that decides stands long before. */
export const MOST_ACCOUNTS = 10_000;

/** `covariance`: of calibrated parameters. */
export async function sensitivityOf(input: SimulationInput, covariance?: Covariance): Promise<Sensitivity> {
  const { population: whole, scenarios, parameters } = input;
  const { seed } = input.bootstrap;
  const { length: all } = whole.accounts;
  const population = stratifiedSample(whole, MOST_ACCOUNTS, seed);
  const sample = population === whole ? undefined : { accounts: population.accounts.length, of: all, seed };
  const tariffs = tariffsOf(scenarios, population);
  const conversions = new Conversions(input, tariffs);
  const variants = variantsOf(parameters);
  const runs: Run[] = [];
  const base = scenarios.map(
    ({ policies }, s) => runs.push({ tariff: tariffs[s]!, policies, behaviour: parameters.behaviour }) - 1,
  );
  const runOf = variants.map((variant) => {
    if (!variant.needsRun) return base;
    const { behaviour } = variant.parameters;
    return scenarios.map(({ policies }, s) => runs.push({ tariff: tariffs[s]!, policies, behaviour }) - 1);
  });
  const inForce = tariffs[scenarios.findIndex(({ name }) => name === input.baseline)];
  const options = { engine: { kind: 'ev' }, bootstrap: { replicates: 0, seed: 0 }, inForce, crew: input.crew } as const;
  const simulated = (these: readonly Run[], progress?: SimulationInput['progress']) =>
    simulateRuns(population, these, { ...options, progress });
  const results = await simulated(runs, async (done) => input.progress?.(done * SHARE_OF_ENDS));
  const measured = ({ behaviour, costs }: Parameters, own: readonly RunResult[]): Measures[] =>
    scenarios.map(({ policies }, s) => ({
      ...ratesOf(own[s]!.sums, conversions.rateWith(s, behaviour), costs, policies),
      ...profitOf(own[s]!.sums, costs, policies, all),
      ...{ grossProfitPerSignup: undefined, total: undefined },
    }));
  const at = (indices: readonly number[]) => indices.map((run) => results[run]!);
  const rates = measured(parameters, at(base));
  const moved = variants.map((variant, v) => ({ ...variant, rates: measured(variant.parameters, at(runOf[v]!)) }));
  const effects: ParameterEffect[] = [];
  for (let v = 0; v < moved.length; v += 2) {
    const [low, high] = [moved[v]!, moved[v + 1]!];
    effects.push({
      parameter: low.parameter,
      spec: low.spec,
      low: { value: low.value, rates: low.rates },
      high: { value: high.value, rates: high.rates },
    });
  }
  const measuresWith = async (parameter: string, value: number, spec: ParameterSpec, done: number) => {
    const there = withValue(parameters, parameter, value);
    if (!changesWalks(spec)) return measured(there, at(base));
    const { behaviour } = there;
    const own = scenarios.map(({ policies }, s): Run => ({ tariff: tariffs[s]!, policies, behaviour }));
    return measured(there, await simulated(own, async () => input.progress?.(done)));
  };
  const names = scenarios.map(({ name }) => name);
  const flips: Flip[] = [];
  for (const [e, { parameter, spec, low, high }] of effects.entries()) {
    const done = SHARE_OF_ENDS + ((1 - SHARE_OF_ENDS) * e) / effects.length;
    for (const end of [low, high]) {
      const start = { value: valueIn(parameters, parameter), measures: rates };
      const found = await flipsOf({ value: end.value, measures: end.rates }, start, (value) =>
        measuresWith(parameter, value, spec, done),
      );
      for (const { measure, value, from, to } of found) {
        const chance = chanceBeyond(nameOf(parameter), spec, { from: start.value, value }, covariance);
        flips.push({ rate: measure, parameter, value, from: names[from]!, to: names[to]!, chance });
      }
    }
  }
  return { ...(sample && { sample }), rates, effects, flips };
}

type Variant = {
  readonly parameter: string;
  readonly spec: ParameterSpec;
  readonly value: number;
  readonly parameters: Parameters;
  readonly needsRun: boolean;
};

/** Two for each parameter: the low end of its plausible range, then the high one. */
function variantsOf(parameters: Parameters): Variant[] {
  const { behaviour, costs } = parameters;
  return [
    ...BEHAVIOUR_NAMES.flatMap((name) =>
      BEHAVIOUR[name].plausible.map((value) => ({
        parameter: `behaviour.${writtenName(name)}`,
        spec: BEHAVIOUR[name] as ParameterSpec,
        value,
        parameters: { behaviour: { ...behaviour, [name]: value }, costs },
        needsRun: changesWalks(BEHAVIOUR[name]),
      })),
    ),
    ...COST_NAMES.flatMap((name) =>
      COSTS[name].plausible.map((value) => ({
        parameter: `costs.${writtenName(name)}`,
        spec: COSTS[name] as ParameterSpec,
        value,
        parameters: { behaviour, costs: { ...costs, [name]: value } },
        needsRun: changesWalks(COSTS[name]),
      })),
    ),
  ];
}

function withValue({ behaviour, costs }: Parameters, parameter: string, value: number): Parameters {
  const name = nameOf(parameter);
  return isCost(parameter)
    ? { behaviour, costs: { ...costs, [name]: value } }
    : { behaviour: { ...behaviour, [name]: value }, costs };
}

function valueIn({ behaviour, costs }: Parameters, parameter: string): number {
  const table: Readonly<Record<string, number>> = isCost(parameter) ? costs : behaviour;
  return table[nameOf(parameter)]!;
}

function isCost(parameter: string): boolean {
  return parameter.startsWith('costs.');
}

/** Name in its table of what is written `behaviour.fee_anchor`. */
function nameOf(parameter: string): BehaviourName | CostName {
  const [, written] = parameter.split('.');
  const names: readonly (BehaviourName | CostName)[] = isCost(parameter) ? COST_NAMES : BEHAVIOUR_NAMES;
  return names.find((name) => writtenName(name) === written)!;
}
