/**
 * Accumulates the rows that one thread reads: their number, usage by series and bucket, and the log that deduplication
 * needs.
 */
import { contains } from '../../../core/period.ts';
import { TIME_UNITS, type TimeUnit } from '../../../core/timestamp.ts';
import type { LedgerRow } from '../../../core/usage/mapLedger.ts';
import type { Probe } from '../../../core/usage/probe.ts';
import { BATCH_ROWS, LEFT_OUT, MOST_SCALE, WIDE_SCALE } from '../../../kernel/contract.ts';
import type { Wanted } from '../../columns.ts';
import type { Dialect } from '../../csvRow.ts';
import { coverageFault } from '../../event.ts';
import type { ReadRequest } from '../../reader.ts';
import { type CheckedRow, checkRow, countsValues, type Fault, type RowTexts } from '../../row.ts';
import { DimensionWatch, type SeenDimensions } from '../../seenDimensions.ts';
import type { RowContent } from '../../textRows.ts';
import { Batch, type BatchLayout } from '../batch.ts';
import { encodeText } from '../bytes.ts';
import type { FormProgram } from '../forms/formProgram.ts';
import { Kernel, type KernelArray } from '../kernel.ts';
import { EventLog, type EventLogShard, type LogMemory, NO_EVENTS } from '../ledger/eventLog.ts';
import { Interner } from '../ledger/interner.ts';
import { isValue } from '../ledger/ledgerShard.ts';
import { handedCells, type ProbedShard } from '../ledger/probedCells.ts';
import { ProbeTable } from '../ledger/probeTable.ts';
import { fittingQuantity, wideQuantity } from '../ledger/quantities.ts';
import { SeriesTable } from '../ledger/seriesTable.ts';
import { SlabLedger } from '../ledger/slabLedger.ts';
import { SpanTable } from '../ledger/spanTable.ts';
import type { UsageShard } from '../ledger/usageShard.ts';
import { CsvIndexer } from './csvIndex.ts';
import { hasSomething, latin1Texts, markBlankEnds } from './fieldTexts.ts';
import { InstantDecoder } from './instantDecoder.ts';
import { JsonIndexer } from './jsonIndex.ts';
import { LogIndexer, type LogIndexing } from './logIndex.ts';

/** The part of a request that decides how rows are counted; it can be handed to another thread. */
export type CountingRequest = Pick<
  ReadRequest,
  | 'meters'
  | 'dimensions'
  | 'buckets'
  | 'period'
  | 'spans'
  | 'dedupe'
  | 'trace'
  | 'timezone'
  | 'timeUnit'
  | 'repeatedHour'
> &
  Pick<Wanted, 'constants' | 'trimsIds'> & {
    readonly customer?: string | undefined;
    /** Columns for the forms of a mapping. */
    readonly formColumns: number;
    /** Without bounds: see {@link withoutBounds}. */
    readonly probes?: readonly Probe[] | undefined;
  };

export type ThreadTotals = {
  readonly usage: UsageShard;
  readonly rated: number;
  readonly outOfPeriod: number;
  readonly units: readonly TimeUnit[];
  readonly repeatedHourRows: number;
  readonly seenMeters: readonly string[];
  readonly seenDimensions: SeenDimensions;
  readonly events: EventLogShard;
  readonly probed: ProbedShard;
};

/** Origin of a batch of rows: offset of a row in the source = its address + `base`. */
export type BatchOrigin = { readonly source: number; readonly base: number };

/** Memory that one thread may take, in bytes. */
export type MemoryLimits = {
  /** Bytes of the kernel's memory without the log; with more, records are put aside. */
  readonly kernelBytes: number;
  readonly log: LogMemory;
};

/** A third of what the kernel can address: any of the tables in it may still have to double. */
export const USUAL_KERNEL_BYTES: number = 2 ** 30;

/** Headers that a thread has tables for at once; one takes up to 3 MiB, and 16 bytes for each of its fields. */
const MOST_INDEXERS = 8;

