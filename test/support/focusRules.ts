/**
 * What FOCUS 1.2 says a cost and usage file MUST be, as far as a file alone can break it and as far as it applies to a
 * provider with a public price list, negotiated prices, measured usage and regions, and without commitment discounts,
 * capacity reservations, sub-accounts and resources.
 */
import { parse } from 'csv-parse/sync';
import { Decimal, isPlainDecimal, ZERO } from '../../src/core/decimal.ts';
import { currencyOf } from '../../src/core/money.ts';

/** A row; null where a cell is empty or says NULL. */
export type FocusRow = Readonly<Record<string, string | null>>;

const MANDATORY = [
  ...['BilledCost', 'BillingAccountId', 'BillingAccountName', 'BillingCurrency', 'BillingPeriodEnd'],
  ...['BillingPeriodStart', 'ChargeCategory', 'ChargeClass', 'ChargeDescription', 'ChargePeriodEnd'],
  ...['ChargePeriodStart', 'ContractedCost', 'EffectiveCost', 'InvoiceIssuerName', 'ListCost', 'PricingQuantity'],
  ...['PricingUnit', 'ProviderName', 'PublisherName', 'ServiceCategory', 'ServiceName'],
];
const CONDITIONAL = [
  ...['ConsumedQuantity', 'ConsumedUnit', 'ContractedUnitPrice', 'ListUnitPrice', 'RegionId', 'RegionName', 'SkuId'],
  ...['SkuMeter', 'SkuPriceDetails', 'SkuPriceId', 'Tags', 'PricingCategory'],
];
const RECOMMENDED = ['ChargeFrequency', 'InvoiceId', 'ServiceSubcategory'];

const COSTS = ['BilledCost', 'ContractedCost', 'EffectiveCost', 'ListCost'];
const TIMES = ['BillingPeriodEnd', 'BillingPeriodStart', 'ChargePeriodEnd', 'ChargePeriodStart'];
const UNIT_PRICES = ['ListUnitPrice', 'ContractedUnitPrice'];
const NUMBERS = [...COSTS, ...UNIT_PRICES, 'PricingQuantity', 'ConsumedQuantity'];
const PRICING = ['PricingQuantity', 'PricingUnit', 'PricingCategory', 'SkuId', 'SkuPriceId', ...UNIT_PRICES];
const NEVER_NULL = [
  ...[...COSTS, ...TIMES, 'BillingAccountId', 'BillingCurrency', 'ChargeCategory', 'InvoiceIssuerName', 'InvoiceId'],
  ...['ProviderName', 'PublisherName', 'ServiceCategory', 'ServiceName', 'ServiceSubcategory', 'ChargeFrequency'],
  ...['BillingAccountName', 'ChargeDescription'],
];
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  ChargeCategory: ['Usage', 'Purchase', 'Tax', 'Credit', 'Adjustment'],
  ChargeFrequency: ['One-Time', 'Recurring', 'Usage-Based'],
  PricingCategory: ['Standard', 'Committed', 'Dynamic', 'Other'],
  ChargeClass: ['Correction'],
};
const SIZES = /^(\d+ )?([KMGTP]i?)?B(-(Hours|Days|Months))?$/;
const COUNTS = /^(\d+ )?[A-Z][A-Za-z0-9]*( [A-Za-z][A-Za-z0-9]*)*(-(Hours|Days|Months))?$/;

export function focusRows(csv: string): FocusRow[] {
  const [header, ...records] = parse(csv) as string[][];
  return records.map((record) =>
    Object.fromEntries(header!.map((name, i) => [name, record[i] === '' || record[i] === 'NULL' ? null : record[i]!])),
  );
}

/** Every rule that a file breaks, with the number of the row (from 1) and the offending text. Good: none. */
export function brokenFocusRules(csv: string): string[] {
  const header = (parse(csv, { to_line: 1 }) as string[][])[0]!;
  const expected = [...MANDATORY, ...CONDITIONAL, ...RECOMMENDED];
  const broken = expected.filter((name) => !header.includes(name)).map((name) => `there is no column ${name}`);
  for (const [i, name] of header.entries()) {
    if (header.indexOf(name) !== i) broken.push(`the column ${name} is there twice`);
    if (!expected.includes(name) && !/^x_[A-Z][A-Za-z0-9]*$/.test(name)) broken.push(`the column ${name} is unknown`);
    if (expected.includes(name) && header.slice(0, i).some((before) => before.startsWith('x_')))
      broken.push(`the column ${name} comes after one of our own`);
  }
  const rows = focusRows(csv);
  for (const [i, row] of rows.entries()) broken.push(...brokenBy(row).map((rule) => `row ${i + 1}: ${rule}`));
  broken.push(...oneToMany(rows, 'SkuPriceId', 'SkuId'), ...oneToMany(rows, 'ServiceName', 'ServiceCategory'));
  broken.push(...oneToMany(rows, 'InvoiceId', 'BillingAccountId'));
  return broken;
}

