/** One quantity in the making: adds up the rows of a bucket the way the meter's aggregation says, whatever their order. */
import type { Aggregation, Meter } from '../catalog/meter.ts';
import { Decimal, ZERO } from '../decimal.ts';
import { nanosecondsOf } from '../timestamp.ts';
import type { CellTotal, Point } from './cell.ts';
import { ExactSum } from './exactSum.ts';
import { IntervalSums, ValuesInForce } from './timed.ts';

export interface Accumulator {
  /** `text` is the row's field, neither empty nor `-`; `at` in nanoseconds since 1970, for meters that {@link dependsOnTime}. */
  add(text: string, at: bigint): void;
  /** Takes in another bucket's accumulator of the same aggregation. */
  merge(other: this): void;
  readonly quantity: Decimal;
  /** Distinct values, ascending (UTF-16 code units); absent: they do not count. */
  readonly distinct?: readonly string[];
  /** Everything that it is made of, where the quantity does not say it; absent: it does. */
  readonly points?: readonly Point[];
}

/** Fields of a meter that adding up depends on. */
export type Counted = Pick<Meter, 'aggregation' | 'percentile'>;

export function accumulatorFor({ aggregation, percentile }: Counted): Accumulator {
  if (aggregation === 'percentile') return new IntervalSums(percentile!.intervalMs);
  return new ACCUMULATORS[aggregation]();
}

/** The accumulator that a cell's total was made of. */
export function restored(meter: Counted, { quantity, events, last, values, points }: CellTotal): Accumulator {
  if (meter.aggregation === 'count') return new Count(events);
  const total = accumulatorFor(meter);
  const at = nanosecondsOf(last);
  if (points) for (const [instant, text] of points) total.add(text, instant);
  else for (const text of values ?? [quantity]) total.add(text, at);
  return total;
}

/** True for meters whose quantity depends on the instants of the rows within a bucket. */
export function dependsOnTime({ aggregation }: Pick<Meter, 'aggregation'>): boolean {
  return aggregation === 'last' || aggregation === 'time_weighted' || aggregation === 'percentile';
}

class Count implements Accumulator {
  private count: number;
  constructor(count = 0) {
    this.count = count;
  }
  get quantity(): Decimal {
    return new Decimal(this.count);
  }
  add(): void {
    this.count++;
  }
  merge(other: Count): void {
    this.count += other.count;
  }
}

class Max implements Accumulator {
  quantity: Decimal = ZERO;
  add(text: string): void {
    this.quantity = Decimal.max(this.quantity, text);
  }
  merge(other: Max): void {
    this.quantity = Decimal.max(this.quantity, other.quantity);
  }
}

/** Distinct texts: `94` and `94.0` are two. Memory grows with their number. */
class Unique implements Accumulator {
  private readonly values = new Set<string>();
  get quantity(): Decimal {
    return new Decimal(this.values.size);
  }
  get distinct(): string[] {
    return [...this.values].sort();
  }
  add(text: string): void {
    this.values.add(text);
  }
  merge(other: Unique): void {
    for (const value of other.values) this.values.add(value);
  }
}

/** The value of the latest row; of several at the same instant the largest, so that their order does not matter. */
class Last implements Accumulator {
  quantity: Decimal = ZERO;
  private at: bigint | undefined;
  add(text: string, at: bigint): void {
    this.take(new Decimal(text), at);
  }
  merge(other: Last): void {
    if (other.at !== undefined) this.take(other.quantity, other.at);
  }
  private take(quantity: Decimal, at: bigint): void {
    const isLater = this.at === undefined || at > this.at;
    if (isLater || (at === this.at && quantity.gt(this.quantity))) this.quantity = quantity;
    if (isLater) this.at = at;
  }
}

const ACCUMULATORS: Record<Exclude<Aggregation, 'percentile'>, new () => Accumulator> = {
  sum: ExactSum,
  count: Count,
  max: Max,
  unique: Unique,
  last: Last,
  time_weighted: ValuesInForce,
};