export class Accumulator {
  readonly kernel: Kernel = new Kernel();
  readonly batch: Batch;
  private readonly request: CountingRequest;
  private readonly memory: MemoryLimits;
  private readonly ledger: SlabLedger;
  private readonly customers: Interner;
  private readonly dimensions: readonly Interner[];
  private readonly series: SeriesTable | undefined;
  private readonly seriesOfRows: KernelArray<Int32Array>;
  private readonly instants: InstantDecoder;
  private readonly units = new Set<TimeUnit>();
  private repeatedHourRows = 0;
  /** Rows of the batch whose instants are decoded. */
  private decoded = 0;
  /** Meters, by their places in the request, for which no row has had a value so far. */
  private readonly unseen: Set<number>;
  private readonly seenDimensions: DimensionWatch;
  private readonly events: EventLog | undefined;
  private readonly spans: SpanTable | undefined;
  private readonly probe: ProbeTable | undefined;
  /** By what they look for: every source, and every range of one, uses the same again. */
  private readonly indexers = new Map<string, CsvIndexer | JsonIndexer | LogIndexer>();
  /** By the header of the exports that they are for. */
  private readonly programs = new Map<string, FormProgram>();

  /** The series columns of a single row. */
  private readonly tuple: readonly KernelArray<Int32Array>[];

  constructor(request: CountingRequest, memory: MemoryLimits) {
    const { kernel } = this;
    this.request = request;
    this.unseen = new Set(request.meters.keys());
    this.memory = memory;
    const { meters, dimensions, buckets, period, trace } = request;
    const aggregations = meters.map((meter) => meter.aggregation);
    this.batch = new Batch(kernel, {
      dimensions: dimensions.length,
      meters: meters.length,
      forms: request.formColumns,
    });
    this.events = request.dedupe ? new EventLog(kernel, memory.log) : undefined;
    this.ledger = new SlabLedger(kernel, { aggregations, trace }, buckets, period);
    this.customers = new Interner(kernel);
    this.dimensions = dimensions.map(() => new Interner(kernel));
    this.seenDimensions = new DimensionWatch(dimensions.length);
    this.series = dimensions.length > 0 ? new SeriesTable(kernel, dimensions.length + 1) : undefined;
    this.seriesOfRows = kernel.newInts(BATCH_ROWS);
    this.instants = new InstantDecoder(kernel, request);
    this.spans = request.spans && request.spans.size > 0 ? new SpanTable(request.spans, this.customers) : undefined;
    const { probes = [] } = request;
    this.probe = probes.length > 0 ? new ProbeTable(probes, request, this.customers) : undefined;
    this.tuple = Array.from({ length: dimensions.length + 1 }, () => kernel.newInts(1));
  }

  csvIndexer(dialect: Dialect, columns: readonly number[], needsColumns: boolean): CsvIndexer {
    const key = [dialect.delimiter, dialect.quotes, needsColumns, ...columns].join(' ');
    let indexer = this.indexers.get(key);
    if (!(indexer instanceof CsvIndexer)) {
      this.releaseIndexers();
      indexer = new CsvIndexer(this.kernel, dialect, columns, needsColumns, this.batch);
      this.indexers.set(key, indexer);
    }
    return indexer;
  }

  logIndexer(wanted: LogIndexing): LogIndexer {
    const key = ['log', ...wanted.columns, ...wanted.names].join(' ');
    let indexer = this.indexers.get(key);
    if (!(indexer instanceof LogIndexer)) {
      this.releaseIndexers();
      indexer = new LogIndexer(this.kernel, wanted, this.batch);
      this.indexers.set(key, indexer);
    }
    return indexer;
  }

  /** Makes room for another one where each file has a header of its own. The oldest is in use no more: scans follow each other. */
  private releaseIndexers(): void {
    for (const [key, indexer] of this.indexers) {
      if (this.indexers.size < MOST_INDEXERS) return;
      if (indexer instanceof JsonIndexer) continue;
      indexer.release();
      this.indexers.delete(key);
    }
  }

