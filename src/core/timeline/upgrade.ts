/** Finds the tier for an entry's upgrade link, and the reason. */
import type { RateCard } from '../catalog/rateCard.ts';
import { includedIn, limitOf, type Tier } from '../catalog/tier.ts';
import { Fraction } from '../fraction.ts';
import type { Forecast } from './entry.ts';
import type { StretchView } from './stretchView.ts';

export type Upgrade = {
  readonly tier: string;
  /** `more_room`: it does not cost less, but includes more, or serves what is blocked. Absent: it is recommended. */
  readonly reason?: 'more_room';
};

/** Subject of an entry: a meter, a rate limit, or, where both are absent, a credit. */
type About = { readonly kind: string; readonly meter?: string };

/**
 * The recommended tier. Where none is: the cheapest that serves all of what this one would block, or else the next one
 * in the file that has more room for what the entry is about. The tiers of a file are in the order of upgrades.
 */
export function upgradeOf(
  view: StretchView,
  about: About,
  forecast: Forecast,
  rateCard: RateCard,
): Upgrade | undefined {
  if (forecast.recommend) return { tier: forecast.recommend.tier };
  const tier = forecast.unblock?.tier ?? nextLarger(view, about, rateCard);
  return tier === undefined ? undefined : { tier, reason: 'more_room' };
}

function nextLarger(view: StretchView, { kind, meter }: About, { tiers, timezone }: RateCard): string | undefined {
  const names = [...tiers.keys()];
  const place = names.indexOf(view.tier.name);
  if (place < 0) return undefined; // an own tier of the customer
  const later = names.slice(place + 1).map((name) => tiers.get(name)!);
  const hasMore = (tier: Tier) => {
    if (meter === undefined) return true;
    if (kind === 'rate_limit' || kind === 'rate_limit_day') return admitsMore(tier, view.tier);
    return holdsMore(meter, tier, view, timezone);
  };
  return later.find(hasMore)?.name;
}

function admitsMore({ rateLimit }: Tier, { rateLimit: now }: Tier): boolean {
  return !rateLimit || (now !== undefined && rateLimit.perSecond.gt(now.perSecond));
}

/** True if a tier includes more of a meter, or serves what the customer's tier blocks. */
function holdsMore(meter: string, tier: Tier, { tier: now, period }: StretchView, timezone: string): boolean {
  if (isBlocking(now, meter) && !isBlocking(tier, meter)) return true;
  const limit = tier.limits.get(meter);
  if (!limit) return !tier.charges?.has(meter);
  const current = now.limits.get(meter);
  const included = current ? includedIn(current, period, timezone) : Fraction.ZERO;
  return includedIn(limit, period, timezone).cmp(included) > 0;
}

function isBlocking(tier: Tier, meter: string): boolean {
  return limitOf(tier, meter)?.beyond === 'blocked';
}
