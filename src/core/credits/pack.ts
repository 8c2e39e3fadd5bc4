/** Credit packs: blocks of credit that are bought, in advance or by themselves. */
import { DAY_MS, dateAt, daysLater, type Instant, startOfDate } from '../calendar.ts';
import type { AutoPurchaseTerms, CreditPack } from '../catalog/credit.ts';
import type { RateCard } from '../catalog/rateCard.ts';

export type AutoPurchasedPack = CreditPack & { readonly autoPurchase: AutoPurchaseTerms };

/** The pack that is bought by itself, if the rate card has one. */
export function autoPurchasedPack(packs: RateCard['creditPacks']): AutoPurchasedPack | undefined {
  for (const pack of packs.values()) if (pack.autoPurchase) return { ...pack, autoPurchase: pack.autoPurchase };
  return undefined;
}

/**
 * When a pack ends: so many days of 24 hours after the instant of its purchase; if it was bought on a day, at the begin of
 * the day so many days later, in `zone`. A pack without `expires_after` never does.
 */
export function packExpiry(
  { expiresAfterDays }: Pick<CreditPack, 'expiresAfterDays'>,
  { at, isDay }: { readonly at: Instant; readonly isDay: boolean },
  zone: string,
): Instant | undefined {
  if (expiresAfterDays === undefined) return undefined;
  return isDay ? startOfDate(daysLater(dateAt(at, zone), expiresAfterDays), zone) : at + expiresAfterDays * DAY_MS;
}
