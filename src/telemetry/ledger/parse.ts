/** Records of a ledger, checked: a file that somebody has edited or cut is refused, not read in part. */
import { AGGREGATIONS, needsEveryRow } from '../../core/catalog/meter.ts';
import type { RowFilter } from '../../core/catalog/rowFilter.ts';
import type { FloatColumn, MissingDimension } from '../../core/invoice/runNotes.ts';
import { instantOf, type PreciseInstant, type TimeUnit } from '../../core/timestamp.ts';
import type { CellTotal } from '../../core/usage/cell.ts';
import type { FaultCode } from '../row.ts';
import { LEDGER_VERSION, type LedgerAccounting, type LedgerHeader, type LedgerMeter } from './format.ts';

/** Why a text is no record: a clause behind a colon. */
export class BadRecord extends Error {}

/** The version that a header names is another than {@link LEDGER_VERSION}. */
export class OtherVersion extends Error {}

type Fields = Readonly<Record<string, unknown>>;

/** A record behind the header and the accounting: the rows of a cell, or the total of one of its meters. */
export type CellRecord = {
  readonly customer: string;
  readonly bucket: number;
  readonly dimensions: readonly string[];
} & ({ readonly rows: number } | { readonly total: RecordTotal });

export type RecordTotal = Omit<CellTotal, 'quantity'> & { readonly quantity: PlainQuantity };

/** `value` in units of 10^-`scale`, at most 15 digits of each; a text if there are more. */
export type PlainQuantity = { readonly value: number; readonly scale: number } | string;

export function parseLine(text: string): Fields {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new BadRecord('it is not JSON');
  }
  return fieldsOf(value, 'it');
}

export function parseHeader(fields: Fields): LedgerHeader {
  if (fields.meter_ledger !== LEDGER_VERSION) throw new OtherVersion(String(fields.meter_ledger));
  const { period } = fields;
  return {
    buckets: {
      widthMs: bucketWidth(fields.bucket_ms),
      cuts: listOf(fields.cuts, 'cuts', (cut) => instantOf(nanoseconds(cut, 'a cut'))),
    },
    ...(period !== undefined && { period: parsePeriod(fieldsOf(period, 'period')) }),
    dedupe: fields.dedupe === true,
    meters: listOf(fields.meters, 'meters', parseMeter),
    dimensions: listOf(fields.dimensions, 'dimensions', (name) => textOf(name, 'a dimension')),
    sources: listOf(fields.sources, 'sources', (value) => {
      const { name, bytes, sha256 } = fieldsOf(value, 'a source');
      return {
        name: textOf(name, 'the name of a source'),
        ...(bytes !== undefined && { bytes: count(bytes, 'the bytes of a source') }),
        ...(sha256 !== undefined && { sha256: textOf(sha256, 'the hash of a source') }),
      };
    }),
  };
}

function bucketWidth(value: unknown): number {
  const width = count(value, 'bucket_ms');
  if (width === 0 || 86_400_000 % width !== 0) throw new BadRecord('bucket_ms does not divide a day');
  return width;
}

function parsePeriod({ start, end }: Fields) {
  return {
    start: instantOf(nanoseconds(start, 'the start of the period')),
    end: instantOf(nanoseconds(end, 'the end of the period')),
  };
}

function parseMeter(value: unknown): LedgerMeter {
  const { name, unit, aggregation, where } = fieldsOf(value, 'a meter');
  const known = AGGREGATIONS.find((one) => one === aggregation);
  if (!known) throw new BadRecord(`"${String(aggregation)}" is no aggregation`);
  if (needsEveryRow({ aggregation: known })) throw new BadRecord(`no ledger can hold a meter of aggregation ${known}`);
  return {
    name: textOf(name, 'the name of a meter'),
    unit: textOf(unit, 'the unit of a meter'),
    aggregation: known,
    ...(where !== undefined && { where: parseFilter(where) }),
  };
}

function parseFilter(value: unknown): RowFilter {
  return listOf(value, 'where', (condition) => {
    const { dimension, values, not } = fieldsOf(condition, 'a condition');
    return {
      dimension: textOf(dimension, 'the dimension of a condition'),
      values: listOf(values, 'the values of a condition', (one) => textOf(one, 'the value of a condition')),
      isNot: not === true,
    };
  });
}

export function parseAccounting(record: Fields): LedgerAccounting {
  const fields = fieldsOf(record.accounting, 'accounting');
  // A query counts every reason that it knows of.
  const rejected = Object.entries(fieldsOf(fields.rejected, 'rejected')).filter(([, rows]) => rows !== 0);
  const accounting = {
    rated: count(fields.rated, 'rated'),
    duplicate: count(fields.duplicate, 'duplicate'),
    outOfPeriod: count(fields.out_of_period, 'out_of_period'),
    ...(fields.filtered !== undefined && { filtered: count(fields.filtered, 'filtered') }),
    rejected: new Map(rejected.map(([code, rows]) => [code as FaultCode, count(rows, `rejected ${code}`)])),
    seenMeters: listOf(fields.seen_meters, 'seen_meters', (name) => textOf(name, 'a meter')),
    missingDimensions: listOf(fields.missing_dimensions, 'missing_dimensions', parseMissing),
    inexact: listOf(fields.inexact, 'inexact', parseFloatColumn),
    guessedTimeUnits: listOf(fields.guessed_time_units, 'guessed_time_units', (unit) => textOf(unit, 'a unit')),
    unendedSources: listOf(fields.unended_sources, 'unended_sources', (name) => textOf(name, 'a source')),
    repeatedHourRows: count(fields.repeated_hour_rows, 'repeated_hour_rows'),
    distinctIds: count(fields.event_ids, 'event_ids'),
  };
  return { ...accounting, guessedTimeUnits: accounting.guessedTimeUnits as TimeUnit[] };
}