  /** Forms of a mapping for exports with that header. */
  formProgram(columns: readonly string[], make: (kernel: Kernel) => FormProgram): FormProgram {
    const key = columns.join('\0');
    let program = this.programs.get(key);
    if (!program) {
      for (const [oldest, one] of this.programs) {
        if (this.programs.size < MOST_INDEXERS) break;
        one.release();
        this.programs.delete(oldest);
      }
      program = make(this.kernel);
      this.programs.set(key, program);
    }
    return program;
  }

  jsonIndexer(wanted: Wanted, kept: { dimensions: number; ids: boolean }): JsonIndexer {
    let indexer = this.indexers.get('json');
    if (!(indexer instanceof JsonIndexer)) {
      indexer = new JsonIndexer(this.kernel, wanted, kept, this.batch);
      this.indexers.set('json', indexer);
    }
    return indexer;
  }

  /**
   * Counts the rows of the batch that are in the common form; marks the others as slow, and returns how many those are.
   * `rowsToTake` is asked once slow instants are marked, if there are any: the batch ends there.
   */
  takeBatch(layout: BatchLayout, place: BatchOrigin, rowsToTake: (slowRows: number) => number): number {
    const { batch, kernel } = this;
    const { slow } = batch;
    if (batch.rows === 0) return 0;
    const { meters } = this.request;
    this.beginBatch(layout, rowsToTake);
    const { rows } = batch;
    if (kernel.call.countSlow(slow.address, rows) === rows) return rows;
    const present: number[] = [];
    for (const [m, column] of layout.quantities.entries()) {
      if (column < 0) {
        if (this.fillConstant(m, batch)) present.push(m);
        continue;
      }
      present.push(m);
      if (countsValues(meters[m]!)) this.countPresent(column, batch.quantities[m]!);
      else this.decodeMeter(column, m);
      const latest = this.ledger.present[m];
      if (latest) this.countPresent(column, latest);
    }
    // Only now: decoding may have put records aside, and the texts of distinct values with them.
    for (const m of present) this.numberValues(layout.quantities[m]!, m);
    this.numberCustomers(layout);
    this.spans?.mark(batch);
    for (const m of this.unseen) {
      const field = { column: layout.quantities[m]!, constant: this.request.constants[m], isText: layout.isText };
      if (hasSomething(batch, field, this.kernel)) this.unseen.delete(m);
    }
    this.lookForDimensions(layout, place.source);
    if (this.probe) this.probeBatch(layout, this.probe, present);
    else this.ledger.addBatch(batch, this.series ? this.numberSeries(layout, this.series) : batch.customers, present);
    if (this.instants.sawNumbers && !this.request.timeUnit) this.noteUnits(batch);
    if (this.events && layout.eventId >= 0) this.events.addBatch(batch, layout, place);
    layout.forms?.settle(0, LEFT_OUT, false);
    return this.kernel.call.countSlow(slow.address, rows);
  }

  /** Decodes the instants of the batch, marks rows as slow that are not of the common form as a whole, and asks `rowsToTake`. */
  beginBatch(layout: BatchLayout, rowsToTake: (slowRows: number) => number): void {
    const { batch, kernel } = this;
    const { slow } = batch;
    this.decodeInstants(layout);
    this.decoded = 0;
    batch.rows = rowsToTake(kernel.call.countSlow(slow.address, batch.rows));
  }

