/** `meter calibrate`: behaviour parameters out of a company's own history. */

import type { Tariff } from '../billing.ts';
import { conversionOf, expectedBills, type MeterPositions, type Signup } from '../conversion.ts';
import { BEHAVIOUR, type Behaviour, type BehaviourName } from '../parameters.ts';
import { poissonOne, RandomStream } from '../random.ts';
import type { Scenario } from '../scenario.ts';
import { type Estimate, type Fit, type Likelihood, maximise } from './maximise.ts';
import {
  behaviourWith,
  HAZARD_PARAMETERS,
  hazardLikelihood,
  type ObservedMonth,
  predict,
  type ReactionRow,
  reactionRows,
  untestable,
} from './observed.ts';
import { priorOf } from './prior.ts';

export type Calibration = {
  readonly rows: number;
  readonly accounts: number;
  readonly exits: number;
  readonly estimates: readonly Estimate[];
  readonly behaviour: Behaviour;
  readonly logLikelihood: number;
  readonly inSample: readonly Decile[];
  readonly holdOut: HoldOut | undefined;
};

/** Rows of similar predicted churn: what was predicted and what happened. */
export type Decile = { readonly rows: number; readonly predicted: number; readonly observed: number };

/** The last months, predicted by a fit that has not seen them. */
export type HoldOut = {
  readonly months: number;
  readonly rows: number;
  readonly predicted: number;
  readonly observed: number;
  /** 95 % of the observed churn, over resampled accounts. */
  readonly interval: readonly [number, number];
  readonly isOutside: boolean;
  readonly deciles: readonly Decile[];
};

/** Fewer exits than this are too few for the main parameters. */
export const LEAST_EXITS = 300;
const HOLD_OUT_MONTHS = 3;
const RESAMPLES = 400;

/** `months` by customer, then month. `behaviour` holds the centres of the priors, and the parameters that are not estimated. */
export function calibrate(months: readonly ObservedMonth[], behaviour: Behaviour, seed: number): Calibration {
  const rows = reactionRows(months, behaviour.billMemory);
  const { fit, behaviour: fitted } = fitHazards(rows, behaviour);
  return {
    rows: rows.length,
    accounts: new Set(rows.map(({ cluster }) => cluster)).size,
    exits: rows.filter(({ churned }) => churned).length,
    estimates: fit.estimates,
    behaviour: fitted,
    logLikelihood: fit.logLikelihood,
    inSample: decilesOf(rows, fitted),
    holdOut: checkHoldOut(rows, behaviour, fit, seed),
  };
}

function fitHazards(
  rows: readonly ReactionRow[],
  behaviour: Behaviour,
  start?: readonly number[],
): { fit: Fit; behaviour: Behaviour } {
  const priors = HAZARD_PARAMETERS.map((name) => priorOf(name, BEHAVIOUR[name], behaviour[name]));
  const fit = maximise(priors, untestable(rows), hazardLikelihood(rows, behaviour), start);
  const values = fit.estimates.map(({ value }) => value);
  return { fit, behaviour: behaviourWith(behaviour, values) };
}

function checkHoldOut(
  rows: readonly ReactionRow[],
  behaviour: Behaviour,
  whole: Fit,
  seed: number,
): HoldOut | undefined {
  const months = [...new Set(rows.map(({ month }) => month))].sort((a, b) => a - b);
  if (months.length <= HOLD_OUT_MONTHS) return undefined;
  const from = months.at(-HOLD_OUT_MONTHS)!;
  const seen = rows.filter(({ month }) => month < from);
  const unseen = rows.filter(({ month }) => month >= from);
  if (!seen.some(({ churned }) => churned)) return undefined;
  const start = whole.estimates.map(({ value }) => value);
  const fitted = fitHazards(seen, behaviour, start).behaviour;
  let predicted = 0;
  predict(unseen, fitted, (_, { churn }) => {
    predicted += churn / unseen.length;
  });
  const observed = unseen.filter(({ churned }) => churned).length / unseen.length;
  const interval = churnInterval(unseen, seed);
  const isOutside = predicted < interval[0] || predicted > interval[1];
  return {
    months: HOLD_OUT_MONTHS,
    rows: unseen.length,
    predicted,
    observed,
    interval,
    isOutside,
    deciles: decilesOf(unseen, fitted),
  };
}

