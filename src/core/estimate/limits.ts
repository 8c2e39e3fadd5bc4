/** When in the billing period a configuration's steady traffic reaches the limits of its tier. */
import { includedIn, type ListedTier, limitOf } from '../catalog/tier.ts';
import type { Decimal } from '../decimal.ts';
import { Fraction } from '../fraction.ts';
import { daysIn, type Period } from '../period.ts';
import { isWindow, windowsOf } from '../rating/windows.ts';
import type { Usage } from '../usage/ledger.ts';

export type LimitForecast = {
  readonly meter: string;
  /** Limit of the whole period. */
  readonly limit: Fraction;
  readonly used: Decimal;
  /** used ÷ limit; undefined for a limit of 0. */
  readonly share?: Fraction;
  /** True: usage beyond the limit is blocked, not charged. */
  readonly isHardCap: boolean;
  /**
   * Window of a limit for a day or a week. All windows are alike, because usage counts as spread evenly over the days.
   */
  readonly window?: 'day' | 'week';
  readonly thresholds: readonly {
    readonly threshold: Decimal;
    /** The day of the period in which it is reached, from 1; undefined: not in this period. */
    readonly day?: number;
  }[];
};

/**
 * Usage grows evenly from the start of the period; a threshold is reached when usage ≥ threshold × limit. Of a limit for a
 * day or a week each window has the same share used: its thresholds are reached in the first one, or in none.
 */
export function forecastLimits(
  tier: ListedTier,
  usage: Usage,
  { thresholds, period, zone }: { thresholds: readonly Decimal[]; period: Period; zone: string },
): LimitForecast[] {
  const days = daysIn(period, zone);
  const forecasts: LimitForecast[] = [];
  for (const [meter, limit] of tier.limits) {
    const used = usage.get(meter)?.quantity;
    if (!used) continue;
    const quantity = includedIn(limit, period, zone);
    const window = isWindow(limit.per) ? limit.per : undefined;
    const [first] = windowsOf(limit, { stretch: period, period, timezone: zone, isHardCap: false }) ?? [];
    const daysOfFirst = first ? daysIn(first.period, zone) : days;
    const dayOf = (threshold: Decimal): number | undefined => {
      const at = quantity.times(Fraction.of(threshold));
      if (used.isZero() || at.cmp(Fraction.of(used)) > 0) return undefined;
      const elapsed = at.times(Fraction.of(daysOfFirst)).dividedBy(Fraction.of(used));
      return Math.min(daysOfFirst, Math.max(1, elapsed.ceil().toNumber()));
    };
    forecasts.push({
      meter,
      limit: quantity,
      used,
      ...(!quantity.isZero() && { share: Fraction.of(used).dividedBy(quantity) }),
      ...(window && { window }),
      isHardCap: limitOf(tier, meter)?.beyond === 'blocked',
      thresholds: thresholds.map((threshold) => {
        const day = dayOf(threshold);
        return { threshold, ...(day !== undefined && { day }) };
      }),
    });
  }
  return forecasts;
}
