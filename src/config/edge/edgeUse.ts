/** Everything of a price list that a route configuration needs: its regions, routes and meters, each where it is written first. */
import type { EdgeUse, Used } from '../../core/lint/index.ts';
import type { ProblemSource } from '../../core/problem.ts';
import type { Given, RouteDraft, RoutesFile, Settings } from './drafts.ts';

type UsedMeter = EdgeUse['meters'][number];

export function edgeUse({ routes, defaults, middleware }: RoutesFile): EdgeUse {
  const regions = new Map<string, Used>();
  for (const settings of [defaults, ...routes]) {
    for (const [name, { weight, source }] of settings.regions?.value ?? []) {
      if (!weight.isZero() && !regions.has(name)) regions.set(name, { name, source });
    }
  }
  const meters = routes.flatMap((route): UsedMeter[] => [
    ...ownMeters(route, defaults),
    ...(route.middleware ?? defaults.middleware ?? NO_MIDDLEWARE).value.flatMap((name): UsedMeter[] => {
      const one = middleware.get(name);
      const source = (route.middleware ?? defaults.middleware)!.source;
      const use = { name: `middleware ${name}`, source };
      return [
        ...(one && !one.computeSeconds.isZero() ? [{ ...use, meter: 'compute' }] : []),
        ...(one && !one.responseBytes.isZero() ? [{ ...use, meter: 'egress' }] : []),
      ];
    }),
  ]);
  return {
    regions: [...regions.values()],
    routes: routes.map(({ match, source }) => ({ name: match, source })),
    meters: [...routes.map(({ match, source }) => ({ meter: 'requests', name: `route ${match}`, source })), ...meters],
  };
}

const NO_MIDDLEWARE: Pick<Given<readonly string[]>, 'value'> = { value: [] };

function ownMeters({ match, compute, response }: RouteDraft, defaults: Settings): UsedMeter[] {
  const of = (meter: string, given: Settings['compute']) => {
    const source: ProblemSource | undefined = given && !given.value.isZero() ? given.source : undefined;
    return source ? [{ meter, name: `route ${match}`, source }] : [];
  };
  return [...of('compute', compute ?? defaults.compute), ...of('egress', response ?? defaults.response)];
}
