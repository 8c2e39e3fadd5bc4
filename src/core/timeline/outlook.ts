/**
 * What an entry leads to: usage at the end of the stretch, on a straight line from its start; what that will be charged;
 * and the tier on which it would cost least. Prices and limits come from the one rating pipeline.
 */
import { allocate } from '../allocate.ts';
import type { Meter } from '../catalog/meter.ts';
import type { RateCard } from '../catalog/rateCard.ts';
import type { Tier } from '../catalog/tier.ts';
import { Decimal, sum } from '../decimal.ts';
import { Fraction } from '../fraction.ts';
import { billingProblems, issueInvoice } from '../invoice/issueInvoice.ts';
import { rateStretch } from '../rating/rateStretch.ts';
import type { MeteredUsage, Usage } from '../usage/ledger.ts';
import type { Outlook } from './entry.ts';
import { elapsedOf, type Known } from './known.ts';
import type { StretchView } from './stretchView.ts';

export type OutlookInput = {
  readonly view: StretchView;
  readonly known: Known;
  /** Name of the meter that the entry is about; absent for credits. */
  readonly own: string | undefined;
  readonly rateCard: RateCard;
};

export function outlookOf({ view, known, own, rateCard }: OutlookInput): Outlook {
  const { start } = view.stretch.period;
  // No time has gone by, so there is no pace at which usage could go on.
  if (known.at === BigInt(start) * 1_000_000n) return {};
  const usage = new Map(
    [...known.usage].map(([name, used]): [string, MeteredUsage] => {
      const meter = rateCard.meters.get(name)!;
      return [name, projected(used, meter, elapsedOf(meter, known, start), view)];
    }),
  );

  const { currency, timezone } = rateCard;
  // Of a projection no more than the total is known.
  const { usageIn: _, ...stretch } = { ...view.stretch, usage };
  const rated = rateStretch({ stretch, position: 0, period: view.period, timezone, currency });
  const charged = own
    ? rated.lines.filter((line) => line.kind === 'usage' && line.meter === own)
    : rated.lines.filter((line) => line.kind !== 'minimum');
  return {
    projected: {
      ...(own && { used: usage.get(own)!.quantity }),
      overage: sum(charged.map((line) => line.amount)),
    },
    ...cheapest(view, usage, rateCard),
  };
}

/**
 * A meter's usage at the stretch's end, with as many fraction digits as it has now. Maxima and last values do not grow
 * with time: they stay.
 */
function projected(used: MeteredUsage, meter: Meter, elapsedNs: bigint, view: StretchView): MeteredUsage {
  const { start, end } = view.stretch.period;
  const stays = meter.aggregation === 'max' || meter.aggregation === 'last' || meter.aggregation === 'percentile';
  if (stays || used.quantity.isZero()) return used;
  const factor = Fraction.of(end - start).dividedBy(Fraction.of(String(elapsedNs), 1_000_000));
  const digits = used.quantity.decimalPlaces();
  const quantity = Fraction.of(used.quantity).times(factor).round(digits);
  const events = (count: number) => Fraction.of(count).times(factor).round(0).toNumber();
  const unit = new Decimal(10).pow(-digits);
  return {
    quantity,
    events: events(used.events),
    by: new Map(
      [...used.by].map(([dimension, found]) => {
        // By value, so that neither the order of rows nor of files decides who gets the last unit.
        const parts = [...found].sort(([a], [b]) => (a < b ? -1 : 1));
        const shares = allocate({ total: quantity, weights: parts.map(([, part]) => part.quantity), unit });
        return [
          dimension,
          new Map(parts.map(([value, part], i) => [value, { quantity: shares[i]!, events: events(part.events) }])),
        ];
      }),
    ),
  };
}

/** The cheapest of the tiers with a list price that serve all of the usage, against the tier that the customer is on. */
function cheapest(view: StretchView, usage: Usage, rateCard: RateCard): Pick<Outlook, 'recommend' | 'unblock'> {
  const now = costOf(view.tier, view, usage, rateCard);
  let best: { tier: string; cost: Decimal } | undefined;
  for (const tier of rateCard.tiers.values()) {
    if (tier.name === view.tier.name || billingProblems(view.customer, tier, usage).length > 0) continue;
    const { cost, blocks } = costOf(tier, view, usage, rateCard);
    if (!blocks && (!best || cost.lt(best.cost))) best = { tier: tier.name, cost };
  }
  if (!best) return {};
  if (best.cost.lt(now.cost)) return { recommend: { tier: best.tier, saves: now.cost.minus(best.cost) } };
  return now.blocks ? { unblock: { tier: best.tier, costs: best.cost.minus(now.cost) } } : {};
}

/** Fee and usage charges of a stretch; neither credits nor tax. */
function costOf(tier: Tier, view: StretchView, usage: Usage, { currency, timezone }: RateCard) {
  const { subtotal, blocked } = issueInvoice({
    rateCard: { currency, timezone, creditPacks: new Map() },
    customer: view.customer,
    period: view.period,
    stretches: [{ tier, period: view.stretch.period, usage, levels: view.stretch.levels }],
    usage,
  });
  return { cost: subtotal, blocks: blocked.size > 0 };
}
