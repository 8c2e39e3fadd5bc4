/** Customers to be left on the price list that they have, because the new one would cost them too much more. */
import { type Decimal, sum } from '../decimal.ts';
import { Fraction } from '../fraction.ts';
import type { CustomerChange } from './customerChange.ts';
import { isOnBothSides } from './summary.ts';

export type Grandfathered = {
  /** 20 % is 0.2. */
  readonly bound: Decimal;
  readonly customers: readonly CustomerChange[];
  /** Revenue that is given up in a billing month, not rounded. */
  readonly perMonth: Fraction;
};

/** Customers whose invoice would rise by more than `bound`, or from nothing. `months`: billing months of the comparison. */
export function grandfathered(changes: readonly CustomerChange[], bound: Decimal, months: Fraction): Grandfathered {
  const limit = Fraction.of(bound);
  const customers = changes.filter((one) => {
    return isOnBothSides(one) && (one.increase ? one.increase.cmp(limit) > 0 : one.change.gt(0));
  });
  const perMonth = Fraction.of(sum(customers.map(({ change }) => change))).dividedBy(months);
  return { bound, customers, perMonth };
}
