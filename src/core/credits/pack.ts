/** Credit packs: blocks of credit that are bought, in advance or by themselves. */
import { dateAt, daysLater, type Instant, startOfDate } from '../calendar.ts';
import type { CreditPack, RateCard } from '../catalog/rateCard.ts';

export type AutoPurchasedPack = CreditPack & { readonly autoPurchase: { readonly maxPerPeriod: number } };

/** The pack that is bought by itself, if the rate card has one. */
export function autoPurchasedPack(packs: RateCard['creditPacks']): AutoPurchasedPack | undefined {
  for (const pack of packs.values()) if (pack.autoPurchase) return { ...pack, autoPurchase: pack.autoPurchase };
  return undefined;
}

/** So many days after the purchase, at the same time of day; a pack without `expires_after` never expires. */
export function packExpiry(pack: CreditPack, purchased: Instant, zone: string): Instant | undefined {
  if (pack.expiresAfterDays === undefined) return undefined;
  const date = dateAt(purchased, zone);
  return startOfDate(daysLater(date, pack.expiresAfterDays), zone) + (purchased - startOfDate(date, zone));
}
