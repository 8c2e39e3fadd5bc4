/** Keys of mapping files about what quantities mean: counters, and amounts of intervals. */
import { z } from 'zod';
import { nameText, plainText } from './schemaTexts.ts';

const temporality = z.enum(['cumulative', 'delta']).meta({
  description: 'cumulative: a reading of a counter, whose increase is the usage; delta: an amount. Default: delta',
});

export const rowTermsKeys = {
  temporality: z
    .union([
      temporality,
      z.strictObject({
        field: nameText('Where a row says which of the two it is'),
        cumulative: z
          .array(plainText('A text'))
          .min(1)
          .meta({ description: 'Texts of readings of counters; rows with another one are amounts' }),
      }),
    ])
    .optional(),
  start: nameText('The instant at which a counter, or the amount of a row, began').optional(),
  sample_rate: plainText('The share of all rows that the export has; quantities are divided by it', [
    '0.1',
    '10%',
  ]).optional(),
  weight: nameText(
    'The number of rows that a row stands for, itself among them; quantities are multiplied by it',
  ).optional(),
  corrections: z
    .enum(['allow'])
    .meta({ description: 'allow: a quantity below zero takes usage back, instead of being a fault' })
    .optional(),
  corrects: nameText(
    'The id of the event that a row takes back: as much as it says, or, without quantities, all of it',
  ).optional(),
};

/** Keys of a meter in a mapping. */
export const meterTermsKeys = { temporality: temporality.optional() };
