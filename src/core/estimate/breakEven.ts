/**
 * Break-even traffic between neighbouring tiers: the configuration's mix of routes, with more or less of it.
 *
 * Totals come from invoices, so steps, minimums and rounding are in them; a tier that blocks part of the usage does not
 * serve the traffic and counts as having no price. What is found are the requests a month at which the cheaper of two
 * neighbours changes, to the request, between a thousandth of the configured traffic and a thousand times of it.
 */
import type { RateCard } from '../catalog/rateCard.ts';
import type { Tier } from '../catalog/tier.ts';
import { Decimal, ONE } from '../decimal.ts';
import { Fraction } from '../fraction.ts';
import type { Period } from '../period.ts';
import type { MeteredUsage, MeterUsage, Usage } from '../usage/ledger.ts';
import { offerOf, takesAll } from './offers.ts';

export type BreakEven = {
  readonly from: string;
  readonly to: string;
  /** From so many requests in the period on, `to` is the cheaper one (or the only one that serves them). */
  readonly requests: Decimal;
  /** What `to` bills there. */
  readonly total: Decimal;
  /** `blocked`: a hard cap of `from` begins to block there. */
  readonly reason: 'cheaper' | 'blocked';
};

/** Usage at another number of requests, the mix unchanged; quantities to twelve digits after the point. */
export function scaleUsage(usage: Usage, requests: Decimal, of: Decimal): Usage {
  const factor = Fraction.of(requests, of);
  const scaled = (used: MeterUsage): MeterUsage => ({
    quantity: Fraction.of(used.quantity).times(factor).round(12),
    events: Number(Fraction.of(used.events).times(factor).round(0)),
  });
  return new Map(
    [...usage].map(([meter, used]): [string, MeteredUsage] => [
      meter,
      {
        ...scaled(used),
        by: new Map(
          [...used.by].map(([dimension, values]) => [
            dimension,
            new Map([...values].map(([value, part]) => [value, scaled(part)])),
          ]),
        ),
      },
    ]),
  );
}

const RANGE = 1000;
/** How much denser than this two changes may lie without both being seen. */
const STEP = 1.5;

export function breakEvens(rateCard: RateCard, usage: Usage, period: Period): BreakEven[] {
  const present = usage.get('requests')!.quantity;
  if (present.isZero()) return [];
  const tiers = [...rateCard.tiers.values()].filter((tier) => offerOf(rateCard, tier, usage, period).invoice);
  const found: BreakEven[] = [];
  const offers = new Map<string, Map<Tier, Answer>>();
  const answer = (tier: Tier, requests: Decimal): Answer => {
    const key = requests.toFixed();
    const known = offers.get(key) ?? new Map<Tier, Answer>();
    offers.set(key, known);
    const found = known.get(tier) ?? ask(tier, requests);
    known.set(tier, found);
    return found;
  };
  const scaledUsage = new Map<string, Usage>();
  const ask = (tier: Tier, requests: Decimal): Answer => {
    const key = requests.toFixed();
    const at = scaledUsage.get(key) ?? scaleUsage(usage, requests, present);
    scaledUsage.set(key, at);
    const offer = offerOf(rateCard, tier, at, period);
    return { total: offer.invoice!.total, serves: takesAll(offer) };
  };

  for (const [i, from] of tiers.slice(0, -1).entries()) {
    const to = tiers[i + 1]!;
    const prefersTo = (requests: Decimal): boolean => {
      const [a, b] = [answer(from, requests), answer(to, requests)];
      if (a.serves !== b.serves) return b.serves;
      return b.total.lt(a.total);
    };
    let before = Decimal.max(ONE, present.div(RANGE).floor());
    let was = prefersTo(before);
    const end = present.times(RANGE);
    while (before.lt(end)) {
      const next = Decimal.max(before.plus(ONE), before.times(STEP).floor());
      const is = prefersTo(next);
      if (is !== was) {
        const requests = turningPoint(before, next, (at) => prefersTo(at) === is);
        const [winner, loser] = is ? [to, from] : [from, to];
        const blocked = !answer(loser, requests).serves;
        found.push({
          from: loser.name,
          to: winner.name,
          requests,
          total: answer(winner, requests).total,
          reason: blocked ? 'blocked' : 'cheaper',
        });
      }
      [before, was] = [next, is];
    }
  }
  return found;
}

type Answer = { readonly total: Decimal; readonly serves: boolean };

/** The smallest whole number above `below`, at most `at`, for which `holds` is true; it is false for `below`, true for `at`. */
function turningPoint(below: Decimal, at: Decimal, holds: (requests: Decimal) => boolean): Decimal {
  let [low, high] = [below, at];
  while (high.minus(low).gt(ONE)) {
    const middle = low.plus(high).div(2).floor();
    if (holds(middle)) high = middle;
    else low = middle;
  }
  return high;
}
