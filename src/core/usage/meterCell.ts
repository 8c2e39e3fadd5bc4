/** A meter's rows in one bucket or in several, added up by the accumulator of its aggregation. */
import type { Meter } from '../catalog/meter.ts';
import { ZERO } from '../decimal.ts';
import { nanosecondsOf } from '../timestamp.ts';
import { type Accumulator, accumulatorFor, restored } from './accumulator.ts';
import type { CellTotal } from './cell.ts';
import { preciseOf } from './cells.ts';
import type { MeterUsage } from './ledger.ts';

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

/** Takes one cell into another of the same meter. */
export function absorb(into: Cell, { total, events, first, last }: Cell): void {
  into.total.merge(total);
  into.events += events;
  noteTimes(into, first, last);
}

/** Widens the time of a cell. */
export function noteTimes(into: Cell, first: bigint | undefined, last: bigint | undefined): void {
  if (first !== undefined && (into.first === undefined || first < into.first)) into.first = first;
  if (last !== undefined && (into.last === undefined || last > into.last)) into.last = last;
}

export function usageInCell(cell: Cell): MeterUsage {
  return {
    quantity: cell.events === 0 ? ZERO : cell.total.quantity,
    events: cell.events,
    ...(cell.first !== undefined && { first: cell.first }),
    ...(cell.last !== undefined && { last: cell.last }),
  };
}

/** The total of a meter that has events. */
export function totalOf({ name }: Meter, { total, events, first, last }: Cell): CellTotal {
  const { distinct, points } = total;
  return {
    ...{ meter: name, quantity: total.quantity.toFixed(), events },
    ...{ first: preciseOf(first!), last: preciseOf(last!) },
    ...(distinct && { values: distinct }),
    ...(points && { points }),
  };
}

/** The cell that a total was made of. `trace`: with its first and last instant. */
export function restoredCell(meter: Meter, total: CellTotal, { trace }: { readonly trace: boolean }): Cell {
  const { events, first, last } = total;
  const time = trace
    ? { first: nanosecondsOf(first), last: nanosecondsOf(last) }
    : { first: undefined, last: undefined };
  return { total: restored(meter, total), events, ...time };
}
