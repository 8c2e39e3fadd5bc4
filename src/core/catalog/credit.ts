/** Credit as it is agreed: grants to customers, and packs that are sold. core/credits draws on it. */
import type { Instant } from '../calendar.ts';
import type { Decimal } from '../decimal.ts';

/** Money that pays for usage charges, and for nothing else. */
export type CreditGrant = {
  /** Unique for its customer. */
  readonly id: string;
  /** In whole minor units of the rate card's currency. */
  readonly amount: Decimal;
  /** Lower numbers are drawn first. */
  readonly priority: number;
  /** It pays for usage from here on; absent: always has. */
  readonly start?: Instant;
  /** It cannot pay for usage at this instant or later; absent: never ends. */
  readonly expires?: Instant;
  readonly reason?: string;
  /** The credit pack that it came from. */
  readonly pack?: string;
};

export type CreditPack = {
  readonly name: string;
  readonly price: Decimal;
  /** Money it pays for. */
  readonly credit: Decimal;
  readonly expiresAfterDays?: number;
  /** Bought by itself when usage charges meet no credit any more, at most so often in a billing period. */
  readonly autoPurchase?: AutoPurchaseTerms;
};

export type AutoPurchaseTerms = {
  readonly maxPerPeriod: number;
  /** Names of the tiers for whose charges it is bought. */
  readonly tiers: ReadonlySet<string>;
};
