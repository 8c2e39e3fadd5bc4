/** Header and accounting of a ledger, checked: a file that somebody has edited or cut is refused, not read in part. */
import { AGGREGATIONS, type PercentileTerms, WEIGHTING_UNITS, type WeightingTerms } from '../../core/catalog/meter.ts';
import type { RowFilter } from '../../core/catalog/rowFilter.ts';
import { Decimal } from '../../core/decimal.ts';
import { instantOf, type TimeUnit } from '../../core/timestamp.ts';
import type { FloatColumn, MissingDimension } from '../../core/usage/exportNotes.ts';
import type { Sample } from '../../core/usage/rowTerms.ts';
import type { FaultCode } from '../row.ts';
import { parseCounters } from './counterFacts.ts';
import { BadRecord, count, type Fields, fieldsOf, listOf, nanoseconds, quantity, textOf } from './fields.ts';
import {
  type BillingMonths,
  LEDGER_VERSION,
  type LedgerAccounting,
  type LedgerHeader,
  type LedgerMeter,
} from './format.ts';

/** The version that a header names is another than {@link LEDGER_VERSION}. */
export class OtherVersion extends Error {}

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
  const { period, sample, months } = fields;
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
    ...(fields.corrections === true && { hasCorrections: true }),
    ...(sample !== undefined && { sample: parseSample(sample) }),
    ...(months !== undefined && { months: parseMonths(months) }),
  };
}

function parseSample(value: unknown): Sample {
  const { rate, weights } = fieldsOf(value, 'sample');
  return { rate: new Decimal(quantity(rate, 'the rate of the sample')), hasWeights: weights === true };
}

function parseMonths(value: unknown): BillingMonths {
  const { zone, anchors } = fieldsOf(value, 'months');
  const days = Object.entries(fieldsOf(anchors, 'anchors'));
  return {
    zone: textOf(zone, 'the zone of the months'),
    anchors: new Map(days.map(([id, day]) => [id, count(day, 'an anchor')])),
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
  const { name, unit, aggregation, where, weighting, percentile } = fieldsOf(value, 'a meter');
  const known = [...AGGREGATIONS, 'percentile' as const].find((one) => one === aggregation);
  if (!known) throw new BadRecord(`"${String(aggregation)}" is no aggregation`);
  return {
    name: textOf(name, 'the name of a meter'),
    unit: textOf(unit, 'the unit of a meter'),
    aggregation: known,
    ...(where !== undefined && { where: parseFilter(where) }),
    ...(weighting !== undefined && { weighting: parseWeighting(weighting) }),
    ...(percentile !== undefined && { percentile: parsePercentile(percentile) }),
  };
}

function parseWeighting(value: unknown): WeightingTerms {
  const { per, timezone } = fieldsOf(value, 'weighting');
  const unit = WEIGHTING_UNITS.find((one) => one === per);
  if (!unit) throw new BadRecord(`"${String(per)}" is no unit of time`);
  return { per: unit, timezone: textOf(timezone, 'the zone of a weighting') };
}

function parsePercentile(value: unknown): PercentileTerms {
  const { share, interval_ms } = fieldsOf(value, 'percentile');
  const intervalMs = count(interval_ms, 'interval_ms');
  if (intervalMs === 0) throw new BadRecord('interval_ms is 0');
  return { share: new Decimal(quantity(share, 'the share of a percentile')), intervalMs };
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
    ...(fields.counters !== undefined && { counters: parseCounters(fields.counters) }),
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
