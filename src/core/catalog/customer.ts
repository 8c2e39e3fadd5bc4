import type { Instant } from '../calendar.ts';
import type { Period } from '../period.ts';
import type { CreditGrant } from './credit.ts';
import type { BillTo } from './party.ts';
import type { RateCard } from './rateCard.ts';
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
  /** The price list that the customers file pins them to: its name, and the end, excluded. */
  readonly pin?: { readonly list: string; readonly until?: Instant };
  /** Time on a tier that no list in force then prices; only where there are several lists. */
  readonly unpriced?: readonly Unpriced[];
};

/** A price list of several. */
export type PriceList = { readonly name: string; readonly rateCard: RateCard };

/** `list`: the list in force, which does not have the tier; absent: there is none yet, and `first` is the first one. */
export type Unpriced = {
  readonly tier: string;
  readonly list?: string;
  readonly first: string;
  readonly period: Period;
};

/** Time on a tier, half-open; `tier` already holds what a contract changed. */
export type Assignment = {
  readonly tier: ListedTier;
  readonly from?: Instant;
  readonly to?: Instant;
  /** The list that the tier is of, where there are several. */
  readonly list?: PriceList;
};

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
  /** The list of the last of them, where there are several. */
  readonly list?: PriceList;
};

/**
 * The assignments within a period, cut to it. Neighbours on the same terms are one: a change that changes nothing
 * splits nothing.
 */
export function assignmentsIn(customer: Customer, period: Period): TermsInForce[] {
  const within: TermsInForce[] = [];
  for (const { tier, from, to, list } of customer.history) {
    const start = Math.max(period.start, from ?? period.start);
    const end = Math.min(period.end, to ?? period.end);
    if (start >= end) continue;
    const own = { tier, period: { start, end } };
    const ofList = list && { list };
    const before = within.at(-1);
    if (before && haveSameTerms(before.tier, tier))
      within[within.length - 1] = {
        tier,
        period: { start: before.period.start, end },
        parts: [...before.parts, own],
        ...ofList,
      };
    else if (list) within.push({ tier, period: own.period, parts: [own], list });
    else within.push({ tier, period: own.period, parts: [own] });
  }
  return within;
}

/** From the begin of the first assignment to the end of the last, priced or not; open ends are infinite. */
export function coveredTime({ history, unpriced = [] }: Customer): Period {
  const start = history[0] ? (history[0].from ?? Number.NEGATIVE_INFINITY) : Number.POSITIVE_INFINITY;
  const end = history.length > 0 ? (history.at(-1)!.to ?? Number.POSITIVE_INFINITY) : Number.NEGATIVE_INFINITY;
  return {
    start: Math.min(start, ...unpriced.map(({ period }) => period.start)),
    end: Math.max(end, ...unpriced.map(({ period }) => period.end)),
  };
}
