import { valuesIn } from '../catalog/grouping.ts';
import type { RateCard } from '../catalog/rateCard.ts';
import type { DimensionCharge } from '../catalog/tier.ts';
import { listed } from '../listed.ts';
import { didYouMean } from '../problem.ts';
import type { EdgeUse, Finding, Lint, Used } from './lint.ts';

export const estimator: Lint = {
  code: 'lint/estimator',
  severity: 'warning',
  title: 'a route configuration uses what the price list does not know',
  explanation:
    'Of the route configurations that are checked together with the tier file: a region or a route has no price where a tier prices by it and gives no default, or nearly the name of one that has; middleware adds to meters of which no tier prices or limits any.',
  reason: 'The live estimate would leave the cost out, or stop at it.',
  remedy: 'Add the region, the route or the meter to the price list, or correct the name.',
  example: 'pricing_tiers: { pro: { cost: usage, overage: { egress: { by: region, prices: { fra: 0.10/GB } } } } }',
  find({ rateCard, edges }) {
    if (edges.length === 0) return { undecided: 'no route configuration is checked together with the tier file' };
    return edges.flatMap((edge) => [
      ...withoutPrice(edge.regions, 'region', rateCard),
      ...withoutPrice(edge.routes, 'route', rateCard),
      ...unseenMiddleware(edge, rateCard),
    ]);
  },
};

/** Values that the prices by a dimension do not have, each with the tiers that lack it. */
function withoutPrice(used: readonly Used[], dimension: 'region' | 'route', rateCard: RateCard): Finding[] {
  const prices = pricesBy(dimension, rateCard);
  return used.flatMap(({ name, source }): Finding[] => {
    const lacking = prices.filter(({ values, isOpen }) => !values.has(name) && (!isOpen || near(name, values)));
    if (lacking.length === 0) return [];
    const known = new Set(lacking.flatMap(({ values }) => [...values]));
    const meant = near(name, known);
    const where = listed(lacking.map((price) => price.name));
    const message = `there is no price for the ${dimension} ${name === '' ? 'of requests that name none' : name}: ${where}`;
    const remedy = `use ${listed([...known])}, or give the price a default in the tier file`;
    return [{ source, message, hint: meant ? `did you mean ${meant}?` : remedy }];
  });
}

function near(name: string, values: ReadonlySet<string>): string | undefined {
  return name === '' ? undefined : didYouMean(name, values);
}

/** A price by a dimension: the values that it has. `isOpen`: it has a price for every other value, too. */
type DimensionPrice = { readonly name: string; readonly values: ReadonlySet<string>; readonly isOpen: boolean };

function pricesBy(dimension: string, { tiers }: RateCard): DimensionPrice[] {
  return [...tiers.values()].flatMap((tier) =>
    [...(tier.charges ?? [])].flatMap(([meter, charge]): DimensionPrice[] => {
      if (charge.kind !== 'byDimension' || !charge.dimensions.includes(dimension)) return [];
      const isOpen = charge.otherwise !== undefined;
      return [{ name: `${meter} on ${tier.name}`, values: valuesOf(charge, dimension), isOpen }];
    }),
  );
}

function valuesOf({ prices, dimensions }: DimensionCharge, dimension: string): ReadonlySet<string> {
  const place = dimensions.indexOf(dimension);
  return new Set([...prices.keys()].map((group) => valuesIn(group, dimensions)[place]!));
}

/** Middleware of which the price list charges nothing, because no tier knows any of its meters. */
function unseenMiddleware({ middleware }: EdgeUse, { tiers }: RateCard): Finding[] {
  const known = new Set(
    [...tiers.values()].flatMap(({ limits, charges }) => [...limits.keys(), ...(charges?.keys() ?? [])]),
  );
  return middleware
    .filter(({ meters }) => meters.length > 0 && !meters.some((meter) => known.has(meter)))
    .map(({ name, source, meters }) => ({
      source,
      message: `the middleware ${name} uses ${listed(meters)}, which no tier of the price list prices or limits`,
      hint: `write a price or a limit for ${meters[0]} in the tier file`,
    }));
}
