/**
 * Break-even traffic between neighbouring tiers: the configuration's mix of routes, with more or less of it.
 *
 * Totals come from invoices, so steps, minimums and rounding are in them; a tier that blocks part of the usage does not
 * serve the traffic and counts as having no price. What is found are the requests a month at which the cheaper of two
 * neighbours changes – the other one was still the cheaper at a two-thousandth fewer – between a thousandth of the
 * configured traffic and a thousand times of it.
 */
import type { RateCard } from '../catalog/rateCard.ts';
import { includedIn, type Tier } from '../catalog/tier.ts';
import { Decimal, ZERO } from '../decimal.ts';
import { Fraction } from '../fraction.ts';
import type { Period } from '../period.ts';
import type { Price } from '../pricing/index.ts';
import type { MeteredUsage, MeterUsage, Usage } from '../usage/ledger.ts';
import { type Offer, offerOf, takesAll } from './offers.ts';

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

const RANGE = 1000;
/** Of the requests: how closely a break-even is looked for. */
const CLOSE_ENOUGH = 0.0005;

export function breakEvens(rateCard: RateCard, usage: Usage, offers: readonly Offer[], period: Period): BreakEven[] {
  const present = usage.get('requests')!.quantity.toNumber();
  if (present === 0) return [];
  const tiers = offers.filter(({ invoice }) => invoice).map(({ tier }) => tier);
  const totals = totalsAt(rateCard, usage, period);
  const first = Math.max(1, Math.floor(present / RANGE));
  const last = Math.min(present * RANGE, Number.MAX_SAFE_INTEGER);

  return tiers.slice(0, -1).flatMap((from, i) => {
    const to = tiers[i + 1]!;
    /** Below 0: `to` is the better one. Infinite where only one of them serves the traffic. */
    const lead = (requests: number): number => {
      const [a, b] = [totals(from, requests), totals(to, requests)];
      if (a.serves !== b.serves) return b.serves ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
      return b.total.minus(a.total).toNumber(); // a sign and a rough size: what is decided is decided on the sign
    };
    const found: BreakEven[] = [];
    const points = turns([from, to], { usage, present, first, last, rateCard, period });
    let [before, was] = [points[0]!, lead(points[0]!)];
    for (const point of points.slice(1)) {
      const is = lead(point);
      if (is < 0 !== was < 0) {
        const requests = turningPoint({ at: before, lead: was }, { at: point, lead: is }, lead);
        const [winner, loser] = is < 0 ? [to, from] : [from, to];
        found.push({
          from: loser.name,
          to: winner.name,
          requests: new Decimal(requests),
          total: totals(winner, requests).total,
          reason: totals(loser, requests).serves ? 'cheaper' : 'blocked',
        });
      }
      [before, was] = [point, is];
    }
    return found;
  });
}

/** Usage at another number of requests, the mix unchanged; compute to the microsecond, everything else whole. */
export function scaleUsage(usage: Usage, requests: Decimal, of: Decimal): Usage {
  const scale = (quantity: Decimal, digits: Decimal) => quantity.times(requests).times(digits).divToInt(of).div(digits);
  return new Map(
    [...usage].map(([meter, used]): [string, MeteredUsage] => {
      const digits = meter === 'requests' || meter === 'egress' ? WHOLE : MICRO;
      const scaled = ({ quantity, events }: MeterUsage): MeterUsage => ({
        quantity: scale(quantity, digits),
        events: scale(new Decimal(events), WHOLE).toNumber(),
      });
      if (used.by.size === 0) return [meter, { ...scaled(used), by: used.by }];
      // Parts are scaled one by one and added up, so that they still are the whole.
      const by = new Map(
        [...used.by].map(([dimension, values]) => [
          dimension,
          new Map([...values].map(([value, part]) => [value, scaled(part)])),
        ]),
      );
      const [values] = by.values();
      const parts = [...values!.values()];
      const quantity = parts.reduce((total, part) => total.plus(part.quantity), ZERO);
      return [meter, { quantity, events: parts.reduce((total, part) => total + part.events, 0), by }];
    }),
  );
}

const WHOLE = new Decimal(1);
const MICRO = new Decimal(1_000_000);

type Answer = { readonly total: Decimal; readonly serves: boolean };

