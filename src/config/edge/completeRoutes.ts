/**
 * Completes a route configuration from files and telemetry.
 *
 * For each value of a route, the first that there is: the traffic file (for traffic alone), the route, the traffic
 * file, the file's defaults, the traffic file's defaults, the measurement; after that compute and sizes are 0, with a
 * warning, and missing traffic is an error. Where the files and the measurement differ, both values are reported.
 */
import { type Decimal, ONE, sum, ZERO } from '../../core/decimal.ts';
import type { EdgeConfig, EdgeRoute, Middleware, Origin, RouteInput, Traffic } from '../../core/estimate/edge.ts';
import { CASES } from '../../core/estimate/edge.ts';
import { type MeasuredRoute, mean } from '../../core/estimate/measure.ts';
import { requestsIn } from '../../core/estimate/traffic.ts';
import { Fraction } from '../../core/fraction.ts';
import { daysIn } from '../../core/period.ts';
import { isError, type Problem, type ProblemSource } from '../../core/problem.ts';
import { groupDigits } from '../../core/quantity.ts';
import type { CompletionInput, Given, RouteDraft, Settings, TrafficRates } from './drafts.ts';
import {
  aboveCpuLimit,
  assumedZero,
  differs,
  displacedRegions,
  missingTraffic,
  shown,
  strayKeys,
  strayMeasurements,
  unknownMiddleware,
} from './gaps.ts';
import { rangeFault } from './readRoute.ts';

export type CompletedRoutes = {
  /** Absent if any problem is an error. */
  readonly config?: EdgeConfig;
  /** Sources of the regions of each route, by route and region. */
  readonly regionSources: ReadonlyMap<string, ReadonlyMap<string, ProblemSource>>;
  readonly problems: readonly Problem[];
};

export function completeRoutes(input: CompletionInput): CompletedRoutes {
  const { file, traffic } = input;
  const problems: Problem[] = [];
  const middleware = new Map([...file.middleware, ...(traffic?.middleware ?? [])]);
  problems.push(...strayKeys(input));
  const assumed: Record<'compute' | 'response', string[]> = { compute: [], response: [] };
  const regionSources = new Map<string, ReadonlyMap<string, ProblemSource>>();
  const routes: EdgeRoute[] = [];
  for (const draft of file.routes) {
    const merged = merge(draft, input);
    problems.push(...unknownMiddleware(merged, middleware));
    const route = completeRoute(draft, merged, input, middleware, problems);
    if (!route) continue;
    for (const key of ['compute', 'response'] as const)
      if (route.origins[key] === 'assumed') assumed[key].push(route.match);
    regionSources.set(
      route.match,
      new Map([...(merged.regions?.value ?? [])].map(([region, { source }]) => [region, source])),
    );
    routes.push(route);
  }
  for (const [key, meter] of [
    ['compute', 'compute'],
    ['response', 'egress'],
  ] as const) {
    if (assumed[key].length === 0 || !input.pricedMeters.has(meter)) continue;
    problems.push(assumedZero(key, assumed[key], file));
  }
  problems.push(...aboveCpuLimit(file, routes), ...strayMeasurements(input));
  return {
    regionSources,
    problems,
    ...(!problems.some(isError) && { config: { routes, middleware } }),
  };
}

type Merged = Settings & { readonly traffic?: Given<TrafficRates>; readonly measured?: MeasuredRoute };

function merge(draft: RouteDraft, { file, traffic, measurement }: CompletionInput): Merged {
  const keyed = traffic?.routes.find(({ match }) => match === draft.match);
  const first = <K extends keyof Settings>(key: K): Settings[K] | undefined =>
    draft[key] ?? keyed?.[key] ?? file.defaults[key] ?? traffic?.defaults[key];
  const measured = measurement?.routes.get(draft.match);
  const merged = {
    traffic: keyed?.traffic ?? draft.traffic,
    compute: first('compute'),
    response: first('response'),
    cacheHit: first('cacheHit'),
    mirror: first('mirror'),
    regions: first('regions'),
    middleware: first('middleware'),
    measured: measured && !measured.requests.isZero() ? measured : undefined,
  };
  return Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== undefined));
}

