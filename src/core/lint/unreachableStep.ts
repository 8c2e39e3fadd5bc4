import type { Tier } from '../catalog/tier.ts';
import { Fraction } from '../fraction.ts';
import { type Price, ratePrice } from '../pricing/index.ts';
import type { Step } from '../pricing/steps.ts';
import type { Lint, Subject } from './lint.ts';
import { amountText, includedInMonth, type PlacedPrice, priceName, pricesIn, quantityText } from './prices.ts';

/** Seconds of the longest month. */
const MOST_SECONDS = 31 * 86_400;

export const unreachableStep: Lint = {
  code: 'lint/unreachable-step',
  severity: 'warning',
  title: 'a step nothing falls in',
  explanation:
    'No usage can be in the step, or no usage in it changes the invoice: it ends before it begins to hold a whole request or byte, it begins beyond what the rate limit of the tier lets through in a month of 31 days, or the usage before it already costs the maximum of the tier.',
  reason:
    'A price that nobody can ever pay is a mistake in one of the numbers around it, and what was meant is not charged.',
  remedy: 'Correct the end of the step before it, the rate limit or the maximum, or remove the step.',
  example:
    'pricing_tiers: { pro: { cost: usage, rate_limit: 10/s, overage: { requests: { model: graduated, steps: [{ up_to: 30M, amount: 0.40, per: 10k }, { amount: 0.20, per: 10k }] } } } }',
  find(subject) {
    return pricesIn(subject).flatMap((placed) => {
      const steps = 'steps' in placed.price ? placed.price.steps : [];
      return steps.flatMap((step, i) => {
        const begin = Fraction.of(steps[i - 1]?.upTo ?? 0);
        const reason = unreachable({ placed, step, begin, isFirst: i === 0 }, subject);
        if (reason === undefined) return [];
        return [
          {
            path: [...placed.path, 'steps', i],
            message: `nothing falls in step ${i + 1} of ${priceName(placed)}: ${reason}`,
            hint: 'correct the end of the step before it or remove the step',
          },
        ];
      });
    });
  },
};

type Place = { readonly placed: PlacedPrice; readonly step: Step; readonly begin: Fraction; readonly isFirst: boolean };

function unreachable({ placed, step, begin, isFirst }: Place, { rateCard }: Subject): string | undefined {
  const { tier, meter, price } = placed;
  const end = step.upTo && Fraction.of(step.upTo);
  if (isFirst) {
    const holdsNothing = end?.isZero() === true && step.flat.isZero();
    return holdsNothing ? 'it ends at 0' : undefined;
  }
  const from = quantityText(begin, meter);
  if (end && countsWholes(placed) && !holdsWhole(begin, end))
    return `no whole ${meter.unit} is above ${from} and at most ${quantityText(end, meter)}`;
  const most = mostRequests(placed);
  if (most && most.cmp(begin) <= 0) {
    const limit = `the rate limit of ${tier.rateLimit!.text}`;
    return `it begins at ${from} beyond the limit, and ${limit} lets no more than that through in a month of 31 days`;
  }
  if (tier.maximum && isCapped(price, tier, begin))
    return `at ${from}, where it begins, usage already costs the maximum of ${amountText(Fraction.of(tier.maximum), rateCard.currency)}`;
  return undefined;
}

/** Requests and bytes come whole, unless they are averaged over time. */
function countsWholes({ meter }: PlacedPrice): boolean {
  const isWhole = meter.unit === 'request' || meter.family === 'bytes';
  return isWhole && meter.aggregation !== 'time_weighted';
}

function holdsWhole(begin: Fraction, end: Fraction): boolean {
  const above = begin.ceil();
  const first = begin.eq(Fraction.of(above)) ? above.plus(1) : above;
  return Fraction.of(first).cmp(end) <= 0;
}

/** Requests beyond the limit that a rate limit lets through in the longest month; undefined for any other meter. */
function mostRequests({ tier, meter, value }: PlacedPrice): Fraction | undefined {
  if (!tier.rateLimit || meter.field !== 'requests' || meter.aggregation !== 'sum' || value !== undefined)
    return undefined;
  const limit = tier.limits.get(meter.name);
  const all = Fraction.of(tier.rateLimit.perSecond).times(Fraction.of(MOST_SECONDS));
  return limit ? all.minus(includedInMonth(limit)) : all;
}

/** True if the quantity costs the tier's maximum, and no larger one costs less again. */
function isCapped(price: Price, tier: Tier, quantity: Fraction): boolean {
  if (price.model !== 'graduated') return false;
  const context = { events: 0, isPartlyIncluded: true };
  const cost = Fraction.sum(ratePrice(price, quantity, context).map(({ exact }) => exact));
  const share = Fraction.ONE.minus(Fraction.of(tier.discount?.share ?? 0));
  return cost.times(share).cmp(Fraction.of(tier.maximum!)) >= 0;
}
