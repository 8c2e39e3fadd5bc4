/** Bills the same usage on every tier. */
import type { RateCard } from '../catalog/rateCard.ts';
import type { ListedTier, Tier } from '../catalog/tier.ts';
import type { Decimal } from '../decimal.ts';
import { Fraction } from '../fraction.ts';
import { unpricedValues } from '../invoice/billingProblems.ts';
import type { Invoice } from '../invoice/invoice.ts';
import { issueInvoice } from '../invoice/issueInvoice.ts';
import type { Period } from '../period.ts';
import type { Usage } from '../usage/ledger.ts';

/** A tier's invoice, or the reason that it has none: it needs a contract, or has no price for a region. */
export type Quote =
  | { readonly tier: ListedTier; readonly invoice: Invoice; readonly reason?: undefined }
  | { readonly tier: Tier; readonly invoice?: undefined; readonly reason: string };

export function quoteOf(rateCard: RateCard, tier: Tier, usage: Usage, period: Period): Quote {
  if (tier.kind === 'contract') return { tier, reason: 'needs a contract of its own' };
  const [unpriced] = unpricedValues(tier, usage);
  if (unpriced) return { tier, reason: unpriced.message };
  const stretches = [{ tier, period, usage }];
  return { tier, invoice: issueInvoice({ rateCard, customer: 'estimate', period, stretches }) };
}

/** True if the tier takes all of the usage: it has prices for it, and no hard cap blocks any. */
export function takesAll(quote: Quote): boolean {
  return quote.invoice !== undefined && quote.invoice.blocked.size === 0;
}

/** A quantity that a hard cap blocks, and its share of the usage. */
export type Blocked = { readonly meter: string; readonly quantity: Fraction; readonly share: Fraction };

/** Usage that an invoice's tier blocks, in the order of its meters. Empty: it serves everything. */
export function blockedBy({ blocked, usage }: Pick<Invoice, 'blocked' | 'usage'>): Blocked[] {
  return [...blocked].map(([meter, quantity]) => ({
    meter,
    quantity,
    share: quantity.dividedBy(Fraction.of(usage.get(meter)!)),
  }));
}

/** The cheapest of the quotes that take all of the usage; equally cheap: the first. Undefined if none does. */
export function cheapestOf(quotes: readonly Quote[]): Quote | undefined {
  let best: { quote: Quote; total: Decimal } | undefined;
  for (const quote of quotes) {
    if (!quote.invoice || !takesAll(quote)) continue;
    if (!best || quote.invoice.total.lt(best.total)) best = { quote, total: quote.invoice.total };
  }
  return best?.quote;
}
