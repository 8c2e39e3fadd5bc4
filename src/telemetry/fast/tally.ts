/** What one thread has counted: rows, usage by series and bucket, and what deduplication will need. */
import { type PreciseInstant, TIME_UNITS, type TimeUnit } from '../../core/timestamp.ts';
import type { LedgerRow } from '../../core/usage/mapLedger.ts';
import type { Watch } from '../../core/usage/watch.ts';
import type { Wanted } from '../columns.ts';
import { coverageFault } from '../event.ts';
import type { ReadRequest } from '../reader.ts';
import { checkRow, countsValues, type Fault, isNothing, type RowTexts } from '../row.ts';
import type { FoundRow } from '../textRows.ts';
import { BATCH_ROWS, type Batch, type BatchLayout } from './batch.ts';
import { type Bytes, encodeText } from './bytes.ts';
import { EventLog, type EventLogPart, type LogMemory } from './eventLog.ts';
import { fingerprintColumns, TextFingerprinter } from './fingerprint.ts';
import { InstantDecoder } from './instants.ts';
import { Interner } from './interner.ts';
import { countPresent, decodeQuantities, exactQuantity, fittingQuantity } from './quantities.ts';
import { SeriesTable, SlabLedger } from './slabLedger.ts';
import type { UsagePart } from './slabLedgerView.ts';
import { SpanTable } from './spanTable.ts';
import { type WatchedPart, WatchTable } from './watchTable.ts';

/** What of a request decides how rows are counted; it can be handed to another thread. */
export type TallyRequest = Pick<
  ReadRequest,
  'meters' | 'dimensions' | 'buckets' | 'period' | 'spans' | 'dedupe' | 'trace' | 'timezone' | 'timeUnit'
> &
  Pick<Wanted, 'constants'> & {
    readonly customer?: string | undefined;
    /** Without bounds: see {@link withoutBounds}. */
    readonly watches?: readonly Watch[] | undefined;
  };

export type TallyPart = {
  readonly usage: UsagePart;
  readonly rated: number;
  readonly outOfPeriod: number;
  readonly units: readonly TimeUnit[];
  readonly events: EventLogPart;
  readonly watched: WatchedPart;
};

/** Where a batch of rows comes from: `base` is the offset of the bytes' first in their source. */
export type BatchPlace = { readonly source: number; readonly base: number };

export class Tally {
  private readonly request: TallyRequest;
  private readonly ledger: SlabLedger;
  private readonly customers = new Interner();
  private readonly dimensions: readonly Interner[];
  private readonly series: SeriesTable | undefined;
  private readonly seriesOfRows = new Int32Array(BATCH_ROWS);
  private readonly instants: InstantDecoder;
  private readonly units = new Set<TimeUnit>();
  private readonly events: EventLog;
  private readonly fingerprinter = new TextFingerprinter();
  private readonly spans: SpanTable | undefined;
  private readonly watch: WatchTable | undefined;

  /** The series columns of a single row. */
  private readonly tuple: readonly Int32Array[];

  constructor(request: TallyRequest, memory: LogMemory = NO_LOG) {
    this.request = request;
    this.events = new EventLog(memory);
    const { meters, dimensions, buckets, period, trace } = request;
    const aggregations = meters.map((meter) => meter.aggregation);
    this.ledger = new SlabLedger({ aggregations, trace }, buckets, period);
    this.dimensions = dimensions.map(() => new Interner());
    this.series = dimensions.length > 0 ? new SeriesTable(dimensions.length + 1) : undefined;
    this.instants = new InstantDecoder(request.timeUnit);
    this.spans = request.spans && request.spans.size > 0 ? new SpanTable(request.spans, this.customers) : undefined;
    const { watches = [] } = request;
    this.watch = watches.length > 0 ? new WatchTable(watches, meters, this.customers) : undefined;
    this.tuple = Array.from({ length: dimensions.length + 1 }, () => new Int32Array(1));
  }

  /** Counts the rows of a batch that are in the common form; marks the others as odd. */
  takeBatch(source: Bytes, batch: Batch, layout: BatchLayout, place: BatchPlace): void {
    const { rows } = batch;
    if (rows === 0) return;
    const { meters } = this.request;
    this.instants.decode(source, layout.timestamp, batch);
    const present: number[] = [];
    for (const [m, column] of layout.quantities.entries()) {
      if (column < 0) {
        if (this.fillConstant(m, batch)) present.push(m);
        continue;
      }
      present.push(m);
      if (countsValues(meters[m]!)) countPresent(source, column, batch, batch.quantities[m]!);
      else this.decodeMeter(source, column, m, batch);
    }
    this.numberCustomers(source, layout, batch);
    this.spans?.mark(batch);
    this.watch?.mark(batch);
    const series = this.series ? this.numberSeries(source, batch, layout, this.series) : batch.customers;
    this.ledger.addBatch(batch, series, present);
    if (this.instants.sawNumbers && !this.request.timeUnit) this.noteUnits(batch);
    if (this.request.dedupe && layout.eventId >= 0) {
      fingerprintColumns(source, layout, batch);
      this.events.addColumns(rows, batch, place);
    }
  }

