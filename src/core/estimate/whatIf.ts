/** A configuration with other traffic, regions or middleware, as the sliders of the page set them. */
import { Decimal, ONE } from '../decimal.ts';
import { Fraction } from '../fraction.ts';
import type { EdgeConfig, EdgeRoute, Middleware, Traffic } from './edge.ts';

export type WhatIf = {
  /** Factor on the traffic of all routes; 1 is as configured. */
  readonly traffic: Decimal;
  /** Factors on the traffic of single routes, by match. */
  readonly routes: ReadonlyMap<string, Decimal>;
  /** By region: how much more or less of the traffic goes there; shares are then spread anew. */
  readonly regions: ReadonlyMap<string, Decimal>;
  /** By middleware: the share of its requests for which it runs. */
  readonly middleware: ReadonlyMap<string, Decimal>;
};

export function whatIf(config: EdgeConfig, { traffic, routes, regions, middleware }: WhatIf): EdgeConfig {
  return {
    routes: config.routes.map((route) => ({
      ...route,
      traffic: scaled(route.traffic, traffic.times(routes.get(route.match) ?? ONE)),
      regions: weighted(route, regions),
    })),
    middleware: new Map(
      [...config.middleware].map(([name, one]): [string, Middleware] => {
        const share = middleware.get(name) ?? ONE;
        return [
          name,
          {
            ...one,
            computeSeconds: one.computeSeconds.times(share),
            responseBytes: one.responseBytes.times(share),
            requests: one.requests.times(share),
          },
        ];
      }),
    ),
  };
}

/** Whole requests, half away from zero: the same as writing the product into the configuration. */
function scaled({ low, expected, high }: Traffic, factor: Decimal): Traffic {
  const of = (requests: Decimal) => Fraction.of(requests.times(factor)).round(0);
  return { low: of(low), expected: of(expected), high: of(high) };
}

function weighted(route: EdgeRoute, weights: ReadonlyMap<string, Decimal>): ReadonlyMap<string, Decimal> {
  const regions = new Map([...route.regions].map(([name, share]) => [name, share.times(weights.get(name) ?? ONE)]));
  // Nothing left anywhere would leave the traffic without a place: then it stays where it was.
  return [...regions.values()].some((weight) => weight.gt(new Decimal(0))) ? regions : route.regions;
}
