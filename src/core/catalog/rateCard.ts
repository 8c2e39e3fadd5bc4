import type { Instant } from '../calendar.ts';
import type { Decimal } from '../decimal.ts';
import type { Currency } from '../money.ts';
import type { UnitAmount } from '../pricing/unitAmount.ts';
import type { Accounts } from './accounts.ts';
import type { CreditPack } from './credit.ts';
import type { Meter } from './meter.ts';
import type { Issuer } from './party.ts';
import type { Tax } from './tax.ts';
import type { Tier } from './tier.ts';

/**
 * When customers change to a list that follows another: with the billing period that begins on or after its day, on that
 * day, or, of `new_customers`, never where they were on a tier before.
 */
export const APPLICATIONS = ['next_period', 'at_once', 'new_customers'] as const;

/** A tier file, loaded and checked. */
export type RateCard = {
  /** Name of this price list; absent: that of the file. */
  readonly name?: string;
  /** First instant of the list where there are several; absent: from ever. */
  readonly validFrom?: Instant;
  readonly applies?: (typeof APPLICATIONS)[number];
  readonly currency: Currency;
  /** IANA zone in which periods and days begin. */
  readonly timezone: string;
  /** Tier of customers that no customers file mentions. */
  readonly defaultTier?: string;
  readonly meters: ReadonlyMap<string, Meter>;
  /** Dimensions of the telemetry that the file names: they are kept apart whether or not a price goes by them. */
  readonly dimensions?: readonly string[];
  /** In the order of the file, which is the order of upgrades. */
  readonly tiers: ReadonlyMap<string, Tier>;
  readonly creditPacks: ReadonlyMap<string, CreditPack>;
  readonly notifications: {
    /** Shares of a limit, ascending: 0.8, 1. */
    readonly thresholds: readonly Decimal[];
    readonly upgradeUrl?: string;
  };
  /** Tax of customers without a tax of their own. */
  readonly tax?: Tax;
  /** Sender of invoice documents. */
  readonly issuer?: Issuer;
  /** Accounts that invoices are booked to. */
  readonly accounts?: Accounts;
  /** Our cost of running the service: by meter, and by the month for features. */
  readonly costs: { readonly meters: ReadonlyMap<string, UnitAmount>; readonly features: ReadonlyMap<string, Decimal> };
};
