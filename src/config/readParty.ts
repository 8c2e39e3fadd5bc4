import { type Issuer, isEmail, type Party } from '../core/catalog/party.ts';
import type { Mutable } from '../core/mutable.ts';
import type { ConfigReader } from './configReader.ts';
import type { TierFile } from './tierSchema.ts';
import type { Path } from './yamlFile.ts';

export type PartyText = {
  readonly name?: string | undefined;
  readonly address?: string | readonly string[] | undefined;
  readonly country?: string | undefined;
  readonly vat_id?: string | undefined;
  readonly contact?: string | undefined;
} & { readonly [Key in FieldKey]?: string | undefined };

/** Keys of both files, and columns of a CSV customers file, whose text is taken as it stands. */
const FIELDS = {
  postcode: 'postcode',
  city: 'city',
  person: 'person',
  phone: 'phone',
  email: 'email',
  registration: 'registration',
  tax_number: 'taxNumber',
} as const;
type FieldKey = keyof typeof FIELDS | 'electronic_address';
export const ELECTRONIC_FIELDS: readonly FieldKey[] = [
  ...(Object.keys(FIELDS) as (keyof typeof FIELDS)[]),
  'electronic_address',
];

/** `fault` is told of each text that cannot be. Texts of '' are none. */
export function electronicFields(
  textOf: (key: FieldKey) => string | undefined,
  fault: (key: FieldKey, code: 'bad-address', message: string, hint: string) => void,
): Pick<Party, 'electronicAddress' | (typeof FIELDS)[keyof typeof FIELDS]> {
  const found: Mutable<Partial<Party>> = {};
  for (const [key, name] of Object.entries(FIELDS) as [keyof typeof FIELDS, (typeof FIELDS)[keyof typeof FIELDS]][]) {
    const text = textOf(key);
    if (text !== undefined && text !== '') found[name] = text;
  }
  if (found.email !== undefined && !isEmail(found.email))
    fault('email', 'bad-address', `"${found.email}" is no e-mail address`, 'write it as billing@example.com');
  const address = textOf('electronic_address');
  if (address === undefined || address === '') return found;
  const [, scheme, id] = /^(\d{4}|[A-Z]{2}):(\S+)$/.exec(address) ?? [];
  if (scheme !== undefined && id !== undefined) found.electronicAddress = { scheme, id };
  else if (isEmail(address)) found.electronicAddress = { scheme: 'EM', id: address };
  else {
    const hint = 'write the code of its scheme, a colon and the address: 9930:DE123456789; or an e-mail address';
    fault('electronic_address', 'bad-address', `"${address}" is no electronic address`, hint);
  }
  return found;
}

/** `name` is '' where the file gives none. A text of several lines is several lines of the address. */
export function readParty(text: PartyText, path: Path, reader: ConfigReader<'bad-country' | 'bad-address'>): Party {
  const { name = '', address = [], country, vat_id: vatId, contact } = text;
  const lines = (typeof address === 'string' ? [address] : address).flatMap((line) => line.split('\n'));
  if (country !== undefined && !isCountry(country)) {
    const hint = 'write two capital letters (ISO 3166-1), such as AT';
    reader.error('bad-country', [...path, 'country'], `"${country}" is not the code of a country`, hint);
  }
  return {
    name,
    address: lines.map((line) => line.trim()).filter((line) => line !== ''),
    ...(country !== undefined && { country }),
    ...(vatId !== undefined && { vatId }),
    ...(contact !== undefined && { contact }),
    ...electronicFields(
      (key) => text[key],
      (key, code, message, hint) => reader.error(code, [...path, key], message, hint),
    ),
  };
}

export function isCountry(text: string): boolean {
  return /^[A-Z]{2}$/.test(text);
}

export function readIssuer(
  { bank = {}, logo, terms, number, note, ...text }: NonNullable<TierFile['issuer']>,
  path: Path,
  reader: ConfigReader<'bad-country' | 'bad-address' | 'bad-number-pattern'>,
): Issuer {
  const termsDays = terms === undefined ? undefined : reader.days(terms, [...path, 'terms']);
  if (number !== undefined && !isNumberPattern(number)) {
    const message = `the numbers of "${number}" would not differ from invoice to invoice`;
    const hint = 'write {n} in it, or {customer} and {period}; {tier} is the fourth name that it may have';
    reader.error('bad-number-pattern', [...path, 'number'], message, hint);
  }
  const { name, iban, bic } = bank;
  const account = {
    ...(name !== undefined && { name }),
    ...(iban !== undefined && { iban }),
    ...(bic !== undefined && { bic }),
  };
  return {
    ...readParty(text, path, reader),
    ...(Object.keys(account).length > 0 && { bank: account }),
    ...(logo !== undefined && { logo }),
    ...(termsDays !== undefined && { termsDays }),
    ...(number !== undefined && { number }),
    ...(note !== undefined && { note }),
  };
}

/** True for a pattern whose names are known and that gives each invoice of a run a number of its own. */
function isNumberPattern(text: string): boolean {
  const names = [...text.matchAll(/\{([^{}]*)\}/g)].map(([, name]) => name!);
  const known = names.every((name) => ['n', 'period', 'customer', 'tier'].includes(name));
  return known && (names.includes('n') || (names.includes('customer') && names.includes('period')));
}
