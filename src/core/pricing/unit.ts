import { z } from 'zod';
import { moneyText, quantityText } from '../schemaTexts.ts';
import { costOf, type PriceModel } from './model.ts';
import { linearPart, readUnitAmount, type UnitAmount } from './unitAmount.ts';

/** Every unit at the same price, fractions of `per` included: 0.40/10k charges 0.00004 for one unit. */
export type UnitPrice = { readonly model: 'unit' } & UnitAmount;

type Text = { model: 'unit'; amount: string; per?: string | undefined };

export const unit: PriceModel<'unit', Text, UnitPrice> = {
  name: 'unit',
  schema: z.strictObject({
    model: z.literal('unit'),
    amount: moneyText('Price of each `per` units'),
    per: quantityText('Units that the amount is for. Default: one').optional(),
  }),
  read(text, reader) {
    const amount = readUnitAmount(text, reader);
    return amount && { model: 'unit', ...amount };
  },
  rate(price, quantity) {
    const parts = [linearPart(price, quantity)];
    return [{ quantity, exact: costOf(parts), parts, price: price.text }];
  },
};
