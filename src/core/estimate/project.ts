/**
 * From a route configuration to usage.
 *
 * Requests are whole: a share of them is rounded once for its route, and spread over regions by largest remainder, so
 * that regions add up to the route. Compute and egress follow from whole requests and are exact.
 */
import { allocate } from '../allocate.ts';
import { pricedDimensions, type RateCard } from '../catalog/rateCard.ts';
import { type Decimal, ONE, sum, ZERO } from '../decimal.ts';
import { Fraction } from '../fraction.ts';
import type { Problem } from '../problem.ts';
import { failed, scaleOf } from '../quantity.ts';
import type { MeteredUsage, MeterUsage, Usage } from '../usage/ledger.ts';
import type { Case, EdgeConfig, EdgeRoute } from './edge.ts';

/** The meters that routes are projected to: requests, seconds of compute, bytes of egress. */
export const ESTIMATED_METERS = ['requests', 'compute', 'egress'] as const;
export type EstimatedMeter = (typeof ESTIMATED_METERS)[number];
export type Amounts = Readonly<Record<EstimatedMeter, Decimal>>;

/** What one thing on a route uses: the route itself, a middleware, or its mirrored requests. */
export type Part = {
  readonly route: string;
  readonly kind: 'own' | 'middleware' | 'mirror';
  /** The middleware's name; '' otherwise. */
  readonly name: string;
  readonly byRegion: ReadonlyMap<string, Amounts>;
  readonly total: Amounts;
};

export type RouteProjection = {
  readonly route: EdgeRoute;
  readonly parts: readonly Part[];
  /** Requests with a quantity other than 0 of each meter. */
  readonly events: Readonly<Record<EstimatedMeter, Decimal>>;
};

export const NOTHING: Amounts = { requests: ZERO, compute: ZERO, egress: ZERO };

/** What every route of a configuration uses in the billing period. */
export function project(config: EdgeConfig, which: Case): RouteProjection[] {
  return config.routes.map((route) => projectRoute(route, config, route.traffic[which]));
}

function projectRoute(route: EdgeRoute, { middleware }: EdgeConfig, requests: Decimal): RouteProjection {
  const regions = [...route.regions.keys()];
  const weights = [...route.regions.values()];
  const spread = (total: Decimal) => (regions.length === 1 ? [total] : allocate({ total, weights, unit: ONE }));
  const missShare = ONE.minus(route.cacheHit);
  const all = spread(requests);
  const running = route.middleware.map((name) => middleware.get(name)!);
  const part = (kind: Part['kind'], name: string, amounts: (request: Decimal, i: number) => Amounts): Part => {
    const byRegion = new Map(regions.map((region, i) => [region, amounts(all[i]!, i)]));
    return { route: route.match, kind, name, byRegion, total: addUp([...byRegion.values()]) };
  };

  const parts = [
    part('own', '', (count) => ({
      requests: count,
      compute: count.times(missShare).times(route.computeSeconds),
      egress: count.times(route.responseBytes),
    })),
  ];
  let extra: Decimal = ZERO;
  for (const one of running) {
    const runs = one.beforeCache ? ONE : missShare;
    const further = Fraction.of(requests.times(runs).times(one.requests)).round(0);
    const byRegion = spread(further);
    extra = extra.plus(further);
    parts.push(
      part('middleware', one.name, (count, i) => ({
        requests: byRegion[i]!,
        compute: count.times(runs).times(one.computeSeconds),
        egress: count.times(one.responseBytes),
      })),
    );
  }
  const copies = route.mirror.times(Fraction.of(requests)).round(0);
  if (!copies.isZero()) {
    // A copy is never answered from the cache, and runs the same middleware.
    const compute = sum([route.computeSeconds, ...running.map((one) => one.computeSeconds)]);
    const byRegion = spread(copies);
    parts.push(
      part('mirror', '', (_, i) => ({
        requests: byRegion[i]!,
        compute: byRegion[i]!.times(compute),
        egress: ZERO,
      })),
    );
  }

  const used = addUp(parts.map(({ total }) => total));
  const runsForHits = running.some((one) => one.beforeCache && !one.computeSeconds.isZero());
  const computing = runsForHits ? requests : Fraction.of(requests.times(missShare)).round(0);
  return {
    route,
    parts,
    events: {
      requests: requests.plus(extra).plus(copies),
      compute: used.compute.isZero() ? ZERO : computing.plus(copies),
      egress: used.egress.isZero() ? ZERO : requests,
    },
  };
}

