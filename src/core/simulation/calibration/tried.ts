/** Sign-ups whose outcome is known, under the scenario that they met. */
import type { Tariff } from '../billing.ts';
import { conversionOf, expectedBills, type MeterPositions, type Signup } from '../conversion.ts';
import type { Behaviour, BehaviourName } from '../parameters.ts';
import type { Scenario } from '../scenario.ts';
import { EVENTS, type Observations } from './observations.ts';

/** Parameters of the choice to pay that sign-ups with a known outcome can tell. */
export const CONVERSION_PARAMETERS = [
  'priceSensitivity',
  'valueAtReference',
  'genuineShare',
] as const satisfies BehaviourName[];

export type TriedSignup = Signup & { readonly converted: boolean };

export type Tried = {
  readonly signups: readonly TriedSignup[];
  readonly scenario: Scenario;
  readonly tariff: Tariff;
  /** Index of the tariff's month whose prices they met. */
  readonly month: number;
  readonly meters: MeterPositions;
};

/** One observation a sign-up: 1 if it became a customer. `behaviourOf` gives the behaviour under values of parameters. */
export function conversionObservations(
  { signups, scenario, tariff, month, meters }: Tried,
  behaviour: Behaviour,
  behaviourOf: (values: readonly number[]) => Behaviour,
): Observations {
  const bills = expectedBills(signups, tariff, month, behaviour, meters);
  const { policies, freeTier } = scenario;
  return {
    observed: Float64Array.from(signups, ({ converted }) => (converted ? 1 : 0)),
    clusters: Int32Array.from(signups, (_, i) => i),
    distribution: EVENTS,
    predict: (values, into) =>
      into.set(conversionOf({ signups, bills, tariff, month, behaviour: behaviourOf(values), policies, freeTier })),
  };
}