function brokenBy(row: FocusRow): string[] {
  const broken: string[] = [];
  const check = (holds: boolean, rule: string) => {
    if (!holds) broken.push(rule);
  };
  const isNull = (name: string) => (row[name] ?? null) === null;
  const number = (name: string) => (isPlainDecimal(row[name] ?? '') ? new Decimal(row[name]!) : undefined);

  for (const name of NEVER_NULL) check(!isNull(name), `${name} is null`);
  for (const [name, text] of Object.entries(row)) check(text === null || text.trim() !== '', `${name} is blank`);
  for (const name of NUMBERS) check(isNull(name) || number(name) !== undefined, `${name} ${row[name]} is no number`);
  for (const name of TIMES) {
    check(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(row[name] ?? ''), `${name} ${row[name]} is no time`);
  }
  for (const [name, values] of Object.entries(ALLOWED)) {
    check(isNull(name) || values.includes(row[name]!), `${name} ${row[name]} is not allowed`);
  }
  for (const name of ['PricingUnit', 'ConsumedUnit']) {
    check(isNull(name) || SIZES.test(row[name]!) || COUNTS.test(row[name]!), `${name} ${row[name]} is no unit`);
  }
  for (const name of ['Tags', 'SkuPriceDetails']) check(isNull(name) || isFlatObject(row[name]!), `${name} is no map`);
  check(currencyOf(row.BillingCurrency ?? '') !== undefined, `${row.BillingCurrency} is no currency`);
  check((row.BillingPeriodStart ?? '') < (row.BillingPeriodEnd ?? ''), 'the billing period has no length');
  check((row.ChargePeriodStart ?? '') < (row.ChargePeriodEnd ?? ''), 'the charge period has no length');

  const isPriced = row.ChargeCategory === 'Usage' || row.ChargeCategory === 'Purchase';
  if (isPriced) for (const name of PRICING) check(!isNull(name), `${name} is null in a ${row.ChargeCategory} row`);
  if (row.ChargeCategory === 'Tax') for (const name of PRICING) check(isNull(name), `${name} is not null in a Tax row`);
  if (row.ChargeCategory === 'Purchase') {
    check(row.ChargeFrequency !== 'Usage-Based', 'a purchase is usage-based');
    check(number('EffectiveCost')?.isZero() === true, 'a purchase has an effective cost');
  }
  if (row.ChargeCategory === 'Credit') {
    for (const name of COSTS) check(row[name] === row.BilledCost, `${name} of a credit is not what is billed`);
  }
  check(isNull('ConsumedQuantity') === (row.ChargeCategory !== 'Usage'), 'the consumed quantity is that of usage');
  for (const [value, unit] of [
    ['PricingQuantity', 'PricingUnit'],
    ['ConsumedQuantity', 'ConsumedUnit'],
    ['RegionId', 'RegionName'],
  ] as const) {
    check(isNull(value) === isNull(unit), `only one of ${value} and ${unit} is null`);
  }
  for (const name of ['SkuMeter', 'SkuPriceDetails', 'SkuPriceId']) {
    check(isNull(name) === isNull('SkuId'), `only one of SkuId and ${name} is null`);
  }
  for (const kind of ['List', 'Contracted']) {
    const [unitPrice, cost] = [number(`${kind}UnitPrice`), number(`${kind}Cost`)];
    check(unitPrice === undefined || unitPrice.gte(ZERO), `the ${kind} unit price is negative`);
    const quantity = number('PricingQuantity');
    if (!unitPrice || !quantity || !cost) continue;
    check(unitPrice.times(quantity).eq(cost), `${kind}: ${unitPrice} × ${quantity} is not ${cost}`);
  }
  return broken;
}

function isFlatObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject && Object.values(value).every((one) => one === null || typeof one !== 'object');
  } catch {
    return false;
  }
}

function oneToMany(rows: readonly FocusRow[], of: string, parent: string): string[] {
  const parents = new Map<string, string | null>();
  const broken: string[] = [];
  for (const row of rows) {
    const id = row[of] ?? null;
    if (id === null) continue;
    if (parents.has(id) && parents.get(id) !== row[parent]) broken.push(`${of} ${id} has two values of ${parent}`);
    parents.set(id, row[parent] ?? null);
  }
  return broken;
}

/** Sum of a cost over the rows of each invoice, as plain digits. */
export function costByInvoice(rows: readonly FocusRow[], column = 'BilledCost'): Record<string, string> {
  const sums: Record<string, Decimal> = {};
  for (const row of rows) sums[row.InvoiceId!] = (sums[row.InvoiceId!] ?? ZERO).plus(row[column]!);
  return Object.fromEntries(Object.entries(sums).map(([id, sum]) => [id, sum.toFixed()]));
}
