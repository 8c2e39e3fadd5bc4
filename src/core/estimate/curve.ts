/** Monthly cost against traffic, for every tier: the configuration's mix of routes, with more or less of it. */
import type { RateCard } from '../catalog/rateCard.ts';
import { type Decimal, ZERO } from '../decimal.ts';
import type { Period } from '../period.ts';
import type { Usage } from '../usage/ledger.ts';
import type { Quote } from './quotes.ts';
import { answersAt } from './scaledUsage.ts';

export type Curve = {
  readonly tier: string;
  /** In order of requests; the first is at none. `serves`: no hard cap blocks any of them. */
  readonly points: readonly { readonly requests: number; readonly total: Decimal; readonly serves: boolean }[];
};

/**
 * `points` evenly from 0 to `upTo` requests, and those in `also`. Empty without traffic, because then there is no mix.
 */
export function costCurves(
  { rateCard, usage, quotes, period }: { rateCard: RateCard; usage: Usage; quotes: readonly Quote[]; period: Period },
  { upTo, points, also }: { upTo: number; points: number; also: readonly number[] },
): Curve[] {
  if (usage.get('requests')!.quantity.eq(ZERO)) return [];
  const answers = answersAt(rateCard, usage, period);
  const even = Array.from({ length: points }, (_, i) => Math.round((upTo * i) / (points - 1)));
  const all = [...new Set([...even, ...also.filter((at) => at <= upTo)])].sort((a, b) => a - b);
  const tiers = quotes.flatMap((quote) => (quote.invoice ? [quote.tier] : []));
  return tiers.map((tier) => ({
    tier: tier.name,
    points: all.map((requests) => {
      const { invoice, serves } = answers(tier, requests);
      return { requests, total: invoice.total, serves };
    }),
  }));
}
