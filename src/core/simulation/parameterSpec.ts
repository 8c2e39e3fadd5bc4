/** A line of the table of parameters. */

/**
 * Answers of the model that a parameter may enter directly. `plans`: moves between plans, and the plan before month 0. `packs`:
 * who takes credit packs. `usage`: how much is used. `conversion`: the choice of a sign-up. All but `conversion` and `cost` are
 * answers about a customer's month, found by a walk over the account.
 */
export type Answer = 'churn' | 'disputes' | 'tickets' | 'plans' | 'packs' | 'usage' | 'conversion' | 'cost';

export type ParameterSpec = {
  /** The letter of the equations. */
  readonly symbol: string;
  readonly unit: string;
  readonly value: number;
  /** Values that can be believed of some company; one outside is taken, with a warning. */
  readonly plausible: readonly [number, number];
  /** Standard deviation of what is believed before any data, on the scale of `calibration/prior.ts`. */
  readonly prior: number;
  /** Values that have a meaning at all; one outside is refused. */
  readonly possible: readonly [number, number];
  readonly calibrated: boolean;
  /** The answers whose equations contain the parameter. */
  readonly actsOn: readonly Answer[];
  readonly meaning: string;
};

export const PROBABILITY: readonly [number, number] = [0, 1];
export const POSITIVE: readonly [number, number] = [1e-9, 1e12];
export const FROM_ZERO: readonly [number, number] = [0, 1e12];

type Details = Pick<ParameterSpec, 'plausible' | 'possible' | 'actsOn' | 'meaning'> &
  Partial<Pick<ParameterSpec, 'prior'>>;

/** In log odds or log units: a third to three times the centre holds two thirds of the probability. */
const DEFAULT_PRIOR = 1;

export function fixed(symbol: string, unit: string, value: number, details: Details): ParameterSpec {
  return { symbol, unit, value, calibrated: false, prior: DEFAULT_PRIOR, ...details };
}

export function fitted(symbol: string, unit: string, value: number, details: Details): ParameterSpec {
  return { symbol, unit, value, calibrated: true, prior: DEFAULT_PRIOR, ...details };
}
