/**
 * Problems and notes about gaps: settings that a configuration lacks, or on which it differs from its traffic file or
 * its telemetry.
 */
import { Decimal, sum, ZERO } from '../../core/decimal.ts';
import type { EdgeRoute, Middleware } from '../../core/estimate/edge.ts';
import { Fraction } from '../../core/fraction.ts';
import { didYouMean, type Problem, type ProblemSource } from '../../core/problem.ts';
import { formatQuantity } from '../../core/quantity.ts';
import type { CompletionInput, RouteDraft, RoutesFile, Settings } from './drafts.ts';

/** Differences up to this share of the measured value are not worth a warning. */
const TOLERANCE = new Decimal('0.25');

export function differs(guess: Decimal, found: Decimal): boolean {
  return guess.minus(found).abs().gt(found.times(TOLERANCE));
}

export function displacedRegions(
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

export function strayKeys({ file, traffic }: CompletionInput): Problem[] {
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

export function missingTraffic(
  { match, source }: RouteDraft,
  { file, traffic, measurement }: CompletionInput,
): Problem[] {
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

export function unknownMiddleware({ middleware }: Settings, defined: ReadonlyMap<string, Middleware>): Problem[] {
  return (middleware?.value ?? [])
    .filter((name) => !defined.has(name))
    .map((name) => {
      const meant = didYouMean(name, defined.keys());
      const hint = meant ? `did you mean ${meant}?` : 'define it under middleware';
      const message = `there is no middleware "${name}"`;
      return { severity: 'error', code: 'edge/unknown-middleware', source: middleware!.source, message, hint };
    });
}

export function assumedZero(key: 'compute' | 'response', routes: readonly string[], file: RoutesFile): Problem {
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
export function aboveCpuLimit(file: RoutesFile, routes: readonly EdgeRoute[]): Problem[] {
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

export function strayMeasurements({ measurement, file }: CompletionInput): Problem[] {
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

export function shown(quantity: Decimal, unit: string): string {
  if (unit === 's') return milliseconds(quantity);
  return unit === 'request' ? `${formatQuantity(quantity, unit)} requests` : formatQuantity(quantity, unit);
}
