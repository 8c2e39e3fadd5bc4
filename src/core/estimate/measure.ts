/** Measures the routes of a configuration in telemetry. */
import type { RateCard } from '../catalog/rateCard.ts';
import { type Decimal, ZERO } from '../decimal.ts';
import { Fraction } from '../fraction.ts';
import type { DimensionUsage, Usage, UsageLedger } from '../usage/ledger.ts';
import { coveredDays } from './coverage.ts';
import { type EstimatedMeter, meterScale } from './project.ts';
import { closestRoute, type RoutePattern, routePattern } from './routePattern.ts';

export type Measurement = {
  /** Days of telemetry, by the hour where it covers a part of a day. */
  readonly days: Fraction;
  readonly routes: ReadonlyMap<string, MeasuredRoute>;
  /** Requests on routes that the configuration does not have, by telemetry route, most first. */
  readonly unmatched: readonly { readonly route: string; readonly requests: Decimal }[];
  readonly requests: Decimal;
};

/** Sums over the measured days, of all customers. Requests are all that arrived: those of middleware and mirrored ones, too. */
export type MeasuredRoute = {
  readonly requests: Decimal;
  readonly computeSeconds: Decimal;
  readonly egressBytes: Decimal;
  /** Requests by region; '' where a row names none. */
  readonly regions: ReadonlyMap<string, Decimal>;
};

/** Sorts a ledger's usage under the routes `matches`. Undefined if the ledger is empty. The ledger keeps `route` and `region`. */
export function measure(ledger: UsageLedger, matches: readonly string[], rateCard: RateCard): Measurement | undefined {
  const { span } = ledger;
  if (!span) return undefined;
  const sorting = new Sorting(matches, rateCard);
  for (const customer of ledger.customers) {
    sorting.add(ledger.usageOf(customer, span));
    sorting.addRegions(ledger.combinationsOf?.(customer, span) ?? []);
  }
  return {
    days: coveredDays(ledger.rowsByBucket, span, rateCard.timezone),
    requests: sorting.requests,
    routes: sorting.measuredRoutes(ledger.combinationsOf !== undefined),
    unmatched: [...sorted(sorting.unmatched)].map(([route, amount]) => ({ route, requests: amount })),
  };
}

type Sums = { requests: Decimal; compute: Decimal; egress: Decimal; regions: Map<string, Decimal> };

/** Usage of all customers by configured route. */
class Sorting {
  requests: Decimal = ZERO;
  /** Requests on routes of the telemetry that the configuration does not have. */
  readonly unmatched = new Map<string, Decimal>();
  private readonly everywhere = new Map<string, Decimal>();
  private readonly routes = new Map<string, Sums>();
  /** Routes of the telemetry → configured routes. */
  private readonly closest = new Map<string, string | undefined>();
  private readonly patterns: readonly RoutePattern[];
  private readonly rateCard: RateCard;

  constructor(matches: readonly string[], rateCard: RateCard) {
    this.patterns = matches.map(routePattern);
    this.rateCard = rateCard;
  }

  add(usage: Usage): void {
    for (const meter of ['requests', 'compute', 'egress'] as const) {
      for (const [route, used] of usage.get(meter)?.by.get('route') ?? []) this.addTo(route, meter, used.quantity);
    }
    const requests = usage.get('requests');
    for (const [region, { quantity }] of requests?.by.get('region') ?? []) count(this.everywhere, region, quantity);
    this.requests = this.requests.plus(requests?.quantity ?? ZERO);
  }

  addRegions(combinations: Iterable<DimensionUsage>): void {
    for (const { values, usage } of combinations) {
      const sums = this.sumsOf(values.get('route') ?? '');
      if (sums) count(sums.regions, values.get('region') ?? '', usage.get('requests')!.quantity);
    }
  }

  /** `byRoute`: regions are known of each route. */
  measuredRoutes(byRoute: boolean): Map<string, MeasuredRoute> {
    return new Map(
      [...this.routes].map(([match, { requests, compute, egress, regions }]) => [
        match,
        {
          requests,
          computeSeconds: compute,
          egressBytes: egress,
          regions: sorted(byRoute ? regions : this.everywhere),
        },
      ]),
    );
  }

  private addTo(route: string, meter: EstimatedMeter, used: Decimal): void {
    const quantity = used.times(meterScale(this.rateCard, meter));
    const sums = this.sumsOf(route);
    if (sums) sums[meter] = sums[meter].plus(quantity);
    else if (meter === 'requests') count(this.unmatched, route, quantity);
  }

  private sumsOf(route: string): Sums | undefined {
    if (!this.closest.has(route)) this.closest.set(route, closestRoute(route, this.patterns)?.match);
    const match = this.closest.get(route);
    if (match === undefined) return undefined;
    const known = this.routes.get(match);
    if (known) return known;
    const sums = { requests: ZERO, compute: ZERO, egress: ZERO, regions: new Map<string, Decimal>() };
    this.routes.set(match, sums);
    return sums;
  }
}

function count(counts: Map<string, Decimal>, name: string, quantity: Decimal): void {
  counts.set(name, (counts.get(name) ?? ZERO).plus(quantity));
}

/** Most first; equal: by name. */
function sorted(counts: ReadonlyMap<string, Decimal>): Map<string, Decimal> {
  return new Map([...counts].sort(([a, x], [b, y]) => y.cmp(x) || (a < b ? -1 : 1)));
}

/** 0 where there is nothing to have a mean. */
export function mean(total: Decimal, count: Fraction): Fraction {
  return count.isZero() ? Fraction.ZERO : Fraction.of(total).dividedBy(count);
}
