/**
 * From a route configuration to usage.
 *
 * Requests are whole: a share of them is rounded once for its route, and spread over regions by largest remainder, so
 * that regions add up to the route. Compute and egress follow from whole requests and are exact.
 */
import { allocate } from '../allocate.ts';
import { groupingsOf, groupOf } from '../catalog/grouping.ts';
import { ledgerDimensions } from '../catalog/ledgerDimensions.ts';
import type { RateCard } from '../catalog/rateCard.ts';
import { filterText, type RowFilter, rowTest } from '../catalog/rowFilter.ts';
import { type Decimal, ONE, sum, ZERO } from '../decimal.ts';
import { Fraction } from '../fraction.ts';
import type { Problem } from '../problem.ts';
import { type CodeOf, codesOf } from '../problemCodes.ts';
import { failed, scaleOf } from '../quantity.ts';
import type { MeteredUsage, MeterUsage, Usage } from '../usage/ledger.ts';
import type { Case, EdgeConfig, EdgeRoute } from './edge.ts';

/** The meters that routes are projected to: requests, seconds of compute, bytes of egress. */
export const ESTIMATED_METERS = ['requests', 'compute', 'egress'] as const;
export type EstimatedMeter = (typeof ESTIMATED_METERS)[number];
export type Amounts = Readonly<Record<EstimatedMeter, Decimal>>;

/** Usage of one thing on a route: the route itself, a middleware, or its mirrored requests. */
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

/** Projects the usage of every route of a configuration in the billing period. */
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

/** Dimensions of a route configuration; in any other one every row has the value ''. */
const KNOWN_DIMENSIONS = ['region', 'route'] as const;

/**
 * The usage that an invoice is issued for: every meter of the rate card, with the dimensions that its prices ask for.
 */
export function usageOf(projections: readonly RouteProjection[], rateCard: RateCard): Usage {
  const kept = ledgerDimensions(rateCard, new Map());
  const groupings = groupingsOf(kept);
  const usage = new Map<string, MeteredUsage>();
  for (const [name, { where }] of rateCard.meters) {
    const meter = projectedAs(rateCard.meters, name);
    if (!meter) {
      usage.set(name, { quantity: ZERO, events: 0, by: new Map() });
      continue;
    }
    const scale = meterScale(rateCard, meter);
    const counts = countedRows(where);
    const total = new Map<string, MeterUsage>();
    const by = new Map(groupings.map(({ name: grouping }) => [grouping, new Map<string, MeterUsage>()]));
    for (const projection of projections) {
      const cells = cellsOf(projection, meter).filter(({ region, route }) => counts(region, route));
      addCells(total, cells, () => '', scale);
      for (const { name: grouping, places } of groupings) {
        const group = ({ region, route }: Cell) =>
          groupOf(places.map((place) => dimensionOf(kept.dimensions[place]!, region, route)));
        addCells(by.get(grouping)!, cells, group, scale);
      }
    }
    usage.set(name, { ...(total.get('') ?? { quantity: ZERO, events: 0 }), by });
  }
  return usage;
}

/**
 * The estimated meter from which a rate card's meter is taken: itself, or the estimated meter whose field it adds up,
 * in the same unit, of all rows or of some. Undefined where routes
 * do not determine it.
 */
export function projectedAs(meters: RateCard['meters'], name: string): EstimatedMeter | undefined {
  const { field, unit, aggregation } = meters.get(name)!;
  const isSum = (one: EstimatedMeter) => {
    const other = meters.get(one)!;
    return aggregation === 'sum' && other.aggregation === 'sum' && other.field === field && other.unit === unit;
  };
  return ESTIMATED_METERS.find((one) => one === name) ?? ESTIMATED_METERS.find(isSum);
}

/** Value of a dimension for requests in a region on a route. */
export function dimensionOf(dimension: string, region: string, route: string): string {
  if (dimension === 'region') return region;
  return dimension === 'route' ? route : '';
}

/**
 * Returns a test for the regions and routes whose usage a meter counts. Conditions on dimensions that routes do not
 * have are taken as met.
 */
