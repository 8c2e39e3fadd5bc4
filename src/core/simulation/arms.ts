/**
 * The arms of a comparison: a scenario's price list under some policies and some free tier, and the runs that give their sums.
 *
 * `given`: the scenarios as they are. `equal`: all of them under the same policies, so that prices alone differ. `full`: all of them
 * with every policy on, from which `variants` take away one each.
 * Grandfathering has no value that is `on`: it is part of `full` as a scenario has it, and of `equal` where all have the same.
 */
import type { Tariff } from './billing.ts';
import { REFERENCE_FREE_RATE } from './defaults.ts';
import type { Behaviour } from './parameters.ts';
import type { Run } from './run.ts';
import {
  ALL_POLICIES,
  COST_POLICIES,
  type FreeTier,
  NO_POLICIES,
  POLICY_NAMES,
  type Policies,
  type Scenario,
} from './scenario.ts';

export type Arm = {
  /** Index of the scenario. */
  readonly scenario: number;
  readonly policies: Policies;
  readonly freeTier: FreeTier;
  /** Index of the run that has its sums. */
  readonly run: number;
  /** Index of the run over those who stand for sign-ups; undefined without sign-ups. */
  readonly newcomers: number | undefined;
};

/** `without`: the policy that is switched off; `none`: all of them are; `freeTier`: the free tier admits 10 requests/s. */
export type Variant = Arm & { readonly without: string };

export type Arms = {
  /** A run for each scenario, in their order, then those that other arms need. */
  readonly runs: readonly Run[];
  readonly given: readonly Arm[];
  readonly equal: readonly Arm[];
  readonly full: readonly Arm[];
  readonly variants: readonly Variant[];
};

type Compared = {
  readonly scenarios: readonly Scenario[];
  readonly behaviour: Behaviour;
  readonly tariffs: readonly Tariff[];
  /** By account, 1 for those who stand for sign-ups; absent without sign-ups. */
  readonly newcomers: Uint8Array | undefined;
};

type Terms = Pick<Arm, 'policies' | 'freeTier'>;

/** True if the scenarios differ by their price lists alone: policies and the rate that the free tier admits are the same. */
export function areEqualTerms(scenarios: readonly Terms[]): boolean {
  const [first] = scenarios;
  return scenarios.every(
    ({ policies, freeTier }) =>
      POLICY_NAMES.every((name) => policies[name] === first!.policies[name]) &&
      areSparedAlike(policies, first!.policies) &&
      freeTier.requestsPerSecond === first!.freeTier.requestsPerSecond,
  );
}

export function armsOf({ scenarios, behaviour, tariffs, newcomers }: Compared): Arms {
  const runs: (Run & { isBootstrapped: boolean })[] = scenarios.map(({ policies }, s) => ({
    ...{ tariff: tariffs[s]!, policies, behaviour, isBootstrapped: true },
  }));
  const runOf = (scenario: number, policies: Policies, isBootstrapped: boolean): number => {
    const tariff = tariffs[scenario]!;
    // Cost policies change no customer's behaviour: one run serves every choice of them.
    const isIt = (run: Run) => run.tariff === tariff && sameBehaviour(run.policies, policies);
    const known = isIt(runs[scenario]!) ? scenario : runs.findIndex(isIt);
    const run = known >= 0 ? known : runs.push({ tariff, policies, behaviour, isBootstrapped }) - 1;
    if (isBootstrapped) runs[run]!.isBootstrapped = true;
    return run;
  };
  const armOf = (scenario: number, { policies, freeTier }: Terms, isBootstrapped = true): Arm => {
    return { scenario, policies, freeTier, run: runOf(scenario, policies, isBootstrapped), newcomers: undefined };
  };

  const rate = Math.max(...scenarios.map(({ freeTier }) => freeTier.requestsPerSecond));
  const termsWith = ({ freeTier }: Scenario, { grandfather }: Pick<Policies, 'grandfather'>): Terms => ({
    policies: { ...ALL_POLICIES, ...(grandfather && { grandfather }) },
    freeTier: { ...freeTier, requestsPerSecond: rate },
  });
  const [first] = scenarios;
  const shared = scenarios.every(({ policies }) => areSparedAlike(policies, first!.policies)) ? first!.policies : {};
  const fullTerms = scenarios.map((scenario) => termsWith(scenario, scenario.policies));
  const given = scenarios.map((scenario, s) => armOf(s, scenario));
  const equal = areEqualTerms(scenarios)
    ? given
    : scenarios.map((scenario, s) => armOf(s, termsWith(scenario, shared)));
  const full = fullTerms.map((terms, s) => armOf(s, terms, false));
  const variants = fullTerms.flatMap((terms, s) =>
    variantsOf(terms).map(({ without, ...other }) => ({ ...armOf(s, other, false), without })),
  );
  if (!newcomers) return { runs, given, equal, full, variants };
  // Every run has one over the newcomers, as far behind it as there are runs.
  const among = <Kind extends Arm>(arms: readonly Kind[]): Kind[] =>
    arms.map((arm) => ({ ...arm, newcomers: runs.length + arm.run }));
  const ofGiven = among(given);
  return {
    runs: [...runs, ...runs.map((run) => ({ ...run, isBootstrapped: false, newcomers }))],
    ...{ given: ofGiven, equal: equal === given ? ofGiven : among(equal) },
    ...{ full: among(full), variants: among(variants) },
  };
}

/** Each policy off alone, nobody grandfathered, a free tier that admits less, and the tariff alone. */
function variantsOf({ policies, freeTier }: Terms): (Terms & { readonly without: string })[] {
  const variants = POLICY_NAMES.map((name) => ({ without: name, policies: { ...policies, [name]: false }, freeTier }));
  const isGenerous = freeTier.requestsPerSecond > REFERENCE_FREE_RATE;
  const lesser = isGenerous ? { ...freeTier, requestsPerSecond: REFERENCE_FREE_RATE } : freeTier;
  const { grandfather, ...sparesNobody } = policies;
  return [
    ...variants,
    ...(grandfather ? [{ without: 'grandfather', policies: sparesNobody, freeTier }] : []),
    ...(isGenerous ? [{ without: 'freeTier', policies, freeTier: lesser }] : []),
    { without: 'none', policies: NO_POLICIES, freeTier: lesser },
  ];
}

function sameBehaviour(a: Policies, b: Policies): boolean {
  return areSparedAlike(a, b) && POLICY_NAMES.every((name) => COST_POLICIES.includes(name) || a[name] === b[name]);
}

function areSparedAlike({ grandfather: a }: Policies, { grandfather: b }: Policies): boolean {
  return a?.months === b?.months && a?.above === b?.above;
}
