/** Keys of mapping files about what quantities mean: counters, and amounts of intervals. */
import { z } from 'zod';
import { nameText, plainText } from './schemaTexts.ts';

const temporality = z.enum(['cumulative', 'delta']).meta({
  description: 'cumulative: a reading of a counter, whose increase is the usage; delta: an amount. Default: delta',
});

export const rowTermsKeys = {
  temporality: temporality.optional(),
  series: z
    .array(nameText('A column, a key, or a dotted path'))
    .meta({ description: 'Columns that tell counters of one customer apart, for instance the instance that counts' })
    .optional(),
  start: nameText('The instant at which a counter, or the amount of a row, began').optional(),
  sample_rate: plainText('The share of all rows that the export has; quantities are divided by it', [
    '0.1',
    '10%',
  ]).optional(),
  weight: nameText(
    'The number of rows that a row stands for, itself among them; quantities are multiplied by it',
  ).optional(),
};

/** Keys of a meter in a mapping. */
export const meterTermsKeys = { temporality: temporality.optional() };