export function countedRows(where: RowFilter = []): (region: string, route: string) => boolean {
  const known = where.filter(({ dimension }) => KNOWN_DIMENSIONS.some((one) => one === dimension));
  const test = rowTest(known, KNOWN_DIMENSIONS);
  return (region, route) => test([region, route]);
}

/** Usage of a meter on a route in one region, in the base unit. */
type Cell = { readonly region: string; readonly route: string; readonly amount: Decimal; readonly events: Decimal };

function cellsOf({ route, parts, events }: RouteProjection, meter: EstimatedMeter): Cell[] {
  const regions = [...route.regions.keys()];
  const amounts = regions.map((region) => sum(parts.map((part) => part.byRegion.get(region)![meter])));
  if (amounts.every((amount) => amount.isZero())) return [];
  const spread = spreadEvents(events[meter], [...route.regions.values()]);
  return regions.map((region, i) => ({ region, route: route.match, amount: amounts[i]!, events: spread[i]! }));
}

/** Adds a route's cells to groups, each rounded once to the meter's unit. */
function addCells(
  groups: Map<string, MeterUsage>,
  cells: readonly Cell[],
  groupOfCell: (cell: Cell) => string,
  scale: Decimal,
): void {
  const sums = new Map<string, { amount: Decimal; events: Decimal }>();
  for (const cell of cells) {
    const group = groupOfCell(cell);
    const { amount, events } = sums.get(group) ?? { amount: ZERO, events: ZERO };
    sums.set(group, { amount: amount.plus(cell.amount), events: events.plus(cell.events) });
  }
  for (const [group, own] of sums) {
    const quantity = inUnit(own.amount, scale);
    if (quantity.isZero()) continue;
    const events = own.events.toNumber();
    const known = groups.get(group) ?? { quantity: ZERO, events: 0 };
    groups.set(group, { quantity: known.quantity.plus(quantity), events: known.events + events });
  }
}

/** Meters with a filter on dimensions that a route configuration lacks: all of their usage is estimated. */
export function filterWarnings(rateCard: RateCard): Problem[] {
  return [...rateCard.meters].flatMap(([name, { where = [] }]): Problem[] => {
    const meter = projectedAs(rateCard.meters, name);
    const unknown = where.filter(({ dimension }) => !KNOWN_DIMENSIONS.some((one) => one === dimension));
    if (!meter || unknown.length === 0) return [];
    const message = `the meter ${name} counts only rows with ${filterText(unknown)}, which routes do not tell: all ${meter} are estimated`;
    const hint = 'the bill will be lower by what is not counted; give traffic without it for a closer estimate';
    return [{ severity: 'warning', code: 'estimate/unknown-dimension', message, hint }];
  });
}

function spreadEvents(total: Decimal, weights: readonly Decimal[]): Decimal[] {
  return weights.length === 1 ? [total] : allocate({ total, weights, unit: ONE });
}

/** Seconds or bytes in one unit of the meter; 1 for requests, which are counted. */
export function meterScale({ meters }: RateCard, meter: EstimatedMeter): Decimal {
  const scale = scaleOf(meters.get(meter)!.unit, BASE_UNITS[meter]);
  return meter === 'requests' || failed(scale) ? ONE : scale.value;
}

function inUnit(quantity: Decimal, scale: Decimal): Decimal {
  return scale.eq(ONE) ? quantity : Fraction.of(quantity, scale).round(12);
}

const BASE_UNITS: Record<EstimatedMeter, string> = { requests: 'request', compute: 's', egress: 'B' };

/** Problems of meters that cannot be estimated: a unit or an aggregation that requests do not add up to. */
export function meterProblems(rateCard: RateCard): Problem[] {
  const problems: Problem[] = [];
  for (const name of ESTIMATED_METERS) {
    const { unit, aggregation } = rateCard.meters.get(name)!;
    const add = (code: CodeOf<'estimate'>, message: string, hint: string) =>
      problems.push({ severity: 'error', code: codesOf('estimate')(code), message, hint });
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
