import type { CreditPack } from '../core/catalog/credit.ts';
import type { RateCard } from '../core/catalog/rateCard.ts';
import type { CodeOf } from '../core/problemCodes.ts';
import type { ConfigReader } from './configReader.ts';
import type { TierFile } from './tierSchema.ts';

type TierFileReader = ConfigReader<CodeOf<'tiers'>>;

/** The credit packs of a tier file; at most one of them may be bought by itself. */
export function readPacks(
  tree: NonNullable<TierFile['credit_packs']>,
  tiers: RateCard['tiers'],
  reader: TierFileReader,
): RateCard['creditPacks'] {
  const packs = new Map<string, CreditPack>();
  let automatic: string | undefined;
  for (const [name, pack] of Object.entries(tree)) {
    const path = ['credit_packs', name];
    const price = reader.payment(pack.price, [...path, 'price']);
    const credit = reader.payment(pack.credit, [...path, 'credit']);
    const days =
      pack.expires_after === undefined ? undefined : reader.days(pack.expires_after, [...path, 'expires_after']);
    const most =
      pack.auto_purchase &&
      reader.count(pack.auto_purchase.max_per_period, [...path, 'auto_purchase', 'max_per_period']);
    const named = pack.auto_purchase?.tiers?.map((tier, i) => {
      reader.named(tiers, tier, 'tier', [...path, 'auto_purchase', 'tiers', i]);
      return tier;
    });
    if (pack.auto_purchase && automatic !== undefined) {
      const message = `the pack ${automatic} is already bought by itself`;
      reader.error('auto-purchase-twice', [...path, 'auto_purchase'], message, 'keep one of them', 'key');
    }
    if (pack.auto_purchase) automatic = name;
    if (credit?.isZero()) {
      reader.error('empty-pack', [...path, 'credit'], `the pack ${name} pays for nothing`, 'write a credit above 0');
    }
    if (!price || !credit) continue;
    packs.set(name, {
      name,
      price,
      credit,
      ...(days !== undefined && { expiresAfterDays: days }),
      ...(most !== undefined && {
        autoPurchase: { maxPerPeriod: most, tiers: new Set(named ?? withListPrice(tiers)) },
      }),
    });
  }
  return packs;
}

/** Names of the tiers with a fee of their own: customers on another have a contract, which does not mention packs. */
function withListPrice(tiers: RateCard['tiers']): string[] {
  return [...tiers.values()].filter(({ fee }) => fee).map(({ name }) => name);
}
