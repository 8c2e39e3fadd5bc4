/**
 * From what files say and telemetry shows to a complete configuration.
 *
 * For each value of a route, the first that there is: the traffic file (for traffic alone), the route, the traffic file,
 * the file's defaults, the traffic file's defaults, the measurement; after that compute and sizes are 0, with a warning,
 * and missing traffic is an error. Where the files and the measurement tell different stories, both are told.
 */
import { Decimal, ONE, sum, ZERO } from '../../core/decimal.ts';
import type { EdgeConfig, EdgeRoute, Middleware, Origin, RouteInput, Traffic } from '../../core/estimate/edge.ts';
import { CASES } from '../../core/estimate/edge.ts';
import { type MeasuredRoute, type Measurement, mean } from '../../core/estimate/measure.ts';
import { requestsIn } from '../../core/estimate/traffic.ts';
import { Fraction } from '../../core/fraction.ts';
import { daysIn, type Period } from '../../core/period.ts';
import { didYouMean, isError, type Problem, type ProblemSource } from '../../core/problem.ts';
import { formatQuantity, groupDigits } from '../../core/quantity.ts';
import type { Given, RouteDraft, RoutesFile, Settings, TrafficRates } from './drafts.ts';
import { rangeFault } from './readRoute.ts';

export type CompletionInput = {
  readonly file: RoutesFile;
  readonly traffic?: RoutesFile | undefined;
  readonly measurement?: Measurement | undefined;
  readonly period: Period;
  readonly zone: string;
  /** Meters that some tier prices or limits: what is not known of the others does no harm. */
  readonly pricedMeters: ReadonlySet<string>;
};

export type CompletedRoutes = {
  /** Absent if any problem is an error. */
  readonly config?: EdgeConfig;
  /** Where the regions of each route are written, by route and region. */
  readonly regionSources: ReadonlyMap<string, ReadonlyMap<string, ProblemSource>>;
  readonly problems: readonly Problem[];
};

