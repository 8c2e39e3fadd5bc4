/** Customers and hours at which somebody has to look closer: their rows go into steps. */
import { HOUR_MS } from '../../../core/calendar.ts';
import type { KeptDimensions } from '../../../core/catalog/grouping.ts';
import type { Meter } from '../../../core/catalog/meter.ts';
import {
  absorb,
  metersOf,
  type Probe,
  type ProbedCell,
  type ProbedStep,
  stepsOfCells,
} from '../../../core/usage/probe.ts';
import { ProbedSteps } from '../../../core/usage/probedSteps.ts';
import type { Batch } from '../batch.ts';
import type { Interner } from './interner.ts';
import { cellReader, handedCells, type ProbedShard } from './probedCells.ts';

const HOUR_NS = BigInt(HOUR_MS) * 1_000_000n;

export class ProbeTable {
  readonly steps: ProbedSteps;
  private readonly probes: readonly Probe[];
  private readonly customers: Interner;
  private readonly hoursOf = new Map<string, number[]>();
  /** By hour since 1970: a bit for each customer number, set where the hour is probed. */
  private readonly probed = new Map<number, Uint32Array>();
  /** Ids of the customers with probes, by number. */
  private readonly texts: (string | undefined)[] = [];

  constructor(
    probes: readonly Probe[],
    { meters, dimensions }: { readonly meters: readonly Meter[]; readonly dimensions: readonly string[] },
    customers: Interner,
  ) {
    this.steps = new ProbedSteps({ meters, dimensions, probes });
    this.probes = probes;
    this.customers = customers;
    for (const { customer, from } of probes) {
      const hour = Number(from / HOUR_NS); // no row, and so no probe, is from before 1970
      const hours = this.hoursOf.get(customer);
      if (hours) hours.push(hour);
      else this.hoursOf.set(customer, [hour]);
    }
  }

  /** Rows of a batch that are not slow and lie in probed hours of their customers, in its order. */
  rowsOf({ rows, slow, at, customers }: Batch): number[] {
    this.learn();
    const found: number[] = [];
    let from = 0;
    let until = 0;
    let probed: Uint32Array | undefined;
    for (let row = 0; row < rows; row++) {
      const ms = at.values[row]!;
      if (ms < from || ms >= until) {
        const hour = Math.floor(ms / HOUR_MS);
        from = hour * HOUR_MS;
        until = from + HOUR_MS;
        probed = this.probed.get(hour);
      }
      if (probed === undefined || slow.values[row] !== 0) continue;
      const customer = customers.values[row]!;
      if ((probed[customer >>> 5]! >>> (customer & 31)) & 1) found.push(row);
    }
    return found;
  }

  /** The id of a customer whose row {@link rowsOf} found. */
  customerOf(number: number): string {
    return this.texts[number]!;
  }

  private learn(): void {
    for (let number = this.texts.length; number < this.customers.size; number++) {
      const text = this.customers.textOf(number);
      const hours = this.hoursOf.get(text);
      this.texts.push(hours && text);
      for (const hour of hours ?? []) this.setBit(hour, number);
    }
  }

  private setBit(hour: number, number: number): void {
    const word = number >>> 5;
    let bits = this.probed.get(hour);
    if (!bits || bits.length <= word) {
      const longer = new Uint32Array(Math.max(word + 1, (bits?.length ?? 0) * 2));
      longer.set(bits ?? []);
      bits = longer;
      this.probed.set(hour, bits);
    }
    bits[word]! |= 1 << (number & 31);
  }

  finish(): ProbedShard {
    return handedCells(this.steps.cells(), this.probes);
  }
}

/** Probes as threads get them: whether a step is wanted is known once all parts of it are. */
export function withoutBounds(probes: readonly Probe[]): Probe[] {
  return probes.map(({ above: _, ...probe }) => probe);
}

/** Puts the parts of each step together; `retracted` are rows to be retracted off again, repeated deliveries that the parts contain. */
export function mergeProbed(
  parts: readonly ProbedShard[],
  retracted: readonly ProbedShard[],
  { probes, ...ledger }: { probes: readonly Probe[]; meters: readonly Meter[] } & KeptDimensions,
): ProbedStep[][] {
  const [added, removed] = [parts, retracted].map((shards) => shards.map((shard) => cellReader(shard, probes)));
  return probes.map((probe, w) => {
    const found = added!.map((cellsOf) => cellsOf(w)).filter((cells) => cells.length > 0);
    const repeated = removed!.flatMap((cellsOf) => cellsOf(w));
    // Rows of one hour mostly come from one thread, whose cells are all different.
    const isWhole = found.length <= 1 && repeated.length === 0;
    const cells = isWhole ? (found[0] ?? []) : together(found.flat(), repeated, metersOf(probe, ledger.meters));
    return stepsOfCells(cells, probe, ledger);
  });
}

function together(
  added: readonly ProbedCell[],
  removed: readonly ProbedCell[],
  meters: ReturnType<typeof metersOf>,
): ProbedCell[] {
  const cells = new Map<string, ProbedCell>();
  const keyOf = ({ at, meter, values }: ProbedCell) =>
    `${at} ${meter} ${values.length > 0 ? JSON.stringify(values) : ''}`;
  for (const cell of added) {
    const key = keyOf(cell);
    const known = cells.get(key);
    if (known) absorb(meters[cell.meter]!.meter, known, cell);
    else cells.set(key, cell);
  }
  for (const cell of removed) {
    const known = cells.get(keyOf(cell))!;
    const { aggregation } = meters[cell.meter]!.meter;
    // The delivery that was repeated is still there, and with it the greatest and the latest quantity.
    if (aggregation === 'sum' || aggregation === 'count') known.quantity = known.quantity.minus(cell.quantity);
    known.events -= cell.events;
  }
  return [...cells.values()].filter(({ events }) => events > 0);
}
