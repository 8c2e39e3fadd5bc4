/** Usage in steps finer than a ledger's buckets, for the few stretches of time in which somebody has to look closer. */
import { HOUR_MS } from '../calendar.ts';
import type { Meter } from '../catalog/meter.ts';
import type { Decimal } from '../decimal.ts';
import { nanosecondsOf } from '../timestamp.ts';
import { type Accumulator, accumulatorFor } from './accumulator.ts';
import { isZero, type LedgerRow } from './mapLedger.ts';

/** A stretch of a customer's time, and the steps in which one meter's usage in it is wanted. */
export type Watch = {
  readonly customer: string;
  /** Name of a meter that is aggregated by sum, count or max. */
  readonly meter: string;
  /** Nanoseconds since 1970, `to` excluded. They lie within one bucket of the ledger, so within one hour of UTC. */
  readonly from: bigint;
  readonly to: bigint;
  /** Width of a step in nanoseconds. Steps begin at its multiples since 1970; 1: every instant by itself. */
  readonly step: bigint;
  /** Only the steps with more than this are wanted. Absent: all. */
  readonly above?: Decimal;
};

/** What was used in one step, from the rows within the watch's time whose quantity is not 0. */
export type WatchedStep = {
  /** Where the step begins, nanoseconds since 1970; may be before `from`, whose rows alone count. */
  readonly at: bigint;
  readonly quantity: Decimal;
  readonly events: number;
};

type Counting = { readonly watch: Watch; readonly meter: number; readonly steps: Map<bigint, Step> };
type Step = { readonly total: Accumulator; events: number };

/** The plain way to serve watches: a map of steps for each. */
export class WatchedSteps {
  private readonly meters: readonly Meter[];
  private readonly countings: readonly Counting[];
  /** Customer → number of the hour → the watches in it. */
  private readonly byHour = new Map<string, Map<number, Counting[]>>();

  constructor({ meters, watches }: { readonly meters: readonly Meter[]; readonly watches: readonly Watch[] }) {
    this.meters = meters;
    this.countings = watches.map((watch) => ({
      watch,
      meter: meters.findIndex(({ name }) => name === watch.meter),
      steps: new Map(),
    }));
    for (const counting of this.countings) {
      const { customer, from } = counting.watch;
      const hours = this.byHour.get(customer) ?? new Map<number, Counting[]>();
      this.byHour.set(customer, hours);
      const hour = Number(floorTo(from, HOUR_NS) / HOUR_NS);
      hours.set(hour, [...(hours.get(hour) ?? []), counting]);
    }
  }

  add({ customer, at, quantities }: LedgerRow): void {
    const hour = Math.floor(at.ms / HOUR_MS);
    for (const { watch, meter, steps } of this.byHour.get(customer)?.get(hour) ?? []) {
      const text = quantities[meter];
      const nanoseconds = nanosecondsOf(at);
      if (text === undefined || isZero(this.meters[meter]!, text)) continue;
      if (nanoseconds < watch.from || nanoseconds >= watch.to) continue;
      const start = floorTo(nanoseconds, watch.step);
      const step = steps.get(start) ?? { total: accumulatorFor(this.meters[meter]!), events: 0 };
      steps.set(start, step);
      step.total.add(text, nanoseconds);
      step.events++;
    }
  }

  /** For each watch, in their order: its steps with usage, ascending. */
  finish(): WatchedStep[][] {
    return this.countings.map(({ watch, steps }) =>
      [...steps]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([at, { total, events }]) => ({ at, quantity: total.quantity, events }))
        .filter(({ quantity }) => watch.above === undefined || quantity.gt(watch.above)),
    );
  }
}

const HOUR_NS = BigInt(HOUR_MS) * 1_000_000n;

/** The greatest multiple of `step` that is not after `nanoseconds`, which may be negative. */
export function floorTo(nanoseconds: bigint, step: bigint): bigint {
  const rest = nanoseconds % step;
  return nanoseconds - (rest < 0n ? rest + step : rest);
}
