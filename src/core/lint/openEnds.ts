/** Hard caps and open ends that nobody wrote on purpose. */
import type { Tier } from '../catalog/tier.ts';
import type { Finding, Lint, Subject } from './lint.ts';
import { isFree, listedTiers } from './prices.ts';

export const limitWithoutOverage: Lint = {
  code: 'lint/limit-without-overage',
  severity: 'warning',
  title: 'a hard cap that nobody wrote on purpose',
  explanation:
    'A tier has limits and no key overage:, so that all usage beyond them is blocked. overage: null does the same and says that it is meant.',
  reason: 'A forgotten price turns paying customers away at their limit.',
  remedy: 'Write overage: null where usage beyond the limits is to be blocked, or prices where it is to be sold.',
  example: 'pricing_tiers: { pro: { cost: 19, limits: { requests: 200k/mo } } }',
  find({ rateCard, written }) {
    return listedTiers(rateCard)
      .filter(({ name, limits }) => limits.size > 0 && !written.tiersWithOverage.has(name))
      .map(({ name, limits }) => ({
        path: ['pricing_tiers', name, 'limits'],
        part: 'key' as const,
        message: `${name} has limits for ${[...limits.keys()].join(', ')} and no overage: all beyond them is blocked`,
        hint: 'write overage: null if that is meant, or prices under overage',
      }));
  },
};

export const overageWithoutLimit: Lint = {
  code: 'lint/overage-without-limit',
  severity: 'warning',
  title: 'an open end that nobody wrote on purpose',
  explanation:
    'Two cases. A tier that includes quantities of some meters charges another meter from its first unit, although a cheaper tier includes some of it. Or a free tier has no limit for a meter that another tier limits, so that it is given away without end.',
  reason:
    'An upgrade that takes included usage away is disputed on the first invoice, and a meter without end on a free tier is found by those who use most of it.',
  remedy: 'Write a limit for the meter on that tier.',
  example:
    'pricing_tiers: { free: { cost: 0, limits: { requests: 50k, egress: 10GB }, overage: null }, pro: { cost: 19, limits: { requests: 200k }, overage: { requests: 0.40/10k, egress: 0.05/GB } } }',
  find(subject) {
    return [...chargedFromTheFirst(subject), ...givenAway(subject)];
  },
};

function chargedFromTheFirst({ rateCard, written }: Subject): Finding[] {
  const tiers = [...rateCard.tiers.values()];
  return tiers.flatMap((tier, at) => {
    if (tier.limits.size === 0) return [];
    return [...(tier.charges?.keys() ?? [])].flatMap((meter): Finding[] => {
      const before = tiers.slice(0, at).find(({ limits }) => limits.get(meter)?.quantity.isZero() === false);
      if (tier.limits.has(meter) || !before) return [];
      return [
        {
          path: written.pricePath(tier.name, meter),
          part: 'key',
          message: `${tier.name} charges ${meter} from its first unit, and ${before.name} before it includes ${before.limits.get(meter)!.text}`,
          hint: `write a limit for ${meter} on ${tier.name}; if it is meant, say so with # meter-ignore lint/overage-without-limit`,
        },
      ];
    });
  });
}

function givenAway({ rateCard }: Subject): Finding[] {
  const tiers = [...rateCard.tiers.values()];
  const limiting = new Map<string, Tier>();
  for (const tier of tiers) for (const meter of tier.limits.keys()) limiting.set(meter, limiting.get(meter) ?? tier);
  return tiers.filter(isFree).flatMap((tier) =>
    [...limiting]
      .filter(([meter]) => tier.limits.size > 0 && !tier.limits.has(meter))
      .map(([meter, other]) => ({
        path: ['pricing_tiers', tier.name],
        part: 'key' as const,
        message: `${tier.name} is free and has no limit for ${meter}, which ${other.name} limits`,
        hint: `write a limit for ${meter} on ${tier.name}; if it is meant, say so with # meter-ignore lint/overage-without-limit`,
      })),
  );
}
