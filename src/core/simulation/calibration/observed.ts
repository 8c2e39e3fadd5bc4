/** Churn and disputes of observed account-months, by the simulation's own equations. */
import { type CustomerMonth, NO_PRESSURE, Reaction, Reactions } from '../behaviour.ts';
import type { Behaviour, BehaviourName } from '../parameters.ts';
import { NO_POLICIES, type Policies } from '../scenario.ts';
import { EVENTS, type Observations } from './observations.ts';
import type { ReactionRow } from './reactionRows.ts';

/** Behaviour parameters that churn and disputes of account-months can tell. */
export const HAZARD_PARAMETERS = [
  'baseChurn',
  'sizeEffect',
  'tenureHalving',
  'surpriseChurn',
  'unpredictabilityChurn',
  'throttleChurn',
  'feeAnchor',
  'alertReach',
  'baseDisputes',
  'surpriseDisputes',
] as const satisfies BehaviourName[];
export type HazardParameter = (typeof HAZARD_PARAMETERS)[number];

/**
 * Where everybody or nobody is alerted, an alert cannot be told from customers who are calm by nature, whatever the shape of the
 * equations makes of it.
 */
export function tellsAlerts(rows: readonly ReactionRow[]): boolean {
  return rows.some(({ notify }) => notify) && rows.some(({ notify }) => !notify);
}

/** Two observations a row: leaving, then disputing, each 1 or 0. `behaviourOf` gives the behaviour under values of parameters. */
export function hazardObservations(
  rows: readonly ReactionRow[],
  behaviourOf: (values: readonly number[]) => Behaviour,
): Observations {
  const observed = new Float64Array(rows.length * 2);
  const clusters = new Int32Array(rows.length * 2);
  for (const [i, { churned, disputed, cluster }] of rows.entries()) {
    observed[2 * i] = churned ? 1 : 0;
    observed[2 * i + 1] = disputed === undefined ? Number.NaN : disputed ? 1 : 0;
    clusters.fill(cluster, 2 * i, 2 * i + 2);
  }
  return {
    observed,
    clusters,
    distribution: EVENTS,
    predict: (values, into) =>
      predict(rows, behaviourOf(values), (row, { churn, dispute }) => {
        into[2 * row] = churn;
        into[2 * row + 1] = dispute;
      }),
  };
}

/** Calls `tell` with the reaction that the model expects of every row; the reaction is overwritten after the call. */
export function predict(
  rows: readonly ReactionRow[],
  behaviour: Behaviour,
  tell: (row: number, reaction: Reaction) => void,
): void {
  const policies = (notify: boolean): Policies => ({ ...NO_POLICIES, notify });
  const silent = new Reactions(behaviour, policies(false));
  const alerting = new Reactions(behaviour, policies(true));
  const reaction = new Reaction();
  const customer: CustomerMonth = { requests: 0, peakDayRequests: 0, expectedRequests: 0, tenure: 0 };
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    customer.requests = row.requests;
    customer.peakDayRequests = row.peakDayRequests;
    customer.expectedRequests = row.expectedRequests;
    customer.tenure = row.tenure;
    const reactions = row.notify ? alerting : silent;
    const { change } = row;
    reactions.begin(customer, change ? reactions.pressureOf(change.rise, change.since) : NO_PRESSURE);
    const { terms, averages, bill, throttling, holdsPacks, prompted: isPrompted } = row;
    reactions.reactTo({ terms, averages, bill, throttling, holdsPacks, isPrompted }, reaction);
    tell(i, reaction);
  }
}
