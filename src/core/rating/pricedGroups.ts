/** Usage by the groups of a price: status codes that its table prices as a class, such as 2xx, are one group. */

import { groupOf, valuesIn } from '../catalog/grouping.ts';
import { statusClasses } from '../catalog/rowFilter.ts';
import type { DimensionCharge } from '../catalog/tier.ts';
import type { MeteredUsage, MeterUsage } from '../usage/ledger.ts';

/**
 * In the order of the groups' names, without groups of which nothing was used. The meter's parts add up to the whole.
 */
export function pricedGroups(charge: DimensionCharge, used: MeteredUsage): [string, MeterUsage][] {
  const groups = new Map<string, MeterUsage>();
  for (const [group, part] of used.by.get(charge.dimension) ?? []) {
    if (part.quantity.isZero()) continue;
    const own = pricedGroup(charge, group);
    const known = groups.get(own);
    groups.set(own, known ? together(known, part) : part);
  }
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1));
}

/**
 * The group in the table that a group of the ledger belongs to, as it is rather than by a class; itself if there is
 * none.
 */
export function pricedGroup({ dimensions, prices }: DimensionCharge, group: string): string {
  if (prices.has(group)) return group;
  let candidates: string[][] = [[]];
  for (const value of valuesIn(group, dimensions)) {
    const forms = [value, ...statusClasses(value)];
    candidates = candidates.flatMap((before) => forms.map((form) => [...before, form]));
  }
  return candidates.map(groupOf).find((candidate) => prices.has(candidate)) ?? group;
}

function together(a: MeterUsage, b: MeterUsage): MeterUsage {
  let { first, last } = a;
  if (b.first !== undefined && (first === undefined || b.first < first)) first = b.first;
  if (b.last !== undefined && (last === undefined || b.last > last)) last = b.last;
  return {
    quantity: a.quantity.plus(b.quantity),
    events: a.events + b.events,
    ...(first !== undefined && { first }),
    ...(last !== undefined && { last }),
  };
}