/** Differences up to this share of the measured value are not worth a warning. */
const TOLERANCE = new Decimal('0.25');

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
  const { measured } = merged;
  const running = (merged.middleware?.value ?? []).flatMap((name) => middleware.get(name) ?? []);
  const cacheHit = merged.cacheHit?.value ?? ZERO;
  const mirror = merged.mirror?.value ?? Fraction.ZERO;
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
  const origin = (given: Given<unknown> | undefined, isMeasured: boolean): Origin =>
    given?.origin ?? (isMeasured ? 'measured' : 'assumed');
  const origins: Record<RouteInput, Origin> = {
    traffic: origin(inFile && merged.traffic, true),
    compute: origin(merged.compute, measured !== undefined),
    response: origin(merged.response, measured !== undefined),
    cacheHit: origin(merged.cacheHit, false),
    mirror: origin(merged.mirror, false),
    regions: origin(merged.regions, measured !== undefined),
  };
  const route: EdgeRoute = {
    match: draft.match,
    traffic,
    computeSeconds: merged.compute?.value ?? (meanCompute ? model.computeFor(meanCompute) : ZERO),
    responseBytes: merged.response?.value ?? (meanResponse ? Decimal.max(ZERO, meanResponse.minus(bytes)) : ZERO),
    cacheHit,
    mirror,
    regions: regionsOf(merged),
    middleware: running.map(({ name }) => name),
    origins,
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
    compare('the compute', merged.compute, model.meanFor(route.computeSeconds), meanCompute!, 's');
    compare('the response size', merged.response, route.responseBytes.plus(bytes), meanResponse!, 'B');
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

/** The measured days' mean, for the days of the billing period. */
function measuredTraffic({ requests }: MeasuredRoute, { measurement, period, zone }: CompletionInput): Traffic {
  const expected = Fraction.of(requests.times(daysIn(period, zone)), measurement!.days).round(0);
  return { low: expected, expected, high: expected };
}

function regionsOf({ regions, measured }: Merged): ReadonlyMap<string, Decimal> {
  if (regions) return new Map([...regions.value].map(([region, { weight }]) => [region, weight]));
  const found = new Map([...(measured?.regions ?? [])].filter(([, requests]) => !requests.isZero()));
  return found.size > 0 ? found : new Map([['', ONE]]);
}

/**
 * How a request's mean compute, as telemetry shows it, comes from the route's own: the cache answers some requests,
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
    computeFor: (meanCompute: Decimal): Decimal => {
      const own = Fraction.max(Fraction.ZERO, Fraction.of(meanCompute).minus(added));
      return executed.isZero() ? ZERO : own.dividedBy(executed).round(12);
    },
  };
}

function differs(guess: Decimal, found: Decimal): boolean {
  return guess.minus(found).abs().gt(found.times(TOLERANCE));
}

function displacedRegions(
  draft: RouteDraft,
  source: ProblemSource,
  guess: ReadonlyMap<string, Decimal>,
  found: ReadonlyMap<string, Decimal>,
): Problem[] {
  const [all, measured] = [sum(guess.values()), sum(found.values())];
  if (measured.isZero()) return [];
  const shareOf = (map: ReadonlyMap<string, Decimal>, total: Decimal, region: string) =>
    Fraction.of(map.get(region) ?? ZERO, total);
  const moved = Fraction.sum(
    [...found.keys()].map((region) =>
      Fraction.max(Fraction.ZERO, shareOf(found, measured, region).minus(shareOf(guess, all, region))),
    ),
  );
  if (moved.cmp(Fraction.of(TOLERANCE)) <= 0) return [];
  const shares = [...found.keys()]
    .slice(0, 6)
    .map((region) => `${region || 'unknown'} ${percent(shareOf(found, measured, region))}`);
  return [
    {
      severity: 'warning',
      code: 'edge/guess-differs',
      source,
      message: `${percent(moved)} of the requests of "${draft.match}" are elsewhere in telemetry: ${shares.join(', ')}`,
      hint: 'correct the shares, or leave them out to take the measured ones',
    },
  ];
}

function strayKeys({ file, traffic }: CompletionInput): Problem[] {
  if (!traffic) return [];
  const known = file.routes.map(({ match }) => match);
  const keys = new Set(traffic.routes.map(({ match }) => match));
  const open = file.routes.filter((route) => !route.traffic && !keys.has(route.match)).map(({ match }) => match);
  return traffic.routes
    .filter(({ match }) => !known.includes(match))
    .map(({ match, source }): Problem => {
      const meant = didYouMean(match, open.length > 0 ? open : known);
      const hint = meant
        ? `did you mean "${meant}"?`
        : open.length > 0
          ? `without traffic so far: ${listed(open)}`
          : `the routes are ${listed(known)}`;
      return {
        severity: 'error',
        code: 'traffic/unknown-route',
        source,
        message: `${file.name} has no route "${match}"`,
        hint,
      };
    });
}

function missingTraffic({ match, source }: RouteDraft, { file, traffic, measurement }: CompletionInput): Problem[] {
  const known = new Set(file.routes.map((route) => route.match));
  const stray = traffic?.routes.map((route) => route.match).filter((key) => !known.has(key)) ?? [];
  const meant = didYouMean(match, stray);
  const hint = meant
    ? `is "${meant}" in ${traffic!.name} meant to be it?`
    : stray.length > 0
      ? `keys of ${traffic!.name} that match no route: ${listed(stray)}`
      : traffic
        ? `add it to ${traffic.name}: "${match}": 40M/month`
        : file.kind === 'route configuration'
          ? 'write for instance traffic: 40M/month, or learn it from an export with --usage'
          : 'give traffic by route with --traffic traffic.yaml, or learn it from an export with --usage';
  const unseen = measurement ? ', and the export has no requests on it' : '';
  return [{ severity: 'error', code: 'edge/no-traffic', source, message: `"${match}" has no traffic${unseen}`, hint }];
}

function unknownMiddleware({ middleware }: Merged, defined: ReadonlyMap<string, Middleware>): Problem[] {
  return (middleware?.value ?? [])
    .filter((name) => !defined.has(name))
    .map((name) => {
      const meant = didYouMean(name, defined.keys());
      const hint = meant ? `did you mean ${meant}?` : 'define it under middleware';
      const message = `there is no middleware "${name}"`;
      return { severity: 'error', code: 'edge/unknown-middleware', source: middleware!.source, message, hint };
    });
}

function assumedZero(key: 'compute' | 'response', routes: readonly string[], file: RoutesFile): Problem {
  const what = key === 'compute' ? 'compute' : 'response size';
  return {
    severity: 'warning',
    code: `edge/no-${key}`,
    source: { file: file.name },
    message: `the ${what} of ${listed(routes)} is not known and counts as 0`,
    hint: `write ${key}: ${key === 'compute' ? '5ms' : '20kB'}, or learn it from an export with --usage`,
  };
}

/** `limits.cpu_ms` cuts requests off: a mean above it cannot be. It is one limit for all routes of its file. */
function aboveCpuLimit(file: RoutesFile, routes: readonly EdgeRoute[]): Problem[] {
  const limit = file.routes.find(({ mostCompute }) => mostCompute)?.mostCompute;
  const above = limit ? routes.filter((route) => route.computeSeconds.gt(limit.value)) : [];
  if (!limit || above.length === 0) return [];
  const most = above.map((route) => route.computeSeconds).reduce((a, b) => Decimal.max(a, b));
  return [
    {
      severity: 'warning',
      code: 'edge/above-cpu-limit',
      source: limit.source,
      message: `a request of ${listed(above.map(({ match }) => match))} computes ${milliseconds(most)} in the mean, but is cut off at ${milliseconds(limit.value)}`,
      hint: 'check both: the limit bounds every request, so the mean must lie below it',
    },
  ];
}

function strayMeasurements({ measurement, file }: CompletionInput): Problem[] {
  if (!measurement || measurement.unmatched.length === 0) return [];
  const requests = sum(measurement.unmatched.map((one) => one.requests));
  if (requests.isZero()) return [];
  const names = measurement.unmatched.map(({ route }) => route || '(no route)');
  return [
    {
      severity: 'warning',
      code: 'edge/unmatched-telemetry',
      source: { file: file.name },
      message: `${percent(Fraction.of(requests, measurement.requests))} of the measured requests are on no route of it: ${listed(names)}`,
      hint: 'add routes for them, or ignore this if they are not meant to be here',
    },
  ];
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 3).map((name) => `"${name}"`);
  return names.length > 3 ? `${shown.join(', ')} and ${names.length - 3} more` : shown.join(', ');
}

function percent(share: Fraction): string {
  return `${share.times(Fraction.of(100)).round(1).toFixed()} %`;
}

function milliseconds(seconds: Decimal): string {
  return `${seconds.times(1000).toDecimalPlaces(3).toFixed()} ms`;
}

function shown(quantity: Decimal, unit: string): string {
  if (unit === 's') return milliseconds(quantity);
  return unit === 'request' ? `${formatQuantity(quantity, unit)} requests` : formatQuantity(quantity, unit);
}
