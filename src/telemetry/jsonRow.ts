/**
 * What a line of NDJSON means: one JSON object. Numbers keep their source text; a double would reshape nanoseconds and long
 * decimals.
 */
import { LosslessNumber, parse, stringify } from 'lossless-json';
import type { Role } from '../core/usage/mapping.ts';
import { countsEveryRow, type Wanted } from './columns.ts';
import { customerId, type Fault, type RowNames, type RowTexts } from './row.ts';
import { decodeStrictly, rawFault } from './textRows.ts';

/** The texts of a line (its bytes as Latin-1) in their roles, or what is wrong with it. */
export function rowOfJson(latin1: string, wanted: Wanted): { texts: RowTexts; names: RowNames } | { fault: Fault } {
  const fault = rawFault(latin1);
  if (fault) return { fault };
  const result = rowOf(decodeStrictly(latin1)!, wanted);
  return 'code' in result ? { fault: result } : result;
}

function rowOf(text: string, wanted: Wanted): { texts: RowTexts; names: RowNames } | Fault {
  let value: unknown;
  try {
    JSON.parse(text); // strict: lossless-json alone accepts some texts that are not JSON
    value = parse(text, undefined, (number) => new LosslessNumber(number));
  } catch (error) {
    const { message } = error as Error;
    return /duplicate key/i.test(message) ? { code: 'duplicate-key' } : { code: 'not-json', text };
  }
  if (!isObject(value)) return { code: 'not-json', text };
  const object = value;
  const { names, meters, constants, dimensions } = wanted;
  let fault: Fault | undefined;
  const nameOf = (candidates: readonly string[]) => candidates.find((name) => valueAt(object, name) !== undefined);
  const textOf = (name: string | undefined): string => {
    const found = name === undefined ? undefined : valueAt(object, name);
    if (found === undefined || found === null) return '';
    if (typeof found === 'string') return found;
    if (found instanceof LosslessNumber) return found.value;
    fault ??= { code: 'wrong-type', column: name!, text: stringify(found)! };
    return '';
  };
  const role = (name: Role) => textOf(nameOf(names[name]));
  const texts: RowTexts = {
    timestamp: role('timestamp'),
    customer: wanted.customer ?? customerId(role('customer'), wanted),
    eventId: role('eventId'),
    source: role('source'),
    quantities: meters.map((meter, m) => constants[m] ?? textOf(meter.field)),
    dimensions: dimensions.map((dimension) => textOf(dimension)),
  };
  if (fault) return fault;
  const fields = meters.filter((_, m) => constants[m] === undefined).map((meter) => meter.field);
  if (!countsEveryRow(wanted) && !fields.some((field) => valueAt(object, field) !== undefined)) {
    return { code: 'no-quantity', detail: fields.join(', ') };
  }
  const used: RowNames = {
    timestamp: nameOf(names.timestamp) ?? names.timestamp[0]!,
    customer: nameOf(names.customer) ?? names.customer[0] ?? '',
    quantities: meters.map((meter) => meter.field),
  };
  return { texts, names: used };
}

/** The value of a key, or, where there is no such key, at the end of a dotted path into nested objects. */
function valueAt(object: Readonly<Record<string, unknown>>, name: string): unknown {
  if (Object.hasOwn(object, name)) return object[name];
  if (!name.includes('.')) return undefined;
  let value: unknown = object;
  for (const key of name.split('.')) {
    if (!isObject(value) || !Object.hasOwn(value, key)) return undefined;
    value = value[key];
  }
  return value;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof LosslessNumber);
}
