/** The rows of inputs that have no end: counted as they come, kept by hour, and found again by a run that goes on. */
import type { Instant } from '../../core/calendar.ts';
import type { Fraction } from '../../core/fraction.ts';
import { nanosecondsOf } from '../../core/timestamp.ts';
import type { UsageLedger } from '../../core/usage/ledger.ts';
import { type LedgerRow, MapLedger } from '../../core/usage/mapLedger.ts';
import { type Probe, type ProbedStep, stepsOfCells } from '../../core/usage/probe.ts';
import { ProbedSteps } from '../../core/usage/probedSteps.ts';
import type { RowCounts } from '../../core/usage/rowCounts.ts';
import { anchorsOf } from '../anchors.ts';
import { scalesOf, withMappedForms } from '../mappedRequest.ts';
import type { ReadRequest } from '../reader.ts';
import { RowPass } from '../reference/rowPass.ts';
import { ScaledLedger } from '../scaledLedger.ts';
import { scaledSteps, withoutScaledBounds } from '../scaledSteps.ts';
import type { Source } from '../source.ts';
import type { FilteredRow } from '../textRows.ts';
import type { FileMark } from './growingFile.ts';
import { type FollowedInput, FollowedInputs, type Growing } from './inputs.ts';
import { hourOf, Journal, type JournalSizes } from './journal.ts';
import { RowStream } from './rowStream.ts';
import { SeenEvents } from './seenEvents.ts';

/** `sources` and pipes are those of {@link FollowedInput}. */
export type FollowRequest = Omit<ReadRequest, 'sources' | 'pipes' | 'trace' | 'follow' | 'onProgress'> & {
  readonly encoding?: Source['encoding'];
};

/** State of the rows, from which another run goes on. */
export type RowsState = {
  readonly files: readonly FileMark[];
  readonly rows: RowCounts;
  /** The latest instant of a row, out of the period or within. */
  readonly latest: Instant | null;
  readonly journal: JournalSizes;
};

/** Rows that have come since the last look. */
export type Arrived = {
  /** By customer, the earliest instant of its new rows in nanoseconds since 1970. */
  readonly customers: ReadonlyMap<string, bigint>;
  /** By customer, the hours of its new rows, numbered since 1970. */
  readonly hours: ReadonlyMap<string, ReadonlySet<number>>;
};

/** `skipped`: rows at its begin that the run before has taken. */
type Reading = {
  readonly growing: Growing;
  /** Absent until something has come: an empty file is no mistake. */
  rows: RowStream | undefined;
  readonly skipped: number;
  taken: number;
};

function markOf({ growing, skipped, taken }: Reading): FileMark | undefined {
  return growing.mark(Math.max(skipped, taken));
}

export class FollowedRows {
  private readonly rowsLedger: MapLedger;
  private readonly request: FollowRequest;
  private readonly scales: ReadonlyMap<string, Fraction>;
  private readonly inputs: FollowedInputs;
  private readonly journal: Journal;
  private readonly pass: RowPass;
  private readonly ids = new SeenEvents();
  private readonly readings = new Set<Reading>();
  /** Files that are there and were read to their end. */
  private readonly whole: FileMark[] = [];
  private arrived = new Map<string, bigint>();
  private arrivedHours = new Map<string, Set<number>>();
  private latestRow: Instant | undefined;
  /** Rows are not taken while somebody looks at the ledger. */
  private look: Promise<void> = Promise.resolve();

  /** `directory`: that of the journal. `before`: the state of the run that it goes on from. */
  constructor(
    asked: FollowRequest,
    inputs: readonly FollowedInput[],
    { directory, before }: { directory: string; before?: RowsState | undefined },
  ) {
    const request = withMappedForms(asked);
    this.request = request;
    this.scales = scalesOf(request);
    this.inputs = new FollowedInputs(inputs, before?.files ?? []);
    this.journal = new Journal(directory, before?.journal);
    const anchors = anchorsOf(request);
    this.rowsLedger = new MapLedger({ ...request, trace: false, anchors });
    this.pass = new RowPass({ ...request, sources: [] }, (row) => this.rate(row), new Set(), {
      live: { ids: this.ids, onInstant: (ms) => this.noteInstant(ms) },
    });
    if (!before) return;
    Object.assign(this.pass.rows, before.rows);
    this.latestRow = before.latest ?? undefined;
    for (const { row, event } of this.journal.all()) {
      this.rowsLedger.add(row);
      if (event !== undefined) this.ids.restore(event);
    }
  }

  get rows(): RowCounts {
    return this.pass.rows;
  }

  get seenMeters(): ReadonlySet<string> {
    return this.pass.seenMeters;
  }