/** What a tier bills for so many requests; each is worked out once. */
export function totalsAt(rateCard: RateCard, usage: Usage, period: Period): (tier: Tier, requests: number) => Answer {
  const present = usage.get('requests')!.quantity;
  const usages = new Map<number, Usage>();
  const answers = new Map<Tier, Map<number, Answer>>();
  return (tier, requests) => {
    const ofTier = answers.get(tier) ?? new Map<number, Answer>();
    answers.set(tier, ofTier);
    const known = ofTier.get(requests);
    if (known) return known;
    const at = usages.get(requests) ?? scaleUsage(usage, new Decimal(requests), present);
    usages.set(requests, at);
    const offer = offerOf(rateCard, tier, at, period);
    const answer = { total: offer.invoice!.total, serves: takesAll(offer) };
    ofTier.set(requests, answer);
    return answer;
  };
}

type Situation = {
  readonly usage: Usage;
  readonly present: number;
  readonly first: number;
  readonly last: number;
  readonly rateCard: RateCard;
  readonly period: Period;
};

/**
 * Where totals change their slope or jump: limits and the ends of steps, in requests, and one after each; between them
 * totals are as good as straight lines. Powers of a hundred stand in for what acts on whole invoices (minimum, maximum).
 */
function turns(tiers: readonly Tier[], { usage, present, first, last, rateCard, period }: Situation): number[] {
  const points = new Set([first, last, present]);
  for (let at = first * 100; at < last; at *= 100) points.add(at);
  const add = (quantity: Fraction, of: Decimal, isJump: boolean) => {
    const at = Math.floor(Number(quantity.toString()) * (present / of.toNumber()));
    for (const point of isJump ? [at, at + 1] : [at]) if (point > first && point < last) points.add(point);
  };
  for (const { limits, charges } of tiers) {
    for (const [meter, used] of usage) {
      if (used.quantity.isZero()) continue;
      const limit = limits.get(meter);
      const included = limit ? includedIn(limit, period, rateCard.timezone) : Fraction.ZERO;
      const charge = charges === 'negotiated' ? undefined : charges.get(meter);
      if (limit) add(included, used.quantity, !charge);
      if (charge?.kind === 'single') {
        for (const end of stepEnds(charge.price)) add(included.plus(Fraction.of(end)), used.quantity, true);
      } else if (charge) {
        for (const [value, part] of used.by.get(charge.dimension) ?? []) {
          const price = charge.prices.get(value) ?? charge.otherwise;
          if (!price || part.quantity.isZero()) continue;
          // The included quantity is spread by usage: a value's step ends when the whole is this much beyond it.
          for (const end of stepEnds(price)) {
            add(included.plus(Fraction.of(end.times(used.quantity), part.quantity)), used.quantity, true);
          }
        }
      }
    }
  }
  return [...points].sort((a, b) => a - b);
}

function stepEnds(price: Price): Decimal[] {
  return 'steps' in price ? price.steps.flatMap(({ upTo }) => upTo ?? []) : [];
}

type Known = { readonly at: number; readonly lead: number };

/** A number after `low` at which the sign is that of `high`, close to the first such number. */
function turningPoint(low: Known, high: Known, lead: (requests: number) => number): number {
  const look = (wanted: number) => {
    const at = Math.min(high.at - 1, Math.max(low.at + 1, Math.floor(wanted)));
    const found = { at, lead: lead(at) };
    if (found.lead < 0 === high.lead < 0) high = found;
    else low = found;
  };
  const closeEnough = () => high.at - low.at <= Math.max(1, high.at * CLOSE_ENOUGH);
  for (let round = 0; !closeEnough(); round++) {
    const share = Math.abs(low.lead) / (Math.abs(low.lead) + Math.abs(high.lead));
    if (round % 2 === 0 && Number.isFinite(share) && low.lead !== 0) {
      // Straight lines meet where they are thought to, give or take a cent: look on both sides of it.
      const meeting = low.at + (high.at - low.at) * share;
      const near = (meeting * CLOSE_ENOUGH) / 2.1;
      look(meeting - near);
      if (!closeEnough()) look(meeting + near);
    } else look(low.at + (high.at - low.at) / 2);
  }
  return high.at;
}
