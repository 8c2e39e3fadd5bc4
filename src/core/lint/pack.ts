import type { CreditPack } from '../catalog/credit.ts';
import type { RateCard } from '../catalog/rateCard.ts';
import { formatMoney } from '../money.ts';
import type { Finding, Lint } from './lint.ts';

export const pack: Lint = {
  code: 'lint/pack',
  severity: 'warning',
  title: 'a credit pack that does not expire, pays too little, or pays for nothing',
  explanation:
    'A pack has no expires_after, costs more than the usage charges that it pays for, or no tier for which it is sold has a price that it could pay. A contract tier may have prices.',
  reason:
    'Credit without an end is a debt in the books for ever; a pack that is dearer than overage is bought by mistake alone.',
  remedy:
    'Write expires_after: 90d, a credit of at least the price, and prices under overage of the tiers for which it is sold.',
  example:
    '{ credit_packs: { burst: { price: 25, credit: 20 } }, pricing_tiers: { pro: { cost: usage, overage: { requests: 0.40/10k } } } }',
  find({ rateCard }) {
    const packs = [...rateCard.creditPacks.values()];
    if (packs.length === 0) return { undecided: 'the tier file has no credit_packs:' };
    return packs.flatMap((one) => [...lifeOf(one), ...worthOf(one, rateCard), ...useOf(one, rateCard)]);
  },
};

function lifeOf({ name, expiresAfterDays }: CreditPack): Finding[] {
  if (expiresAfterDays !== undefined) return [];
  const message = `the pack ${name} never expires`;
  return [{ path: ['credit_packs', name], part: 'key', message, hint: 'write for instance expires_after: 90d' }];
}

function worthOf({ name, price, credit }: CreditPack, { currency }: RateCard): Finding[] {
  if (price.lte(credit)) return [];
  const [paid, worth] = [price, credit].map((amount) => formatMoney(amount, currency));
  const message = `the pack ${name} costs ${paid} and pays for ${worth} of usage: overage is cheaper`;
  return [{ path: ['credit_packs', name, 'price'], message, hint: `write a price of at most ${worth}` }];
}

function useOf({ name, autoPurchase }: CreditPack, { tiers }: RateCard): Finding[] {
  const isSold = (tier: string) => !autoPurchase || autoPurchase.tiers.has(tier);
  // Charges that a contract gives are not known here, and may be there.
  if ([...tiers.values()].some((tier) => isSold(tier.name) && (!tier.charges || tier.charges.size > 0 || tier.minimum)))
    return [];
  const where = autoPurchase ? [...autoPurchase.tiers].join(', ') : 'any tier';
  const message = `the pack ${name} pays for usage beyond limits, and there is no price for that on ${where}`;
  return [
    { path: ['credit_packs', name], part: 'key', message, hint: 'write prices under overage, or remove the pack' },
  ];
}
