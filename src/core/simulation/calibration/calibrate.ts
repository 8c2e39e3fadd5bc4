/** `meter calibrate`: behaviour parameters out of a company's own history. */
import { BEHAVIOUR, type Behaviour, type BehaviourName } from '../parameters.ts';
import { CHANGE_PARAMETERS, changePriors, fitDemand } from './changeFit.ts';
import { type Check, checkOf, dispersionOf, type Fitted } from './check.ts';
import type { UseChange } from './listChange.ts';
import type { Matrix } from './matrix.ts';
import { type Estimate, type Fit, maximise } from './maximise.ts';
import { together } from './observations.ts';
import { HAZARD_PARAMETERS, hazardObservations, tellsAlerts } from './observed.ts';
import { priorOf } from './prior.ts';
import type { ReactionRow } from './reactionRows.ts';
import { CONVERSION_PARAMETERS, conversionObservations, type Tried } from './tried.ts';

export type Calibration = {
  readonly rows: number;
  readonly accounts: number;
  readonly exits: number;
  /** Of churn and disputes. */
  readonly estimates: readonly Estimate[];
  /** Of the reactions to a price list that changes; absent: none changed. */
  readonly changes?: { readonly customers: number; readonly estimates: readonly Estimate[] };
  /** Of the choice to pay, where there are sign-ups with a known outcome. */
  readonly conversion?: { readonly signups: number; readonly estimates: readonly Estimate[] };
  /** The joint mode of all estimates; what is not estimated is as it was. */
  readonly behaviour: Behaviour;
  /** Of `behaviour`, without the priors. */
  readonly logLikelihood: number;
  /** How the estimates vary together: names, and their covariance on the free scale of `prior.ts`. */
  readonly covariance: { readonly names: readonly string[]; readonly matrix: Matrix };
  readonly inSample: Check;
  readonly holdOut: HoldOut | undefined;
};

/** The last months, predicted by a fit that has not seen them. */
export type HoldOut = Check & {
  readonly months: number;
  readonly rows: number;
  /** Some group is out of the range that the fit predicts. */
  readonly isOutside: boolean;
};

/** Fewer exits than this are too few for the main parameters. */
export const LEAST_EXITS = 300;
const HOLD_OUT_MONTHS = 3;
const STEP = 1e-4;

export type CalibrationInput = {
  readonly rows: readonly ReactionRow[];
  /** The centres of the priors, and the parameters that are not estimated. */
  readonly behaviour: Behaviour;
  readonly tried?: Tried | undefined;
  /** Use before and after changes of the price list. */
  readonly uses?: readonly UseChange[] | undefined;
};

/** `rows`: at least one. */
export function calibrate(input: CalibrationInput): Calibration {
  const { rows, tried, uses = [], behaviour } = input;
  const { fit, fitted } = fitBehaviour(input);
  const names = namesFor(input);
  const estimatesOf = (wanted: readonly BehaviourName[]) => fit.estimates.filter((_, i) => wanted.includes(names[i]!));
  const hazards = estimatesOf(HAZARD_PARAMETERS);
  const demand = hasChange(rows) ? fitDemand(uses, behaviour) : undefined;
  return {
    rows: rows.length,
    accounts: new Set(rows.map(({ cluster }) => cluster)).size,
    exits: rows.filter(({ churned }) => churned).length,
    estimates: tellsAlerts(rows) ? hazards : hazards.map(withoutAlerts),
    ...(tried && {
      conversion: { signups: tried.signups.length, estimates: estimatesOf(CONVERSION_PARAMETERS) },
    }),
    ...(demand && {
      changes: {
        customers: new Set(rows.filter(({ change }) => change).map(({ customer }) => customer)).size,
        estimates: [...estimatesOf(CHANGE_PARAMETERS), demand],
      },
    }),
    behaviour: { ...fitted.behaviour, ...(demand && { demandReaction: demand.value }) },
    logLikelihood: fit.logLikelihood,
    covariance: { names: fit.free.map((i) => names[i]!), matrix: fit.covariance },
    inSample: checkOf(rows, fitted),
    holdOut: checkHoldOut(input, fitted.behaviour),
  };
}

function withoutAlerts(estimate: Estimate): Estimate {
  return estimate.prior.name === 'alertReach' ? { ...estimate, identified: false } : estimate;
}

function hasChange(rows: readonly ReactionRow[]): boolean {
  return rows.some(({ change }) => change !== undefined);
}

function namesFor({ rows, tried }: CalibrationInput): readonly BehaviourName[] {
  return [...HAZARD_PARAMETERS, ...(hasChange(rows) ? CHANGE_PARAMETERS : []), ...(tried ? CONVERSION_PARAMETERS : [])];
}

/** Churn, disputes and the choice to pay have parameters in common, and are fitted together. `start`: values to begin at. */
export function fitBehaviour(
  input: CalibrationInput,
  start?: Behaviour,
): { readonly fit: Fit; readonly fitted: Fitted } {
  const { rows, behaviour, tried } = input;
  const names = namesFor(input);
  const behaviourOf = (values: readonly number[]): Behaviour => ({
    ...behaviour,
    ...Object.fromEntries(names.map((name, i) => [name, values[i]!])),
  });
  const ofChanges = changePriors(rows, behaviour);
  const priors = names.map(
    (name) => ofChanges.find((prior) => prior.name === name) ?? priorOf(name, BEHAVIOUR[name], behaviour[name]),
  );
  const hazards = hazardObservations(rows, behaviourOf);
  const observations = tried ? together(hazards, conversionObservations(tried, behaviour, behaviourOf)) : hazards;
  const fit = maximise(priors, observations, start && names.map((name) => start[name]));
  const values = fit.estimates.map(({ value }) => value);
  const found = behaviourOf(values);
  const behaviours = fit.free.map((i) => {
    const moved = priors[i]!.fromFree(priors[i]!.toFree(values[i]!) + STEP);
    return behaviourOf(values.map((value, j) => (j === i ? moved : value)));
  });
  const dispersion = dispersionOf(rows, found);
  return {
    fit,
    fitted: { behaviour: found, nearby: { behaviours, step: STEP }, covariance: fit.covariance, dispersion },
  };
}

function checkHoldOut(input: CalibrationInput, start: Behaviour): HoldOut | undefined {
  const months = [...new Set(input.rows.map(({ month }) => month))].sort((a, b) => a - b);
  if (months.length <= HOLD_OUT_MONTHS) return undefined;
  const from = months.at(-HOLD_OUT_MONTHS)!;
  const seen = input.rows.filter(({ month }) => month < from);
  const unseen = input.rows.filter(({ month }) => month >= from);
  const check = checkOf(unseen, fitBehaviour({ ...input, rows: seen }, start).fitted);
  const isOutside = check.groups.some((group) => group.isOutside);
  return { months: HOLD_OUT_MONTHS, rows: unseen.length, ...check, isOutside };
}
