/** Hard caps and open ends that nobody wrote on purpose. */
import type { Finding, Lint } from './lint.ts';
import { listedTiers } from './prices.ts';

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
    'A tier with limits and a cost that names no usage (19, 79 flat) has a price for a meter without a limit, so that it is charged from its first unit. cost: 19 + usage does the same and says that it is meant.',
  reason:
    'A fee that looks like all there is to pay, and a charge from the first unit beside it, is disputed on the first invoice.',
  remedy: 'Write a limit for the meter, or + usage behind the cost.',
  example:
    'pricing_tiers: { pro: { cost: 19, limits: { requests: 200k }, overage: { requests: 0.40/10k, egress: 0.05/GB } } }',
  find({ rateCard, written }) {
    return [...rateCard.tiers.values()].flatMap(({ name, fee, limits, charges }): Finding[] => {
      if (!fee || fee.kind === 'none' || /usage/.test(fee.text) || limits.size === 0) return [];
      const open = [...(charges?.keys() ?? [])].filter((meter) => !limits.has(meter));
      return open.map((meter) => ({
        path: written.pricePath(name, meter),
        part: 'key',
        message: `${name} for ${fee.text} charges ${meter} from its first unit`,
        hint: `write a limit for ${meter}, or cost: ${fee.text.replace(/\s*flat$/, '')} + usage if that is meant`,
      }));
    });
  },
};
