/** Schema of customers files in YAML, scalars as text. */
import { z } from 'zod';
import { TAX_CATEGORIES } from '../../core/catalog/tax.ts';
import { CATEGORY_TEXT, partyShape } from '../partySchema.ts';
import { moneyText, nameText, plainText, shareText } from '../schemaTexts.ts';
import { costText, termsShape } from '../tierSchema.ts';

const boundary = (description: string) => plainText(`${description}: a day or an RFC 3339 instant`, ['2026-10-11']);

const terms = { cost: costText.optional(), ...termsShape };

const assignment = z.strictObject({
  tier: nameText('A tier of the tier file'),
  from: boundary('Begin').optional(),
  to: boundary('End, excluded').optional(),
  ...terms,
});

const priority = plainText('Lower numbers are drawn first. Default: 100').optional();

const packCredit = z.strictObject({
  pack: nameText('A credit pack of the tier file, paid for in advance'),
  quantity: plainText('Packs bought. Default: 1').optional(),
  purchased: boundary('When it was bought'),
  priority,
});

const grant = z.strictObject({
  amount: moneyText('Usage charges that it pays for'),
  priority,
  from: boundary('Begin').optional(),
  expires: boundary('It cannot pay for usage from here on').optional(),
  reason: plainText('Why it was granted').optional(),
});

const billTo = z
  .strictObject({
    ...partyShape,
    name: plainText('Name on invoice documents. Default: the id').optional(),
    reference: plainText('Text that they want to see, such as an order number').optional(),
    terms: plainText('Days until an invoice is due', ['30d']).optional(),
  })
  .meta({ description: 'Recipient of invoice documents' });

export const customer = z.strictObject({
  tier: nameText('Tier for all time; for changes of tier use history').optional(),
  history: z
    .array(assignment)
    .min(1)
    .optional()
    .meta({ description: 'Stretches of time on tiers, without gaps or overlaps' }),
  timezone: plainText('Zone in which their days and billing periods begin: an IANA name. Default: the tier file’s', [
    'Europe/Berlin',
  ]).optional(),
  anchor: plainText('Day of the month on which billing periods begin, 1 to 31. Default: 1').optional(),
  auto_purchase: z
    .enum(['true', 'false'])
    .optional()
    .meta({ description: 'false: no credit pack is bought by itself for them. Default: true', jsonTypes: ['boolean'] }),
  aliases: z
    .array(nameText('Another id in the telemetry; * stands for any text'))
    .optional()
    .meta({ description: 'Other ids of the customer: old ones, host names, keys' }),
  tax: z
    .union([
      z.literal('exempt'),
      shareText('Rate of the tax on what is left after credits'),
      z.strictObject({
        rate: plainText('Rate in percent; 0 needs no sign', ['0', '10%']),
        reason: plainText('Why it is their own: it stands on documents', ['reverse charge']).optional(),
        category: z.enum(TAX_CATEGORIES).optional().meta({ description: CATEGORY_TEXT }),
      }),
    ])
    .optional()
    .meta({ description: 'Tax in the place of the tier file’s' }),
  bill_to: billTo.optional(),
  price_list: plainText(
    'Price list that they stay on whatever list follows: its file without ending, or its name',
  ).optional(),
  price_list_until: boundary('End of that: later billing periods have the list then in force').optional(),
  credits: z.array(z.union([packCredit, grant])).optional(),
  ...terms,
});

export const customersFileSchema = z
  .strictObject({ customers: z.record(z.string(), customer).meta({ description: 'Customers by id' }) })
  .meta({ title: 'Customers file', description: 'Tiers, contracts and credits of customers' });

export type CustomersFile = z.infer<typeof customersFileSchema>;
export type CustomerText = CustomersFile['customers'][string];
export type CreditText = NonNullable<CustomerText['credits']>[number];
