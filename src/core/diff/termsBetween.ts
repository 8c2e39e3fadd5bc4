/** The terms between two tiers: first the limits change, then the amounts of prices, then their structure. */
import { haveSameTerms } from '../catalog/terms.ts';
import type { ListedTier } from '../catalog/tier.ts';
import { repricedCharges } from './repriced.ts';

/** Terms for usage lines alone, without fee, discount and bounds. Equal neighbours are the same object. */
export type TermsBetween = {
  readonly before: ListedTier;
  /** `before` with the limits of `after`. */
  readonly included: ListedTier;
  /** `included` with the amounts of the prices of `after`. */
  readonly price: ListedTier;
  readonly after: ListedTier;
};

const KNOWN = new WeakMap<ListedTier, WeakMap<ListedTier, TermsBetween>>();

export function termsBetween(before: ListedTier, after: ListedTier): TermsBetween {
  let known = KNOWN.get(before);
  if (!known) {
    known = new WeakMap();
    KNOWN.set(before, known);
  }
  let terms = known.get(after);
  if (!terms) {
    terms = makeTerms(forUsage(before), forUsage(after));
    known.set(after, terms);
  }
  return terms;
}

function makeTerms(before: ListedTier, after: ListedTier): TermsBetween {
  const included = { ...before, limits: after.limits };
  const price = { ...included, charges: repricedCharges(before.charges, after.charges) };
  const sameOr = (one: ListedTier, next: ListedTier) => (haveSameTerms(one, next) ? one : next);
  const [first, second] = [sameOr(before, included), sameOr(included, price)];
  const priced = second === included ? first : second;
  return { before, included: first, price: priced, after: haveSameTerms(price, after) ? priced : after };
}

function forUsage({ discount: _, minimum: __, maximum: ___, ...tier }: ListedTier): ListedTier {
  return { ...tier, fee: { kind: 'none' } };
}
