import type { Issuer, Party } from '../core/catalog/party.ts';
import type { ConfigReader } from './configReader.ts';
import type { TierFile } from './tierSchema.ts';
import type { Path } from './yamlFile.ts';

type PartyText = {
  readonly name?: string | undefined;
  readonly address?: string | readonly string[] | undefined;
  readonly country?: string | undefined;
  readonly vat_id?: string | undefined;
  readonly contact?: string | undefined;
};

/** `name` is '' where the file gives none. A text of several lines is several lines of the address. */
export function readParty(text: PartyText, path: Path, reader: ConfigReader<'bad-country'>): Party {
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
  };
}

export function isCountry(text: string): boolean {
  return /^[A-Z]{2}$/.test(text);
}

export function readIssuer(
  { bank = {}, logo, terms, number, note, ...text }: NonNullable<TierFile['issuer']>,
  path: Path,
  reader: ConfigReader<'bad-country' | 'bad-number-pattern'>,
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
