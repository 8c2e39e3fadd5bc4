import { z } from 'zod';
import { nameText, plainText } from './schemaTexts.ts';

/** Keys of both sides of an invoice document. */
export const partyShape = {
  name: plainText('Name on invoice documents'),
  address: z
    .union([plainText('One line'), z.array(plainText('Line of the address'))])
    .optional()
    .meta({ description: 'Lines below the name' }),
  country: nameText('ISO 3166-1 code of two letters').optional(),
  vat_id: plainText('Tax number', ['ATU12345678']).optional(),
  contact: plainText('E-mail address, telephone number or page').optional(),
};
