/**
 * What next year may look like: parameters, customers and luck drawn together.
 *
 * Each draw takes other parameters (`parameterDraws.ts`), other customers (as many copies of each account as a Poisson variable of
 * mean 1 says) and one year of the Monte Carlo engine; so it does with sign-ups (`signupYears.ts`). 95 % of the draws are a
 * predictive interval: the year that follows is to lie in it. Intervals over resampled customers alone are for another question, how well so many accounts stand for all.
 */
import { profitOf, totalOf } from './money.ts';
import { ratesOf } from './outcomes.ts';
import { type Covariance, drawParameters } from './parameterDraws.ts';
import type { Parameters } from './parameters.ts';
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
import { signupYearsOf } from './signupYears.ts';
import { type SimulationInput, tariffsOf } from './simulate.ts';
import type { RateSums } from './sums.ts';

export type Uncertainty = {
  readonly draws: number;
  /** By scenario: 95 % of the draws. */
  readonly nextYear: readonly Partial<Record<MeasureName, Interval>>[];
  /** The best scenario by the rates of the simulation, and the share of draws in which it is the best one. */
  readonly ranking: readonly Ranked[];
  /** By scenario, the share of draws in which it is the best one; unknown measures have none. Equals share a draw. */
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
    ranking: rankingOf(names, measures, replicates),
    leads: RANKED.flatMap(({ measure }) => {
      const shares = leadingShares(measure, replicates);
      return shares ? [{ measure, shares }] : [];
    }),
  };
}

/** Share of the work that goes into the years of who is there, where sign-ups are drawn, too. */
const SHARE_OF_CUSTOMERS = 0.5;

/** Rates and money of one year of each draw, by scenario. */
async function drawYears(input: SimulationInput, drawn: readonly Parameters[], seed: number): Promise<Measures[][]> {
  const { population, scenarios, baseline, signups, signupsPerMonth, progress, crew } = input;
  const { accounts } = population;
  const tariffs = tariffsOf(scenarios, population);
  const runs = scenarios.flatMap(({ policies }, s) =>
    drawn.map(({ behaviour }, year) => ({ tariff: tariffs[s]!, policies, behaviour, year })),
  );
  const inForce = tariffs[scenarios.findIndex(({ name }) => name === baseline)];
  const bootstrap = { replicates: drawn.length, seed };
  const share = signups ? SHARE_OF_CUSTOMERS : 1;
  const results = await simulateRuns(population, runs, {
    ...{ engine: { kind: 'ev' }, bootstrap, inForce, crew },
    progress: async (done) => progress?.(done * share),
  });
  const bySignups = await signupYearsOf(
    { ...input, progress: async (done) => progress?.(share + done * (1 - share)) },
    { drawn, seed, tariffs },
  );
  return scenarios.map(({ policies }, s) =>
    drawn.map(({ costs }, draw) => {
      const { conversion, worth } = bySignups?.[s]?.[draw] ?? {};
      const [own] = results[s * drawn.length + draw]!.replicates as [RateSums];
      const profit = profitOf(own, costs, policies, accounts.length);
      return {
        ...ratesOf(own, conversion, costs, policies),
        ...profit,
        grossProfitPerSignup: worth?.each,
        total: totalOf(profit, worth, signupsPerMonth),
      };
    }),
  );
}
