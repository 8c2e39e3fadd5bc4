/** The prices of a tier one by one, each with its place in the tier file; and texts for amounts and quantities. */
import { valuesIn } from '../catalog/grouping.ts';
import type { Meter } from '../catalog/meter.ts';
import type { RateCard } from '../catalog/rateCard.ts';
import { type Limit, type ListedTier, monthlyFee, type Tier } from '../catalog/tier.ts';
import { Decimal } from '../decimal.ts';
import { Fraction } from '../fraction.ts';
import { type Currency, formatMoney } from '../money.ts';
import type { Price } from '../pricing/index.ts';
import { formatQuantity, groupDigits } from '../quantity.ts';
import type { LintPath, Subject } from './lint.ts';

export type PlacedPrice = {
  readonly tier: Tier;
  readonly meter: Meter;
  readonly price: Price;
  readonly path: LintPath;
  /** The value of a dimension that the price is for: `syd`; undefined: all, or every other. */
  readonly value?: string;
};

/** Every price of every tier, in the order of the file. */
export function pricesIn({ rateCard, written }: Subject): PlacedPrice[] {
  return [...rateCard.tiers.values()].flatMap((tier) =>
    pricesOfTier(tier, rateCard, (meter) => written.pricePath(tier.name, meter)),
  );
}

/** `pathOf`: path of a meter's price. */
export function pricesOfTier(tier: Tier, { meters }: RateCard, pathOf: (meter: string) => LintPath): PlacedPrice[] {
  return [...(tier.charges ?? [])].flatMap(([name, charge]): PlacedPrice[] => {
    const meter = meters.get(name)!;
    const path = pathOf(name);
    if (charge.kind === 'single') return [{ tier, meter, price: charge.price, path }];
    const listed = [...charge.prices].map(([group, price]) => {
      const values = valuesIn(group, charge.dimensions);
      return { tier, meter, price, path: [...path, 'prices', ...values], value: values.join(', ') };
    });
    return charge.otherwise
      ? [...listed, { tier, meter, price: charge.otherwise, path: [...path, 'default'] }]
      : listed;
  });
}

/** `egress on scale`, `egress for syd on scale`. */
export function priceName({ tier, meter, value }: Pick<PlacedPrice, 'tier' | 'meter' | 'value'>): string {
  return `${meter.name}${value === undefined ? '' : ` for ${value}`} on ${tier.name}`;
}

export function listedTiers({ tiers }: RateCard): ListedTier[] {
  return [...tiers.values()].filter((tier) => tier.kind === 'listed');
}

/** True for a tier that nobody ever pays for: no fee, and hard caps or nothing in the place of prices. */
export function isFree(tier: Tier): tier is ListedTier {
  return (
    tier.kind === 'listed' &&
    monthlyFee(tier.fee).isZero() &&
    tier.charges.size === 0 &&
    (tier.minimum?.isZero() ?? true)
  );
}

const DAYS = 30;

/** Quantity that a limit includes in a month of 30 days, in the meter's unit. */
export function includedInMonth({ quantity, per }: Limit): Fraction {
  const whole = Fraction.of(quantity);
  switch (per) {
    case 'day':
      return whole.times(Fraction.of(DAYS));
    case 'week':
      return whole.times(Fraction.of(DAYS, 7));
    case 'year':
      return whole.dividedBy(Fraction.of(12));
    default:
      return whole;
  }
}

/** Digits of an amount that is finer than the currency's minor unit. */
const FINE_DIGITS = 6;

/** `12.50`, `0.000016`: in minor units, or finer where the amount is. */
export function amountText(amount: Fraction, currency: Currency): string {
  const fine = amount.round(Math.max(FINE_DIGITS, currency.minorUnit));
  if (fine.decimalPlaces() > currency.minorUnit) return groupDigits(fine.toFixed());
  return groupDigits(formatMoney(new Decimal(fine), currency));
}

/** `100 GB`, `2 000 000 requests` as the meter writes it; rounded to thousandths of its unit. */
export function quantityText(quantity: Fraction, { unit }: Meter): string {
  return formatQuantity(quantity.round(3), unit);
}
