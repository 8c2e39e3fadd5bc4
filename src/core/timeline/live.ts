/**
 * Crossings while rows come in, for what can be read only once. As long as the rows of a customer come in time order, the
 * first one with which the running sum is enough is the crossing. From the time of the first row that comes too late, a
 * customer is known by the ledger's hour; what was before that time stays exact. Memory: sums for each customer, none for
 * each row.
 */
import { assignmentsIn, type Customer } from '../catalog/customer.ts';
import type { KeptDimensions } from '../catalog/grouping.ts';
import type { Meter } from '../catalog/meter.ts';
import { type RowTest, rowTest } from '../catalog/rowFilter.ts';
import { type Decimal, ZERO } from '../decimal.ts';
import { type BillingRun, customerCalled, periodAt } from '../invoice/billingRun.ts';
import { contains, type Period } from '../period.ts';
import { instantOf, nanosecondsOf } from '../timestamp.ts';
import { type Accumulator, accumulatorFor } from '../usage/accumulator.ts';
import { type Buckets, bucketEnd, bucketStart } from '../usage/buckets.ts';
import { isZero, type LedgerRow } from '../usage/mapLedger.ts';
import { countedMeters, floorTo, StepCells, usageOfCells, type WatchedUsage } from '../usage/watch.ts';
import { hasInstants } from './crossings.ts';
import { watchedMeters } from './known.ts';
import { type Mark, marksOf, reaches } from './marks.ts';
import { endOfSecond, mayAddUp, RATED_METER, RateDays, type RateTime, rateTimesOf, SECOND } from './rates.ts';

export type LiveTerms = Omit<BillingRun, 'ledger'>;
/** How the ledger that is made of the same rows keeps them. */
export type LiveLedger = { readonly buckets: Buckets } & KeptDimensions;
/** `found`: of all meters, from the begin of the bucket to the crossing. */
export type LiveCrossing = { readonly at: bigint; used: Decimal; found: WatchedUsage };

type Followed = {
  readonly customer: Customer;
  last: bigint;
  /** Earliest time of a row that came after one with a later time. */
  late: bigint | undefined;
  current: Running | undefined;
  readonly past: Map<number, Past>;
};
/** What is kept of a stretch once it is over. */
type Past = { readonly crossings: Map<string, LiveCrossing>; readonly rates: readonly LiveRate[] };
/** `found`: by the first second of a day above the limit, of all meters from the begin of its bucket. */
type LiveRate = RateTime & { readonly days: RateDays; readonly found: Map<bigint, WatchedUsage> };
type Running = Past & {
  readonly stretch: Period;
  readonly meters: readonly RunningMeter[];
  /** Rows of the latest bucket. */
  bucket: { readonly period: Period; readonly cells: StepCells };
  second: RunningSecond | undefined;
};
/** The latest second with requests, and where the one before it in the same bucket began. */
type RunningSecond = {
  readonly at: bigint;
  /** The limit that holds in it; of a second that a change of tier cuts in two, in this part of it. Absent: none. */
  readonly rate: LiveRate | undefined;
  readonly cells: StepCells;
  readonly previous: bigint | undefined;
  isFinished: boolean;
};

type RunningMeter = {
  total: Accumulator;
  waiting: Mark[];
  /** Crossings at the instant of the latest row. */
  latest: LiveCrossing[];
  /** Marks of days or weeks to come, in time order. */
  later: Mark[];
};

export class LiveTimeline {
  private readonly terms: LiveTerms;
  private readonly thresholds: readonly Decimal[];
  private readonly ledger: LiveLedger;
  private readonly meters: readonly Meter[];
  /** For each meter. */
  private readonly counts: readonly RowTest[];
  private readonly rated: number;
  private readonly watched: ReturnType<typeof countedMeters>;
  private readonly followed = new Map<string, Followed | 'no tier'>();

  constructor(terms: LiveTerms, thresholds: readonly Decimal[], ledger: LiveLedger) {
    this.terms = terms;
    this.thresholds = thresholds;
    this.ledger = ledger;
    this.meters = [...terms.rateCard.meters.values()];
    this.counts = this.meters.map(({ where }) => rowTest(where, ledger.dimensions));
    this.rated = this.meters.findIndex(({ name }) => name === RATED_METER);
    this.watched = countedMeters(
      { meters: watchedMeters(terms.rateCard.meters) },
      { meters: this.meters, dimensions: ledger.dimensions },
    );
  }