export function addUp(amounts: readonly Amounts[]): Amounts {
  let { requests, compute, egress } = NOTHING;
  for (const one of amounts) {
    requests = requests.plus(one.requests);
    compute = compute.plus(one.compute);
    egress = egress.plus(one.egress);
  }
  return { requests, compute, egress };
}

/** The usage that an invoice is issued for: every meter of the rate card, with the dimensions that its prices ask for. */
export function usageOf(projections: readonly RouteProjection[], rateCard: RateCard): Usage {
  const dimensions = pricedDimensions(rateCard, new Map());
  const usage = new Map<string, MeteredUsage>();
  for (const name of rateCard.meters.keys()) {
    const meter = ESTIMATED_METERS.find((one) => one === name);
    if (!meter) {
      usage.set(name, { quantity: ZERO, events: 0, by: new Map() });
      continue;
    }
    const scale = meterScale(rateCard, meter);
    const add = (values: Map<string, MeterUsage>, value: string, quantity: Decimal, events: Decimal) => {
      const known = values.get(value) ?? { quantity: ZERO, events: 0 };
      values.set(value, { quantity: known.quantity.plus(quantity), events: known.events + events.toNumber() });
    };
    const total = new Map<string, MeterUsage>();
    const by = new Map(dimensions.map((dimension) => [dimension, new Map<string, MeterUsage>()]));
    for (const { route, parts, events } of projections) {
      const quantity = inUnit(sum(parts.map((part) => part.total[meter])), scale);
      if (quantity.isZero()) continue;
      add(total, '', quantity, events[meter]);
      for (const [dimension, values] of by) {
        if (dimension === 'region') {
          const spread = spreadEvents(events[meter], [...route.regions.values()]);
          for (const [i, region] of [...route.regions.keys()].entries()) {
            const used = inUnit(sum(parts.map((part) => part.byRegion.get(region)![meter])), scale);
            if (!used.isZero()) add(values, region, used, spread[i]!);
          }
        } else add(values, dimension === 'route' ? route.match : '', quantity, events[meter]);
      }
    }
    usage.set(name, { ...(total.get('') ?? { quantity: ZERO, events: 0 }), by });
  }
  return usage;
}

function spreadEvents(total: Decimal, weights: readonly Decimal[]): Decimal[] {
  return weights.length === 1 ? [total] : allocate({ total, weights, unit: ONE });
}

/** How many seconds or bytes the meter's own unit is; requests are counted. */
export function meterScale({ meters }: RateCard, meter: EstimatedMeter): Decimal {
  const scale = scaleOf(meters.get(meter)!.unit, BASE_UNITS[meter]);
  return meter === 'requests' || failed(scale) ? ONE : scale.value;
}

function inUnit(quantity: Decimal, scale: Decimal): Decimal {
  return scale.eq(ONE) ? quantity : Fraction.of(quantity, scale).round(12);
}

const BASE_UNITS: Record<EstimatedMeter, string> = { requests: 'request', compute: 's', egress: 'B' };

/** What keeps a rate card's meters from being estimated: a unit or a way of counting that requests do not add up to. */
export function meterProblems(rateCard: RateCard): Problem[] {
  const problems: Problem[] = [];
  for (const name of ESTIMATED_METERS) {
    const { unit, aggregation } = rateCard.meters.get(name)!;
    const add = (code: string, message: string, hint: string) =>
      problems.push({ severity: 'error', code: `estimate/${code}`, message, hint });
    if (name !== 'requests' && failed(scaleOf(unit, BASE_UNITS[name]))) {
      const base = BASE_UNITS[name];
      add(
        'unknown-unit',
        `the meter ${name} is in ${unit}, and an estimate gives ${base}`,
        `give the meter the unit ${base}`,
      );
    }
    if (aggregation !== 'sum' && !(name === 'requests' && aggregation === 'count')) {
      const message = `the meter ${name} is aggregated by ${aggregation}, which a route configuration cannot tell`;
      add('not-additive', message, 'aggregate it by sum');
    }
  }
  return problems;
}
