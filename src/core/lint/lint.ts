/**
 * The interface of every lint: a mistake that a price list can have although it is valid. Each lint is a file beside this
 * one and a line in index.ts.
 */
import type { RateCard } from '../catalog/rateCard.ts';
import type { ProblemSource, Severity } from '../problem.ts';
import type { ProblemCode } from '../problemCodes.ts';

export type LintCode = Extract<ProblemCode, `lint/${string}`>;

/** Keys and indices that lead to a value of the tier file. */
export type LintPath = readonly (string | number)[];

/** A price list and what is known beside it. */
export type Subject = {
  readonly rateCard: RateCard;
  readonly written: Written;
  /** Route configurations that are checked together with the price list. */
  readonly edges: readonly EdgeUse[];
};

/** Facts of the file that a rate card no longer shows, because it has defaults in their place. */
export type Written = {
  /** Names of the meters that the file defines itself. */
  readonly meters: ReadonlySet<string>;
  /** Names of the tiers that have the key `overage`, be it with `null`. */
  readonly tiersWithOverage: ReadonlySet<string>;
  readonly hasNotifications: boolean;
  /** Path of a meter's price, whose key may be another name. */
  pricePath(tier: string, meter: string): LintPath;
};

/** Regions, routes and middleware of a route configuration, each with a place. */
export type EdgeUse = {
  readonly regions: readonly Used[];
  readonly routes: readonly Used[];
  /** Middleware of some route, with the meters that it adds to. */
  readonly middleware: readonly (Used & { readonly meters: readonly string[] })[];
};
export type Used = { readonly name: string; readonly source: ProblemSource };

/** A mistake that was found. `path`: place in the tier file; `source`: place in another file. */
export type Finding = {
  /** Lower case, without a full stop, with the offending value. */
  readonly message: string;
  /** Remedy. */
  readonly hint: string;
} & ({ readonly path: LintPath; readonly part?: 'key' } | { readonly source: ProblemSource });

/** Reason why the files at hand do not decide a question. */
export type Undecided = { readonly undecided: string };

export type Lint = {
  readonly code: LintCode;
  readonly severity: Severity;
  /** The mistake in a line. */
  readonly title: string;
  /** Exact description of what is found and what is not; sentences. */
  readonly explanation: string;
  /** Why it matters; sentences. */
  readonly reason: string;
  /** The remedy; sentences. */
  readonly remedy: string;
  /** A tier file with the mistake, in a line. */
  readonly example: string;
  find(subject: Subject): readonly Finding[] | Undecided;
};

export function isUndecided(answer: readonly Finding[] | Undecided): answer is Undecided {
  return 'undecided' in answer;
}
