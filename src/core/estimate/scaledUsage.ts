/** The configuration's mix of routes with more or less traffic, and what tiers bill for it. */
import type { RateCard } from '../catalog/rateCard.ts';
import type { ListedTier } from '../catalog/tier.ts';
import { Decimal, ZERO } from '../decimal.ts';
import type { Invoice } from '../invoice/invoice.ts';
import type { Period } from '../period.ts';
import type { MeteredUsage, MeterUsage, Usage } from '../usage/ledger.ts';
import { quoteOf, takesAll } from './quotes.ts';

/** Usage at another number of requests, the mix unchanged; compute to the microsecond, everything else whole. */
export function scaleUsage(usage: Usage, requests: Decimal, of: Decimal): Usage {
  const scale = (quantity: Decimal, digits: Decimal) => quantity.times(requests).times(digits).divToInt(of).div(digits);
  return new Map(
    [...usage].map(([meter, used]): [string, MeteredUsage] => {
      const digits = meter === 'requests' || meter === 'egress' ? WHOLE : MICRO;
      const scaled = ({ quantity, events }: MeterUsage): MeterUsage => ({
        quantity: scale(quantity, digits),
        events: scale(new Decimal(events), WHOLE).toNumber(),
      });
      if (used.by.size === 0) return [meter, { ...scaled(used), by: used.by }];
      // Parts are scaled one by one and added up, so that they still are the whole.
      const by = new Map(
        [...used.by].map(([dimension, values]) => [
          dimension,
          new Map([...values].map(([value, part]) => [value, scaled(part)])),
        ]),
      );
      const [values] = by.values();
      const parts = [...values!.values()];
      const quantity = parts.reduce((total, part) => total.plus(part.quantity), ZERO);
      return [meter, { quantity, events: parts.reduce((total, part) => total + part.events, 0), by }];
    }),
  );
}

const WHOLE = new Decimal(1);
const MICRO = new Decimal(1_000_000);

export type Answer = { readonly invoice: Invoice; readonly serves: boolean };

/** The invoice of a tier for so many requests; each is issued once. */
export function answersAt(
  rateCard: RateCard,
  usage: Usage,
  period: Period,
): (tier: ListedTier, requests: number) => Answer {
  const present = usage.get('requests')!.quantity;
  const usages = new Map<number, Usage>();
  const answers = new Map<ListedTier, Map<number, Answer>>();
  return (tier, requests) => {
    const ofTier = answers.get(tier) ?? new Map<number, Answer>();
    answers.set(tier, ofTier);
    const known = ofTier.get(requests);
    if (known) return known;
    const at = usages.get(requests) ?? scaleUsage(usage, new Decimal(requests), present);
    usages.set(requests, at);
    const quote = quoteOf(rateCard, tier, at, period);
    const answer = { invoice: quote.invoice!, serves: takesAll(quote) };
    ofTier.set(requests, answer);
    return answer;
  };
}
