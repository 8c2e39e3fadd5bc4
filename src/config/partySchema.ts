import { z } from 'zod';
import { nameText, plainText } from './schemaTexts.ts';

export const CATEGORY_TEXT =
  'Category in electronic invoices: S standard rate, Z zero rate, E exempt, AE reverse charge, K supply within the EU, G export, O outside the scope. Default: the one that rate and reason stand for';

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
  postcode: plainText('Postcode; electronic invoices have a field for it', ['1060']).optional(),
  city: plainText('City; electronic invoices have a field for it').optional(),
  person: plainText('Person or department to ask; of electronic invoices').optional(),
  phone: plainText('Telephone number; of electronic invoices', ['+43 1 5550000']).optional(),
  email: plainText('E-mail address; of electronic invoices. Default: contact, if it is one').optional(),
  electronic_address: plainText(
    'Scheme (a code of the list EAS) and address that electronic invoices go to. Default: the e-mail address',
    ['9930:DE123456789'],
  ).optional(),
  registration: plainText('Number in the register of companies; of electronic invoices').optional(),
  tax_number: plainText('Tax number that is no VAT number; of electronic invoices').optional(),
};
