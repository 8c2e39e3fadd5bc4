import type { Decimal } from '../decimal.ts';
import { Fraction } from '../fraction.ts';
import { type CostPart, costOf, type PriceModel } from './model.ts';

/**
 * Whole packages: a package is owed in full from its first unit. No units, no package.
 * Origin: same result as Stripe's `transform_quantity` with `round: up`.
 */
export type PackagePrice = {
  readonly model: 'package';
  readonly amount: Decimal;
  /** Units in a package, > 0. */
  readonly per: Decimal;
  readonly text: string;
};

export const packagePrice: PriceModel<PackagePrice> = {
  costMayFall: false,
  rate(price, quantity) {
    const packages = Fraction.of(quantity.dividedBy(Fraction.of(price.per)).ceil());
    const parts: CostPart[] = [{ of: 'packages', amount: price.amount, per: price.per, count: packages }];
    return [{ quantity, exact: costOf(parts), parts, price: price.text }];
  },
};