function completeRoute(
  draft: RouteDraft,
  merged: Merged,
  input: CompletionInput,
  middleware: ReadonlyMap<string, Middleware>,
  problems: Problem[],
): EdgeRoute | undefined {
  const running = (merged.middleware?.value ?? []).flatMap((name) => middleware.get(name) ?? []);
  const cacheHit = merged.cacheHit?.value ?? ZERO;
  const mirror = merged.mirror?.value ?? Fraction.ZERO;
  const measured = merged.measured && ownRequestsOf(merged.measured, running, cacheHit, mirror);
  const inFile = merged.traffic && trafficOf(merged.traffic, input, problems);
  const traffic = inFile ?? (measured && measuredTraffic(measured, input));
  if (!traffic) {
    if (!merged.traffic) problems.push(...missingTraffic(draft, input));
    return undefined;
  }
  const model = computeModel(running, cacheHit, mirror);
  const bytes = sum(running.map((one) => one.responseBytes));
  const meanCompute = measured && mean(measured.computeSeconds, measured.requests);
  const meanResponse = measured && mean(measured.egressBytes, measured.requests);
  const route: EdgeRoute = {
    match: draft.match,
    traffic,
    computeSeconds: merged.compute?.value ?? (meanCompute ? model.computeFor(meanCompute) : ZERO),
    responseBytes: merged.response?.value ?? (meanResponse ? withoutAdded(meanResponse, bytes) : ZERO),
    cacheHit,
    mirror,
    regions: regionsOf(merged),
    middleware: running.map(({ name }) => name),
    origins: originsOf(merged, { trafficIsInFile: inFile !== undefined, isMeasured: measured !== undefined }),
  };
  if (measured) {
    const compare = (what: string, given: Given<unknown> | undefined, guess: Decimal, found: Decimal, unit: string) => {
      if (!given || !differs(guess, found)) return;
      problems.push({
        severity: 'warning',
        code: 'edge/guess-differs',
        source: given.source,
        message: `${what} of "${draft.match}" is ${shown(guess, unit)} here, but ${shown(found, unit)} in telemetry`,
        hint: 'correct it, or leave it out to take the measured value',
      });
    };
    compare(
      'the traffic',
      inFile && merged.traffic,
      traffic.expected,
      measuredTraffic(measured, input).expected,
      'request',
    );
    compare('the compute', merged.compute, model.meanFor(route.computeSeconds), meanCompute!.round(12), 's');
    compare('the response size', merged.response, route.responseBytes.plus(bytes), meanResponse!.round(12), 'B');
    if (merged.regions)
      problems.push(...displacedRegions(draft, merged.regions.source, route.regions, measured.regions));
  }
  return route;
}

function trafficOf(
  given: Given<TrafficRates>,
  { period, zone }: CompletionInput,
  problems: Problem[],
): Traffic | undefined {
  const [low, expected, high] = CASES.map((which) => requestsIn(given.value[which], period, zone)) as [
    Decimal,
    Decimal,
    Decimal,
  ];
  const fault = rangeFault({ low, expected, high });
  if (fault === undefined) return { low, expected, high };
  problems.push({
    severity: 'error',
    code: 'edge/range-upside-down',
    source: given.source,
    message: `${fault}: ${[low, expected, high].map((requests) => groupDigits(requests.toFixed())).join(' / ')} requests`,
    hint: 'write low ≤ expected ≤ high',
  });
  return undefined;
}

/** A measured route without the requests that its middleware and its mirror make, which arrive on it like any other. */
type MeasuredOwn = Omit<MeasuredRoute, 'requests'> & { readonly requests: Fraction };

function ownRequestsOf(
  measured: MeasuredRoute,
  running: readonly Middleware[],
  cacheHit: Decimal,
  mirror: Fraction,
): MeasuredOwn {
  const further = sum(running.map((one) => one.requests.times(one.beforeCache ? ONE : ONE.minus(cacheHit))));
  const each = Fraction.of(ONE.plus(further)).plus(mirror);
  return { ...measured, requests: Fraction.of(measured.requests).dividedBy(each) };
}

/** The mean of the measured days, for the days of the billing period. */
function measuredTraffic({ requests }: MeasuredOwn, { measurement, period, zone }: CompletionInput): Traffic {
  const days = Fraction.of(daysIn(period, zone));
  const expected = requests.times(days).dividedBy(measurement!.days).round(0);
  return { low: expected, expected, high: expected };
}

function regionsOf({ regions, measured }: Merged): ReadonlyMap<string, Decimal> {
  if (regions) return new Map([...regions.value].map(([region, { weight }]) => [region, weight]));
  const found = new Map([...(measured?.regions ?? [])].filter(([, requests]) => !requests.isZero()));
  return found.size > 0 ? found : new Map([['', ONE]]);
}

function withoutAdded(meanResponse: Fraction, addedBytes: Decimal): Decimal {
  return Fraction.max(Fraction.ZERO, meanResponse.minus(Fraction.of(addedBytes))).round(12);
}

/**
 * Mean compute of a request as telemetry shows it, worked out from the route's own: the cache answers some requests,
 * middleware adds to the others, mirrored copies add a whole one.
 */
function computeModel(running: readonly Middleware[], cacheHit: Decimal, mirror: Fraction) {
  const miss = Fraction.of(ONE.minus(cacheHit));
  const executed = miss.plus(mirror);
  const added = Fraction.sum(
    running.map((one) => Fraction.of(one.computeSeconds).times((one.beforeCache ? Fraction.ONE : miss).plus(mirror))),
  );
  return {
    meanFor: (compute: Decimal): Decimal => Fraction.of(compute).times(executed).plus(added).round(12),
    computeFor: (meanCompute: Fraction): Decimal => {
      const own = Fraction.max(Fraction.ZERO, meanCompute.minus(added));
      return executed.isZero() ? ZERO : own.dividedBy(executed).round(12);
    },
  };
}

function originsOf(
  merged: Merged,
  { trafficIsInFile, isMeasured }: { trafficIsInFile: boolean; isMeasured: boolean },
): Record<RouteInput, Origin> {
  const origin = (given: Given<unknown> | undefined, byTelemetry: boolean): Origin =>
    given?.origin ?? (byTelemetry ? 'measured' : 'assumed');
  return {
    traffic: origin(trafficIsInFile ? merged.traffic : undefined, true),
    compute: origin(merged.compute, isMeasured),
    response: origin(merged.response, isMeasured),
    cacheHit: origin(merged.cacheHit, false),
    mirror: origin(merged.mirror, false),
    regions: origin(merged.regions, isMeasured),
  };
}
