import { costOf, type PriceModel } from './model.ts';
import { linearPart, type UnitAmount } from './unitAmount.ts';

/** Every unit at the same price, fractions of `per` included: 0.40/10k charges 0.00004 for one unit. */
export type UnitPrice = { readonly model: 'unit' } & UnitAmount;

export const unit: PriceModel<UnitPrice> = {
  costMayFall: false,
  rate(price, quantity) {
    const parts = [linearPart(price, quantity)];
    return [{ quantity, exact: costOf(parts), parts, price: price.text }];
  },
};
