/**
 * Break-even traffic between neighbouring tiers: the configuration's mix of routes, with more or less of it.
 *
 * A break-even is the first number of requests at which the invoice of one tier is dearer than that of the other,
 * though it was not before: to the request, because totals come from invoices, with their steps, minimums and rounding.
 * A tier that blocks part of the usage does not serve the traffic, and is never the cheaper one. Looked at are a
 * thousandth of the configured traffic to a thousand times of it; where amounts jump, every crossing is there.
 */
import type { RateCard } from '../catalog/rateCard.ts';
import { Decimal } from '../decimal.ts';
import type { Period } from '../period.ts';
import type { Usage } from '../usage/ledger.ts';
import { crossingsBetween } from './crossings.ts';
import type { Quote } from './quotes.ts';
import { answersAt } from './scaledUsage.ts';
import { turns } from './turns.ts';

export type BreakEven = {
  readonly from: string;
  readonly to: string;
  /** The first number of requests in the period at which `to` is the cheaper one, or the only one that serves them. */
  readonly requests: Decimal;
  /** Total that `to` bills at that traffic. */
  readonly total: Decimal;
  /** `blocked`: a hard cap of `from` begins to block there. */
  readonly reason: 'cheaper' | 'blocked';
};

const RANGE = 1000;

export function breakEvens(rateCard: RateCard, usage: Usage, quotes: readonly Quote[], period: Period): BreakEven[] {
  const present = usage.get('requests')!.quantity.toNumber();
  if (present === 0) return [];
  const tiers = quotes.flatMap((quote) => (quote.invoice ? [quote.tier] : []));
  const answers = answersAt(rateCard, usage, period);
  const first = Math.max(1, Math.floor(present / RANGE));
  const last = Math.min(present * RANGE, Number.MAX_SAFE_INTEGER);

  return tiers.slice(0, -1).flatMap((from, i): BreakEven[] => {
    const to = tiers[i + 1]!;
    const points = turns([from, to], { usage, present, first, last, rateCard, period });
    const sides = [(at: number) => answers(from, at), (at: number) => answers(to, at)] as const;
    return crossingsBetween(sides, points).map(({ at, dearer }) => {
      const [loser, winner] = dearer === 0 ? [from, to] : [to, from];
      return {
        from: loser.name,
        to: winner.name,
        requests: new Decimal(at),
        total: answers(winner, at).invoice.total,
        reason: answers(loser, at).serves ? 'cheaper' : 'blocked',
      };
    });
  });
}
