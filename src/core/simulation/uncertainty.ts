/**
 * What next year may look like: parameters, customers and luck drawn together.
 *
 * Each draw takes other parameters (`parameterDraws.ts`), other customers (as many copies of each account as a Poisson variable of
 * mean 1 says) and one year of the Monte Carlo engine. 95 % of the draws are a predictive interval: the year that follows
 * is to lie in it. Intervals over resampled customers alone are for another question, how well so many accounts stand for all.
 */
import { Conversions } from './conversions.ts';
import { profitOf } from './money.ts';
import { ratesOf } from './outcomes.ts';
import { type Covariance, drawParameters } from './parameterDraws.ts';
import type { Parameters } from './parameters.ts';
import { poissonOne, RandomStream } from './random.ts';
import {
  type Interval,
  intervalsOf,
  leadingShares,
  type MeasureName,
  type Measures,
  RANKED,
  type Ranked,
  rankingOf,
} from './ranking.ts';
import { simulateRuns } from './run.ts';
import { type SimulationInput, tariffsOf } from './simulate.ts';
import type { RateSums } from './sums.ts';

export type Uncertainty = {
  readonly draws: number;
  /** By scenario: 95 % of the draws; none of what sign-ups bring, who are not drawn. */
  readonly nextYear: readonly Partial<Record<MeasureName, Interval>>[];
  /** The best scenario by the rates of the simulation, and the share of draws in which it is the best one. */
  readonly ranking: readonly Ranked[];
  /** By scenario, the share of draws in which it is the best one; measures that are not drawn have none. Equals share a draw. */
  readonly leads: readonly { readonly measure: MeasureName; readonly shares: readonly number[] }[];
};

export type UncertaintyOptions = {
  readonly draws: number;
  readonly seed: number;
  /** Of calibrated parameters; absent: all vary by their plausible ranges. */
  readonly covariance?: Covariance | undefined;
};

/** Draws of `meter simulate --uncertainty`. */
export const DRAWS = 200;

/** `measures` are those of the simulation, by scenario. */
export async function uncertaintyOf(
  input: SimulationInput,
  measures: readonly Measures[],
  options: UncertaintyOptions,
): Promise<Uncertainty> {
  const drawn = drawParameters(input.parameters, { count: options.draws, ...options });
  const replicates = await drawYears(input, drawn, options.seed);
  const names = input.scenarios.map(({ name }) => name);
  return {
    draws: options.draws,
    nextYear: replicates.map(intervalsOf),
    ranking: rankingOf(
      names,
      measures.map((own) => ({ ...own, ...WITHOUT_SIGNUPS })),
      replicates,
    ),
    leads: RANKED.flatMap(({ measure }) => {
      const shares = leadingShares(measure, replicates);
      return shares ? [{ measure, shares }] : [];
    }),
  };
}

const WITHOUT_SIGNUPS = { grossProfitPerSignup: undefined, total: undefined } as const;

/** Rates and money of one year of each draw, by scenario. */
async function drawYears(input: SimulationInput, drawn: readonly Parameters[], seed: number): Promise<Measures[][]> {
  const { population, scenarios, baseline, progress, crew } = input;
  const { accounts } = population;
  const tariffs = tariffsOf(scenarios, population);
  const runs = scenarios.flatMap(({ policies }, s) =>
    drawn.map(({ behaviour }, year) => ({ tariff: tariffs[s]!, policies, behaviour, year })),
  );
  const inForce = tariffs[scenarios.findIndex(({ name }) => name === baseline)];
  const bootstrap = { replicates: drawn.length, seed };
  const results = await simulateRuns(population, runs, { engine: { kind: 'ev' }, bootstrap, inForce, progress, crew });
  const conversions = new Conversions(input, tariffs);
  return scenarios.map(({ policies }, s) =>
    drawn.map(({ behaviour, costs }, draw) => {
      const conversion = convertedShare(conversions.probabilitiesWith(s, behaviour), seed, draw);
      const [own] = results[s * drawn.length + draw]!.replicates as [RateSums];
      return {
        ...ratesOf(own, conversion, costs, policies),
        ...profitOf(own, costs, policies, accounts.length),
        ...WITHOUT_SIGNUPS,
      };
    }),
  );
}

/** Share of the sign-ups, resampled, that convert in one draw; undefined without sign-ups. */
function convertedShare(probabilities: Float64Array, seed: number, draw: number): number | undefined {
  if (probabilities.length === 0) return undefined;
  const random = new RandomStream(seed, 'conversions', draw);
  let [count, converted] = [0, 0];
  for (const probability of probabilities) {
    const copies = poissonOne(random.next32());
    for (let copy = 0; copy < copies; copy++) if (random.next() < probability) converted++;
    count += copies;
  }
  return converted / count;
}