function parseMissing(value: unknown): MissingDimension {
  const { source, dimension } = fieldsOf(value, 'a missing dimension');
  return { source: textOf(source, 'a source'), dimension: textOf(dimension, 'a dimension') };
}

function parseFloatColumn(value: unknown): FloatColumn {
  const { source, column } = fieldsOf(value, 'an inexact column');
  return { source: textOf(source, 'a source'), column: textOf(column, 'a column') };
}

/**
 * Sums over the records of a file, as its last line has them: their number, or, where an engine's query wrote it, which does not
 * count them, the rows and the events that are in them.
 */
export type LedgerEnd = { readonly records: number } | { readonly rows: number; readonly events: number };

/** Undefined: the record is another one. */
export function parseEnd(fields: Fields): LedgerEnd | undefined {
  if (fields.end === undefined) return undefined;
  const { records, rows, events } = fieldsOf(fields.end, 'end');
  return records === undefined
    ? { rows: count(rows, 'rows'), events: count(events, 'events') }
    : { records: count(records, 'records') };
}

/** `header`: that of the record's ledger. */
export function parseCell(fields: Fields, header: Pick<LedgerHeader, 'dimensions' | 'meters'>): CellRecord {
  const place = {
    customer: textOf(fields.customer, 'customer'),
    bucket: instantOf(nanoseconds(fields.bucket, 'bucket')),
    dimensions: listOf(fields.dimensions, 'dimensions', (value) => textOf(value, 'the value of a dimension')),
  };
  const dimensions = header.dimensions.length;
  if (place.dimensions.length !== dimensions)
    throw new BadRecord(`it has ${place.dimensions.length} dimension values, and the header names ${dimensions}`);
  if (fields.meter === undefined) return { ...place, rows: positive(fields.rows, 'rows') };
  const [first, last] = [nanoseconds(fields.first, 'first'), nanoseconds(fields.last, 'last')];
  if (first > last) throw new BadRecord('its first instant is after its last');
  const total = {
    meter: textOf(fields.meter, 'meter'),
    quantity: quantity(fields.quantity),
    events: positive(fields.events, 'events'),
    first: precise(first),
    last: precise(last),
    ...(fields.values !== undefined && { values: parseValues(fields.values) }),
  };
  const why = whyNotWhole(
    total,
    header.meters.find(({ name }) => name === total.meter),
  );
  if (why !== undefined) throw new BadRecord(why);
  return { ...place, total };
}

/** The distinct values of a record; throws a BadRecord where it is no list of texts. */
export function parseValues(list: unknown): readonly string[] {
  return listOf(list, 'values', (value) => textOf(value, 'a value'));
}

/** Why a total is none of its meter; undefined: it is whole. A meter that the header has not is nobody's. */
export function whyNotWhole({ quantity, values }: RecordTotal, meter: LedgerMeter | undefined): string | undefined {
  const isUnique = meter?.aggregation === 'unique';
  if (isUnique !== (values !== undefined)) return isUnique ? 'it has no values' : 'only distinct values are listed';
  if (!values) return undefined;
  if (new Set(values).size !== values.length) return 'a value is there twice';
  const count = typeof quantity === 'string' || quantity.scale > 0 ? undefined : quantity.value;
  return values.length === count
    ? undefined
    : `it counts another number than the ${values.length} values that it lists`;
}

function precise(at: bigint): PreciseInstant {
  return { ms: instantOf(at), ns: Number(at % 1_000_000n) };
}

function fieldsOf(value: unknown, what: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new BadRecord(`${what} is no object`);
  return value as Fields;
}

function listOf<T>(value: unknown, what: string, one: (value: unknown) => T): T[] {
  if (!Array.isArray(value)) throw new BadRecord(`${what} is no list`);
  return value.map(one);
}

function textOf(value: unknown, what: string): string {
  if (typeof value !== 'string') throw new BadRecord(`${what} is no text`);
  return value;
}

function count(value: unknown, what: string): number {
  if (!Number.isSafeInteger(value) || (value as number) < 0) throw new BadRecord(`${what} is no count`);
  return value as number;
}

function positive(value: unknown, what: string): number {
  const number = count(value, what);
  if (number === 0) throw new BadRecord(`${what} is 0`);
  return number;
}

function quantity(value: unknown): PlainQuantity {
  const text = textOf(value, 'quantity');
  if (!/^\d{1,400}(\.\d{1,128})?$/.test(text))
    throw new BadRecord(`quantity "${text.slice(0, 40)}" is no plain number`);
  if (text.length > 15) return text;
  const [whole, fraction = ''] = text.split('.') as [string, string?];
  return { value: Number(whole + fraction), scale: fraction.length };
}

/** Up to the year 9999. */
function nanoseconds(value: unknown, what: string): bigint {
  const text = textOf(value, what);
  if (!/^\d{1,21}$/.test(text)) throw new BadRecord(`${what} is no number of nanoseconds`);
  return BigInt(text);
}