  /** Decodes the instants of rows that have come to the batch since the last call; true if one of them is slow. */
  decodeInstants(layout: BatchLayout): boolean {
    const { batch, kernel, decoded } = this;
    const added = batch.rows - decoded;
    if (added === 0) return false;
    kernel.call.setNothingWords(layout.isText);
    const from = (places: number) => places + decoded * batch.stride;
    const slow = batch.slow.address + decoded;
    if (layout.isText) kernel.call.markMarks(from(batch.rowStartsAt), batch.stride, batch.delta, slow, added);
    for (const column of layout.wrapped) {
      kernel.call.markQuoted(from(batch.startsOf(column)), batch.stride, batch.delta, slow, added);
    }
    // Forms are made of fields as they stand.
    layout.forms?.run(decoded);
    for (const [column, other] of layout.alternatives) {
      const [starts, ends] = [from(batch.startsOf(column)), from(batch.endsOf(column))];
      // What a dimension or a meter is read from as well has to stay as it is.
      const isShared = layout.dimensions.includes(column) || layout.quantities.includes(column);
      const marks = isShared ? slow : 0;
      kernel.call.choose(starts, ends, from(batch.startsOf(other)), from(batch.endsOf(other)), added, marks);
    }
    this.instants.decode(layout.timestamp, batch, decoded);
    // A line of text that has no instant may be a header, which no condition leaves out.
    layout.forms?.settle(decoded, LEFT_OUT, layout.isText);
    layout.forms?.blank(layout.quantities, decoded);
    this.decoded = batch.rows;
    return kernel.call.countSlow(slow, added) > 0;
  }

  private numberCustomers({ customer }: BatchLayout): void {
    const { batch, request } = this;
    const { rows, slow, customers } = batch;
    if (request.customer !== undefined) {
      customers.values.fill(this.customers.internText(encodeText(request.customer)), 0, rows);
      return;
    }
    const [starts, ends] = [batch.startsOf(customer), batch.endsOf(customer)];
    if (request.trimsIds) markBlankEnds(batch, customer, this.kernel);
    this.kernel.call.markEmpty(starts, ends, batch.stride, batch.delta, slow.address, rows);
    this.customers.internColumn(batch, customer, customers.address);
  }

  /** Gives all rows of a batch the quantity that a meter has in every row; false if it has none. */
  private fillConstant(meter: number, { rows, quantities, highs, slow }: Batch): boolean {
    const text = this.request.constants[meter];
    if (text === undefined || text === '') return false;
    const isCounted = countsValues(this.request.meters[meter]!);
    const quantity = isCounted ? 1 : this.constantOf(text, meter);
    if (typeof quantity === 'bigint') slow.values.fill(1, 0, rows);
    else if (typeof quantity === 'number') quantities[meter]!.values.fill(quantity, 0, rows);
    else {
      quantities[meter]!.values.fill(quantity.low, 0, rows);
      highs[meter]!.values.fill(quantity.high, 0, rows);
    }
    this.ledger.present[meter]?.values.fill(1, 0, rows);
    return true;
  }

  /** A constant as the ledger holds it, which makes room for its digits. */
  private constantOf(text: string, meter: number): ReturnType<SlabLedger['quantityOf']> {
    const { ledger } = this;
    const fractionDigits = text.includes('.') ? text.length - 1 - text.indexOf('.') : 0;
    const scale = Math.max(fractionDigits, ledger.scales[meter]!);
    if (scale > MOST_SCALE || fittingQuantity(text, scale) === undefined) {
      const canHold = ledger.canBeWide(meter) && wideQuantity(text) !== undefined;
      if (canHold && ledger.scales[meter] !== WIDE_SCALE) ledger.makeWide(meter, this.seriesCount());
    } else if (scale > ledger.scales[meter]!) ledger.widen(meter, scale);
    return ledger.quantityOf(text, meter);
  }

  private noteUnits({ rows, slow, units }: Batch): void {
    for (let row = 0; row < rows; row++) {
      const unit = units.values[row]!;
      if (slow.values[row] === 0 && unit !== 0) this.units.add(TIME_UNITS[unit - 1]!);
    }
  }

  private countPresent(column: number, { address }: KernelArray<Float64Array>): void {
    const { batch, kernel } = this;
    kernel.call.countPresent(
      batch.startsOf(column),
      batch.endsOf(column),
      batch.stride,
      batch.delta,
      batch.rows,
      address,
    );
  }

