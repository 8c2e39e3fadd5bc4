import type { ListedTier } from '../catalog/tier.ts';
import { tierCost, totalAt } from './curve.ts';
import type { Lint } from './lint.ts';
import { amountText, includedInMonth, listedTiers } from './prices.ts';

export const tierOrder: Lint = {
  code: 'lint/tier-order',
  severity: 'warning',
  title: 'upgrading does not pay where it should',
  explanation:
    'At everything that a tier includes, the tier before it in the file costs less, overage and all. Compared are neighbours with a list price of which the second has the higher fee, and brings neither features nor a rate limit of its own. Prices by a dimension count with their dearest value.',
  reason:
    'Nobody upgrades to a tier that costs more even where it is used to the full, and notifications recommend it all the same.',
  remedy: 'Lower the fee of the tier, include more in it, or raise the overage of the tier before it.',
  example:
    'pricing_tiers: { team: { cost: 19, limits: { requests: 200k }, overage: { requests: 0.40/10k } }, pro: { cost: 49, limits: { requests: 300k }, overage: { requests: 0.20/10k } } }',
  find({ rateCard }) {
    const tiers = listedTiers(rateCard);
    return tiers.slice(1).flatMap((above, i) => {
      const below = tiers[i]!;
      const [dear, cheap] = [tierCost(above, 'low'), tierCost(below, 'high')];
      if (!dear || !cheap || dear.fee.cmp(cheap.fee) <= 0 || bringsMore(above, below)) return [];
      const included = new Map([...above.limits].map(([meter, limit]) => [meter, includedInMonth(limit)]));
      const [own, less] = [totalAt(dear, included), totalAt(cheap, included)];
      if (included.size === 0 || !own || !less || less.cmp(own) >= 0) return [];
      const [mine, theirs] = [own, less].map((amount) => amountText(amount, rateCard.currency));
      return [
        {
          path: ['pricing_tiers', above.name],
          part: 'key' as const,
          message: `at all that ${above.name} includes it costs ${mine} a month, and ${below.name} with overage ${theirs}: upgrading does not pay`,
          hint: `lower the fee of ${above.name}, include more in it, or raise the overage of ${below.name}`,
        },
      ];
    });
  },
};

/** True if the tier above has a feature, a rate limit, or a meter without end that the one below does not have. */
function bringsMore(above: ListedTier, below: ListedTier): boolean {
  if (above.features.some((feature) => !below.features.includes(feature))) return true;
  if (below.rateLimit && (!above.rateLimit || above.rateLimit.perSecond.gt(below.rateLimit.perSecond))) return true;
  const counted = [...below.limits.keys(), ...below.charges.keys()];
  return counted.some((meter) => !above.limits.has(meter) && !above.charges.has(meter));
}
