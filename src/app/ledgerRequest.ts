/** What one reading of exports has to collect, for one set of terms or for several that are compared. */

import type { Customer } from '../core/catalog/customer.ts';
import type { KeptDimensions } from '../core/catalog/grouping.ts';
import { ledgerDimensions } from '../core/catalog/ledgerDimensions.ts';
import type { Meter } from '../core/catalog/meter.ts';
import { boundariesOf, spansOf } from '../core/invoice/billingRun.ts';
import type { Period } from '../core/period.ts';
import { bucketsFor } from '../core/usage/buckets.ts';
import type { BillingTerms } from './billingTerms.ts';

type Spans = ReturnType<typeof spansOf>;

/** The parts of a read request that follow from terms. They have the same timezone and the same periods. */
export function ledgerRequest(all: readonly [BillingTerms, ...BillingTerms[]]) {
  const { timezone } = all[0].rateCard;
  const { periods } = all[0];
  const meters = new Map<string, Meter>(all.flatMap(({ rateCard }) => [...rateCard.meters]));
  const boundaries = all.flatMap((terms) => [...boundariesOf(billedIn(terms), periods, timezone)]);
  return {
    meters: [...meters.values()],
    ...keptTogether(all.map((terms) => ledgerDimensions(terms.rateCard, billedIn(terms)))),
    buckets: bucketsFor(timezone, new Set(boundaries)),
    period: periods.kind === 'one' ? periods.period : undefined,
    isOpened: all.some(({ opening }) => opening !== undefined),
    spans: spansTogether(all, timezone),
    billingZone: timezone,
  };
}

/** Customers of the customers file, and the one that stands for all others. */
function billedIn({ customers, unlisted }: BillingTerms): ReadonlyMap<string, Customer> {
  return unlisted ? new Map([...customers, ['', unlisted]]) : customers;
}

function keptTogether(all: readonly KeptDimensions[]): KeptDimensions {
  const groupings = new Map(all.flatMap((one) => (one.groupings ?? []).map((names) => [JSON.stringify(names), names])));
  return {
    dimensions: [...new Set(all.flatMap(({ dimensions }) => dimensions))].sort(),
    groupings: [...groupings].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, names]) => names),
  };
}

/** Of a customer whose time is another under other terms, the time that all of it lies in. */
function spansTogether([first, ...others]: readonly [BillingTerms, ...BillingTerms[]], timezone: string): Spans {
  const { periods } = first;
  const spans = spansOf(first.customers, periods, timezone);
  const open = { covered: { start: Number.NEGATIVE_INFINITY, end: Number.POSITIVE_INFINITY }, anchor: 1 };
  for (const { customers } of others) {
    if (customers === first.customers) continue;
    const more = spansOf(customers, periods, timezone);
    for (const id of new Set([...spans.keys(), ...more.keys()])) {
      const [one, other] = [spans.get(id) ?? open, more.get(id) ?? open];
      const billed = hull(ownPeriod(one, periods), ownPeriod(other, periods));
      const anchor = one.anchor === 1 ? other.anchor : one.anchor;
      spans.set(id, { ...(billed && { billed }), covered: hull(one.covered, other.covered)!, anchor });
    }
  }
  return spans;
}

function ownPeriod(
  { billed }: { readonly billed?: Period; readonly covered: Period },
  periods: BillingTerms['periods'],
): Period | undefined {
  return billed ?? (periods.kind === 'one' ? periods.period : undefined);
}

function hull(one: Period | undefined, other: Period | undefined): Period | undefined {
  if (!one || !other) return one ?? other;
  return { start: Math.min(one.start, other.start), end: Math.max(one.end, other.end) };
}
