/**
 * A ledger as a file: lines of JSON. A header says what was added up and of which sources, `accounting` what became of the
 * rows, then come the cells, and a last record says how many there are, so that a part of a file is never taken for the whole.
 *
 * Quantities and nanoseconds are texts: no program that reads them rounds them.
 */
import type { Meter, PercentileTerms } from '../../core/catalog/meter.ts';
import type { RowFilter } from '../../core/catalog/rowFilter.ts';
import type { Period } from '../../core/period.ts';
import type { TimeUnit } from '../../core/timestamp.ts';
import type { Buckets } from '../../core/usage/buckets.ts';
import type { LedgerCell } from '../../core/usage/cell.ts';
import type { CounterReport } from '../../core/usage/counters/book.ts';
import type { FloatColumn, MissingDimension } from '../../core/usage/exportNotes.ts';
import type { Sample } from '../../core/usage/rowTerms.ts';
import type { FaultCode } from '../row.ts';
import { CellBytes, moreObject, preciseText } from './cellBytes.ts';
import { countersObject } from './counterFacts.ts';

export const LEDGER_VERSION = 1;

/** Begin of the first line of every ledger, by which it is recognised. */
export const LEDGER_MARK = '{"meter_ledger":';

/** An input whose rows a ledger holds. */
export type LedgerSource = {
  readonly name: string;
  /** Size of the file as it is stored, with its compression; absent for a query. */
  readonly bytes?: number;
  /** SHA-256 in hexadecimal, of the same bytes. */
  readonly sha256?: string;
};

export type LedgerMeter = Pick<Meter, 'name' | 'unit' | 'aggregation' | 'weighting' | 'percentile'> & {
  readonly where?: RowFilter | undefined;
};

/** Months for which increases of counters were worked out. */
export type BillingMonths = {
  readonly zone: string;
  /** Day of the month on which they begin, of customers for whom that is not the first; by id. */
  readonly anchors: ReadonlyMap<string, number>;
};

export type LedgerHeader = {
  readonly buckets: Buckets;
  /** Rows outside were left out; absent: none. */
  readonly period?: Period | undefined;
  /** Each `source` + `event_id` counts once. */
  readonly dedupe: boolean;
  readonly meters: readonly LedgerMeter[];
  readonly dimensions: readonly string[];
  readonly sources: readonly LedgerSource[];
  /** Rows may have taken usage back; absent: none has. */
  readonly hasCorrections?: boolean | undefined;
  /** The rows are a sample: quantities are theirs, times their weights. Absent: they are all rows. */
  readonly sample?: Sample | undefined;
  /** Present where some rows are readings of counters. */
  readonly months?: BillingMonths | undefined;
};

export type LedgerAccounting = {
  readonly rated: number;
  readonly duplicate: number;
  readonly outOfPeriod: number;
  /** Rows that a mapping left out; absent: it leaves none out. */
  readonly filtered?: number | undefined;
  /** Rejected rows by their reason. */
  readonly rejected: ReadonlyMap<FaultCode, number>;
  /** Facts about the rows that runs mention beside their result, as in `ReadResult`. */
  readonly seenMeters: readonly string[];
  readonly missingDimensions: readonly MissingDimension[];
  readonly inexact: readonly FloatColumn[];
  readonly guessedTimeUnits: readonly TimeUnit[];
  readonly unendedSources: readonly string[];
  readonly repeatedHourRows: number;
  readonly distinctIds: number;
  readonly counters?: CounterReport | undefined;
};

export type LedgerContent = {
  readonly header: LedgerHeader;
  readonly accounting: LedgerAccounting;
  readonly cells: Iterable<LedgerCell>;
};

/** The lines of a ledger, each with its line end, in pieces. */
export function* ledgerLines({ header, accounting, cells }: LedgerContent): Generator<string | Uint8Array> {
  yield line(headerObject(header));
  yield line(accountingObject(accounting));
  const bytes = new CellBytes(header.meters.map(({ name }) => name));
  for (const cell of cells) {
    const piece = bytes.add(cell);
    if (piece) yield piece;
  }
  yield bytes.take();
  yield line({ end: { records: bytes.records } });
}

function line(object: unknown): string {
  return `${JSON.stringify(object)}\n`;
}

/** Milliseconds since 1970 as text in nanoseconds. */
function nanoseconds(instant: number): string {
  return preciseText({ ms: instant, ns: 0 });
}

export function headerObject(header: LedgerHeader) {
  const { buckets, period, dedupe, meters, dimensions, sources, hasCorrections, sample, months } = header;
  return {
    meter_ledger: LEDGER_VERSION,
    bucket_ms: buckets.widthMs,
    cuts: buckets.cuts.map(nanoseconds),
    ...(period && { period: { start: nanoseconds(period.start), end: nanoseconds(period.end) } }),
    dedupe,
    meters: meters.map(({ name, unit, aggregation, where, weighting, percentile }) => ({
      ...{ name, unit, aggregation },
      ...(where && { where: whereObject(where) }),
      ...(weighting && { weighting: { per: weighting.per, timezone: weighting.timezone } }),
      ...(percentile && { percentile: percentileObject(percentile) }),
    })),
    dimensions,
    sources,
    ...(hasCorrections && { corrections: true }),
    ...(sample && { sample: { rate: sample.rate.toFixed(), weights: sample.hasWeights } }),
    ...(months && { months: { zone: months.zone, anchors: Object.fromEntries(months.anchors) } }),
  };
}

export function percentileObject({ share, intervalMs }: PercentileTerms) {
  return { share: share.toFixed(), interval_ms: intervalMs };
}

/** A filter as the header has it; equal filters are equal texts of JSON. */
export function whereObject(where: RowFilter) {
  return where.map(({ dimension, values, isNot }) => ({ dimension, values, not: isNot }));
}

export function accountingObject(accounting: LedgerAccounting) {
  const { rated, duplicate, outOfPeriod, filtered, rejected } = accounting;
  const rejectedRows = [...rejected.values()].reduce((sum, rows) => sum + rows, 0);
  return {
    accounting: {
      read: rated + duplicate + outOfPeriod + (filtered ?? 0) + rejectedRows,
      ...{ rated, duplicate, out_of_period: outOfPeriod, ...(filtered !== undefined && { filtered }) },
      rejected: Object.fromEntries([...rejected].sort(([a], [b]) => (a < b ? -1 : 1))),
      seen_meters: accounting.seenMeters,
      missing_dimensions: accounting.missingDimensions,
      inexact: accounting.inexact,
      guessed_time_units: accounting.guessedTimeUnits,
      unended_sources: accounting.unendedSources,
      repeated_hour_rows: accounting.repeatedHourRows,
      event_ids: accounting.distinctIds,
      ...(accounting.counters && { counters: countersObject(accounting.counters) }),
    },
  };
}

/** The records of a cell: its rows, if it has any, then each meter. */
export function cellObjects({ customer, bucket, dimensions, rows, totals }: LedgerCell): object[] {
  const place = { customer, bucket: nanoseconds(bucket), dimensions };
  return [
    ...(rows > 0 ? [{ ...place, rows }] : []),
    ...totals.map(({ meter, quantity, events, first, last, ...more }) => ({
      ...place,
      ...{ meter, quantity, events, first: preciseText(first), last: preciseText(last), ...moreObject(more) },
    })),
  ];
}
