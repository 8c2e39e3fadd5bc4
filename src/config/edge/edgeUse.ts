/** Everything of a price list that a route configuration needs: its regions, routes and middleware, each where it is written first. */
import type { EdgeUse, Used } from '../../core/lint/index.ts';
import type { RoutesFile } from './drafts.ts';

type UsedMiddleware = EdgeUse['middleware'][number];

export function edgeUse({ routes, defaults, middleware }: RoutesFile): EdgeUse {
  const regions = new Map<string, Used>();
  const running = new Map<string, UsedMiddleware>();
  for (const settings of [defaults, ...routes]) {
    for (const [name, { weight, source }] of settings.regions?.value ?? []) {
      if (!weight.isZero() && !regions.has(name)) regions.set(name, { name, source });
    }
    for (const name of settings.middleware?.value ?? []) {
      const one = middleware.get(name);
      if (!one || running.has(name)) continue;
      const added = { compute: one.computeSeconds, egress: one.responseBytes, requests: one.requests };
      const meters = Object.entries(added).flatMap(([meter, quantity]) => (quantity.isZero() ? [] : [meter]));
      running.set(name, { name, source: settings.middleware!.source, meters });
    }
  }
  return {
    regions: [...regions.values()],
    routes: routes.map(({ match, source }) => ({ name: match, source })),
    middleware: [...running.values()],
  };
}
