import { z } from 'zod';
import { ZERO } from '../../core/decimal.ts';
import { moneyText, shareText } from '../schemaTexts.ts';
import type { PriceFormat } from './format.ts';

type Text = { model: 'percentage'; rate: string; fixed?: string | undefined };

export const percentage: PriceFormat<'percentage', Text> = {
  schema: z.strictObject({
    model: z.literal('percentage'),
    rate: shareText('Share of the metered money'),
    fixed: moneyText('Fee for each event').optional(),
  }),
  read(text, reader) {
    const rate = reader.share(text.rate, 'rate');
    const fixed = text.fixed === undefined ? ZERO : reader.money(text.fixed, 'fixed');
    if (!rate || !fixed) return undefined;
    const perEvent = text.fixed === undefined ? '' : ` + ${text.fixed} per event`;
    return { model: 'percentage', rate, fixed, text: `${text.rate}${perEvent}` };
  },
};
