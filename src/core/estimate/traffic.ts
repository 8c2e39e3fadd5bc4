/** Traffic as people know it – so many a month, so many a second – as requests in a billing period. */
import { includedIn, type LimitBase } from '../catalog/tier.ts';
import type { Decimal } from '../decimal.ts';
import { Fraction } from '../fraction.ts';
import type { Period } from '../period.ts';

export const TRAFFIC_BASES = ['s', 'min', 'h', 'day', 'week', 'month', 'mo', 'year'] as const;
export type TrafficBase = (typeof TRAFFIC_BASES)[number];

/** A mean rate. */
export type TrafficRate = { readonly quantity: Decimal; readonly per: TrafficBase };

const SECONDS: Partial<Record<TrafficBase, number>> = { s: 1, min: 60, h: 3600 };

/** Whole requests in a period, half away from zero. A second is a second; days, weeks, months and years are the calendar's. */
export function requestsIn({ quantity, per }: TrafficRate, period: Period, zone: string): Decimal {
  const seconds = SECONDS[per];
  if (seconds !== undefined) {
    return Fraction.of(quantity.times(period.end - period.start), 1000 * seconds).round(0);
  }
  return includedIn({ quantity, per: (per === 'mo' ? 'month' : per) as LimitBase, text: '' }, period, zone).round(0);
}

/** Requests a second. A month is as long as the period's. */
export function rateIn({ quantity, per }: TrafficRate, period: Period, zone: string): Fraction {
  const seconds = SECONDS[per];
  if (seconds !== undefined) return Fraction.of(quantity, seconds);
  return Fraction.of(requestsIn({ quantity, per }, period, zone).times(1000), period.end - period.start);
}
