/**
 * Reads a line of NDJSON: one JSON object. Numbers keep their source text; a double would reshape nanoseconds and long
 * decimals.
 */
import { LosslessNumber, stringify } from 'lossless-json';
import { isThere, valueFields } from '../core/usage/fieldForm.ts';
import { countsEveryRow, type Wanted } from './columns.ts';
import { type ConditionFields, formText, leftOutBy, type RowFields } from './fieldForms.ts';
import { isObject, type JsonScope, plainText, rowsAt, valueIn, wholeText } from './jsonPath.ts';
import { objectsOfLine } from './jsonRecords.ts';
import { parseJson } from './jsonValue.ts';
import { customerId, type Fault, type RowNames, textIn } from './row.ts';
import { decodeStrictly, type FilteredContent, isAscii, rawFault } from './textRows.ts';

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
    return rowsOf(record.value).map((scope) => new ScopedRow(from, scope, wanted));
  });
}

/** A class, because V8 keeps objects that are written with getters until all of the heap is collected. */
class ScopedRow implements PlacedRow {
  readonly from: number;
  private readonly scope: JsonScope;
  private readonly wanted: Wanted;

  constructor(from: number, scope: JsonScope, wanted: Wanted) {
    this.from = from;
    this.scope = scope;
    this.wanted = wanted;
  }

  get raw(): string {
    return Buffer.from(stringify(this.scope[0])!).toString('latin1');
  }

  get row(): FilteredContent {
    return rowOf(this.scope, this.wanted);
  }
}

/** The texts of a line (its bytes as Latin-1) in their roles, or its fault. */
export function rowOfJson(latin1: string, wanted: Wanted): FilteredContent {
  const record = recordOf(latin1);
  return 'fault' in record ? record : rowOf([record.value], wanted);
}

/** The object of a line (its bytes as Latin-1). */
function recordOf(latin1: string): { readonly value: Record<string, unknown> } | { readonly fault: Fault } {
  const needsDecoding = !isAscii(latin1);
  const fault = rawFault(latin1, needsDecoding);
  if (fault) return { fault };
  const text = needsDecoding ? decodeStrictly(latin1)! : latin1;
  try {
    const value: unknown = parseJson(text);
    return isObject(value) ? { value } : { fault: { code: 'not-json', text } };
  } catch (error) {
    const { message } = error as Error;
    return { fault: /duplicate key/i.test(message) ? { code: 'duplicate-key' } : { code: 'not-json', text } };
  }
}

function rowOf(scope: JsonScope, wanted: Wanted): FilteredContent {
  const { names, meters, constants, where } = wanted;
  const reading = new ScopeReading(scope, wanted);
  const leftOut = where.length > 0 && leftOutBy(where, reading.conditions);
  if (leftOut) return { leftOut };
  const texts = {
    timestamp: reading.first(names.timestamp),
    customer: wanted.customer ?? reading.customer(names.customer),
    eventId: reading.first(names.eventId),
    source: reading.first(names.source),
    quantities: meters.map((meter, m) => constants[m] ?? reading.textOf(meter.field)),
    dimensions: wanted.dimensions.map((dimension) => reading.textOf(dimension)),
  };
  if (reading.firstFault) return { fault: reading.firstFault };
  const hasQuantity = meters.some((meter, m) => constants[m] === undefined && reading.has(meter.field));
  if (!hasQuantity && !countsEveryRow(wanted)) return { fault: { code: 'no-quantity', detail: quantityNames(wanted) } };
  return { texts, names: new UsedNames(reading, wanted) };
}

/** The fields in which the quantities of a row are looked for, for a message. */
function quantityNames({ meters, constants, derived }: Wanted): string {
  const fields = meters.filter((_, m) => constants[m] === undefined).map((meter) => meter.field);
  const named = fields.flatMap((name) => (derived.has(name) ? valueFields(derived.get(name)!) : [name]));
  return [...new Set(named)].join(', ');
}

/** The texts of one row by the names of its fields, derived ones too. */
class ScopeReading implements RowFields {
  firstFault: Fault | undefined;
  private readonly scope: JsonScope;
  private readonly wanted: Wanted;

  constructor(scope: JsonScope, wanted: Wanted) {
    this.scope = scope;
    this.wanted = wanted;
  }

  textOf(name: string): string {
    const { derived, lookups } = this.wanted;
    const form = derived.size === 0 ? undefined : derived.get(name);
    return form ? formText(form, { name, lookups, fields: this }) : this.text(name);
  }

  /** The first of several keys that has a value. */
  first(keys: readonly string[]): string {
    for (const key of keys) {
      const text = this.textOf(key);
      if (text !== '') return text;
    }
    return '';
  }

  /** {@link first} of the keys of customers. */
  customer(keys: readonly string[]): string {
    for (const key of keys) {
      const text = customerId('json', this.textOf(key), this.wanted);
      if (text !== '') return text;
    }
    return '';
  }

  text(name: string): string {
    const found = valueIn(this.scope, name);
    if (found === undefined || found === null) return '';
    if (typeof found === 'string') return textIn('json', found);
    if (found instanceof LosslessNumber) return found.value;
    if (this.wanted.series.has(name)) return wholeText(found);
    this.fault({ code: 'wrong-type', column: name, text: stringify(found)! });
    return '';
  }

  /** True if the row has the field, or all that a derived one is made of, with a value or without. */
  has(name: string): boolean {
    const isKey = (key: string) => valueIn(this.scope, key) !== undefined;
    const form = this.wanted.derived.get(name);
    return form ? isThere(form, isKey) : isKey(name);
  }

  get conditions(): ConditionFields {
    return conditionFields(this.scope);
  }

  fault(found: Fault): void {
    this.firstFault ??= found;
  }
}

/** Names of the fields that a row has, worked out when a message needs them. */
class UsedNames implements RowNames {
  private readonly reading: ScopeReading;
  private readonly wanted: Wanted;

  constructor(reading: ScopeReading, wanted: Wanted) {
    this.reading = reading;
    this.wanted = wanted;
  }

  get timestamp(): string {
    return this.nameOf(this.wanted.names.timestamp);
  }

  get customer(): string {
    return this.nameOf(this.wanted.names.customer);
  }

  get quantities(): string[] {
    return this.wanted.meters.map((meter) => meter.field);
  }

  private nameOf(keys: readonly string[]): string {
    return keys.find((key) => this.reading.has(key)) ?? keys[0] ?? '';
  }
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