  /** `dimensions` of the row are those of the ledger. */
  take(row: LedgerRow): void {
    const { customer: id, at, quantities, dimensions } = row;
    const { only } = this.terms;
    if (only && !only.has(id)) return;
    const followed = this.followed.get(id) ?? this.follow(id);
    if (followed === 'no tier') return;
    const now = nanosecondsOf(at);
    if (now < followed.last) followed.late = followed.late === undefined || now < followed.late ? now : followed.late;
    if (followed.late !== undefined) return;
    if (now > followed.last) this.passTime(followed.current, now);
    followed.last = now;
    if (!followed.current || !contains(followed.current.stretch, at.ms)) {
      this.finishSecond(followed.current);
      followed.current = this.begin(followed, at.ms);
    }
    const { current } = followed;
    if (!current) return;
    if (!contains(current.bucket.period, at.ms)) current.bucket = this.newBucket(at.ms);
    current.bucket.cells.add(row, now);
    if (current.rates.length > 0) this.countSecond(current, row, now);
    for (const [m, running] of current.meters.entries()) {
      const meter = this.meters[m]!;
      const text = quantities[m];
      if (text === undefined || isZero(meter, text) || !this.counts[m]!(dimensions)) continue;
      if (running.later[0] && running.later[0].window!.start <= at.ms) enterWindow(running, meter, at.ms);
      if (running.waiting.length === 0 && running.latest.length === 0) continue;
      running.total.add(text, now);
      const { quantity } = running.total;
      for (const crossing of running.latest) crossing.used = quantity;
      while (running.waiting[0] && reaches(quantity, running.waiting[0])) {
        const crossing = { at: now, used: quantity, found: NOTHING };
        current.crossings.set(keyOf(running.waiting.shift()!), crossing);
        running.latest.push(crossing);
      }
    }
  }

  /** All rows are in. */
  finish(): void {
    for (const followed of this.followed.values()) {
      if (followed === 'no tier') continue;
      settle(followed.current, (cells) => this.usageOf(cells));
      this.finishSecond(followed.current);
    }
  }

  /** Undefined where it was not seen, or only after a row that came too late. */
  crossingOf(customer: string, stretch: Period, mark: Mark): LiveCrossing | undefined {
    const crossing = this.pastOf(customer, stretch)?.crossings.get(keyOf(mark));
    return crossing && this.isInOrderUntil(customer, crossing.at) ? crossing : undefined;
  }

  /** Undefined where no limit holds in `time`. Days and seconds count as far as {@link isInOrderUntil} holds. */
  ratesOf(customer: string, stretch: Period, time: Period): RateDays | undefined {
    return this.rateOf(customer, stretch, time)?.days;
  }

  /** What was used of all meters up to the first second of a day above the limit, from the begin of its bucket. */
  foundUntil(customer: string, stretch: Period, time: Period, second: bigint): WatchedUsage {
    return this.rateOf(customer, stretch, time)?.found.get(second) ?? NOTHING;
  }

  private rateOf(customer: string, stretch: Period, time: Period): LiveRate | undefined {
    return this.pastOf(customer, stretch)?.rates.find(({ period }) => period.start === time.start);
  }

  /** True if no row with a time up to `at`, which is in nanoseconds since 1970, came too late. */
  isInOrderUntil(customer: string, at: bigint): boolean {
    const followed = this.followed.get(customer);
    return typeof followed !== 'object' || followed.late === undefined || at < followed.late;
  }

  /** Customers whose rows were not in time order. */
  get outOfOrder(): number {
    return [...this.followed.values()].filter((followed) => followed !== 'no tier' && followed.late !== undefined)
      .length;
  }

  private pastOf(customer: string, stretch: Period): Past | undefined {
    const followed = this.followed.get(customer);
    return typeof followed === 'object' ? followed.past.get(stretch.start) : undefined;
  }

  private follow(id: string): Followed | 'no tier' {
    const customer = customerCalled(this.terms, id);
    const followed: Followed | 'no tier' = customer
      ? { customer, last: -(2n ** 127n), late: undefined, current: undefined, past: new Map() }
      : 'no tier';
    this.followed.set(id, followed);
    return followed;
  }

