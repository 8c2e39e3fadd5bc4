/** Columns that all files with a row for each customer and month have, and how their fields are read. */
import { historyColumns, type Meter } from '../../core/catalog/meter.ts';
import { monthNumber } from '../../core/months.ts';
import type { SharedCode } from '../../core/problemCodes.ts';
import { DEFAULT_MAPPING, type Role } from '../../core/usage/mapping.ts';
import type { Header, RowFault } from '../../records/table.ts';
import { quantityFault } from '../row.ts';

export const CUSTOMER_NAMES: readonly string[] = [
  'customer_id',
  ...namesOf('customer').filter((name) => name !== 'customer_id'),
];
export const TIMESTAMP_NAMES: readonly string[] = namesOf('timestamp');

function namesOf(role: Role): readonly string[] {
  const source = DEFAULT_MAPPING.roles[role];
  return 'names' in source ? source.names : [];
}

/** Positions in the header. */
type Fault = RowFault<SharedCode<'accountMonths'>>;

export type AccountMonthColumns = { readonly customer: number; readonly month: number };

export function accountMonthColumns(header: Header): AccountMonthColumns {
  return { customer: header.position(...CUSTOMER_NAMES), month: header.position('month') };
}

/** `month`: months since the start of year 0. */
export type AccountMonthId = { readonly customer: string; readonly month: number };

export function accountMonthOf(fields: readonly string[], columns: AccountMonthColumns): AccountMonthId | Fault {
  const customer = fields[columns.customer]!;
  if (customer === '') return { code: 'missing-customer', message: 'there is no customer id' };
  const month = monthNumber(fields[columns.month]!);
  if (month !== undefined) return { customer, month };
  return { code: 'not-a-month', message: `"${fields[columns.month]}" is not a month`, hint: 'write 2026-10' };
}

/** `scale`: how many of the meter's own units one of the column's is. */
export type MeterColumn = { readonly position: number; readonly name: string; readonly scale: number };

/** Units that the column of egress may be in besides bytes. */
const BYTE_COLUMNS: Readonly<Record<string, number>> = { egress_mb: 1e6, egress_gb: 1e9 };

/** The column of a meter's quantities; undefined if the file has none. */
export function meterColumn(header: Header, meter: Meter): MeterColumn | undefined {
  const names = [...historyColumns(meter), ...(meter.name === 'egress' ? Object.keys(BYTE_COLUMNS) : [])];
  for (const name of names) {
    const position = header.position(name);
    if (position >= 0) return { position, name, scale: BYTE_COLUMNS[name] ?? 1 };
  }
  return undefined;
}

/** Names of the column without which a file has no usage. */
export function requestColumns(meters: readonly Meter[]): readonly string[] {
  const requests = meters.find((meter) => meter.name === 'requests');
  return requests ? ['requests', ...historyColumns(requests).filter((name) => name !== 'requests')] : ['requests'];
}

/** Fault of a quantity; an empty field has none. */
export function numberFault(text: string, column: string): Fault | undefined {
  const fault = quantityFault(text);
  if (!fault) return undefined;
  const what = fault === 'negative-quantity' ? 'is negative' : 'is not a plain decimal number';
  return { code: fault, message: `${column} "${text}" ${what}` };
}
