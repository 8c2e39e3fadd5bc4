/** Rules for a row of telemetry, in any file format. */
import type { Meter } from '../core/catalog/meter.ts';
import { Decimal } from '../core/decimal.ts';
import {
  type PreciseInstant,
  parseTimestamp,
  type TimestampOptions,
  type TimestampReason,
  type TimeUnit,
} from '../core/timestamp.ts';
import type { Mapping } from '../core/usage/mapping.ts';
import { hasCorrections } from '../core/usage/rowTerms.ts';

/**
 * Why a row is rejected. One reason a row: the first that applies in the order of this list.
 * The words are printed, grouped and written to the rejects file, so they are part of what scripts may rely on.
 */
export const FAULTS = {
  'invalid-utf8': 'not valid UTF-8',
  'nul-byte': 'contains a NUL byte',
  'misplaced-quote': 'a quote inside an unquoted field, or text after a closing quote',
  'wrong-field-count': 'not as many fields as the header',
  'not-json': 'not a JSON object',
  'duplicate-key': 'a key appears twice with different values',
  'wrong-type': 'neither text nor number',
  'missing-timestamp': 'no timestamp',
  'not-a-timestamp': 'not a timestamp (RFC 3339, or a number since 1970)',
  'may-be-a-date': 'a number that may be a calendar date or a day of a spreadsheet',
  'no-such-time': 'no such day or time',
  'no-timezone': 'a timestamp without a timezone',
  'skipped-time': 'a time that a clock change skips',
  'repeated-time': 'a time that a clock change repeats',
  'out-of-range-time': 'before 1970 or after 9999',
  'missing-customer': 'no customer id',
  'ambiguous-customer': 'an alias of several customers',
  'no-quantity': 'none of the meters',
  'negative-quantity': 'a negative quantity',
  'not-a-number': 'not a plain decimal number',
  'too-large-an-exponent': 'a number with an exponent beyond 64',
  'too-long-a-number': 'a number of more than 64 characters',
  'not-a-weight': 'not the number of rows that it stands for, which is at least 1',
  'start-after-end': 'it starts after the timestamp, which is its end',
  'contradicted-reading': 'a larger reading of the same counter at the same instant',
  'corrects-nothing': 'no row of this customer has the id that it corrects',
  'corrects-too-much': 'it takes back more than the row that it corrects has',
  'not-in-lookup': 'a text that the lookup file does not have',
  'not-in-format': 'a line that does not fit the format of the mapping',
  'no-tier-then': 'the customer was on no tier at that time',
  conflict: 'the same event id with different content',
} as const;
export type FaultCode = keyof typeof FAULTS;
type QuantityFaultCode = Extract<
  FaultCode,
  'not-a-number' | 'negative-quantity' | 'too-large-an-exponent' | 'too-long-a-number'
>;

export type Fault = {
  readonly code: FaultCode;
  /** Column or key in which it is, if it is in one. */
  readonly column?: string;
  /** The offending text, as far as there is one. */
  readonly text?: string;
  /** Detail that only this row has: the line it conflicts with, its number of fields. */
  readonly detail?: string;
};

/** True if a message about the row need not show all of it. */
export function saysWhy({ column, text, detail }: Fault): boolean {
  return column !== undefined || text !== undefined || detail !== undefined;
}

/** The texts of one row, in the roles they play. '' stands for a column that is absent or nothing ({@link textIn}). */
export type RowTexts = {
  readonly timestamp: string;
  readonly customer: string;
  readonly eventId: string;
  readonly source: string;
  /** One for each meter of the request, in its order. */
  readonly quantities: readonly string[];
  /** One for each known dimension: those of the request, and the default ones. */
  readonly dimensions: readonly string[];
};

/** The column or key that each text came from, for messages. */
export type RowNames = {
  readonly timestamp: string;
  readonly customer: string;
  readonly quantities: readonly string[];
};

export type CheckedRow = {
  readonly at: PreciseInstant;
  /** Unit that a timestamp was taken to be in; set if it was a bare number. */
  readonly unit?: TimeUnit | undefined;
  /** A clock change repeats the time of the row, and one of the two instants was chosen. */
  readonly isRepeated: boolean;
  /** One for each meter: a plain decimal, or any text where only its presence counts; '' for nothing. */
  readonly quantities: readonly string[];
};