function churnInterval(rows: readonly ReactionRow[], seed: number): [number, number] {
  const exits = new Float64Array(RESAMPLES);
  const counts = new Float64Array(RESAMPLES);
  let random = new RandomStream(seed);
  let weights: number[] = [];
  for (const [i, { customer, churned }] of rows.entries()) {
    if (i === 0 || rows[i - 1]!.customer !== customer) {
      random = new RandomStream(seed, 'holdout', customer);
      weights = Array.from({ length: RESAMPLES }, () => poissonOne(random.next32()));
    }
    for (let b = 0; b < RESAMPLES; b++) {
      counts[b]! += weights[b]!;
      if (churned) exits[b]! += weights[b]!;
    }
  }
  const rates = [...exits].map((count, b) => count / counts[b]!).sort((a, b) => a - b);
  return [rates[Math.floor(0.025 * RESAMPLES)]!, rates[Math.ceil(0.975 * RESAMPLES) - 1]!];
}

function decilesOf(rows: readonly ReactionRow[], behaviour: Behaviour): Decile[] {
  const all: { churn: number; churned: boolean }[] = [];
  predict(rows, behaviour, (row, { churn }) => all.push({ churn, churned: rows[row]!.churned }));
  all.sort((a, b) => a.churn - b.churn);
  return Array.from({ length: 10 }, (_, d) => {
    const part = all.slice(Math.floor((d * all.length) / 10), Math.floor(((d + 1) * all.length) / 10));
    const meanOf = (of: (row: (typeof all)[number]) => number) =>
      part.reduce((sum, row) => sum + of(row), 0) / part.length;
    return {
      rows: part.length,
      predicted: meanOf(({ churn }) => churn),
      observed: meanOf(({ churned }) => (churned ? 1 : 0)),
    };
  }).filter((decile) => decile.rows > 0);
}

/** Parameters of the choice to pay that sign-ups with a known outcome can tell. */
export const CONVERSION_PARAMETERS = [
  'priceSensitivity',
  'valueAtReference',
  'genuineShare',
] as const satisfies BehaviourName[];

export type TriedSignup = Signup & { readonly converted?: boolean };

/** Fits the choice to pay to sign-ups whose outcome is known, under the scenario that they met. */
export function calibrateConversion(
  signups: readonly TriedSignup[],
  { scenario, tariff, month, meters }: { scenario: Scenario; tariff: Tariff; month: number; meters: MeterPositions },
  behaviour: Behaviour,
): { readonly fit: Fit; readonly behaviour: Behaviour } {
  const known = signups.filter(({ converted }) => converted !== undefined);
  const bills = expectedBills(known, tariff, month, behaviour, meters);
  const { policies, freeTier } = scenario;
  const withValues = (values: readonly number[]): Behaviour => ({
    ...behaviour,
    ...Object.fromEntries(CONVERSION_PARAMETERS.map((name, i) => [name, values[i]!])),
  });
  const likelihood: Likelihood = {
    rows: known.length,
    clusters: Int32Array.from(known, (_, i) => i),
    evaluate: (values, into) => {
      const input = { signups: known, bills, tariff, month, behaviour: withValues(values), policies, freeTier };
      for (const [i, probability] of conversionOf(input).entries())
        into[i] = Math.max(-700, Math.log(known[i]!.converted ? probability : 1 - probability));
    },
  };
  const priors = CONVERSION_PARAMETERS.map((name) => priorOf(name, BEHAVIOUR[name], behaviour[name]));
  const fit = maximise(priors, new Set(), likelihood);
  return { fit, behaviour: withValues(fit.estimates.map(({ value }) => value)) };
}
