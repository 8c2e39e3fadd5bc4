/** Collects the dimensions that a ledger must keep apart to serve a rate card's meters and prices. */

import type { Customer } from './customer.ts';
import { groupingName, type KeptDimensions } from './grouping.ts';
import type { Meter } from './meter.ts';
import type { RateCard } from './rateCard.ts';
import type { Tier } from './tier.ts';

/** The dimensions that the tier file names, that some meter counts rows by, or that some tier or contract prices by. */
export function ledgerDimensions(rateCard: RateCard, customers: ReadonlyMap<string, Customer>): KeptDimensions {
  const { dimensions: named = [], meters } = rateCard;
  const priced = pricedGroupings(rateCard, customers);
  const dimensions = new Set([...named, ...filteredDimensions(meters.values()), ...priced.flat()]);
  return { dimensions: [...dimensions].sort(), groupings: priced.filter((together) => together.length > 1) };
}

/** The dimensions that these meters count rows by, in alphabetical order. */
export function filteredDimensions(meters: Iterable<Meter>): string[] {
  const dimensions = new Set<string>();
  for (const { where = [] } of meters) for (const { dimension } of where) dimensions.add(dimension);
  return [...dimensions].sort();
}

/** The dimensions of each price by dimension, without repetitions, in the order of their names. */
function pricedGroupings({ tiers: listed }: RateCard, customers: ReadonlyMap<string, Customer>): (readonly string[])[] {
  const groupings = new Map<string, readonly string[]>();
  const tiers = new Set<Tier>(listed.values());
  for (const { history } of customers.values()) for (const { tier } of history) tiers.add(tier);
  for (const { charges } of tiers) {
    for (const charge of charges?.values() ?? []) {
      if (charge.kind === 'byDimension') groupings.set(groupingName(charge.dimensions), charge.dimensions);
    }
  }
  return [...groupings].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, together]) => together);
}
