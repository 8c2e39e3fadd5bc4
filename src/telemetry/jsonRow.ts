/**
 * Reads a line of NDJSON: one JSON object. Numbers keep their source text; a double would reshape nanoseconds and long
 * decimals.
 */
import { LosslessNumber, stringify } from 'lossless-json';
import type { Role } from '../core/usage/mapping.ts';
import { countsEveryRow, type Wanted } from './columns.ts';
import { objectsOfLine } from './jsonRecords.ts';
import { parseJson } from './jsonValue.ts';
import { customerId, type Fault, type RowNames, type RowTexts, textIn } from './row.ts';
import { decodeStrictly, rawFault } from './textRows.ts';

type JsonRow = { texts: RowTexts; names: RowNames } | { fault: Fault };

/**
 * The rows of a line (its bytes as Latin-1): one, or one for each of several objects side by side, as streams leave
 * them that write no line ends. `from`: where the row begins in the line.
 */
export function rowsOfLine(latin1: string, wanted: Wanted): readonly { from: number; raw: string; row: JsonRow }[] {
  const row = rowOfJson(latin1, wanted);
  const objects = 'fault' in row && row.fault.code === 'not-json' ? objectsOfLine(latin1) : [];
  if (objects.length < 2) return [{ from: 0, raw: latin1, row }];
  return objects.map((object) => ({ ...object, row: rowOfJson(object.raw, wanted) }));
}

/** The texts of a line (its bytes as Latin-1) in their roles, or its fault. */
export function rowOfJson(latin1: string, wanted: Wanted): JsonRow {
  const fault = rawFault(latin1);
  if (fault) return { fault };
  const result = rowOf(decodeStrictly(latin1)!, wanted);
  return 'code' in result ? { fault: result } : result;
}

function rowOf(text: string, wanted: Wanted): { texts: RowTexts; names: RowNames } | Fault {
  let value: unknown;
  try {
    value = parseJson(text);
  } catch (error) {
    const { message } = error as Error;
    return /duplicate key/i.test(message) ? { code: 'duplicate-key' } : { code: 'not-json', text };
  }
  if (!isObject(value)) return { code: 'not-json', text };
  const object = value;
  const { names, meters, constants, dimensions } = wanted;
  let fault: Fault | undefined;
  const textOf = (name: string): string => {
    const found = valueAt(object, name);
    if (found === undefined || found === null) return '';
    if (typeof found === 'string') return textIn('json', found);
    if (found instanceof LosslessNumber) return found.value;
    fault ??= { code: 'wrong-type', column: name, text: stringify(found)! };
    return '';
  };
  /** The first of several keys that has a value. */
  const role = (name: Role, read = textOf) => {
    for (const key of names[name]) {
      const text = read(key);
      if (text !== '') return text;
    }
    return '';
  };
  const texts: RowTexts = {
    timestamp: role('timestamp'),
    customer: wanted.customer ?? role('customer', (key) => customerId('json', textOf(key), wanted)),
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
  const nameOf = (keys: readonly string[]) => keys.find((key) => valueAt(object, key) !== undefined) ?? keys[0] ?? '';
  const used: RowNames = {
    timestamp: nameOf(names.timestamp),
    customer: nameOf(names.customer),
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
