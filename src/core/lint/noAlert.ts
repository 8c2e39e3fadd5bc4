import type { RateCard } from '../catalog/rateCard.ts';
import { limitOf, type Tier } from '../catalog/tier.ts';
import { Decimal } from '../decimal.ts';
import type { Finding, Lint } from './lint.ts';
import { includedInMonth } from './prices.ts';

const EARLY = new Decimal('0.8');

export const noAlert: Lint = {
  code: 'lint/no-alert',
  severity: 'warning',
  title: 'customers reach a limit without notice or way out',
  explanation:
    'Of a file with notifications: no threshold is at 80% or below; there is no upgrade_url; no tier has a limit, so that nobody is ever notified; or a tier blocks usage at a limit and no tier has more, so that there is nothing to upgrade to.',
  reason:
    'A notification at 80% of a limit with a link to the next tier is what turns a blocked customer into an upgrade and not into a support ticket.',
  remedy: 'Write thresholds: [80%, 100%] and an upgrade_url under notifications:, and a tier above every hard cap.',
  example:
    '{ notifications: { thresholds: [100%] }, pricing_tiers: { free: { cost: 0, limits: { requests: 50k/mo }, overage: null }, pro: { cost: 19 } } }',
  find({ rateCard, written }) {
    if (!written.hasNotifications) return { undecided: 'the tier file has no notifications:' };
    const { thresholds, upgradeUrl } = rateCard.notifications;
    const path = ['notifications'];
    const findings: Finding[] = [];
    if (!thresholds.some((share) => share.lte(EARLY))) {
      const first = `${thresholds[0]!.times(100).toFixed()}%`;
      const message = `the first notification comes at ${first} of a limit`;
      findings.push({ path: [...path, 'thresholds'], message, hint: 'write thresholds: [80%, 100%]' });
    }
    if (upgradeUrl === undefined && rateCard.tiers.size > 1) {
      const hint = 'add upgrade_url: "https://…?customer={customer}&to={tier}"';
      findings.push({ path, part: 'key', message: 'notifications have no upgrade_url', hint });
    }
    return [...findings, ...withoutReceiver(rateCard), ...withoutWayOut(rateCard)];
  },
};

function withoutReceiver({ tiers }: RateCard): Finding[] {
  if ([...tiers.values()].some(({ limits }) => limits.size > 0)) return [];
  const message = 'no tier has a limit: notifications reach nobody';
  return [{ path: ['notifications'], part: 'key', message, hint: 'write limits, or remove notifications:' }];
}

function withoutWayOut({ tiers }: RateCard): Finding[] {
  const all = [...tiers.values()];
  return all.flatMap((tier) =>
    [...tier.limits.keys()]
      .filter(
        (meter) => limitOf(tier, meter)!.beyond === 'blocked' && !all.some((other) => hasMore(other, tier, meter)),
      )
      .map((meter) => ({
        path: ['pricing_tiers', tier.name, 'limits', meter],
        part: 'key' as const,
        message: `${tier.name} blocks ${meter} beyond ${tier.limits.get(meter)!.text}, and no tier has more`,
        hint: `write a tier with more ${meter} or with a price for it`,
      })),
  );
}

function hasMore(other: Tier, tier: Tier, meter: string): boolean {
  const limit = limitOf(other, meter);
  if (other === tier) return false;
  if (!limit || limit.beyond === 'priced') return true;
  return includedInMonth(limit.included).cmp(includedInMonth(tier.limits.get(meter)!)) > 0;
}