const MOST_QUANTITY_CHARACTERS = 64;
/** Largest exponent of a quantity, so that its digits have a bound, too: beyond it a number is no measurement. */
const LARGEST_EXPONENT = 64;
/** Nearly all quantities: they are fine as they stand, whatever is counted of them. */
const PLAIN_NUMBER = /^\d{1,20}(?:\.\d{1,20})?$/;
/** Digits with at most one point, and an exponent. */
const QUANTITY = /^(\d+(?:\.\d+)?)(?:[eE]([+-]?\d+))?$/;

const TIMESTAMP_FAULTS: Record<TimestampReason, FaultCode> = {
  empty: 'missing-timestamp',
  'not a timestamp': 'not-a-timestamp',
  'may be a date': 'may-be-a-date',
  'no such day or time': 'no-such-time',
  'no timezone': 'no-timezone',
  'skipped by a clock change': 'skipped-time',
  'repeated by a clock change': 'repeated-time',
  'before 1970 or after 9999': 'out-of-range-time',
};

/** Checks a row, reads its instant and makes its quantities plain; each reader adds them up in its own way. */
export function checkRow(
  row: RowTexts,
  names: RowNames,
  meters: readonly Meter[],
  options: TimestampOptions & { readonly mapping?: Mapping | undefined },
): CheckedRow | Fault {
  const at = parseTimestamp(row.timestamp, options);
  if ('reason' in at) return { code: TIMESTAMP_FAULTS[at.reason], column: names.timestamp, text: row.timestamp };
  if (row.customer === '') return { code: 'missing-customer', column: names.customer };
  const quantities: string[] = [];
  for (let i = 0; i < row.quantities.length; i++) {
    const text = row.quantities[i]!;
    if (PLAIN_NUMBER.test(text)) {
      quantities.push(text);
      continue;
    }
    const isValue = !countsValues(meters[i]!);
    const fault = isValue ? quantityFault(text) : undefined;
    if (fault === 'negative-quantity' && takesBack(meters[i]!, options)) {
      quantities.push(`-${plainQuantity(text)}`);
      continue;
    }
    if (fault) return { code: fault, column: names.quantities[i]!, text };
    quantities.push(isValue ? plainQuantity(text) : text);
  }
  return { at: { ms: at.ms, ns: at.ns }, unit: at.unit, isRepeated: at.isRepeated === true, quantities };
}

/** True if a quantity below zero is a correction. */
function takesBack({ aggregation }: Meter, { mapping }: { readonly mapping?: Mapping | undefined }): boolean {
  return aggregation === 'sum' && hasCorrections(mapping?.terms);
}

/**
 * The customer id that a field's text stands for, '' if it means nothing. `trimsIds`: white space at its ends is no part of
 * it, so that blanks alone are nothing.
 */
export function customerId(format: TextFormat, text: string, { trimsIds }: { readonly trimsIds: boolean }): string {
  return trimsIds ? textIn(format, text.trim()) : text;
}

/** True for meters whose field may hold any text, because only its presence or its distinct values count. */
export function countsValues(meter: Meter): boolean {
  return meter.aggregation === 'count' || meter.aggregation === 'unique';
}

/**
 * Words for an absent value in text formats (CSV, TSV), beside no text and `-`: PostgreSQL, MySQL, ClickHouse, Spark.
 */
const NOTHING_WORDS: ReadonlySet<string> = new Set(['null', 'NULL', '(null)', '\\N']);
const LONGEST_NOTHING_WORD = 6;

export type TextFormat = 'text' | 'json';

/** A field's text, '' for one that means nothing: `-` in every format; in text formats also the words for null. */
export function textIn(format: TextFormat, text: string): string {
  if (text.length > LONGEST_NOTHING_WORD || isDigit(text.charCodeAt(0))) return text;
  return text === '-' || (format === 'text' && NOTHING_WORDS.has(text)) ? '' : text;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

/** Non-negative decimals, with an exponent or without, and '' for nothing; anything else has a fault. */
export function quantityFault(text: string): QuantityFaultCode | undefined {
  if (text === '') return undefined;
  if (text.length > MOST_QUANTITY_CHARACTERS) return 'too-long-a-number';
  const isSigned = text.startsWith('-');
  const [, digits, exponent = '0'] = QUANTITY.exec(isSigned ? text.slice(1) : text) ?? [];
  if (digits === undefined) return 'not-a-number';
  if (isSigned && /[1-9]/.test(digits)) return 'negative-quantity';
  return Math.abs(Number(exponent)) > LARGEST_EXPONENT ? 'too-large-an-exponent' : undefined;
}

/** A quantity without fault as digits with at most one point: `1.5e3` is `1500`, `-0` is `0`. */
export function plainQuantity(text: string): string {
  return /[-eE]/.test(text) ? new Decimal(text).abs().toFixed() : text;
}
