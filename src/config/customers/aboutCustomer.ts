/** Columns of a customers file on which no charge depends: the recipient of documents, and the customer's own tax. */
import type { Customer } from '../../core/catalog/customer.ts';
import type { BillTo } from '../../core/catalog/party.ts';
import type { RateCard } from '../../core/catalog/rateCard.ts';
import { TAX_CATEGORIES, type Tax } from '../../core/catalog/tax.ts';
import { ZERO } from '../../core/decimal.ts';
import type { Mutable } from '../../core/mutable.ts';
import type { CodeOf } from '../../core/problemCodes.ts';
import { failed } from '../../core/quantity.ts';
import type { CsvRecord } from '../../records/splitRecords.ts';
import type { Header, RowFault } from '../../records/table.ts';
import { ELECTRONIC_FIELDS, electronicFields, isCountry } from '../readParty.ts';
import { categoryFault } from '../readTax.ts';
import { parseDays, parseShare } from '../texts.ts';

export type CustomerAbout = Pick<Customer, 'billTo' | 'tax'>;
type Report = (record: CsvRecord, fault: RowFault<CodeOf<'customers'>>) => void;

export const ABOUT_COLUMNS = [
  ...(['name', 'address', 'country', 'vat_id', 'contact', 'reference', 'terms', 'tax', 'tax_reason'] as const),
  ...(['tax_category'] as const),
  ...ELECTRONIC_FIELDS,
] as const;
const OWN: ReadonlySet<string> = new Set(['customer_id', 'tier', 'from', 'to', ...ABOUT_COLUMNS]);

/** Adds what each row says to `about`; where several rows of a customer have a value in a column, the last one holds. */
export function aboutRows(
  header: Header,
  { tax }: RateCard,
  about: Map<string, CustomerAbout>,
  report: Report,
): (fields: readonly string[], record: CsvRecord) => void {
  const customer = header.position('customer_id');
  const others = header.names.flatMap((name, i) => (OWN.has(name) ? [] : [{ name, i }]));
  const position = Object.fromEntries(ABOUT_COLUMNS.map((name) => [name, header.position(name)]));
  const isAnyThere = others.length > 0 || Object.values(position).some((i) => i >= 0);
  if (!isAnyThere) return () => undefined;
  return (fields, record) => {
    const id = fields[customer]!;
    const text = (name: (typeof ABOUT_COLUMNS)[number]) => fields[position[name]!]?.trim() ?? '';
    const before = about.get(id);
    const more = others.flatMap(({ name, i }) => (fields[i] === '' ? [] : [[name, fields[i]!] as const]));
    const billTo = { ...before?.billTo, ...partyOf(text, record, report) };
    if (more.length > 0) billTo.more = new Map([...(billTo.more ?? []), ...more]);
    const own = taxOf(
      { rate: text('tax'), reason: text('tax_reason'), category: text('tax_category') },
      record,
      report,
    );
    about.set(id, {
      ...before,
      ...(Object.keys(billTo).length > 0 && { billTo }),
      ...(own && { tax: { ...own, included: tax?.included ?? false } }),
    });
  };
}

type TextOf = (name: (typeof ABOUT_COLUMNS)[number]) => string;

/** `;` and line ends separate the lines of an address. */
function partyOf(text: TextOf, record: CsvRecord, report: Report): Mutable<BillTo> {
  const party: Mutable<BillTo> = electronicFields(text, (_, code, message, hint) =>
    report(record, { code, message, hint }),
  );
  const lines = text('address').split(/[;\n]/);
  const address = lines.map((line) => line.trim()).filter((line) => line !== '');
  if (address.length > 0) party.address = address;
  if (text('name') !== '') party.name = text('name');
  if (text('vat_id') !== '') party.vatId = text('vat_id');
  if (text('contact') !== '') party.contact = text('contact');
  if (text('reference') !== '') party.reference = text('reference');
  const country = text('country');
  if (isCountry(country)) party.country = country;
  else if (country !== '') {
    const hint = 'write two capital letters (ISO 3166-1), such as AT';
    report(record, { code: 'bad-country', message: `"${country}" is not the code of a country`, hint });
  }
  if (text('terms') === '') return party;
  const days = parseDays(text('terms'));
  if (!failed(days)) party.termsDays = days.value;
  else report(record, { code: 'not-days', message: `"${text('terms')}" ${days.reason}`, hint: days.hint! });
  return party;
}

function taxOf(
  { rate: text, reason, category }: { readonly rate: string; readonly reason: string; readonly category: string },
  record: CsvRecord,
  report: Report,
): Omit<Tax, 'included'> | undefined {
  if (text === '') return undefined;
  if (text === 'exempt') return { share: ZERO, text: '0%', reason: reason === '' ? 'exempt' : reason };
  const written = /^0+$/.test(text) ? '0%' : text;
  const share = parseShare(written);
  if (!failed(share)) {
    const own = { share: share.value, text: written, ...(reason !== '' && { reason }) };
    if (category === '') return own;
    const known = TAX_CATEGORIES.find((one) => one === category);
    const fault = known ? categoryFault(known, share.value) : UNKNOWN_CATEGORY(category);
    if (fault) report(record, { code: 'bad-tax-category', ...fault });
    return { ...own, ...(known && { category: known }) };
  }
  report(record, {
    code: 'not-a-share',
    message: `"${text}" ${share.reason}`,
    ...(share.hint !== undefined && { hint: share.hint }),
  });
  return undefined;
}

const UNKNOWN_CATEGORY = (text: string) => ({
  message: `"${text}" is no category of tax`,
  hint: `use one of ${TAX_CATEGORIES.join(', ')}`,
});
