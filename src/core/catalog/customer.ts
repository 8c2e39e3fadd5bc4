import type { Instant } from '../calendar.ts';
import type { Period } from '../period.ts';
import type { CreditGrant } from './credit.ts';
import type { BillTo } from './party.ts';
import type { Tax } from './tax.ts';
import { haveSameTerms } from './terms.ts';
import type { ListedTier } from './tier.ts';

/** A customer to be billed, and the terms. */
export type Customer = {
  readonly id: string;
  /** Day of the month on which billing periods begin, 1 to 31; where a month is shorter, its last day. */
  readonly anchor: number;
  /** In time order, without gaps or overlaps, at least one. */
  readonly history: readonly Assignment[];
  readonly grants: readonly CreditGrant[];
  /** False: no pack is bought by itself for them. */
  readonly autoPurchase: boolean;
  /** In the place of the rate card's. */
  readonly tax?: Tax;
  /** Recipient of invoice documents. */
  readonly billTo?: BillTo;
};

/** Time on a tier, half-open; `tier` already holds what a contract changed. */
export type Assignment = { readonly tier: ListedTier; readonly from?: Instant; readonly to?: Instant };

/** A customer without an entry in the customers file: on one tier for all time. */
export function customerOn(tier: ListedTier, id: string): Customer {
  return { id, anchor: 1, history: [{ tier }], grants: [], autoPurchase: true };
}

/** Time within a period on the same terms, half-open. */
export type TermsInForce = {
  /** The last of successive tiers with the same terms; an invoice shows its name. */
  readonly tier: ListedTier;
  readonly period: Period;
  /** The tiers one after another, at least one; they have the same terms, and may have other names and rate limits. */
  readonly parts: readonly { readonly tier: ListedTier; readonly period: Period }[];
};

/**
 * The assignments within a period, cut to it. Neighbours on the same terms are one: a change that changes nothing
 * splits nothing.
 */
export function assignmentsIn(customer: Customer, period: Period): TermsInForce[] {
  const within: TermsInForce[] = [];
  for (const { tier, from, to } of customer.history) {
    const start = Math.max(period.start, from ?? period.start);
    const end = Math.min(period.end, to ?? period.end);
    if (start >= end) continue;
    const own = { tier, period: { start, end } };
    const before = within.at(-1);
    if (before && haveSameTerms(before.tier, tier))
      within[within.length - 1] = {
        tier,
        period: { start: before.period.start, end },
        parts: [...before.parts, own],
      };
    else within.push({ tier, period: own.period, parts: [own] });
  }
  return within;
}

/** From the begin of the first assignment to the end of the last; open ends are infinite. */
export function coveredTime({ history }: Customer): Period {
  return { start: history[0]?.from ?? Number.NEGATIVE_INFINITY, end: history.at(-1)?.to ?? Number.POSITIVE_INFINITY };
}