  get latest(): Instant | undefined {
    return this.latestRow;
  }

  /** True if all inputs have ended. */
  get areOver(): boolean {
    return this.inputs.areOver && this.readings.size === 0;
  }

  /** Takes one piece of each input; false if nothing has come. Throws an InputFailure if an input cannot be read. */
  async take(): Promise<boolean> {
    for (const growing of this.inputs.appeared())
      this.readings.add({ growing, rows: undefined, skipped: growing.rowsBefore, taken: 0 });
    let any = false;
    for (const reading of this.readings) {
      const piece = reading.growing.next();
      if (piece === undefined) continue;
      any = true;
      if (piece !== 'ended') {
        reading.rows ??= this.rowsOf(reading);
        await reading.rows.push(piece);
        continue;
      }
      await reading.rows?.end();
      this.readings.delete(reading);
      const mark = markOf(reading);
      if (mark) this.whole.push(mark);
      else this.inputs.ended(reading.growing);
    }
    return any;
  }

  private rowsOf(reading: Reading): RowStream {
    const { encoding } = this.request;
    const source: Source = { kind: 'file', name: reading.growing.name, path: '', ...(encoding && { encoding }) };
    return new RowStream(source, this.request, async (found) => {
      await this.look;
      this.takeRows(found, reading, source);
    });
  }

  private takeRows(found: readonly FilteredRow[], reading: Reading, source: Source): void {
    for (const row of found) {
      reading.taken++;
      if (reading.taken <= reading.skipped) continue;
      this.ids.last = undefined;
      this.pass.take(row, source, 0);
    }
  }

  private rate(row: LedgerRow): void {
    this.rowsLedger.add(row);
    this.journal.add({ row, event: this.ids.last });
    const at = nanosecondsOf(row.at);
    const before = this.arrived.get(row.customer);
    if (before === undefined || at < before) this.arrived.set(row.customer, at);
    const hours = this.arrivedHours.get(row.customer);
    if (hours) hours.add(hourOf(row.at.ms));
    else this.arrivedHours.set(row.customer, new Set([hourOf(row.at.ms)]));
  }

  private noteInstant(ms: Instant): void {
    if (this.latestRow === undefined || ms > this.latestRow) this.latestRow = ms;
  }

  /** Lets somebody look at the rows that are there; no others come meanwhile. */
  async looking<T>(look: (arrived: Arrived) => Promise<T>): Promise<T> {
    let free: () => void = () => undefined;
    this.look = new Promise((resolve) => {
      free = resolve;
    });
    const arrived = { customers: this.arrived, hours: this.arrivedHours };
    this.arrived = new Map();
    this.arrivedHours = new Map();
    this.journal.flush();
    try {
      return await look(arrived);
    } finally {
      free();
    }
  }

  /** The answers to probes, from the rows of their hours; while {@link looking}. */
  probed(asked: readonly Probe[]): ProbedStep[][] {
    const { request, journal, scales } = this;
    const probes = withoutScaledBounds(asked, scales);
    const steps = new ProbedSteps({ ...request, probes });
    const hours = new Set(probes.map(({ from }) => hourOf(Number(from / 1_000_000n))));
    const customers = new Set(probes.map(({ customer }) => customer));
    for (const hour of hours)
      for (const { row } of journal.rowsIn(hour)) if (customers.has(row.customer)) steps.add(row);
    return steps.cells().map((cells, i) => scaledSteps(stepsOfCells(cells, probes[i]!, request), asked[i]!, scales));
  }

  /** The state of what was taken; while {@link looking}. */
  state(): RowsState {
    const marks = [...this.readings].flatMap((reading) => markOf(reading) ?? []);
    return {
      files: [...this.whole, ...marks, ...this.inputs.missing],
      rows: this.rows,
      latest: this.latestRow ?? null,
      journal: this.journal.flush(),
    };
  }

  get ledger(): UsageLedger {
    return this.scales.size === 0 ? this.rowsLedger : new ScaledLedger(this.rowsLedger, this.scales);
  }

  /** A ledger of the same rows, in which only some customers are. */
  ledgerOf(customers: ReadonlySet<string>): UsageLedger {
    const { ledger } = this;
    return {
      customers: ledger.customers.filter((customer) => customers.has(customer)),
      span: ledger.span,
      rowsByBucket: ledger.rowsByBucket,
      usageOf: (customer, period, whole) => ledger.usageOf(customer, period, whole),
      hasRows: (customer, period) => ledger.hasRows(customer, period),
      rowsOf: (customer, period) => ledger.rowsOf(customer, period),
      periodsWithRows: (customer, periods) => ledger.periodsWithRows(customer, periods),
    };
  }
}
