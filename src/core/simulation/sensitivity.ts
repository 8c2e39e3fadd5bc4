/** Which parameter matters: every one moved to both ends of its plausible range, alone. */

import { Conversions } from './conversions.ts';
import type { RateName, Rates } from './outcomes.ts';
import { ratesOf } from './outcomes.ts';
import {
  BEHAVIOUR,
  BEHAVIOUR_NAMES,
  COST_NAMES,
  COSTS,
  changesWalks,
  type ParameterSpec,
  type Parameters,
  writtenName,
} from './parameters.ts';
import { RANKED } from './ranking.ts';
import { type Run, simulateRuns } from './run.ts';
import { type SimulationInput, tariffsOf } from './simulate.ts';

export type ParameterEffect = {
  /** `behaviour.fee_anchor`. */
  readonly parameter: string;
  readonly spec: ParameterSpec;
  readonly low: { readonly value: number; readonly rates: readonly Rates[] };
  readonly high: { readonly value: number; readonly rates: readonly Rates[] };
};

/** At about this value of a parameter, everything else as it is, another scenario becomes the best. */
export type Flip = {
  readonly rate: RateName;
  readonly parameter: string;
  readonly value: number;
  readonly from: string;
  readonly to: string;
};

export type Sensitivity = {
  /** Rates of each scenario with the parameters as they are. */
  readonly rates: readonly Rates[];
  readonly effects: readonly ParameterEffect[];
  readonly flips: readonly Flip[];
};

export async function sensitivityOf(input: SimulationInput): Promise<Sensitivity> {
  const { population, scenarios, parameters } = input;
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
  const results = await simulateRuns(population, runs, {
    engine: { kind: 'ev' },
    bootstrap: { replicates: 0, seed: 0 },
    inForce: tariffs[scenarios.findIndex(({ name }) => name === input.baseline)],
    progress: input.progress,
  });
  const ratesWith = ({ behaviour, costs }: Parameters, runIndices: readonly number[]) =>
    scenarios.map(({ policies }, s) =>
      ratesOf(results[runIndices[s]!]!.sums, conversions.rateWith(s, behaviour), costs, policies),
    );
  const rates = ratesWith(parameters, base);
  const all = variants.map((variant, v) => ({ ...variant, rates: ratesWith(variant.parameters, runOf[v]!) }));
  const effects: ParameterEffect[] = [];
  for (let v = 0; v < all.length; v += 2) {
    const [low, high] = [all[v]!, all[v + 1]!];
    effects.push({
      parameter: low.parameter,
      spec: low.spec,
      low: { value: low.value, rates: low.rates },
      high: { value: high.value, rates: high.rates },
    });
  }
  const names = scenarios.map(({ name }) => name);
  return { rates, effects, flips: effects.flatMap((effect) => flipsOf(effect, rates, names, parameters)) };
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

/** Where the best scenario by some rate is another one at an end of the range; the value is interpolated. */
function flipsOf(effect: ParameterEffect, rates: readonly Rates[], names: readonly string[], base: Parameters): Flip[] {
  const flips: Flip[] = [];
  for (const { rate, better } of RANKED) {
    const score = (of: readonly Rates[], s: number) => (of[s]![rate] ?? 0) * (better === 'more' ? 1 : -1);
    const bestOf = (of: readonly Rates[]) =>
      names.reduce((best, _, s) => (score(of, s) > score(of, best) ? s : best), 0);
    const from = bestOf(rates);
    for (const end of [effect.low, effect.high]) {
      const to = bestOf(end.rates);
      if (to === from) continue;
      const before = score(rates, from) - score(rates, to);
      const after = score(end.rates, from) - score(end.rates, to);
      const start = valueIn(base, effect.parameter);
      const value = start + ((end.value - start) * before) / (before - after);
      flips.push({ rate, parameter: effect.parameter, value, from: names[from]!, to: names[to]! });
    }
  }
  return flips;
}

function valueIn({ behaviour, costs }: Parameters, parameter: string): number {
  const [section, written] = parameter.split('.') as [string, string];
  const table: Readonly<Record<string, number>> = section === 'costs' ? costs : behaviour;
  return Object.entries(table).find(([name]) => writtenName(name) === written)![1];
}
