import { z } from 'zod';
import { type Decimal, ONE, ZERO } from '../decimal.ts';
import { Fraction } from '../fraction.ts';
import { moneyText, shareText } from '../schemaTexts.ts';
import { type CostPart, costOf, type PriceModel } from './model.ts';

/** A share of a money-valued meter, plus a fee for each event (a row whose quantity is not 0). */
export type PercentagePrice = {
  readonly model: 'percentage';
  /** 1.5 % is 0.015. */
  readonly rate: Decimal;
  readonly fixed: Decimal;
  readonly text: string;
};

type Text = { model: 'percentage'; rate: string; fixed?: string | undefined };

export const percentage: PriceModel<'percentage', Text, PercentagePrice> = {
  name: 'percentage',
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
  rate(price, quantity, { events }) {
    const perEvent: CostPart = { of: 'events', amount: price.fixed, count: Fraction.of(events) };
    const parts: CostPart[] = [
      { of: 'units', amount: price.rate, per: ONE, count: quantity },
      ...(price.fixed.isZero() ? [] : [perEvent]),
    ];
    return [{ quantity, exact: costOf(parts), parts, price: price.text }];
  },
};
