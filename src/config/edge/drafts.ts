/** Routes as a file gives them: incomplete, each value with its place, before traffic files and measurements fill the gaps. */
import type { Check } from '../../core/checks/check.ts';
import type { Decimal } from '../../core/decimal.ts';
import type { Middleware, Origin } from '../../core/estimate/edge.ts';
import type { Measurement } from '../../core/estimate/measure.ts';
import type { Note } from '../../core/estimate/note.ts';
import type { TrafficRate } from '../../core/estimate/traffic.ts';
import type { Fraction } from '../../core/fraction.ts';
import type { Period } from '../../core/period.ts';
import type { Problem, ProblemSource } from '../../core/problem.ts';

export type Given<T> = { readonly value: T; readonly origin: Origin; readonly source: ProblemSource };

export type TrafficRates = { readonly low: TrafficRate; readonly expected: TrafficRate; readonly high: TrafficRate };

/** Settings of a route, or of a file's defaults. */
export type Settings = {
  readonly compute?: Given<Decimal>;
  readonly response?: Given<Decimal>;
  readonly cacheHit?: Given<Decimal>;
  readonly mirror?: Given<Fraction>;
  /** Weights by region, and where each is written. */
  readonly regions?: Given<ReadonlyMap<string, RegionShare>>;
  readonly middleware?: Given<readonly string[]>;
};
export type RegionShare = { readonly weight: Decimal; readonly source: ProblemSource };

export type RouteDraft = Settings & {
  readonly match: string;
  readonly source: ProblemSource;
  readonly traffic?: Given<TrafficRates>;
  /** An upper bound of the compute of one request (`limits.cpu_ms`): never the mean. */
  readonly mostCompute?: Given<Decimal>;
  /**
   * Matches of the same method, host and path that ask for a header, a parameter or a listener besides: with traffic under
   * their own name they are routes, without it they are part of this one.
   */
  readonly variants?: readonly RouteVariant[];
  /** True if nothing matches without asking for something besides: with traffic for all variants this is no route. */
  readonly isOnlyVariants?: boolean;
};

/** `match` is its own name: `foo.example.com/* [traffic: test]`. */
export type RouteVariant = Pick<RouteDraft, 'match' | 'source' | 'mirror'>;

export type RoutesFile = {
  readonly name: string;
  /** The file's kind, for people: `edge.yaml`, `Wrangler configuration`, `HTTPRoute`. */
  readonly kind: string;
  readonly tier?: Given<string>;
  /** Requests in the busiest second, on all routes together. */
  readonly peak?: Given<TrafficRate>;
  readonly defaults: Settings;
  readonly middleware: ReadonlyMap<string, Middleware>;
  readonly routes: readonly RouteDraft[];
  readonly checks: readonly Check[];
  readonly notes: readonly Note[];
};

/** `file` is absent if any problem is an error. */
export type LoadedRoutes = {
  readonly file?: RoutesFile;
  readonly problems: readonly Problem[];
  /** Names of the environments that the file defines. */
  readonly environments?: readonly string[];
};

/** The inputs from which routes are completed. */
export type CompletionInput = {
  readonly file: RoutesFile;
  readonly traffic?: RoutesFile | undefined;
  readonly measurement?: Measurement | undefined;
  readonly period: Period;
  readonly zone: string;
  /** Meters that some tier prices or limits: what is not known of the others does no harm. */
  readonly pricedMeters: ReadonlySet<string>;
};
