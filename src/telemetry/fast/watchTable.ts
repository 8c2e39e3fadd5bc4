/** Customers and hours at which somebody has to look closer: their rows go the exact way, into steps. */
import { HOUR_MS } from '../../core/calendar.ts';
import type { Meter } from '../../core/catalog/meter.ts';
import { Decimal } from '../../core/decimal.ts';
import { type Watch, type WatchedStep, WatchedSteps } from '../../core/usage/watch.ts';
import type { Batch } from './batch.ts';
import type { Interner } from './interner.ts';

/** What one thread found for each watch, in a form that can be handed to another: quantities as text. */
export type WatchedPart = readonly (readonly { at: bigint; quantity: string; events: number }[])[];

const HOUR_NS = BigInt(HOUR_MS) * 1_000_000n;

export class WatchTable {
  readonly steps: WatchedSteps;
  private readonly customers: Interner;
  private readonly hoursOf = new Map<string, Set<number>>();
  /** The watched hours by customer number. */
  private readonly hours: (Set<number> | undefined)[] = [];

  constructor(
    watches: readonly Watch[],
    { meters, dimensions }: { readonly meters: readonly Meter[]; readonly dimensions: readonly string[] },
    customers: Interner,
  ) {
    this.steps = new WatchedSteps({ meters, dimensions, watches });
    this.customers = customers;
    for (const { customer, from } of watches) {
      const hours = this.hoursOf.get(customer) ?? new Set<number>();
      this.hoursOf.set(customer, hours);
      hours.add(Number(from / HOUR_NS)); // no row, and so no watch, is from before 1970
    }
  }

  /** Marks the rows of watched hours as odd. */
  mark({ rows, odd, at, customers }: Batch): void {
    const { hours } = this;
    for (let number = hours.length; number < this.customers.size; number++) {
      hours.push(this.hoursOf.get(this.customers.textOf(number)));
    }
    for (let row = 0; row < rows; row++) {
      const own = hours[customers.values[row]!];
      if (own?.has(Math.floor(at.values[row]! / HOUR_MS))) odd.values[row] = 1;
    }
  }

  finish(): WatchedPart {
    return this.steps
      .finish()
      .map((steps) => steps.map(({ at, quantity, events }) => ({ at, quantity: quantity.toFixed(), events })));
  }
}

/** Watches as threads get them: whether a step is wanted is known once all parts of it are. */
export function withoutBounds(watches: readonly Watch[]): Watch[] {
  return watches.map(({ above: _, ...watch }) => watch);
}

/** Puts the parts of each step together; `taken` are rows to be taken off again, repeated deliveries that the parts contain. */
export function mergeWatched(
  parts: readonly WatchedPart[],
  taken: readonly WatchedPart[],
  { watches, meters }: { watches: readonly Watch[]; meters: readonly Meter[] },
): WatchedStep[][] {
  return watches.map(({ meter, above }, w) => {
    const isMax = meters.find(({ name }) => name === meter)?.aggregation === 'max';
    const steps = new Map<bigint, { quantity: Decimal; events: number }>();
    for (const part of parts) {
      for (const { at, quantity, events } of part[w]!) {
        const known = steps.get(at);
        const added = isMax
          ? Decimal.max(known?.quantity ?? 0, quantity)
          : new Decimal(quantity).plus(known?.quantity ?? 0);
        steps.set(at, { quantity: added, events: events + (known?.events ?? 0) });
      }
    }
    for (const { at, quantity, events } of taken.flatMap((part) => part[w]!)) {
      const known = steps.get(at)!;
      // The delivery that was repeated is still there, and with it the greatest quantity.
      steps.set(at, {
        quantity: isMax ? known.quantity : known.quantity.minus(quantity),
        events: known.events - events,
      });
    }
    return [...steps]
      .filter(([, { quantity, events }]) => events > 0 && (above === undefined || quantity.gt(above)))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([at, step]) => ({ at, ...step }));
  });
}
