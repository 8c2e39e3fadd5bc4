/**
 * Numbers of requests between which the totals of tiers are straight lines, packages and rounding aside: the ends of
 * limits and steps. Where an amount jumps, the numbers before and after the jump.
 */
import type { RateCard } from '../catalog/rateCard.ts';
import { includedIn, type ListedTier } from '../catalog/tier.ts';
import type { Decimal } from '../decimal.ts';
import { Fraction } from '../fraction.ts';
import type { Period } from '../period.ts';
import type { Price } from '../pricing/index.ts';
import type { Usage } from '../usage/ledger.ts';

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
  const { usage, present, first, last, rateCard, period } = situation;
  const points = new Set([first, last, present]);
  /** The turn at which a meter of which there is `of` now reaches `quantity`. */
  const add = (quantity: Fraction, of: Decimal, parts: number, isJump: boolean) => {
    const exact = quantity.times(Fraction.of(present)).dividedBy(Fraction.of(of));
    const at = exact.ceil().toNumber() - (exact.terminates && exact.numerator.isInteger() ? 0 : 1);
    // Parts of a meter are rounded down each, so that all of them reach a quantity up to one request each later.
    for (const point of isJump ? [at, at + 1 + parts] : [at]) if (point > first && point < last) points.add(point);
  };
  for (const { limits, charges } of tiers) {
    for (const [meter, used] of usage) {
      if (used.quantity.isZero()) continue;
      const limit = limits.get(meter);
      const included = limit ? includedIn(limit, period, rateCard.timezone) : Fraction.ZERO;
      const charge = charges.get(meter);
      const prices = !charge
        ? []
        : charge.kind === 'single'
          ? [charge.price]
          : [...charge.prices.values(), ...(charge.otherwise ? [charge.otherwise] : [])];
      const parts = Math.max(0, ...[...used.by.values()].map((values) => values.size));
      if (limit) add(included, used.quantity, parts, !prices.every(({ model }) => model === 'unit') || !charge);
      if (charge?.kind === 'single') {
        for (const end of stepEnds(charge.price)) add(included.plus(Fraction.of(end)), used.quantity, parts, true);
      } else if (charge) {
        for (const [value, part] of used.by.get(charge.dimension) ?? []) {
          const price = charge.prices.get(value) ?? charge.otherwise;
          if (!price || part.quantity.isZero()) continue;
          // The included quantity is spread by usage: a value's step ends when the whole is this much beyond it.
          for (const end of stepEnds(price)) {
            const whole = included.plus(Fraction.of(end.times(used.quantity), part.quantity));
            add(whole, used.quantity, parts, true);
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