  private numberCustomers(
    source: Bytes,
    { customer }: BatchLayout,
    { rows, starts, ends, odd, customers }: Batch,
  ): void {
    if (this.request.customer !== undefined) {
      customers.fill(this.customers.internText(encodeText(this.request.customer)), 0, rows);
      return;
    }
    const at = customer * BATCH_ROWS;
    for (let row = 0; row < rows; row++) if (starts[at + row] === ends[at + row]) odd[row] = 1;
    this.customers.internColumn(source, { starts, ends, at }, rows, customers);
  }

  /** Gives all rows of a batch the quantity that a meter has in every row; false if it has none. */
  private fillConstant(meter: number, { rows, quantities, odd }: Batch): boolean {
    const text = this.request.constants[meter];
    if (text === undefined || isNothing(text)) return false;
    const isCounted = countsValues(this.request.meters[meter]!);
    const fitting = isCounted ? 1 : fittingQuantity(text, this.ledger.scales[meter]!);
    if (fitting === undefined) odd.fill(1, 0, rows);
    else quantities[meter]!.fill(fitting, 0, rows);
    return true;
  }

  private noteUnits({ rows, odd, units }: Batch): void {
    for (let row = 0; row < rows; row++) {
      if (odd[row] === 0 && units[row] !== 0) this.units.add(TIME_UNITS[units[row]! - 1]!);
    }
  }

  private decodeMeter(source: Bytes, column: number, meter: number, batch: Batch): void {
    for (;;) {
      const wider = decodeQuantities(source, column, this.ledger.scales[meter]!, batch, batch.quantities[meter]!);
      if (wider === undefined) return;
      this.ledger.widen(meter, wider);
    }
  }

  private numberSeries(source: Bytes, batch: Batch, layout: BatchLayout, series: SeriesTable): Int32Array {
    const { starts, ends, rows } = batch;
    for (const [d, column] of layout.dimensions.entries()) {
      const values = this.dimensions[d]!;
      if (column < 0) batch.dimensions[d]!.fill(values.internText(NO_TEXT), 0, rows);
      else values.internColumn(source, { starts, ends, at: column * BATCH_ROWS }, rows, batch.dimensions[d]!);
    }
    series.numberColumns([batch.customers, ...batch.dimensions], rows, this.seriesOfRows);
    return this.seriesOfRows;
  }

  /** Counts one row the exact way, or tells what is wrong with it. `place.base` is where the row stands. */
  takeRow(found: FoundRow, place: BatchPlace): Fault | undefined {
    if ('fault' in found) return found.fault;
    const { texts, names } = found;
    const { meters, timeUnit, dedupe } = this.request;
    const checked = checkRow(texts, names, meters, this.request);
    if ('code' in checked) return checked;
    if (checked.unit && !timeUnit) this.units.add(checked.unit);

    const span = this.request.spans?.get(texts.customer);
    const uncovered = span && coverageFault(span, checked.at.ms, texts, names);
    if (uncovered) return uncovered;
    const series = this.seriesOf(texts);
    const { ms } = checked.at;
    const record = span?.billed ? this.ledger.addRowWithin(span.billed, ms, series) : this.ledger.addRow(ms, series);
    for (const [m, text] of texts.quantities.entries()) {
      if (record === undefined || isNothing(text)) continue;
      const isCounted = countsValues(meters[m]!);
      const quantity = isCounted ? 1 : (fittingQuantity(text, this.ledger.scales[m]!) ?? exactQuantity(text));
      if (quantity) this.ledger.addEvent(record, m, quantity, checked.at);
    }
    if (this.watch && record !== undefined) this.watch.steps.add(ledgerRow(texts, checked.at));
    if (dedupe && texts.eventId !== '') {
      const { low, high } = this.fingerprinter.fingerprint(texts.eventId, texts.source);
      this.events.add(low, high, place.source, place.base);
    }
    return undefined;
  }

  private seriesOf(texts: { customer: string; dimensions: readonly string[] }): number {
    const customer = this.customers.internText(encodeText(texts.customer));
    if (!this.series) return customer;
    this.tuple[0]![0] = customer;
    for (const [d, values] of this.dimensions.entries()) {
      this.tuple[d + 1]![0] = values.internText(encodeText(texts.dimensions[d]!));
    }
    this.series.numberColumns(this.tuple, 1, this.seriesOfRows);
    return this.seriesOfRows[0]!;
  }

  finish(): TallyPart {
    const { ledger, series } = this;
    return {
      usage: {
        ledger: ledger.finish(),
        customers: this.customers.texts(),
        dimensions: this.dimensions.map((values) => values.texts()),
        series: series?.tuples.subarray(0, series.count * (this.dimensions.length + 1)),
      },
      rated: ledger.rated,
      outOfPeriod: ledger.outOfPeriod,
      units: [...this.units],
      events: this.events.finish(),
      watched: this.watch?.finish() ?? [],
    };
  }
}

function ledgerRow({ customer, quantities }: RowTexts, at: PreciseInstant): LedgerRow {
  const texts = quantities.map((text) => (isNothing(text) ? undefined : text));
  return { customer, at, quantities: texts, dimensions: [] };
}

/** For tallies that deduplicate nothing. */
const NO_LOG: LogMemory = { bytes: Number.POSITIVE_INFINITY, spillPath: '' };
const NO_TEXT = new Uint8Array(0);
