import { monthlyFee, type Tier } from '../catalog/tier.ts';
import { Fraction } from '../fraction.ts';
import type { Price } from '../pricing/index.ts';
import type { UnitAmount } from '../pricing/unitAmount.ts';
import type { Finding, Lint, Subject } from './lint.ts';
import { amountText, includedInMonth, priceName, pricesIn } from './prices.ts';

export const belowCost: Lint = {
  code: 'lint/below-cost',
  severity: 'warning',
  title: 'a price under what it costs to run',
  explanation:
    'With costs: for a meter, every price of it – each step, after a discount – is compared with the cost of a unit, and the fee of every tier with the cost of all that it includes. Free tiers and steps with a flat amount are not compared.',
  reason: 'Every unit sold makes the loss larger.',
  remedy: 'Raise the price or the fee, include less, or correct the cost.',
  example: '{ costs: { requests: 0.30/1M }, pricing_tiers: { pro: { cost: usage, overage: { requests: 0.20/1M } } } }',
  find(subject) {
    const { costs } = subject.rateCard;
    if (costs.meters.size === 0) return { undecided: 'the tier file has no costs: of meters' };
    return [...pricesBelow(subject), ...feesBelow(subject)];
  },
};

function pricesBelow(subject: Subject): Finding[] {
  const { currency, costs } = subject.rateCard;
  return pricesIn(subject).flatMap((placed) => {
    const cost = costs.meters.get(placed.meter.name);
    if (!cost) return [];
    return amountsOf(placed.price).flatMap(({ amount, path }): Finding[] => {
      const paid = perUnit(amount).times(shareAfterDiscount(placed.tier));
      if (paid.cmp(perUnit(cost)) >= 0) return [];
      const [asked, spent] = [paid, perUnit(cost)].map((one) => amountText(one.times(Fraction.of(cost.per)), currency));
      const per = perText(cost);
      return [
        {
          path: [...placed.path, ...path],
          message: `${priceName(placed)} is sold at ${asked}${per} and costs ${spent}${per}`,
          hint: 'raise the price, or correct the cost under costs:',
        },
      ];
    });
  });
}

/** The linear amounts of a price, each with its path in the price. */
function amountsOf(price: Price): { amount: Pick<UnitAmount, 'amount' | 'per'>; path: (string | number)[] }[] {
  if (price.model === 'unit' || price.model === 'package') return [{ amount: price, path: [] }];
  if (price.model !== 'graduated' && price.model !== 'volume') return [];
  return price.steps.flatMap(({ unit, flat }, i) =>
    unit && flat.isZero() ? [{ amount: unit, path: ['steps', i] }] : [],
  );
}

function perUnit({ amount, per }: Pick<UnitAmount, 'amount' | 'per'>): Fraction {
  return Fraction.of(amount).dividedBy(Fraction.of(per));
}

/** `/1M` of `0.30/1M`. */
function perText({ text }: UnitAmount): string {
  const slash = text.indexOf('/');
  return slash < 0 ? ' a unit' : text.slice(slash);
}

function shareAfterDiscount({ discount }: Tier): Fraction {
  return discount ? Fraction.ONE.minus(Fraction.of(discount.share)) : Fraction.ONE;
}

function feesBelow({ rateCard }: Subject): Finding[] {
  const { currency, costs, tiers } = rateCard;
  return [...tiers.values()].flatMap(({ name, fee, limits, minimum }): Finding[] => {
    const paid = fee ? monthlyFee(fee) : Fraction.ZERO;
    if (paid.isZero() || minimum) return [];
    const spent = Fraction.sum(
      [...limits].flatMap(([meter, limit]) => {
        const cost = costs.meters.get(meter);
        return cost ? [includedInMonth(limit).times(perUnit(cost))] : [];
      }),
    );
    if (paid.cmp(spent) >= 0) return [];
    return [
      {
        path: ['pricing_tiers', name, 'cost'],
        message: `all that ${name} includes costs ${amountText(spent, currency)} a month to run, and its fee is ${amountText(paid, currency)}`,
        hint: 'raise the fee, include less, or correct the costs under costs:',
      },
    ];
  });
}
