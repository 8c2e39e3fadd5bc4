import { type Decimal, ONE } from '../decimal.ts';
import { Fraction } from '../fraction.ts';
import { type CostPart, costOf, type PriceModel } from './model.ts';

/** A share of a money-valued meter, plus a fee for each event (a row whose quantity is not 0). */
export type PercentagePrice = {
  readonly model: 'percentage';
  /** 1.5 % is 0.015. */
  readonly rate: Decimal;
  readonly fixed: Decimal;
  readonly text: string;
};

export const percentage: PriceModel<PercentagePrice> = {
  costMayFall: false,
  rate(price, quantity, { events }) {
    const perEvent: CostPart = { of: 'events', amount: price.fixed, count: Fraction.of(events) };
    const parts: CostPart[] = [
      { of: 'units', amount: price.rate, per: ONE, count: quantity },
      ...(price.fixed.isZero() ? [] : [perEvent]),
    ];
    return [{ quantity, exact: costOf(parts), parts, price: price.text }];
  },
};
