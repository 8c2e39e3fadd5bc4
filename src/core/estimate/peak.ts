/** The busiest second of a configuration against the rate limit of its tier. */
import type { Tier } from '../catalog/tier.ts';
import type { Decimal } from '../decimal.ts';
import { Fraction } from '../fraction.ts';
import type { Period } from '../period.ts';

/** Requests a second. */
export type Peak = {
  readonly perSecond: Fraction;
  /** `observed`: in telemetry; `assumed`: {@link ASSUMED_PEAK} times the mean. */
  readonly origin: 'file' | 'observed' | 'assumed';
};

export type AboveRateLimit = {
  readonly peak: Peak;
  readonly mean: Fraction;
  readonly limit: Decimal;
  /** Share of the requests in such a second that are above the limit: (peak − limit) ÷ peak. */
  readonly share: Fraction;
};

/** Times the mean, where nothing is known of the busiest second. */
export const ASSUMED_PEAK = 3;

/** Undefined where the tier has no rate limit, or admits the busiest second. `given`: requests a second, the file's before the observed. */
export function aboveRateLimit(
  { rateLimit }: Tier,
  requests: Decimal,
  period: Period,
  given: { readonly file?: Fraction | undefined; readonly observed?: number | undefined },
): AboveRateLimit | undefined {
  if (!rateLimit) return undefined;
  const mean = Fraction.of(requests.times(1000), period.end - period.start);
  const peak = peakOf(given, mean);
  const limit = Fraction.of(rateLimit.perSecond);
  if (peak.perSecond.cmp(limit) <= 0) return undefined;
  const share = peak.perSecond.minus(limit).dividedBy(peak.perSecond);
  return { peak, mean, limit: rateLimit.perSecond, share };
}

function peakOf(
  { file, observed }: { readonly file?: Fraction | undefined; readonly observed?: number | undefined },
  mean: Fraction,
): Peak {
  if (file) return { perSecond: file, origin: 'file' };
  if (observed !== undefined) return { perSecond: Fraction.of(observed), origin: 'observed' };
  return { perSecond: mean.times(Fraction.of(ASSUMED_PEAK)), origin: 'assumed' };
}
