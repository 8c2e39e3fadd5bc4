/** The quantities at which a customer has reached a threshold. */
import { isLevel, type Meter } from '../catalog/meter.ts';
import type { RateCard } from '../catalog/rateCard.ts';
import type { Beyond, ListedTier } from '../catalog/tier.ts';
import { type Decimal, ONE } from '../decimal.ts';
import { Fraction } from '../fraction.ts';
import type { Period } from '../period.ts';
import { limitWithin } from '../rating/limits.ts';

export type Threshold = {
  readonly meter: Meter;
  /** Share of the limit. */
  readonly share: Decimal;
  /** The day or week that the limit is for, as far as it lies in the stretch; absent: the stretch. */
  readonly window?: Period;
  /**
   * Included quantity of the stretch or the window: of a part of it, that part; of a level all of it; of a hard cap,
   * what is served at most.
   */
  readonly limit: Fraction;
  readonly beyond: Beyond;
  /** Reached when usage is at this quantity: share × limit. */
  readonly quantity: Fraction;
};

/**
 * The thresholds of a stretch on a tier, by meter, then window, then ascending. The whole limit is always one of them.
 * A limit of 0 has none: everybody would have reached it before the first row.
 */
export function thresholdsOf(
  { tier, stretch, period }: { readonly tier: ListedTier; readonly stretch: Period; readonly period: Period },
  shares: readonly Decimal[],
  { meters, timezone }: Pick<RateCard, 'meters' | 'timezone'>,
): Threshold[] {
  const ascending = [...shares.filter((share) => !share.eq(ONE)), ONE].sort((a, b) => a.cmp(b));
  return [...meters.values()].flatMap((meter) => {
    const limit = limitWithin({ tier, stretch, period, timezone, isLevel: isLevel(meter) }, meter.name);
    // A limit of 0, or a stretch within one day, which covers none of the days of its period.
    if (!limit || limit.included.isZero()) return [];
    const thresholdsAt = ({ included, ...of }: { included: Fraction; window?: Period }): Threshold[] =>
      ascending
        .filter((share, i) => i === 0 || !share.eq(ascending[i - 1]!))
        .map((share) => {
          const quantity = included.times(Fraction.of(share));
          return { meter, share, ...of, limit: included, beyond: limit.beyond, quantity };
        });
    if (!limit.windows) return thresholdsAt({ included: limit.included });
    return limit.windows.flatMap(({ included, period: window }) => thresholdsAt({ included, window }));
  });
}

/** True if `quantity` of the threshold's meter is enough. */
export function reaches(quantity: Decimal, threshold: Threshold): boolean {
  return !threshold.quantity.minus(Fraction.of(quantity)).isPositive();
}
