/**
 * Aggregations that need every row: a value weighted by the time for which it was in force, and a percentile of what the
 * intervals of a time add up to. Exact, and the same in any order of rows.
 *
 * Memory: about 150 bytes for each instant at which a row of a weighted meter has a value, and for each interval in which a
 * percentile's meter has a row, by customer and dimension values. That is what a reader that keeps totals cannot do.
 */
import { dateAt, daysLater, HOUR_MS, startOfDate } from '../calendar.ts';
import type { PercentileTerms, WeightingTerms } from '../catalog/meter.ts';
import { Decimal, ZERO } from '../decimal.ts';
import { Fraction } from '../fraction.ts';
import { anchoredPeriods, type Period } from '../period.ts';
import type { Point } from './cell.ts';
import { ExactSum } from './exactSum.ts';

const NS = 1_000_000n;

function inOrder(points: Point[]): Point[] {
  return points.sort(([a], [b]) => (a < b ? -1 : 1));
}

/** The values of rows by instant, nanoseconds since 1970; of several at the same instant the largest, as for `last`. */
export class ValuesInForce {
  private readonly values = new Map<bigint, Decimal>();

  add(text: string, at: bigint): void {
    this.take(new Decimal(text), at);
  }

  merge(other: ValuesInForce): void {
    for (const [at, value] of other.values) this.take(value, at);
  }

  get points(): Point[] {
    return inOrder([...this.values].map(([at, value]) => [at, value.toFixed()]));
  }

  /** The latest value. */
  get quantity(): Decimal {
    let latest = -1n;
    for (const at of this.values.keys()) if (at > latest) latest = at;
    return this.values.get(latest) ?? ZERO;
  }

  private take(value: Decimal, at: bigint): void {
    const known = this.values.get(at);
    if (!known || value.gt(known)) this.values.set(at, value);
  }

  /**
   * Value × time in the units of `terms`: an hour is an hour; a day is one of its zone's, whether of 23, 24 or 25 hours; a
   * month is a billing month that begins on day `anchor`. `before` is in force at the period's start.
   */
  weighted(period: Period, before: Decimal, terms: WeightingTerms, anchor: number): Fraction {
    const changes = [...this.values].sort(([a], [b]) => (a < b ? -1 : 1));
    /** By length of a unit in milliseconds: value × nanoseconds. */
    const sums = new Map<number, Decimal>();
    let [next, value] = [0, before];
    for (const { start, end, unitMs } of unitsOf(period, terms, anchor)) {
      let sum = sums.get(unitMs) ?? ZERO;
      let at = BigInt(start) * NS;
      const until = BigInt(end) * NS;
      while (at < until) {
        const change = changes[next];
        const to = change && change[0] < until ? change[0] : until;
        sum = sum.plus(value.times(String(to - at)));
        if (change && change[0] === to && to < until) {
          value = change[1];
          next++;
        }
        at = to;
        if (to === until) break;
      }
      sums.set(unitMs, sum);
    }
    return Fraction.sum([...sums].map(([unitMs, sum]) => Fraction.of(sum, String(BigInt(unitMs) * NS))));
  }
}

type PartOfUnit = Period & { readonly unitMs: number };

/** The period cut where units begin, each part with the length of its whole unit. */
function unitsOf(period: Period, { per, timezone }: WeightingTerms, anchor: number): PartOfUnit[] {
  if (per === 'hour') return [{ ...period, unitMs: HOUR_MS }];
  const whole =
    per === 'month' ? anchoredPeriods(period.start, period.end - 1, anchor, timezone) : daysOf(period, timezone);
  return whole.map(({ start, end }) => {
    const part = { start: Math.max(start, period.start), end: Math.min(end, period.end) };
    return { ...part, unitMs: end - start };
  });
}

function daysOf(period: Period, zone: string): Period[] {
  const days: Period[] = [];
  for (let date = dateAt(period.start, zone), start = startOfDate(date, zone); start < period.end; ) {
    date = daysLater(date, 1);
    const end = startOfDate(date, zone);
    days.push({ start, end });
    start = end;
  }
  return days;
}

/** Sums of each interval's rows. Intervals begin at the multiples of their length since 1970. */
export class IntervalSums {
  private readonly intervalMs: number;
  /** By the number of the interval. */
  private readonly sums = new Map<number, ExactSum>();

  constructor(intervalMs: number) {
    this.intervalMs = intervalMs;
  }

  add(text: string, at: bigint): void {
    this.sumOf(Math.floor(Number(at / NS) / this.intervalMs)).add(text);
  }

  merge(other: IntervalSums): void {
    for (const [interval, sum] of other.sums) this.sumOf(interval).merge(sum);
  }

  get points(): Point[] {
    const begin = (interval: number) => BigInt(interval) * BigInt(this.intervalMs) * NS;
    return inOrder([...this.sums].map(([interval, { quantity }]) => [begin(interval), quantity.toFixed()]));
  }

  /** The largest sum. */
  get quantity(): Decimal {
    let largest: Decimal = ZERO;
    for (const { quantity } of this.sums.values()) if (quantity.gt(largest)) largest = quantity;
    return largest;
  }

  private sumOf(interval: number): ExactSum {
    const known = this.sums.get(interval);
    if (known) return known;
    const sum = new ExactSum();
    this.sums.set(interval, sum);
    return sum;
  }

  /**
   * Nearest rank: of the intervals that lie in the period with both ends, ascending, the one at place ⌈share × number⌉. An
   * interval without rows is 0, and counts. 0 if the period has no whole interval.
   */
  percentile({ start, end }: Period, { share }: Pick<PercentileTerms, 'share'>): Decimal {
    const first = Math.ceil(start / this.intervalMs);
    const after = Math.floor(end / this.intervalMs);
    const count = Math.max(0, after - first);
    const used = [...this.sums]
      .filter(([interval]) => interval >= first && interval < after)
      .map(([, sum]) => sum.quantity);
    used.sort((a, b) => a.cmp(b));
    const rank = Fraction.of(share.times(count)).ceil().toNumber();
    return used[rank - 1 - (count - used.length)] ?? ZERO;
  }
}

/** True for lengths into which an hour can be cut evenly, so that no hour of a ledger has an end within one. */
export function isInterval(milliseconds: number): boolean {
  return Number.isInteger(milliseconds) && milliseconds >= 1000 && HOUR_MS % milliseconds === 0;
}
