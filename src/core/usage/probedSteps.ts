/** The rows of probes, put into steps one by one. */
import { HOUR_MS } from '../calendar.ts';
import type { Meter } from '../catalog/meter.ts';
import { type RowTest, rowTest } from '../catalog/rowFilter.ts';
import { Decimal, ONE } from '../decimal.ts';
import { nanosecondsOf } from '../timestamp.ts';
import { isZero, type LedgerRow } from './mapLedger.ts';
import { absorb, type CellUsage, metersOf, type Probe, type ProbedCell } from './probe.ts';

/** Rows of one step: a cell for each meter and combination of dimension values. */
class StepCells {
  private readonly meters: readonly CountedMeter[];
  private readonly kept: Pick<Probe, 'byDimension' | 'byRow'>;
  /** By meter, of rows without dimensions that are kept apart. */
  private plain: CellsByMeter | undefined;
  /** By dimension values as JSON, then by meter. */
  private parts: Map<string, CellsByMeter> | undefined;

  constructor(meters: readonly CountedMeter[], kept: Pick<Probe, 'byDimension' | 'byRow'>) {
    this.meters = meters;
    this.kept = kept;
  }

  add({ quantities, dimensions }: LedgerRow, latest: bigint): void {
    const { meters } = this;
    const { byRow } = this.kept;
    let cells: CellsByMeter | undefined;
    for (let m = 0; m < meters.length; m++) {
      const { meter, place, counts } = meters[m]!;
      const text = quantities[place];
      if (text === undefined || isZero(meter, text) || !counts(dimensions)) continue;
      const quantity = meter.aggregation === 'count' ? ONE : new Decimal(text);
      const row: CellUsage = byRow
        ? { quantity, events: 1, latest, largest: quantity }
        : { quantity, events: 1, latest };
      cells ??= this.cellsFor(dimensions);
      const cell = cells[m];
      if (cell) absorb(meter, cell, row);
      else cells[m] = row;
    }
  }

  private cellsFor(dimensions: readonly string[]): CellsByMeter {
    if (!this.kept.byDimension || dimensions.length === 0) {
      this.plain ??= this.meters.map(() => undefined);
      return this.plain;
    }
    this.parts ??= new Map();
    const key = JSON.stringify(dimensions);
    let cells = this.parts.get(key);
    if (!cells) {
      cells = this.meters.map(() => undefined);
      this.parts.set(key, cells);
    }
    return cells;
  }

  /** Adds the cells, which begin at `at`, to a list. */
  addTo(list: ProbedCell[], at: bigint): void {
    if (this.plain) addCells(list, { at, values: NO_VALUES }, this.plain);
    for (const [key, cells] of this.parts ?? []) addCells(list, { at, values: JSON.parse(key) as string[] }, cells);
  }
}

type CellsByMeter = (CellUsage | undefined)[];

const NO_VALUES: readonly string[] = [];

function addCells(list: ProbedCell[], { at, values }: Pick<ProbedCell, 'at' | 'values'>, cells: CellsByMeter): void {
  for (let meter = 0; meter < cells.length; meter++) {
    const cell = cells[meter];
    if (!cell) continue;
    const { quantity, events, latest, largest } = cell;
    const found: ProbedCell = { at, meter, values, quantity, events, latest };
    if (largest) found.largest = largest;
    list.push(found);
  }
}

/** A meter, its place among the quantities of rows, and which rows it counts. */
type CountedMeter = { readonly meter: Meter; readonly place: number; readonly counts: RowTest };

/** The probe's meters, each with a test for the rows that it counts. `dimensions` are those of the rows. */
function countedMeters(
  probe: Pick<Probe, 'meters'>,
  { meters, dimensions }: { readonly meters: readonly Meter[]; readonly dimensions: readonly string[] },
): CountedMeter[] {
  return metersOf(probe, meters).map((one) => ({ ...one, counts: rowTest(one.meter.where, dimensions) }));
}

type Counting = {
  readonly probe: Probe;
  readonly meters: readonly CountedMeter[];
  readonly steps: Map<bigint, StepCells>;
};

/** The plain way to serve probes: a map of steps for each. */
export class ProbedSteps {
  private readonly countings: readonly Counting[];
  /** Customer → number of the hour → the probes in it. */
  private readonly byHour = new Map<string, Map<number, Counting[]>>();

  /** `dimensions` are those of the rows. */
  constructor({
    meters,
    dimensions,
    probes,
  }: {
    readonly meters: readonly Meter[];
    readonly dimensions: readonly string[];
    readonly probes: readonly Probe[];
  }) {
    this.countings = probes.map((probe) => ({
      probe,
      meters: countedMeters(probe, { meters, dimensions }),
      steps: new Map(),
    }));
    for (const counting of this.countings) {
      const { customer, from } = counting.probe;
      const hours = this.byHour.get(customer) ?? new Map<number, Counting[]>();
      this.byHour.set(customer, hours);
      const hour = Number(floorTo(from, HOUR_NS) / HOUR_NS);
      hours.set(hour, [...(hours.get(hour) ?? []), counting]);
    }
  }

  add(row: LedgerRow): void {
    const hour = Math.floor(row.at.ms / HOUR_MS);
    const nanoseconds = nanosecondsOf(row.at);
    for (const { probe, meters, steps } of this.byHour.get(row.customer)?.get(hour) ?? []) {
      if (nanoseconds < probe.from || nanoseconds >= probe.to) continue;
      const start = probe.step === 1n ? nanoseconds : floorTo(nanoseconds, probe.step);
      let step = steps.get(start);
      if (!step) {
        step = new StepCells(meters, probe);
        steps.set(start, step);
      }
      step.add(row, nanoseconds);
    }
  }

  /** For each probe, in their order: its cells. */
  cells(): ProbedCell[][] {
    return this.countings.map(({ steps }) => {
      const cells: ProbedCell[] = [];
      for (const [at, step] of steps) step.addTo(cells, at);
      return cells;
    });
  }
}

const HOUR_NS = BigInt(HOUR_MS) * 1_000_000n;

/** The greatest multiple of `step` that is not after `nanoseconds`, which may be negative. */
function floorTo(nanoseconds: bigint, step: bigint): bigint {
  const rest = nanoseconds % step;
  return nanoseconds - (rest < 0n ? rest + step : rest);
}
