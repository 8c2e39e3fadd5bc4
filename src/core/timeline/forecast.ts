/**
 * Projection of an entry: usage at the end of the stretch, on a straight line from its start; what that will be
 * charged; and the tier on which it would cost least. Prices and limits come from the one rating pipeline.
 */
import type { RateCard } from '../catalog/rateCard.ts';
import type { ListedTier } from '../catalog/tier.ts';
import { type Decimal, sum } from '../decimal.ts';
import { unpricedValues } from '../invoice/billingProblems.ts';
import { issueInvoice } from '../invoice/issueInvoice.ts';
import { rateStretch } from '../rating/rateStretch.ts';
import type { Forecast } from './entry.ts';
import type { Known } from './known.ts';
import { type Projection, projectionOf } from './projection.ts';
import type { StretchView } from './stretchView.ts';

export type ForecastInput = {
  readonly view: StretchView;
  readonly known: Known;
  /** Name of the meter that the entry is about; absent for credits. */
  readonly own: string | undefined;
  readonly rateCard: RateCard;
};

export function forecastOf({ view, known, own, rateCard }: ForecastInput): Forecast {
  const { start } = view.stretch.period;
  // No time has gone by, so there is no pace at which usage could go on.
  if (known.at === BigInt(start) * 1_000_000n) return {};
  const projection = projectionOf(view, known, rateCard);
  const { usage, usageIn } = projection;
  const { currency, timezone } = rateCard;
  const stretch = { ...view.stretch, usage, usageIn };
  const rated = rateStretch({ stretch, position: 0, period: view.period, timezone, currency });
  const charged = own
    ? rated.lines.filter((line) => line.kind === 'usage' && line.meter === own)
    : rated.lines.filter((line) => line.kind !== 'minimum');
  return {
    projected: {
      ...(own && { used: usage.get(own)!.quantity }),
      overage: sum(charged.map((line) => line.amount)),
    },
    ...cheapest(view, projection, rateCard),
  };
}

/**
 * The cheapest of the tiers with a list price that serve all of the usage, against the tier that the customer is on.
 */
function cheapest(
  view: StretchView,
  projection: Projection,
  rateCard: RateCard,
): Pick<Forecast, 'recommend' | 'unblock'> {
  let best: { tier: string; cost: Decimal } | undefined;
  for (const tier of rateCard.tiers.values()) {
    if (tier.name === view.tier.name || tier.kind === 'contract') continue;
    if (unpricedValues(tier, projection.usage).length > 0) continue;
    const { cost, blocks } = costOf(tier, view, projection, rateCard);
    if (!blocks && (!best || cost.lt(best.cost))) best = { tier: tier.name, cost };
  }
  if (!best) return {};
  const now = costOf(view.tier, view, projection, rateCard);
  if (best.cost.lt(now.cost)) return { recommend: { tier: best.tier, saves: now.cost.minus(best.cost) } };
  return now.blocks ? { unblock: { tier: best.tier, costs: best.cost.minus(now.cost) } } : {};
}

/** Fee and usage charges of a stretch; neither credits nor tax. */
function costOf(tier: ListedTier, view: StretchView, { usage, usageIn }: Projection, { currency, timezone }: RateCard) {
  const { subtotal, blocked } = issueInvoice({
    rateCard: { currency, timezone, creditPacks: new Map() },
    customer: view.customer,
    period: view.period,
    stretches: [{ tier, period: view.stretch.period, usage, usageIn, levels: view.stretch.levels }],
    usage,
  });
  return { cost: subtotal, blocks: blocked.size > 0 };
}