  private decodeMeter(column: number, meter: number): void {
    const { batch, kernel, ledger } = this;
    const [starts, ends, slow] = [batch.startsOf(column), batch.endsOf(column), batch.slow.address];
    const { address } = batch.quantities[meter]!;
    while (ledger.scales[meter] !== WIDE_SCALE) {
      const wider = kernel.call.decodeQuantities(
        starts,
        ends,
        batch.stride,
        batch.delta,
        slow,
        batch.rows,
        ledger.scales[meter]!,
        ledger.canBeWide(meter),
        address,
      );
      if (wider < 0) return;
      if (wider < WIDE_SCALE) ledger.widen(meter, wider);
      else ledger.makeWide(meter, this.seriesCount());
    }
    const high = batch.highs[meter]!.address;
    kernel.call.decodeWideQuantities(starts, ends, batch.stride, batch.delta, slow, batch.rows, address, high);
  }

  private numberValues(column: number, meter: number): void {
    const distinct = this.ledger.distinct[meter];
    if (!distinct) return;
    if (column >= 0) distinct.numberColumn(this.batch, column);
    else {
      const constant = encodeText(this.request.constants[meter]!);
      distinct.rows.values.fill(distinct.numberOf(constant), 0, this.batch.rows);
    }
  }

  private numberSeries(layout: BatchLayout, series: SeriesTable): KernelArray<Int32Array> {
    const { batch } = this;
    const { rows } = batch;
    for (const [d, column] of layout.dimensions.entries()) {
      const values = this.dimensions[d]!;
      const { address, values: numbers } = batch.dimensions[d]!;
      if (column < 0) numbers.fill(values.internText(NO_TEXT), 0, rows);
      else values.internColumn(batch, column, address);
    }
    series.numberColumns([batch.customers, ...batch.dimensions], rows, this.seriesOfRows);
    return this.seriesOfRows;
  }

  /** Notes in which dimensions rows of the batch have values. */
  private lookForDimensions({ dimensions, isText }: BatchLayout, source: number): void {
    const { batch, kernel } = this;
    if (kernel.call.countSlow(batch.slow.address, batch.rows) === batch.rows) return;
    const seen = this.seenDimensions.of(source);
    for (const [d, column] of dimensions.entries()) {
      seen[d] ||= hasSomething(batch, { column, constant: undefined, isText }, kernel);
    }
  }

  /** Counts one row the exact way, or returns its fault. `place.base` is where the row stands. */
  takeRow(found: RowContent, place: BatchOrigin): Fault | undefined {
    if ('fault' in found) return found.fault;
    const { call } = this.kernel;
    call.setExact(true);
    const fault = this.takeTexts(found, place);
    call.setExact(false);
    return fault;
  }

  private takeTexts({ texts, names }: Exclude<RowContent, { fault: Fault }>, place: BatchOrigin): Fault | undefined {
    const { meters, dimensions, timeUnit } = this.request;
    const checked = checkRow(texts, names, meters, this.request);
    if ('code' in checked) return checked;
    if (checked.unit && !timeUnit) this.units.add(checked.unit);
    if (checked.isRepeated) this.repeatedHourRows++;

    const span = this.request.spans?.get(texts.customer);
    const uncovered = span && coverageFault(span, checked.at.ms, texts, names);
    if (uncovered) return uncovered;
    this.seenDimensions.note(place.source, texts.dimensions);
    const series = this.seriesOf(texts);
    const { ms } = checked.at;
    const record = span?.billed ? this.ledger.addRowWithin(span.billed, ms, series) : this.ledger.addRow(ms, series);
    for (const [m, text] of checked.quantities.entries()) {
      if (text === '') continue;
      this.unseen.delete(m);
      if (record === undefined) continue;
      if (isValue(meters[m]!)) this.ledger.keepValue(record, m, text, checked.at);
      else this.ledger.addEvent(record, m, countsValues(meters[m]!) ? 1 : this.ledger.quantityOf(text, m), checked.at);
    }
    if (this.probe && record !== undefined) this.probe.steps.add(ledgerRow(texts, checked, dimensions.length));
    if (texts.eventId !== '') {
      this.events?.add(encodeText(texts.eventId), encodeText(texts.source), place.source, place.base);
    }
    return undefined;
  }

