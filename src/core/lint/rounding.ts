import { monthlyFee } from '../catalog/tier.ts';
import { Fraction } from '../fraction.ts';
import { type Currency, roundToMinorUnit } from '../money.ts';
import { priceCurve } from './curve.ts';
import type { Finding, Lint, Subject } from './lint.ts';
import { amountText, type PlacedPrice, priceName, pricesIn, quantityText } from './prices.ts';

export const rounding: Lint = {
  code: 'lint/rounding',
  severity: 'warning',
  title: 'an amount that rounds to nothing on every invoice',
  explanation:
    'An invoice rounds each line to the minor unit of the currency. A step of a graduated price is a line of its own: if even the whole step costs less than half a minor unit, it is never paid. The same holds for a flat amount of a stairstep price, for a package, and for a fee or a minimum. A price without an end is not judged by its size, because enough usage makes an amount of it.',
  reason:
    'What is never charged is a price of 0 that looks like another one, usually because of a wrong number of zeros.',
  remedy: 'Correct the amount or the quantity that it is for, or write 0.',
  example:
    'pricing_tiers: { pro: { cost: usage, overage: { requests: { model: graduated, steps: [{ up_to: 100, amount: 0.00001 }, { amount: 0.01 }] } } } }',
  find(subject) {
    return [...pricesIn(subject).flatMap((placed) => inPrice(placed, subject)), ...inTiers(subject)];
  },
};

function inPrice(placed: PlacedPrice, { rateCard: { currency } }: Subject): Finding[] {
  const { price, meter } = placed;
  const hint = 'correct the amount or the quantity that it is for, or write 0';
  if (price.model === 'package') {
    if (!isLost(Fraction.of(price.amount), currency)) return [];
    const message = `a package of ${priceName(placed)} costs ${price.amount.toFixed()}, which rounds to nothing`;
    return [{ path: placed.path, message, hint }];
  }
  if (price.model !== 'graduated' && price.model !== 'stairstep') return [];
  const { pieces } = priceCurve(price, 'low', true)!;
  return price.steps.flatMap(({ upTo }, i): Finding[] => {
    const piece = pieces.find(({ to }) => (upTo ? to?.eq(Fraction.of(upTo)) : to === undefined));
    if (!piece || (price.model === 'graduated' && !piece.to)) return [];
    const own = price.model === 'stairstep' ? piece.at : stepCost(price.steps[i]!, piece.from, piece.to!);
    if (!isLost(own, currency)) return [];
    const until = piece.to ? ` up to ${quantityText(piece.to, meter)}` : '';
    const message = `step ${i + 1} of ${priceName(placed)}${until} costs ${amountText(own, currency)} in all, which rounds to nothing on every invoice`;
    return [{ path: [...placed.path, 'steps', i], message, hint }];
  });
}

/** Cost of everything in a step, its flat amount included: the most that its line can be. */
function stepCost(
  { unit, flat }: Extract<PlacedPrice['price'], { steps: unknown }>['steps'][number],
  from: Fraction,
  to: Fraction,
): Fraction {
  const units = unit ? to.minus(from).times(Fraction.of(unit.amount)).dividedBy(Fraction.of(unit.per)) : Fraction.ZERO;
  return units.plus(Fraction.of(flat));
}

/** True for an amount above 0 that no invoice shows. */
function isLost(amount: Fraction, currency: Currency): boolean {
  return amount.isPositive() && roundToMinorUnit(amount, currency).isZero();
}

function inTiers({ rateCard: { tiers, currency } }: Subject): Finding[] {
  return [...tiers.values()].flatMap(({ name, fee, minimum }) => {
    const amounts = [
      { key: 'cost', what: 'fee', amount: fee ? monthlyFee(fee) : Fraction.ZERO },
      { key: 'minimum', what: 'minimum', amount: Fraction.of(minimum ?? 0) },
    ];
    return amounts
      .filter(({ amount }) => isLost(amount, currency))
      .map(({ key, what, amount }) => ({
        path: ['pricing_tiers', name, key],
        message: `the ${what} of ${name} is ${amountText(amount, currency)} a month, which rounds to nothing`,
        hint: 'write an amount in whole minor units, or 0',
      }));
  });
}
