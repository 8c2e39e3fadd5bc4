/** Customers and hours at which somebody has to look closer: their rows go the exact way, into steps. */
import { HOUR_MS } from '../../../core/calendar.ts';
import type { KeptDimensions } from '../../../core/catalog/grouping.ts';
import type { Meter } from '../../../core/catalog/meter.ts';
import { Decimal } from '../../../core/decimal.ts';
import {
  absorb,
  metersOf,
  type Probe,
  type ProbedCell,
  type ProbedStep,
  ProbedSteps,
  stepsOfCells,
} from '../../../core/usage/probe.ts';
import type { Batch } from '../batch.ts';
import type { Interner } from './interner.ts';

/** The cells that one thread found for each probe, in a form that can be handed to another: quantities as text. */
export type ProbedShard = readonly (readonly HandedCell[])[];
type HandedCell = Omit<ProbedCell, 'quantity' | 'largest'> & { readonly quantity: string; readonly largest?: string };

const HOUR_NS = BigInt(HOUR_MS) * 1_000_000n;

export class ProbeTable {
  readonly steps: ProbedSteps;
  private readonly customers: Interner;
  private readonly hoursOf = new Map<string, Set<number>>();
  /** The probed hours by customer number. */
  private readonly hours: (Set<number> | undefined)[] = [];

  constructor(
    probes: readonly Probe[],
    { meters, dimensions }: { readonly meters: readonly Meter[]; readonly dimensions: readonly string[] },
    customers: Interner,
  ) {
    this.steps = new ProbedSteps({ meters, dimensions, probes });
    this.customers = customers;
    for (const { customer, from } of probes) {
      const hours = this.hoursOf.get(customer) ?? new Set<number>();
      this.hoursOf.set(customer, hours);
      hours.add(Number(from / HOUR_NS)); // no row, and so no probe, is from before 1970
    }
  }

  /** Marks the rows of probed hours as slow. */
  mark({ rows, slow, at, customers }: Batch): void {
    const { hours } = this;
    for (let number = hours.length; number < this.customers.size; number++) {
      hours.push(this.hoursOf.get(this.customers.textOf(number)));
    }
    for (let row = 0; row < rows; row++) {
      const own = hours[customers.values[row]!];
      if (own?.has(Math.floor(at.values[row]! / HOUR_MS))) slow.values[row] = 1;
    }
  }

  finish(): ProbedShard {
    return this.steps.cells().map((cells) =>
      cells.map(({ largest, ...cell }) => ({
        ...cell,
        quantity: cell.quantity.toFixed(),
        ...(largest && { largest: largest.toFixed() }),
      })),
    );
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
  return probes.map((probe, w) => {
    const own = metersOf(probe, ledger.meters);
    const cells = new Map<string, ProbedCell>();
    const keyOf = ({ at, meter, values }: HandedCell) =>
      `${at} ${meter} ${values.length > 0 ? JSON.stringify(values) : ''}`;
    for (const handed of parts.flatMap((part) => part[w]!)) {
      const { largest, ...rest } = handed;
      const cell: ProbedCell = {
        ...rest,
        quantity: new Decimal(handed.quantity),
        ...(largest !== undefined && { largest: new Decimal(largest) }),
      };
      const key = keyOf(handed);
      const known = cells.get(key);
      if (known) absorb(own[cell.meter]!.meter, known, cell);
      else cells.set(key, cell);
    }
    for (const handed of retracted.flatMap((part) => part[w]!)) {
      const known = cells.get(keyOf(handed))!;
      const { aggregation } = own[handed.meter]!.meter;
      // The delivery that was repeated is still there, and with it the greatest and the latest quantity.
      if (aggregation === 'sum' || aggregation === 'count') known.quantity = known.quantity.minus(handed.quantity);
      known.events -= handed.events;
    }
    const left = [...cells.values()].filter(({ events }) => events > 0);
    return stepsOfCells(left, probe, ledger);
  });
}
