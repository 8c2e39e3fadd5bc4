/** Schema of test files of price lists, scalars as text. */
import { z } from 'zod';
import { customer } from './customers/customersSchema.ts';
import { moneyText, nameText, plainText, quantityText } from './schemaTexts.ts';

const exactNumber = (description: string) =>
  plainText(`${description}; a decimal or a fraction`, ['0.00004', '239/31']);

const usagePart = z
  .record(z.string(), plainText('A quantity of a meter, a value of a dimension, or one of at, rows'))
  .meta({
    description:
      'Quantities by meter and values by dimension. at: a day or an RFC 3339 instant; rows: how many rows of an export it stands for, default 1',
    examples: [{ requests: '200k' }, { at: '2026-10-05', requests: '40k', region: 'syd' }],
  });

const line = z.strictObject({
  quantity: exactNumber('Priced quantity').optional(),
  exact: exactNumber('Amount before rounding').optional(),
  amount: moneyText('Amount as it is owed').optional(),
  used: exactNumber('Measured quantity').optional(),
  included: exactNumber('Quantity that the fee covers').optional(),
  unit_price: exactNumber('Price of a fee, a pack or a bound').optional(),
  base: moneyText('Amount that a discount or a bound was worked out on').optional(),
});

const credit = z.strictObject({
  drawn: moneyText('Part of the charges that it paid').optional(),
  remaining: moneyText('Left after the period').optional(),
  expired: moneyText('Lost in the period').optional(),
});

const expectation = z.strictObject({
  total: moneyText('Total of the invoice').optional(),
  subtotal: moneyText('Sum of the lines').optional(),
  tax: moneyText('Tax that is added').optional(),
  tax_included: moneyText('Tax that the amounts contain').optional(),
  credits_applied: moneyText('Part of the charges that credits paid').optional(),
  tier: nameText('Tier at the end of the period').optional(),
  usage: z.record(z.string(), quantityText('Measured quantity')).optional().meta({ description: 'By meter' }),
  blocked: z
    .record(z.string(), quantityText('Quantity beyond a hard cap; 0: nothing'))
    .optional()
    .meta({ description: 'By meter' }),
  lines: z
    .record(z.string(), z.union([z.null(), line, moneyText('Amount of the line')]))
    .optional()
    .meta({
      description:
        'By key of the line (fee, usage:egress:2, usage:egress@syd, discount), or by meter for all of its lines; null: no such line',
    }),
  credits: z.record(z.string(), credit).optional().meta({ description: 'By id of the grant: burst-1, grant-1' }),
});

const priceCase = z.strictObject({
  it: plainText('The rule that the case is about', ['charges from the first request beyond 200k']),
  tier: nameText('Tier of the customer. Default: default_tier of the price list').optional(),
  customer: customer.optional().meta({ description: 'A customer as in a customers file, in the place of tier' }),
  period: plainText('Billing period. Default: the month of usage with times, or else a month of 30 days', [
    '2026-10',
    '2026-10-01..2026-11-01',
  ]).optional(),
  usage: z
    .union([usagePart, z.array(usagePart)])
    .optional()
    .meta({ description: 'Usage of the period, or a list of parts of it. Default: none' }),
  expect: expectation.meta({ description: 'Facts of the invoice. What is not mentioned is not compared' }),
});

export const caseFileSchema = z
  .strictObject({
    tiers: nameText('Price list, from the directory of this file. Default: tiers.yaml for tiers.test.yaml').optional(),
    cases: z.array(priceCase).min(1),
  })
  .meta({ title: 'Test file', description: 'Cases of a price list, for meter test' });

export type CaseFile = z.infer<typeof caseFileSchema>;
export type CaseText = CaseFile['cases'][number];
export type ExpectationText = CaseText['expect'];
