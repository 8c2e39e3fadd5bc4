import { z } from 'zod';
import { moneyText, quantityText } from '../schemaTexts.ts';
import type { PriceFormat } from './format.ts';
import { readUnitAmount } from './unitAmount.ts';

type Text = { model: 'unit'; amount: string; per?: string | undefined };

export const unit: PriceFormat<'unit', Text> = {
  schema: z.strictObject({
    model: z.literal('unit'),
    amount: moneyText('Price of each `per` units'),
    per: quantityText('Units that the amount is for. Default: one').optional(),
  }),
  read(text, reader) {
    const amount = readUnitAmount(text, reader);
    return amount && { model: 'unit', ...amount };
  },
};
