/**
 * Quantities of one meter, by the number of a record. Columns of numbers, because most records have few rows, and an object for
 * each of them would take longer to make and to keep than the row takes to read.
 */
import type { Meter } from '../catalog/meter.ts';
import { type Accumulator, accumulatorFor } from './accumulator.ts';
import { ExactSum } from './exactSum.ts';
import { type Cell, noteTimes } from './meterCell.ts';

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
    this.events[record] = (this.events[record] ?? 0) + rows;
    this.totals.add(record, text, at);
    this.noteTime(record, at);
  }

  has(record: number): boolean {
    return this.events[record] !== undefined;
  }

  /** Takes a cell of the same meter into a record. */
  takeIn(record: number, { total, events, first, last }: Cell): void {
    this.events[record] = (this.events[record] ?? 0) + events;
    this.totals.takeIn(record, total);
    if (first !== undefined) this.noteTime(record, first);
    if (last !== undefined) this.noteTime(record, last);
  }

  private noteTime(record: number, at: bigint): void {
    if (!this.times) return;
    const { first, last } = this.times;
    if (first[record] === undefined || at < first[record]) first[record] = at;
    if (last[record] === undefined || at > last[record]) last[record] = at;
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

/** Totals of one meter, by record. */
interface Totals {
  addRecord(): void;
  add(record: number, text: string, at: bigint): void;
  /** `total`: of the meter's aggregation, in both. */
  takeIn(record: number, total: Accumulator): void;
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
    this.change(record, (sum) => sum.add(text));
  }

  takeIn(record: number, total: ExactSum): void {
    this.change(record, (sum) => sum.merge(total));
  }

  private change(record: number, how: (sum: ExactSum) => void): void {
    const known = this.large.size === 0 ? undefined : this.large.get(record);
    if (known) {
      how(known);
      return;
    }
    const sum = new ExactSum(this.units[record], this.scales[record]);
    how(sum);
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
    this.at(record).add(text, at);
  }

  takeIn(record: number, total: Accumulator): void {
    this.at(record).merge(total);
  }

  private at(record: number): Accumulator {
    const known = this.accumulators[record];
    if (known) return known;
    const accumulator = accumulatorFor(this.meter);
    this.accumulators[record] = accumulator;
    return accumulator;
  }

  addTo(total: Accumulator, record: number): void {
    const accumulator = this.accumulators[record];
    if (accumulator) total.merge(accumulator);
  }
}
