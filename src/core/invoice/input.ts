import type { RateCard } from '../catalog/rateCard.ts';
import type { Tax } from '../catalog/tax.ts';
import type { Balance } from '../credits/grant.ts';
import type { Period } from '../period.ts';
import type { Stretch } from '../rating/rateStretch.ts';
import type { Usage } from '../usage/ledger.ts';

/** Everything that an invoice is made of. */
export type InvoiceInput = {
  readonly rateCard: Pick<RateCard, 'currency' | 'timezone' | 'tax' | 'creditPacks'>;
  readonly customer: string;
  readonly period: Period;
  /** The tiers in force in the period and the usage under each: in time order, without overlaps, at least one. */
  readonly stretches: readonly Stretch[];
  /**
   * Measured over the whole period. Absent: the stretches' usage, added up, which is not the same for a maximum or a
   * count of distinct values.
   */
  readonly usage?: Usage;
  /** False: the customer has no packs bought by themselves. */
  readonly autoPurchase?: boolean;
  /** Credit at the period's start, and grants after it. */
  readonly balances?: readonly Balance[];
  /** The customer's own tax; absent: the rate card's. */
  readonly tax?: Tax | undefined;
};
