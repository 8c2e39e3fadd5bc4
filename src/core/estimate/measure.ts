/** What telemetry says about the routes of a configuration. */
import type { RateCard } from '../catalog/rateCard.ts';
import { type Decimal, ZERO } from '../decimal.ts';
import { Fraction } from '../fraction.ts';
import type { UsageLedger } from '../usage/ledger.ts';
import { coveredDays } from './coverage.ts';
import { meterScale } from './project.ts';
import { closestRoute, routePattern } from './routePattern.ts';

export type Measurement = {
  /** Days of telemetry, by the hour where it covers a part of a day. */
  readonly days: Fraction;
  readonly routes: ReadonlyMap<string, MeasuredRoute>;
  /** Requests on routes that the configuration does not have, by telemetry route, most first. */
  readonly unmatched: readonly { readonly route: string; readonly requests: Decimal }[];
  readonly requests: Decimal;
  /** False: the ledger tells regions only of all routes together, and so does every route here. */
  readonly hasRegionsByRoute: boolean;
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
  if (!ledger.span) return undefined;
  const patterns = matches.map(routePattern);
  const routes = new Map<string, Sums>();
  const unmatched = new Map<string, Decimal>();
  const everywhere = new Map<string, Decimal>();
  const closest = new Map<string, string | undefined>();
  let requests: Decimal = ZERO;
  let hasRegionsByRoute = true;

  const sumsOf = (route: string): Sums | undefined => {
    if (!closest.has(route)) closest.set(route, closestRoute(route, patterns)?.match);
    const match = closest.get(route);
    if (match === undefined) return undefined;
    const sums = routes.get(match) ?? {
      requests: ZERO,
      compute: ZERO,
      egress: ZERO,
      regions: new Map<string, Decimal>(),
    };
    routes.set(match, sums);
    return sums;
  };
  const count = (regions: Map<string, Decimal>, region: string, quantity: Decimal) =>
    regions.set(region, (regions.get(region) ?? ZERO).plus(quantity));

  for (const customer of ledger.customers) {
    const usage = ledger.usageOf(customer, ledger.span);
    for (const meter of ['requests', 'compute', 'egress'] as const) {
      const metered = usage.get(meter);
      const scale = meterScale(rateCard, meter);
      for (const [route, used] of metered?.by.get('route') ?? []) {
        const quantity = used.quantity.times(scale);
        const sums = sumsOf(route);
        if (sums) sums[meter] = sums[meter].plus(quantity);
        else if (meter === 'requests') unmatched.set(route, (unmatched.get(route) ?? ZERO).plus(quantity));
      }
      if (meter !== 'requests') continue;
      for (const [region, { quantity }] of metered?.by.get('region') ?? []) count(everywhere, region, quantity);
      requests = requests.plus(metered?.quantity ?? ZERO);
    }
    if (!ledger.combinationsOf) {
      hasRegionsByRoute = false;
      continue;
    }
    for (const { values, usage: part } of ledger.combinationsOf(customer, ledger.span)) {
      const sums = sumsOf(values.get('route') ?? '');
      if (sums) count(sums.regions, values.get('region') ?? '', part.get('requests')!.quantity);
    }
  }
  return {
    days: coveredDays(ledger.rowsByBucket, ledger.span, rateCard.timezone),
    requests,
    hasRegionsByRoute,
    routes: new Map(
      [...routes].map(([match, sums]) => [
        match,
        {
          requests: sums.requests,
          computeSeconds: sums.compute,
          egressBytes: sums.egress,
          regions: sorted(hasRegionsByRoute ? sums.regions : everywhere),
        },
      ]),
    ),
    unmatched: [...sorted(unmatched)].map(([route, amount]) => ({ route, requests: amount })),
  };
}

type Sums = { requests: Decimal; compute: Decimal; egress: Decimal; regions: Map<string, Decimal> };

/** Most first; equal: by name. */
function sorted(counts: ReadonlyMap<string, Decimal>): Map<string, Decimal> {
  return new Map([...counts].sort(([a, x], [b, y]) => y.cmp(x) || (a < b ? -1 : 1)));
}

/** 0 where there is nothing to have a mean. */
export function mean(total: Decimal, count: Fraction): Fraction {
  return count.isZero() ? Fraction.ZERO : Fraction.of(total).dividedBy(count);
}
