/** What may differ between the pricing models of a simulation: price terms and policies, nothing else. */
import type { RateCard } from '../catalog/rateCard.ts';
import type { ListedTier, Tier } from '../catalog/tier.ts';

/** Policies that a scenario may switch on. */
export const POLICIES = {
  notify: 'alert at 80 % of what the fee includes',
  oneClick: 'one-click upgrade in the alert (needs notify)',
  credits: 'credit packs bought in advance',
  spot: 'compute on spot instances',
  autoscale: 'fleet follows the load',
  mapped: 'only features that map to metered cost are run',
} as const;
export type PolicyName = keyof typeof POLICIES;
export const POLICY_NAMES: readonly PolicyName[] = Object.keys(POLICIES) as PolicyName[];
export type Switches = Readonly<Record<PolicyName, boolean>>;
export type Policies = Switches & { readonly grandfather?: Grandfathering };

/** Accounts that a new price list would make much dearer keep the bills of the list in force for a while. */
export type Grandfathering = {
  /** Months from month 0 on in which the list in force is billed; at least 1. */
  readonly months: number;
  /** Share by which the mean bill must rise, exclusive: 0.25 spares accounts whose bill would rise by more than 25 %. */
  readonly above: number;
};

export const NO_POLICIES: Policies = Object.fromEntries(POLICY_NAMES.map((name) => [name, false])) as Switches;
export const ALL_POLICIES: Policies = Object.fromEntries(POLICY_NAMES.map((name) => [name, true])) as Switches;

/** Policies that act on the cost of infrastructure and on nothing else. */
export const COST_POLICIES: readonly PolicyName[] = ['spot', 'autoscale', 'mapped'];

/** Annual plans beside the monthly ones: a fee for twelve months, paid at once. Tiers without a fee have none. */
export type AnnualTerms = {
  /** Share of customers who take the annual plan in month 0: above 0, at most 1. */
  readonly share: number;
  /** Off twelve monthly fees: 0.2 is 20 %. */
  readonly discount: number;
};

export type Scenario = {
  readonly name: string;
  readonly description?: string;
  readonly rateCard: Pick<RateCard, 'currency' | 'timezone'>;
  /** Tiers that customers pay for, in the order of upgrades; at least one. */
  readonly plans: readonly ListedTier[];
  readonly freeTier: FreeTier;
  readonly policies: Policies;
  readonly annual?: AnnualTerms | undefined;
  /** Tiers that take no part, and why: a contract has to give their fee or their prices. */
  readonly leftOut: readonly { readonly tier: string; readonly why: string }[];
};

/** What a sign-up may use without paying. */
export type FreeTier = {
  /** Requests a month; 0: there is no free tier. */
  readonly requests: number;
  readonly requestsPerSecond: number;
};

/** A tier that nobody pays for: no fee, no price. It is what sign-ups start on, and no rung of the upgrade ladder. */
export function isFree({ fee, charges }: Tier): boolean {
  return (fee?.kind === 'none' || fee?.amount.isZero() === true) && charges?.size === 0;
}
