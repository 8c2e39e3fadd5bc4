/** Price lists beside the one of an estimate: what they bill for its usage. */
import type { RateCard } from '../catalog/rateCard.ts';
import type { Invoice } from '../invoice/invoice.ts';
import type { Period } from '../period.ts';
import type { EdgeConfig } from './edge.ts';
import { meterProblems, project, usageOf } from './project.ts';
import { cheapestOf, type Quote, quoteOf } from './quotes.ts';

/** A month's usage on a price list: the invoice of its cheapest tier that takes all of it, or the reason that there is none. */
export type PriceListQuote = {
  /** Name of the tier file. */
  readonly name: string;
  readonly rateCard: RateCard;
  readonly quote: (Quote & { readonly invoice: Invoice }) | { readonly invoice?: undefined; readonly reason: string };
};

/** `period`: a month in the zone of the price list. */
export function quoteOn(name: string, rateCard: RateCard, config: EdgeConfig, period: Period): PriceListQuote {
  const [problem] = meterProblems(rateCard);
  if (problem) return { name, rateCard, quote: { reason: problem.message } };
  const usage = usageOf(project(config, 'expected'), rateCard);
  const quotes = [...rateCard.tiers.values()].map((tier) => quoteOf(rateCard, tier, usage, period));
  const cheapest = cheapestOf(quotes);
  if (cheapest?.invoice) return { name, rateCard, quote: cheapest };
  const reason = quotes.find((quote) => quote.reason !== undefined && quote.tier.kind === 'listed')?.reason;
  return { name, rateCard, quote: { reason: reason ?? 'no tier takes all of this' } };
}
