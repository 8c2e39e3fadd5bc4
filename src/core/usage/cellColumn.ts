/**
 * Quantities of one meter, by the number of a record. Columns of numbers, because most records have few rows, and an object for
 * each of them would take longer to make and to keep than the row takes to read.
 */
import type { Meter } from '../catalog/meter.ts';
import { type Accumulator, accumulatorFor } from './accumulator.ts';
import { ExactSum } from './exactSum.ts';

/** Rows of a meter that are not 0. `first` and `last` in nanoseconds since 1970; undefined unless they are kept. */
export type Cell = {
  readonly total: Accumulator;
  events: number;
  first: bigint | undefined;
  last: bigint | undefined;
};

export function emptyCell(meter: Meter): Cell {
  return { total: accumulatorFor(meter), events: 0, first: undefined, last: undefined };
}

export class CellColumn {
  private readonly events: (number | undefined)[] = [];
  private readonly totals: Totals;
  private readonly times: { readonly first: bigint[]; readonly last: bigint[] } | undefined;

  /** `trace`: the first and last instants are kept. */
  constructor(meter: Meter, trace: boolean) {
    this.totals = meter.aggregation === 'sum' ? new Sums() : new Accumulators(meter);
    this.times = trace ? { first: [], last: [] } : undefined;
  }

  /** Makes room for the record of the next number. */
  addRecord(): void {
    this.events.push(undefined);
    this.totals.addRecord();
  }

  /** `text` and `at`: see {@link Accumulator}. `rows`: how many it stands for. */
  add(record: number, { text, at, rows }: { readonly text: string; readonly at: bigint; readonly rows: number }): void {
    const { events, times } = this;
    events[record] = (events[record] ?? 0) + rows;
    this.totals.add(record, text, at);
    if (!times) return;
    const { first, last } = times;
    if (first[record] === undefined || at < first[record]) first[record] = at;
    if (last[record] === undefined || at > last[record]) last[record] = at;
  }

  has(record: number): boolean {
    return this.events[record] !== undefined;
  }

  /** Takes a record into a cell of the same meter. */
  addTo(cell: Cell, record: number): void {
    const events = this.events[record];
    if (events === undefined) return;
    this.totals.addTo(cell.total, record);
    cell.events += events;
    noteTimes(cell, this.times?.first[record], this.times?.last[record]);
  }
}

/** Takes one cell into another of the same meter. */
export function absorb(into: Cell, { total, events, first, last }: Cell): void {
  into.total.merge(total);
  into.events += events;
  noteTimes(into, first, last);
}

function noteTimes(into: Cell, first: bigint | undefined, last: bigint | undefined): void {
  if (first !== undefined && (into.first === undefined || first < into.first)) into.first = first;
  if (last !== undefined && (into.last === undefined || last > into.last)) into.last = last;
}

/** Totals of one meter, by record. */
interface Totals {
  addRecord(): void;
  add(record: number, text: string, at: bigint): void;
  /** `total`: of the meter's aggregation. */
  addTo(total: Accumulator, record: number): void;
}

/** Sums as whole numbers over powers of ten; those whose numbers are too large have an object of their own. */
class Sums implements Totals {
  private readonly units: number[] = [];
  private readonly scales: number[] = [];
  private readonly large = new Map<number, ExactSum>();

  addRecord(): void {
    this.units.push(0);
    this.scales.push(0);
  }

  add(record: number, text: string): void {
    const known = this.large.size === 0 ? undefined : this.large.get(record);
    if (known) {
      known.add(text);
      return;
    }
    const sum = new ExactSum(this.units[record], this.scales[record]);
    sum.add(text);
    const { units, scale } = sum;
    if (units === undefined) {
      this.large.set(record, sum);
      return;
    }
    this.units[record] = units;
    this.scales[record] = scale;
  }

  addTo(total: ExactSum, record: number): void {
    const large = this.large.size === 0 ? undefined : this.large.get(record);
    if (large) total.merge(large);
    else total.addUnits(this.units[record]!, this.scales[record]!);
  }
}

class Accumulators implements Totals {
  private readonly meter: Meter;
  private readonly accumulators: (Accumulator | undefined)[] = [];

  constructor(meter: Meter) {
    this.meter = meter;
  }

  addRecord(): void {
    this.accumulators.push(undefined);
  }

  add(record: number, text: string, at: bigint): void {
    const known = this.accumulators[record];
    const accumulator = known ?? accumulatorFor(this.meter);
    if (!known) this.accumulators[record] = accumulator;
    accumulator.add(text, at);
  }

  addTo(total: Accumulator, record: number): void {
    const accumulator = this.accumulators[record];
    if (accumulator) total.merge(accumulator);
  }
}