  private begin({ customer, past }: Followed, instant: number): Running | undefined {
    const { rateCard } = this.terms;
    const period = periodAt(this.terms, customer, instant);
    const assignment =
      period && assignmentsIn(customer, period).find(({ period: stretch }) => contains(stretch, instant));
    if (!assignment) return undefined;
    const { tier, period: stretch } = assignment;
    const marks = marksOf({ tier, stretch, period }, this.thresholds, rateCard).filter(({ meter }) =>
      hasInstants(meter),
    );
    const begun: Past = {
      crossings: new Map(),
      rates: rateTimesOf(assignment).map((time) => {
        const days = new RateDays({ perSecond: time.perSecond, time: time.period, timezone: rateCard.timezone });
        return { ...time, days, found: new Map() };
      }),
    };
    past.set(stretch.start, begun);
    return {
      ...begun,
      stretch,
      meters: this.meters.map((meter) => {
        const own = marks.filter((mark) => mark.meter === meter);
        return {
          total: accumulatorFor(meter),
          waiting: own.filter(({ window }) => !window),
          latest: [],
          later: own.filter(({ window }) => window),
        };
      }),
      bucket: this.newBucket(instant),
      second: undefined,
    };
  }

  private newBucket(instant: number): Running['bucket'] {
    const { buckets } = this.ledger;
    const start = bucketStart(buckets, instant);
    return { period: { start, end: bucketEnd(buckets, start) }, cells: new StepCells(this.watched, ALL_METERS) };
  }

  /** A row of a later instant has come: what was at the instants before it is complete. */
  private passTime(current: Running | undefined, now: bigint): void {
    settle(current, (cells) => this.usageOf(cells));
    if (current?.second && current.second.at !== floorTo(now, SECOND)) this.finishSecond(current);
  }

  private usageOf(cells: StepCells): WatchedUsage {
    const meters = this.watched.map(({ meter }) => meter);
    return usageOfCells(cells.cellsAt(0n), meters, this.ledger);
  }

  private countSecond(current: Running, row: LedgerRow, now: bigint): void {
    const text = row.quantities[this.rated];
    const meter = this.meters[this.rated]!;
    if (text === undefined || isZero(meter, text)) return;
    const at = floorTo(now, SECOND);
    const { second, bucket } = current;
    const rate = current.rates.find(({ period }) => contains(period, row.at.ms));
    if (second?.at !== at || second.rate !== rate) {
      if (second?.at === at) this.finishSecond(current);
      const isSameBucket = second && contains(bucket.period, instantOf(second.at));
      const previous = !isSameBucket ? undefined : second.at === at ? second.previous : second.at;
      const cells = new StepCells([{ meter, place: this.rated, counts: this.counts[this.rated]! }], RATE);
      current.second = { at, rate, cells, previous, isFinished: false };
    }
    current.second!.cells.add(row, now);
  }

  /** Puts the latest second among those above the limit, if it is one. To be called before rows of a later one count. */
  private finishSecond(current: Running | undefined): void {
    if (!current?.second?.rate || current.second.isFinished) return;
    const { at, rate, cells, previous } = current.second;
    const { perSecond, days, found } = rate;
    current.second.isFinished = true;
    const usage = usageOfCells(cells.cellsAt(at), [this.meters[this.rated]!], { dimensions: [] });
    const requests = usage.get(RATED_METER)?.quantity ?? ZERO;
    if (!requests.gt(perSecond)) return;
    const step = { at, usage, ...(previous !== undefined && { previous }) };
    days.add({ at, requests, mayAddUp: mayAddUp(step, perSecond) });
    if (days.days().at(-1)?.first.at !== at) return;
    const { edge } = endOfSecond(at, rate.period, this.ledger.buckets);
    const isInBucket = current.bucket.period.start === edge;
    found.set(at, isInBucket ? this.usageOf(current.bucket.cells) : NOTHING);
  }
}

const NOTHING: WatchedUsage = new Map();
const ALL_METERS = { byDimension: true, byRow: false };
const RATE = { byDimension: false, byRow: true };

/** Begins to count anew in the window of `instant`; marks of windows before it will not be reached any more. */
function enterWindow(running: RunningMeter, meter: Meter, instant: number): void {
  running.total = accumulatorFor(meter);
  running.waiting = running.later.filter(({ window }) => contains(window!, instant));
  running.later = running.later.filter(({ window }) => window!.start > instant);
}

/** Crossings of the latest instant get what was used up to it; later rows are of later instants. */
function settle(current: Running | undefined, usageOf: (cells: StepCells) => WatchedUsage): void {
  const latest = current?.meters.flatMap((running) => running.latest) ?? [];
  if (!current || latest.length === 0) return;
  const found = usageOf(current.bucket.cells);
  for (const crossing of latest) crossing.found = found;
  for (const running of current.meters) running.latest = [];
}

function keyOf({ meter, threshold, window }: Mark): string {
  return `${meter.name} ${threshold.toFixed()} ${window?.start}`;
}
