import { z } from 'zod';
import type { Decimal } from '../decimal.ts';
import { Fraction } from '../fraction.ts';
import { moneyText, quantityText } from '../schemaTexts.ts';
import { type CostPart, costOf, type PriceModel } from './model.ts';
import { readUnitAmount } from './unitAmount.ts';

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

type Text = { model: 'package'; amount: string; per: string };

export const packagePrice: PriceModel<'package', Text, PackagePrice> = {
  name: 'package',
  schema: z.strictObject({
    model: z.literal('package'),
    amount: moneyText('Price of a package'),
    per: quantityText('Units in a package'),
  }),
  read(text, reader) {
    const amount = readUnitAmount(text, reader);
    return amount && { model: 'package', ...amount, text: `${text.amount} per package of ${text.per}` };
  },
  rate(price, quantity) {
    const packages = Fraction.of(quantity.dividedBy(Fraction.of(price.per)).ceil());
    const parts: CostPart[] = [{ of: 'packages', amount: price.amount, per: price.per, count: packages }];
    return [{ quantity, exact: costOf(parts), parts, price: price.text }];
  },
};
