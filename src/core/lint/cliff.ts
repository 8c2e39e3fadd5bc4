import type { Customer } from '../catalog/customer.ts';
import type { RateCard } from '../catalog/rateCard.ts';
import { Fraction } from '../fraction.ts';
import { costMayFall, type Price } from '../pricing/index.ts';
import { type Curve, priceCurve } from './curve.ts';
import type { Finding, Lint } from './lint.ts';
import { amountText, type PlacedPrice, priceName, pricesIn, pricesOfTier, quantityText } from './prices.ts';

/** An edge of a price beyond which more usage costs less. Quantities are counted beyond what the tier includes. */
export type Cliff = {
  /** Index of the step that begins at the edge. */
  readonly step: number;
  readonly edge: Fraction;
  /** Cost of exactly the edge. */
  readonly before: Fraction;
  /** Cost just beyond it: the limit from above. */
  readonly after: Fraction;
  /** Quantities above the edge and below this one cost less than the edge does; undefined: all do. */
  readonly end?: Fraction;
};

/** All cliffs of a price, from its edges: between two of them the cost is a straight line that never falls. */
export function cliffsOf(price: Price): Cliff[] {
  const curve = costMayFall(price) ? priceCurve(price, 'low') : undefined;
  return (curve?.pieces ?? []).flatMap(({ to }, i): Cliff[] => {
    const next = curve!.pieces[i + 1];
    if (!to || !next) return [];
    const piece = curve!.pieces[i]!;
    const before = piece.at.plus(piece.slope.times(to.minus(piece.from)));
    if (next.at.cmp(before) >= 0) return [];
    const end = reached(curve!, i + 1, before);
    const step = 'steps' in price ? price.steps.findIndex(({ upTo }) => !upTo || Fraction.of(upTo).cmp(to) > 0) : i + 1;
    return [{ step, edge: to, before, after: next.at, ...(end && { end }) }];
  });
}

/** The first quantity from piece `first` on whose cost is `amount` or more. */
function reached({ pieces }: Curve, first: number, amount: Fraction): Fraction | undefined {
  for (const { from, to, at, slope } of pieces.slice(first)) {
    if (at.cmp(amount) >= 0) return from;
    if (!slope.isPositive()) continue;
    const quantity = from.plus(amount.minus(at).dividedBy(slope));
    if (!to || quantity.cmp(to) <= 0) return quantity;
  }
  return undefined;
}

export const cliff: Lint = {
  code: 'lint/cliff',
  severity: 'warning',
  title: 'more usage costs less',
  explanation:
    'The cost just above the end of a step is less than the cost at its end. Every edge of every volume and stairstep price is compared exactly; unit, package, graduated and percentage prices, fees, limits and spend caps never make more usage cheaper.',
  reason:
    'A customer who notices sends requests that nobody needs to get a smaller invoice, and one who does not notice pays more than a larger customer.',
  remedy:
    'Use model: graduated, or raise the price of the next step until its first unit costs as much as the last one before it.',
  example:
    'pricing_tiers: { pro: { cost: usage, overage: { requests: { model: volume, steps: [{ up_to: 1M, amount: 0.40, per: 10k }, { amount: 0.20, per: 10k }] } } } }',
  find: (subject) => pricesIn(subject).flatMap((placed) => findings(placed, subject.rateCard)),
};

/** Cliffs in prices that contracts of a customers file give. Paths lead through that file. */
export function cliffsInContracts(customers: ReadonlyMap<string, Customer>, rateCard: RateCard): Finding[] {
  return [...customers.values()].flatMap(({ id, history }) => {
    const own = new Map<Price, PlacedPrice>();
    for (const { tier } of history) {
      for (const placed of pricesOfTier(tier, rateCard, (meter) => ['customers', id, 'overage', meter])) {
        if (tier.charges.get(placed.meter.name) !== rateCard.tiers.get(tier.name)?.charges?.get(placed.meter.name))
          own.set(placed.price, placed);
      }
    }
    return [...own.values()].flatMap((placed) => findings(placed, rateCard));
  });
}

function findings(placed: PlacedPrice, { currency }: RateCard): Finding[] {
  return cliffsOf(placed.price).map(({ step, edge, before, after, end }) => {
    const at = quantityText(edge, placed.meter);
    const until = end ? `up to ${quantityText(end, placed.meter)}` : 'any larger quantity';
    return {
      path: [...placed.path, 'steps', step],
      message: `${at} of ${priceName(placed)} cost ${amountText(before, currency)}, and just above that ${amountText(after, currency)}: ${until} costs less`,
      hint: 'use model: graduated, or raise the price of this step; if it is meant, say so with # meter-ignore lint/cliff and the reason',
    };
  });
}