  /** Counts the rows of a batch that are not slow, and puts those of probed hours into their steps. Totals are known by then. */
  private probeBatch(layout: BatchLayout, probe: ProbeTable, present: readonly number[]): void {
    const { batch, kernel, request } = this;
    const rows = probe.rowsOf(batch);
    if (rows.length > 0) {
      const quantities = request.meters.map((_, m) =>
        present.includes(m) ? this.probedQuantities(layout, m) : () => undefined,
      );
      if (this.series) this.numberSeries(layout, this.series);
      for (const row of rows) {
        const ms = batch.at.values[row]!;
        if (request.period && !contains(request.period, ms)) continue;
        const texts = quantities.map((textOf) => textOf(row));
        if (texts.some((text) => text !== undefined && !/^\d+(\.\d+)?$/.test(text))) {
          batch.slow.values[row] = 1;
          continue;
        }
        probe.steps.add({
          customer: probe.customerOf(batch.customers.values[row]!),
          at: { ms, ns: batch.nanoseconds.values[row]! },
          quantities: texts,
          dimensions: this.dimensions.map((values, d) => values.textOf(batch.dimensions[d]!.values[row]!)),
        });
      }
    }
    kernel.call.countWithin(batch.at.address, batch.slow.address, batch.rows);
  }

  /** The text of a meter's quantity by the row of the batch; undefined for nothing, and for what no probe asks for. */
  private probedQuantities({ quantities }: BatchLayout, m: number): (row: number) => string | undefined {
    const meter = this.request.meters[m]!;
    const { batch, ledger } = this;
    const column = quantities[m]!;
    const constant = this.request.constants[m];
    const isThere = ledger.present[m]?.values ?? batch.quantities[m]!.values;
    const hasHigh = ledger.present[m] ? undefined : batch.highs[m]!.values;
    const textOf = column < 0 ? () => constant || undefined : latin1Texts(batch, column, this.kernel);
    if (countsValues(meter)) return (row) => (isThere[row] === 0 ? undefined : '1');
    return (row) => (isThere[row] === 0 && !hasHigh?.[row] ? undefined : textOf(row));
  }

  private seriesOf(texts: { customer: string; dimensions: readonly string[] }): number {
    const customer = this.customers.internText(encodeText(texts.customer));
    if (!this.series) return customer;
    this.tuple[0]!.values[0] = customer;
    for (const [d, values] of this.dimensions.entries()) {
      this.tuple[d + 1]!.values[0] = values.internText(encodeText(texts.dimensions[d]!));
    }
    this.series.numberColumns(this.tuple, 1, this.seriesOfRows);
    return this.seriesOfRows.values[0]!;
  }

  /** To be called now and then: moves records away before they are more than the kernel can address. */
  relieve(): void {
    const { call } = this.kernel;
    const bytes = (call.bytesInUse() >>> 0) - (call.eventBytes() >>> 0);
    if (bytes > this.memory.kernelBytes) this.ledger.putRecordsAside(this.seriesCount());
  }

  private seriesCount(): number {
    return this.series?.count ?? this.customers.size;
  }

  finish(): ThreadTotals {
    const { ledger, series } = this;
    return {
      usage: {
        ledgers: ledger.finish(this.seriesCount()),
        customers: this.customers.texts(),
        dimensions: this.dimensions.map((values) => values.texts()),
        series: series?.tuples(),
      },
      rated: ledger.rated,
      outOfPeriod: ledger.outOfPeriod,
      units: [...this.units],
      repeatedHourRows: this.repeatedHourRows,
      seenMeters: this.request.meters.filter((_, m) => !this.unseen.has(m)).map(({ name }) => name),
      seenDimensions: this.seenDimensions.seen,
      events: this.events?.finish() ?? NO_EVENTS,
      probed: this.probe?.finish() ?? handedCells([], []),
    };
  }
}

/** `kept`: how many dimensions the ledger keeps; they come first. */
function ledgerRow({ customer, dimensions }: RowTexts, { at, quantities }: CheckedRow, kept: number): LedgerRow {
  const texts = quantities.map((text) => (text === '' ? undefined : text));
  return { customer, at, quantities: texts, dimensions: dimensions.slice(0, kept) };
}

const NO_TEXT = new Uint8Array(0);
