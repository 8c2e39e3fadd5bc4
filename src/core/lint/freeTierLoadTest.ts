import type { RateCard } from '../catalog/rateCard.ts';
import type { ListedTier } from '../catalog/tier.ts';
import { Decimal } from '../decimal.ts';
import { Fraction } from '../fraction.ts';
import type { Finding, Lint } from './lint.ts';
import { isFree, quantityText } from './prices.ts';

const LEAST_PER_SECOND = new Decimal(50);
const SECONDS_OF_HOUR = new Decimal(3600);
const LEAST_RETENTION_DAYS = 30;

export const freeTierLoadTest: Lint = {
  code: 'lint/free-tier-load-test',
  severity: 'warning',
  title: 'a free tier that does not survive a load test',
  explanation:
    'A free tier has a rate_limit under 50/s, or one hour of requests at its rate limit is more than it includes, or one of its features names a retention of metrics under 30 days (metrics_7d, "7 days of metrics"). A free tier without a rate_limit is not judged by requests.',
  reason:
    'Engineers try a service with a load test before they buy. One that fails it because of the free tier is not bought.',
  remedy: 'Write rate_limit: 50/s or more, include an hour of it, and keep metrics for 30 days.',
  example: 'pricing_tiers: { free: { cost: 0, limits: { requests: 1M/mo }, overage: null, rate_limit: 10/s } }',
  find({ rateCard }) {
    const free = [...rateCard.tiers.values()].filter(isFree);
    if (free.length === 0) return { undecided: 'there is no free tier' };
    const findings = free.flatMap((tier) => [...tooSlow(tier), ...tooSmall(tier, rateCard), ...tooShort(tier)]);
    if (findings.length > 0 || free.some(({ rateLimit }) => rateLimit)) return findings;
    return { undecided: `no rate_limit on ${free.map(({ name }) => name).join(', ')}` };
  },
};

function tooSlow({ name, rateLimit }: ListedTier): Finding[] {
  if (!rateLimit || rateLimit.perSecond.gte(LEAST_PER_SECOND)) return [];
  const message = `${name} is free and lets ${rateLimit.text} requests through`;
  return [{ path: ['pricing_tiers', name, 'rate_limit'], message, hint: 'write rate_limit: 50/s or more' }];
}

/** True also of a limit for a day or more: an hour of load test falls into one of them. */
function tooSmall({ name, rateLimit, limits }: ListedTier, { meters }: RateCard): Finding[] {
  const meter = [...meters.values()].find(({ field, name: one }) => field === 'requests' && limits.has(one));
  const limit = meter && limits.get(meter.name)!;
  const hour = rateLimit?.perSecond.times(SECONDS_OF_HOUR);
  if (!limit || !hour || hour.lte(limit.quantity)) return [];
  const asked = quantityText(Fraction.of(hour), meter);
  return [
    {
      path: ['pricing_tiers', name, 'limits', meter.name],
      message: `an hour of load test at ${rateLimit!.text} is ${asked} ${meter.name}, and ${name} includes ${limit.text}`,
      hint: `include at least ${hour.toFixed()} ${meter.name}`,
    },
  ];
}

function tooShort({ name, features }: ListedTier): Finding[] {
  return features.flatMap((feature, i): Finding[] => {
    const days = retentionDays(feature);
    if (days === undefined || days >= LEAST_RETENTION_DAYS) return [];
    const message = `${name} is free and keeps metrics for ${days} days`;
    const hint = `keep them for ${LEAST_RETENTION_DAYS} days`;
    return [{ path: ['pricing_tiers', name, 'features', i], message, hint }];
  });
}

/** Days in `metrics_7d`, `7 days of metrics`, `metric retention: 14d`; undefined for any other feature. */
function retentionDays(feature: string): number | undefined {
  const days = /metric/i.test(feature) ? /(\d{1,4})[ _-]*d(?:ays?)?(?![a-z])/i.exec(feature) : null;
  return days ? Number(days[1]) : undefined;
}
