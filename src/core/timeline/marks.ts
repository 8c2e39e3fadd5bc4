/** The quantities at which a customer has reached a threshold. */
import { isLevel, type Meter } from '../catalog/meter.ts';
import type { RateCard } from '../catalog/rateCard.ts';
import { includedIn, type Tier } from '../catalog/tier.ts';
import { type Decimal, ONE } from '../decimal.ts';
import { Fraction } from '../fraction.ts';
import type { Period } from '../period.ts';
import { coveredShare } from '../rating/rateStretch.ts';

export type Mark = {
  readonly meter: Meter;
  /** Share of the limit. */
  readonly threshold: Decimal;
  /** What the stretch includes: of a part of a period, that part; of a level all of it. */
  readonly limit: Fraction;
  /** Reached when as much was used as this: threshold × limit. */
  readonly quantity: Fraction;
};

/**
 * The marks of a stretch on a tier, by meter, then ascending. The whole limit is always one of them. A limit of 0 has
 * none: everybody would have reached it before the first row.
 */
export function marksOf(
  { tier, stretch, period }: { readonly tier: Tier; readonly stretch: Period; readonly period: Period },
  thresholds: readonly Decimal[],
  { meters, timezone }: Pick<RateCard, 'meters' | 'timezone'>,
): Mark[] {
  const shares = [...thresholds.filter((share) => !share.eq(ONE)), ONE].sort((a, b) => a.cmp(b));
  return [...meters.values()].flatMap((meter) => {
    const limit = tier.limits.get(meter.name);
    if (!limit || limit.quantity.isZero()) return [];
    const whole = includedIn(limit, period, timezone);
    const included = isLevel(meter) ? whole : whole.times(coveredShare(stretch, period, timezone));
    // A stretch within one day covers none of the days of its period.
    if (included.isZero()) return [];
    return shares
      .filter((share, i) => i === 0 || !share.eq(shares[i - 1]!))
      .map((threshold) => ({ meter, threshold, limit: included, quantity: included.times(Fraction.of(threshold)) }));
  });
}

/** True if `quantity` of the mark's meter is enough. */
export function reaches(quantity: Decimal, mark: Mark): boolean {
  return !mark.quantity.minus(Fraction.of(quantity)).isPositive();
}
