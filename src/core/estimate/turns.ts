/**
 * Numbers of requests between which the totals of tiers are straight lines, packages and rounding aside: the ends of
 * limits and steps. Where an amount jumps, the numbers before and after the jump.
 */
import type { RateCard } from '../catalog/rateCard.ts';
import { type Charge, includedIn, type ListedTier } from '../catalog/tier.ts';
import type { Decimal } from '../decimal.ts';
import { Fraction } from '../fraction.ts';
import type { Period } from '../period.ts';
import type { Price } from '../pricing/index.ts';
import type { MeteredUsage, Usage } from '../usage/ledger.ts';

export type Situation = {
  readonly rateCard: RateCard;
  readonly usage: Usage;
  readonly period: Period;
  /** Requests in `usage`. */
  readonly present: number;
  /** Least and most requests that are looked at. */
  readonly first: number;
  readonly last: number;
};

/** Ascending; `first`, `present` and `last` are among them. */
export function turns(tiers: readonly ListedTier[], situation: Situation): number[] {
  const { usage, present, first, last } = situation;
  const points = new Set([first, last, present]);
  for (const tier of tiers) {
    for (const [meter, used] of usage) {
      if (used.quantity.isZero()) continue;
      for (const turn of turnsOf(tier, meter, used, situation)) {
        for (const point of requestsAt(turn, used, present)) if (point > first && point < last) points.add(point);
      }
    }
  }
  return [...points].sort((a, b) => a - b);
}

/** A quantity of a meter at which a tier's total turns, or jumps. */
type Turn = { readonly quantity: Fraction; readonly isJump: boolean };

/** The numbers of requests at which a meter of which `used` is used now reaches a turn: before and after a jump. */
function requestsAt({ quantity, isJump }: Turn, { quantity: used, by }: MeteredUsage, present: number): number[] {
  const exact = quantity.times(Fraction.of(present)).dividedBy(Fraction.of(used));
  const at = exact.ceil().toNumber() - (exact.terminates && exact.numerator.isInteger() ? 0 : 1);
  // Parts of a meter are rounded down each, so that all of them reach a quantity up to one request each later.
  const parts = Math.max(0, ...[...by.values()].map((values) => values.size));
  return isJump ? [at, at + 1 + parts] : [at];
}

function turnsOf(tier: ListedTier, meter: string, used: MeteredUsage, { rateCard, period }: Situation): Turn[] {
  const limit = tier.limits.get(meter);
  const included = limit ? includedIn(limit, period, rateCard.timezone) : Fraction.ZERO;
  const charge = tier.charges.get(meter);
  const isSmooth = charge !== undefined && pricesOf(charge).every(({ model }) => model === 'unit');
  const atLimit = limit ? [{ quantity: included, isJump: !isSmooth }] : [];
  const beyond = charge ? stepsBeyond(charge, used) : [];
  return [...atLimit, ...beyond.map((quantity) => ({ quantity: included.plus(quantity), isJump: true }))];
}

function pricesOf(charge: Charge): readonly Price[] {
  if (charge.kind === 'single') return [charge.price];
  return [...charge.prices.values(), ...(charge.otherwise ? [charge.otherwise] : [])];
}

/** The quantities of the whole meter beyond what is included at which some step ends. */
function stepsBeyond(charge: Charge, used: MeteredUsage): Fraction[] {
  if (charge.kind === 'single') return stepEnds(charge.price).map((end) => Fraction.of(end));
  return [...(used.by.get(charge.dimension) ?? [])].flatMap(([value, part]) => {
    const price = charge.prices.get(value) ?? charge.otherwise;
    if (!price || part.quantity.isZero()) return [];
    // The included quantity is spread by usage: a value's step ends when the whole is this much beyond it.
    return stepEnds(price).map((end) => Fraction.of(end.times(used.quantity), part.quantity));
  });
}

function stepEnds(price: Price): Decimal[] {
  return 'steps' in price ? price.steps.flatMap(({ upTo }) => upTo ?? []) : [];
}
