/** Columns of a Parquet file as they are read: every value is a text that says exactly what the file holds. */
import type { FileMetaData, SchemaElement } from 'hyparquet';
import { Decimal } from '../../core/decimal.ts';

/** Meaning of a column's values. `unit`: nanoseconds in one of its units. */
export type LeafKind =
  | { readonly kind: 'text' | 'integer' | 'boolean' | 'uuid' | 'float' | 'date' }
  | { readonly kind: 'decimal'; readonly scale: number }
  | { readonly kind: 'instant'; readonly unit: bigint; readonly hasZone: boolean }
  | { readonly kind: 'other'; readonly name: string };

/** A column with one value a row, or a field of one that is a structure. */
export type Leaf = {
  /** Name for mappings: of a field `column.field`. */
  readonly name: string;
  readonly path: readonly string[];
  readonly type: LeafKind;
};

/** Columns without lists and maps, in the order of the file. */
export function leavesOf({ schema }: Pick<FileMetaData, 'schema'>): Leaf[] {
  const leaves: Leaf[] = [];
  let next = 1;
  const walk = (path: readonly string[], isSingle: boolean): void => {
    const element = schema[next++]!;
    const own = [...path, element.name];
    const single = isSingle && element.repetition_type !== 'REPEATED' && !isCollection(element);
    if (element.num_children === undefined) {
      if (single) leaves.push({ name: own.join('.'), path: own, type: kindOf(element) });
      return;
    }
    for (let child = 0; child < element.num_children; child++) walk(own, single);
  };
  while (next < schema.length) walk([], true);
  return leaves;
}

function isCollection({ converted_type: converted, logical_type: logical }: SchemaElement): boolean {
  const names = [converted, logical?.type];
  return ['LIST', 'MAP', 'MAP_KEY_VALUE', 'VARIANT'].some((name) => names.includes(name as 'LIST'));
}

/** Nanoseconds in a unit of the file. */
const UNITS = { MILLIS: 1_000_000n, MICROS: 1000n, NANOS: 1n } as const;

function kindOf(element: SchemaElement): LeafKind {
  const { type, logical_type: logical, converted_type: converted } = element;
  if (logical?.type === 'DECIMAL' || converted === 'DECIMAL') return decimalKind(element);
  const instant = instantKind(element);
  if (instant) return instant;
  const name = logical?.type ?? converted;
  if (name === 'DATE') return { kind: 'date' };
  if (name === 'UUID') return { kind: 'uuid' };
  if (type === 'FLOAT' || type === 'DOUBLE') return { kind: 'float' };
  if (type === 'BOOLEAN') return { kind: 'boolean' };
  const isInteger = type === 'INT32' || type === 'INT64';
  if (isInteger && (name === undefined || name === 'INTEGER' || /^U?INT_/.test(name))) return { kind: 'integer' };
  if (type === 'BYTE_ARRAY' && (name === undefined || TEXTS.has(name))) return { kind: 'text' };
  return { kind: 'other', name: name ?? type ?? 'group' };
}

/** A file may say the scale twice; where that is contradictory or none, its numbers are anybody's guess. */
function decimalKind({ logical_type: logical, scale, precision }: SchemaElement): LeafKind {
  const [own, digits] = logical?.type === 'DECIMAL' ? [logical.scale, logical.precision] : [scale ?? 0, precision];
  const isOne = Number.isInteger(own) && own >= 0 && own <= (digits ?? own);
  if (isOne && (scale === undefined || scale === own)) return { kind: 'decimal', scale: own };
  return {
    kind: 'other',
    name: `DECIMAL(${digits ?? '?'}, ${scale === undefined || scale === own ? own : `${own} or ${scale}`})`,
  };
}

const TEXTS: ReadonlySet<string> = new Set(['STRING', 'UTF8', 'ENUM', 'JSON']);

function instantKind({ type, logical_type: logical, converted_type: converted }: SchemaElement): LeafKind | undefined {
  if (logical?.type === 'TIMESTAMP')
    return { kind: 'instant', unit: UNITS[logical.unit], hasZone: logical.isAdjustedToUTC };
  // The older annotations are of instants in UTC; what stands in 96 bits has a zone by no rule.
  if (converted === 'TIMESTAMP_MILLIS') return { kind: 'instant', unit: UNITS.MILLIS, hasZone: true };
  if (converted === 'TIMESTAMP_MICROS') return { kind: 'instant', unit: UNITS.MICROS, hasZone: true };
  return type === 'INT96' ? { kind: 'instant', unit: UNITS.NANOS, hasZone: false } : undefined;
}

/**
 * The metadata without the annotations with which the library would make numbers, dates and texts of values: it then gives
 * them as the file stores them. Those of unsigned integers and groups stay.
 */
export function asStored(metadata: FileMetaData): FileMetaData {
  const schema = metadata.schema.map((element): SchemaElement => {
    const isUnsigned =
      element.converted_type?.startsWith('UINT_') === true ||
      (element.logical_type?.type === 'INTEGER' && !element.logical_type.isSigned);
    if (element.num_children !== undefined || isUnsigned) return element;
    const { converted_type: _, logical_type: __, ...plain } = element;
    return plain;
  });
  return { ...metadata, schema };
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** The text of a stored value that is not null. Throws a TypeError for bytes that are not UTF-8. */
export function textOf(type: LeafKind, value: unknown): string {
  switch (type.kind) {
    case 'text':
      return utf8.decode(value as Uint8Array);
    case 'decimal':
      return scaledText(integerOf(value), type.scale);
    case 'instant':
      return instantText(BigInt(value as bigint) * type.unit, type.hasZone);
    case 'uuid':
      return uuidText(value as Uint8Array);
    case 'float':
      return floatText(value as number);
    default:
      return String(value);
  }
}

/** A stored decimal's integer: a number, or the bytes of a two's complement, the highest first. */
function integerOf(value: unknown): bigint {
  if (!(value instanceof Uint8Array)) return BigInt(value as number | bigint);
  return value.length === 0 ? 0n : BigInt.asIntN(value.length * 8, BigInt(`0x${Buffer.from(value).toString('hex')}`));
}

function scaledText(units: bigint, scale: number): string {
  if (scale === 0) return String(units);
  const digits = String(units < 0n ? -units : units).padStart(scale + 1, '0');
  return `${units < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

/** RFC 3339 to the nanosecond; without `Z` where the column has no zone. */
function instantText(nanoseconds: bigint, hasZone: boolean): string {
  const fraction = ((nanoseconds % SECOND) + SECOND) % SECOND;
  const milliseconds = Number((nanoseconds - fraction) / 1_000_000n);
  const at = new Date(milliseconds);
  if (Number.isNaN(at.getTime())) return String(nanoseconds); // no instant for the rules of rows either
  return `${at.toISOString().slice(0, -5)}.${String(fraction).padStart(9, '0')}${hasZone ? 'Z' : ''}`;
}

const SECOND = 1_000_000_000n;

function uuidText(bytes: Uint8Array): string {
  const hex = Buffer.from(bytes).toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** The shortest decimal that is nearest to this float: what was meant is lost. */
function floatText(value: number): string {
  return Number.isFinite(value) ? new Decimal(value).toFixed() : String(value);
}
