import { z } from 'zod';
import { moneyText, quantityText } from '../schemaTexts.ts';
import type { PriceFormat } from './format.ts';
import { readUnitAmount } from './unitAmount.ts';

type Text = { model: 'package'; amount: string; per: string };

export const packageFormat: PriceFormat<'package', Text> = {
  schema: z.strictObject({
    model: z.literal('package'),
    amount: moneyText('Price of a package'),
    per: quantityText('Units in a package'),
  }),
  read(text, reader) {
    const amount = readUnitAmount(text, reader);
    return amount && { model: 'package', ...amount, text: `${text.amount} per package of ${text.per}` };
  },
};
