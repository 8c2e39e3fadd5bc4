/** The worth of each policy: variants of a scenario with a policy off, and the runs that they need. */
import type { Tariff } from './billing.ts';
import type { Conversions } from './conversions.ts';
import { REFERENCE_FREE_RATE } from './defaults.ts';
import { type Rates, ratesOf } from './outcomes.ts';
import type { Parameters } from './parameters.ts';
import type { Run, RunResult } from './run.ts';
import { COST_POLICIES, NO_POLICIES, POLICY_NAMES, type Policies, type Scenario } from './scenario.ts';

export type PolicyWorth = {
  /** The policy that is switched off; `none`: all of them are; `freeTier`: the free tier admits 10 requests/s. */
  readonly without: string;
  readonly rates: Rates;
  /** Customers who are still there in the last month. */
  readonly survivors: number;
};

type Compared = { readonly scenarios: readonly Scenario[]; readonly parameters: Parameters };

type Variant = { readonly without: string; readonly policies: Policies; readonly freeTier: Scenario['freeTier'] };
/** `scenario` is its scenario's index, `run` the index of the run that has its sums. */
export type PlannedVariant = Variant & { readonly scenario: number; readonly run: number };

/** A run for each scenario, in their order, then one for each variant that needs its own. */
export function plannedRuns(
  { scenarios, parameters: { behaviour } }: Compared,
  tariffs: readonly Tariff[],
): { runs: Run[]; variants: PlannedVariant[] } {
  const runs = scenarios.map(
    ({ policies }, i): Run => ({
      ...{ tariff: tariffs[i]!, policies, behaviour, isBootstrapped: true },
    }),
  );
  const variants = scenarios.flatMap((scenario, i) =>
    variantsOf(scenario).map((variant) => ({ ...variant, scenario: i, run: runOf(variant.policies, i) })),
  );
  return { runs, variants };

  function runOf(policies: Policies, scenario: number): number {
    // Cost policies change no customer's behaviour: the sums of the scenario's own run serve them.
    if (sameBehaviour(policies, scenarios[scenario]!.policies)) return scenario;
    const tariff = tariffs[scenario]!;
    const known = runs.findIndex((run) => run.tariff === tariff && sameBehaviour(run.policies, policies));
    return known >= 0 ? known : runs.push({ tariff, policies, behaviour }) - 1;
  }
}

/** Rates of every variant, by scenario. */
export function policyWorthOf(
  { scenarios, parameters: { costs } }: Compared,
  variants: readonly PlannedVariant[],
  { results, conversions }: { results: readonly RunResult[]; conversions: Conversions },
): Map<string, PolicyWorth[]> {
  const policyWorth = new Map<string, PolicyWorth[]>();
  for (const { scenario, run, without, policies, freeTier } of variants) {
    const { name } = scenarios[scenario]!;
    const worth = policyWorth.get(name) ?? [];
    policyWorth.set(name, worth);
    const conversion = conversions.rate(scenario, policies, freeTier);
    const { sums } = results[run]!;
    worth.push({ without, rates: ratesOf(sums, conversion, costs, policies), survivors: sums.survivors });
  }
  return policyWorth;
}

/** Each policy of a scenario off alone, a free tier that admits less, and the tariff alone. */
function variantsOf({ policies, freeTier }: Scenario): Variant[] {
  const on = POLICY_NAMES.filter((name) => policies[name]);
  const variants: Variant[] = on.map((name) => ({ without: name, policies: { ...policies, [name]: false }, freeTier }));
  const { grandfather: _, ...sparesNobody } = policies;
  if (policies.grandfather) variants.push({ without: 'grandfather', policies: sparesNobody, freeTier });
  const isGenerous = freeTier.requestsPerSecond > REFERENCE_FREE_RATE;
  const lesser = isGenerous ? { ...freeTier, requestsPerSecond: REFERENCE_FREE_RATE } : freeTier;
  if (isGenerous) variants.push({ without: 'freeTier', policies, freeTier: lesser });
  if (on.length > 0 || policies.grandfather)
    variants.push({ without: 'none', policies: NO_POLICIES, freeTier: lesser });
  return variants;
}

function sameBehaviour(a: Policies, b: Policies): boolean {
  const isSparedAlike =
    a.grandfather?.months === b.grandfather?.months && a.grandfather?.above === b.grandfather?.above;
  return isSparedAlike && POLICY_NAMES.every((name) => COST_POLICIES.includes(name) || a[name] === b[name]);
}
