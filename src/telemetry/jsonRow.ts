/**
 * Reads a line of NDJSON: one JSON object. Numbers keep their source text; a double would reshape nanoseconds and long
 * decimals.
 */
import { LosslessNumber, stringify } from 'lossless-json';
import { isThere, valueFields } from '../core/usage/fieldForm.ts';
import type { Role } from '../core/usage/mapping.ts';
import { countsEveryRow, type Wanted } from './columns.ts';
import { type ConditionFields, formText, leftOutBy } from './fieldForms.ts';
import { isObject, type JsonScope, plainText, rowsAt, valueIn, wholeText } from './jsonPath.ts';
import { objectsOfLine } from './jsonRecords.ts';
import { parseJson } from './jsonValue.ts';
import { customerId, type Fault, type RowNames, textIn } from './row.ts';
import { decodeStrictly, type FilteredContent, rawFault } from './textRows.ts';

/**
 * The rows of a line (its bytes as Latin-1): one, or one for each of several objects side by side, as streams leave
 * them that write no line ends, or one for each value that a mapping asks for. `from`: where the row begins in the line.
 */
export function rowsOfLine(latin1: string, wanted: Wanted): readonly PlacedRow[] {
  const skipped = prefixLength(latin1, wanted);
  if (skipped === 0) return rowsOfRecords(latin1, wanted);
  return rowsOfRecords(latin1.slice(skipped), wanted, skipped);
}

/**
 * `from`: where the row begins in its line. Of rows from a path it is where their record does, and `raw` is their own value
 * without blanks: records may hold thousands.
 */
export type PlacedRow = { readonly from: number; readonly raw: string; readonly row: FilteredContent };

/** Length of what a mapping says stands before the record of a line. */
function prefixLength(latin1: string, { records: { prefix } }: Wanted): number {
  const match = prefix?.exec(latin1);
  return match?.index === 0 ? match[0].length : 0;
}

/** `before`: bytes of the line before these. */
function rowsOfRecords(latin1: string, wanted: Wanted, before = 0): readonly PlacedRow[] {
  const { each } = wanted.records;
  if (each) return eachRowOf(latin1, wanted, (record) => each.flatMap((path) => rowsAt(record, path)), before);
  const row = rowOfJson(latin1, wanted);
  const objects = 'fault' in row && row.fault.code === 'not-json' ? objectsOfLine(latin1) : [];
  if (objects.length < 2) return [{ from: before, raw: latin1, row }];
  return objects.map(({ from, raw }) => ({ from: before + from, raw, row: rowOfJson(raw, wanted) }));
}

/**
 * The rows of a line's records. A record that is no JSON is a row of its own, with its fault. Each row is read when it is asked
 * for: of many in one line few may be wanted.
 */
function eachRowOf(
  latin1: string,
  wanted: Wanted,
  rowsOf: (record: unknown) => readonly JsonScope[],
  before: number,
): readonly PlacedRow[] {
  return objectsOfLine(latin1).flatMap((object): PlacedRow[] => {
    const { raw } = object;
    const from = before + object.from;
    const record = recordOf(raw);
    if ('fault' in record) return [{ from, raw, row: record }];
    return rowsOf(record.value).map((scope) => ({
      from,
      get raw() {
        return Buffer.from(stringify(scope[0])!).toString('latin1');
      },
      get row() {
        return rowOf(scope, wanted);
      },
    }));
  });
}

/** The texts of a line (its bytes as Latin-1) in their roles, or its fault. */
export function rowOfJson(latin1: string, wanted: Wanted): FilteredContent {
  const record = recordOf(latin1);
  return 'fault' in record ? record : rowOf([record.value], wanted);
}

/** The object of a line (its bytes as Latin-1). */
function recordOf(latin1: string): { readonly value: Record<string, unknown> } | { readonly fault: Fault } {
  const fault = rawFault(latin1);
  if (fault) return { fault };
  const text = decodeStrictly(latin1)!;
  try {
    const value: unknown = parseJson(text);
    return isObject(value) ? { value } : { fault: { code: 'not-json', text } };
  } catch (error) {
    const { message } = error as Error;
    return { fault: /duplicate key/i.test(message) ? { code: 'duplicate-key' } : { code: 'not-json', text } };
  }
}

function rowOf(scope: JsonScope, wanted: Wanted): FilteredContent {
  const { names, meters, constants, dimensions, derived, lookups, where } = wanted;
  const conditions = conditionFields(scope);
  const leftOut = where.length > 0 && leftOutBy(where, conditions);
  if (leftOut) return { leftOut };
  let firstFault: Fault | undefined;
  const reading = {
    conditions,
    text: (name: string): string => {
      const found = valueIn(scope, name);
      if (found === undefined || found === null) return '';
      if (typeof found === 'string') return textIn('json', found);
      if (found instanceof LosslessNumber) return found.value;
      if (wanted.series.has(name)) return wholeText(found);
      firstFault ??= { code: 'wrong-type', column: name, text: stringify(found)! };
      return '';
    },
    fault(found: Fault) {
      firstFault ??= found;
    },
  };
  const textOf = (name: string): string => {
    const form = derived.get(name);
    return form ? formText(form, { name, lookups, fields: reading }) : reading.text(name);
  };
  /** The first of several keys that has a value. */
  const role = (name: Role, read = textOf) => {
    for (const key of names[name]) {
      const text = read(key);
      if (text !== '') return text;
    }
    return '';
  };
  const texts = {
    timestamp: role('timestamp'),
    customer: wanted.customer ?? role('customer', (key) => customerId('json', textOf(key), wanted)),
    eventId: role('eventId'),
    source: role('source'),
    quantities: meters.map((meter, m) => constants[m] ?? textOf(meter.field)),
    dimensions: dimensions.map((dimension) => textOf(dimension)),
  };
  if (firstFault) return { fault: firstFault };
  const isKey = (name: string) => valueIn(scope, name) !== undefined;
  const has = (name: string) => {
    const form = derived.get(name);
    return form ? isThere(form, isKey) : isKey(name);
  };
  const fields = meters.filter((_, m) => constants[m] === undefined).map((meter) => meter.field);
  if (!countsEveryRow(wanted) && !fields.some(has)) {
    const named = fields.flatMap((name) => (derived.has(name) ? valueFields(derived.get(name)!) : [name]));
    return { fault: { code: 'no-quantity', detail: [...new Set(named)].join(', ') } };
  }
  const nameOf = (keys: readonly string[]) => keys.find(has) ?? keys[0] ?? '';
  const used: RowNames = {
    timestamp: nameOf(names.timestamp),
    customer: nameOf(names.customer),
    quantities: meters.map((meter) => meter.field),
  };
  return { texts, names: used };
}

/** Fields as conditions see them: truth values are words, and an object is there. */
function conditionFields(scope: JsonScope): ConditionFields {
  const text = (name: string) => textIn('json', plainText(valueIn(scope, name)) ?? '');
  return {
    text,
    has(name: string): boolean {
      const found = valueIn(scope, name);
      return text(name) !== '' || isObject(found) || Array.isArray(found);
    },
  };
}
