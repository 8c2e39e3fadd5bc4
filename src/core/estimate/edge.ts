/** A route configuration, read and complete: the input of an estimate. */
import type { Decimal } from '../decimal.ts';
import type { Fraction } from '../fraction.ts';

export type EdgeConfig = {
  readonly routes: readonly EdgeRoute[];
  readonly middleware: ReadonlyMap<string, Middleware>;
};

export type EdgeRoute = {
  /** Pattern in the file, unique: `GET /v1/products/*`. */
  readonly match: string;
  /** Requests in the billing period, whole numbers. */
  readonly traffic: Traffic;
  /** Mean compute of a request that is not answered from the cache, in seconds, without middleware. */
  readonly computeSeconds: Decimal;
  /** Mean size of a response in bytes, without what middleware adds. */
  readonly responseBytes: Decimal;
  /** Share of requests that the cache answers: they cost a request and egress, but no compute. */
  readonly cacheHit: Decimal;
  /** Share of requests that are sent a second time: the copy costs a request and compute, its response goes nowhere. */
  readonly mirror: Fraction;
  /** Distribution of traffic: weights by region, at least one above 0. The region '' has no name in the file. */
  readonly regions: ReadonlyMap<string, Decimal>;
  /** Names of middleware, in the order in which it runs. */
  readonly middleware: readonly string[];
  readonly origins: Readonly<Record<RouteInput, Origin>>;
};

/** `low` ≤ `expected` ≤ `high`; equal where only one figure is known. */
export type Traffic = { readonly low: Decimal; readonly expected: Decimal; readonly high: Decimal };
export const CASES = ['low', 'expected', 'high'] as const;
export type Case = (typeof CASES)[number];

/** Cost in compute and bytes that this middleware adds to a request of its route. */
export type Middleware = {
  readonly name: string;
  readonly computeSeconds: Decimal;
  readonly responseBytes: Decimal;
  /** Further requests for each request, for instance 0.1. */
  readonly requests: Decimal;
  /** Runs for cache hits too: its compute and its requests are owed for every request. */
  readonly beforeCache: boolean;
};

export const ROUTE_INPUTS = ['traffic', 'compute', 'response', 'cacheHit', 'mirror', 'regions'] as const;
export type RouteInput = (typeof ROUTE_INPUTS)[number];

/** Origin of a number. `assumed`: no input gives it. */
export type Origin = 'route' | 'defaults' | 'traffic file' | 'measured' | 'assumed';

export function hasRange({ routes }: EdgeConfig): boolean {
  return routes.some(({ traffic }) => !traffic.low.eq(traffic.high));
}
