/** The cells that one thread found for each probe, in columns that can be handed to another thread. */
import { Decimal } from '../../../core/decimal.ts';
import type { Probe, ProbedCell } from '../../../core/usage/probe.ts';

export type ProbedShard = {
  /** For each probe where its cells begin, and one more for the end of the last one's. */
  readonly from: Int32Array;
  /** Step and latest row of each cell: nanoseconds from its probe's begin, whole numbers far below 2^53. */
  readonly at: Float64Array;
  readonly latest: Float64Array;
  readonly meters: Uint16Array;
  readonly events: Float64Array;
  /** Quantities, and largest rows ('' where they were not asked for), each text with a line feed behind it. */
  readonly quantities: string;
  readonly largest: string;
  /** Combinations of dimension values, and which of them each cell has. */
  readonly values: readonly (readonly string[])[];
  readonly valuesOf: Int32Array;
};

/** `probes`: in the order of the cells. */
export function handedCells(cellsOf: readonly (readonly ProbedCell[])[], probes: readonly Probe[]): ProbedShard {
  const count = cellsOf.reduce((sum, cells) => sum + cells.length, 0);
  const shard = {
    from: new Int32Array(cellsOf.length + 1),
    at: new Float64Array(count),
    latest: new Float64Array(count),
    meters: new Uint16Array(count),
    events: new Float64Array(count),
    valuesOf: new Int32Array(count),
  };
  const values: (readonly string[])[] = [];
  const known = new Map<string, number>();
  let quantities = '';
  let largest = '';
  let i = 0;
  for (const [w, cells] of cellsOf.entries()) {
    const { from } = probes[w]!;
    for (const cell of cells) {
      shard.at[i] = Number(cell.at - from);
      shard.latest[i] = Number(cell.latest - from);
      shard.meters[i] = cell.meter;
      shard.events[i] = cell.events;
      shard.valuesOf[i] = numberOf(cell.values);
      quantities += `${cell.quantity.toFixed()}\n`;
      largest += `${cell.largest?.toFixed() ?? ''}\n`;
      i++;
    }
    shard.from[w + 1] = i;
  }
  return { ...shard, quantities, largest, values };

  function numberOf(combination: readonly string[]): number {
    const key = combination.length === 0 ? '' : JSON.stringify(combination);
    let number = known.get(key);
    if (number === undefined) {
      number = values.push(combination) - 1;
      known.set(key, number);
    }
    return number;
  }
}

/** Reads the cells of a shard, probe by probe. */
export function cellReader(shard: ProbedShard, probes: readonly Probe[]): (probe: number) => ProbedCell[] {
  const quantities = shard.quantities.split('\n');
  const largest = shard.largest.split('\n');
  return (w) => {
    const { from } = probes[w]!;
    const cells: ProbedCell[] = [];
    for (let i = shard.from[w]!; i < shard.from[w + 1]!; i++) {
      const at = from + BigInt(shard.at[i]!);
      const cell: ProbedCell = {
        at,
        meter: shard.meters[i]!,
        values: shard.values[shard.valuesOf[i]!]!,
        quantity: new Decimal(quantities[i]!),
        events: shard.events[i]!,
        latest: shard.at[i] === shard.latest[i] ? at : from + BigInt(shard.latest[i]!),
      };
      if (largest[i] !== '') cell.largest = new Decimal(largest[i]!);
      cells.push(cell);
    }
    return cells;
  };
}
