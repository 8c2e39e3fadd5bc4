/**
 * Crossings while rows come in, for what can be read only once. As long as the rows of a customer come in time order, the
 * first one with which the running sum is enough is the crossing; a customer with a row out of order is given up, and
 * known by the ledger's hour. Memory: sums for each customer, none for each row.
 */
import { assignmentsIn, type Customer } from '../catalog/customer.ts';
import type { Meter } from '../catalog/meter.ts';
import type { Decimal } from '../decimal.ts';
import { type BillingRun, customerCalled, periodAt } from '../invoice/billingRun.ts';
import { contains, type Period } from '../period.ts';
import { nanosecondsOf } from '../timestamp.ts';
import { type Accumulator, accumulatorFor } from '../usage/accumulator.ts';
import { isZero, type LedgerRow } from '../usage/mapLedger.ts';
import { floorTo } from '../usage/watch.ts';
import { hasInstants } from './crossings.ts';
import { type Mark, marksOf, reaches } from './marks.ts';
import { RATED_METER, RateDays, SECOND } from './rates.ts';

export type LiveTerms = Omit<BillingRun, 'ledger'>;
export type LiveCrossing = { readonly at: bigint; used: Decimal };

type Followed = {
  readonly customer: Customer;
  last: bigint;
  current: Running | undefined;
  readonly past: Map<number, Past>;
};
/** What is kept of a stretch once it is over. */
type Past = { readonly crossings: Map<string, LiveCrossing>; readonly rates: RateDays | undefined };
type Running = Past & {
  readonly stretch: Period;
  readonly meters: readonly RunningMeter[];
  readonly rateLimit: Decimal | undefined;
  second: bigint;
  requests: Accumulator;
};

type RunningMeter = {
  total: Accumulator;
  waiting: Mark[];
  latest: LiveCrossing[];
  /** Marks of days or weeks to come, in time order. */
  later: Mark[];
};

export class LiveTimeline {
  private readonly terms: LiveTerms;
  private readonly thresholds: readonly Decimal[];
  private readonly meters: readonly Meter[];
  private readonly rated: number;
  private readonly followed = new Map<string, Followed | 'out of order' | 'no tier'>();

  constructor(terms: LiveTerms, thresholds: readonly Decimal[]) {
    this.terms = terms;
    this.thresholds = thresholds;
    this.meters = [...terms.rateCard.meters.values()];
    this.rated = this.meters.findIndex(({ name }) => name === RATED_METER);
  }

  take({ customer: id, at, quantities }: LedgerRow): void {
    const { only } = this.terms;
    if (only && !only.has(id)) return;
    const followed = this.followed.get(id) ?? this.follow(id);
    if (typeof followed === 'string') return;
    const now = nanosecondsOf(at);
    if (now < followed.last) {
      this.followed.set(id, 'out of order');
      return;
    }
    followed.last = now;
    if (!followed.current || !contains(followed.current.stretch, at.ms)) {
      finishSecond(followed.current);
      followed.current = this.begin(followed, at.ms);
    }
    const { current } = followed;
    if (!current) return;
    for (const [m, running] of current.meters.entries()) {
      const meter = this.meters[m]!;
      const text = quantities[m];
      if (text === undefined || isZero(meter, text)) continue;
      if (m === this.rated && current.rateLimit) this.countSecond(current, text, now);
      if (running.later[0] && running.later[0].window!.start <= at.ms) enterWindow(running, meter, at.ms);
      if (running.waiting.length === 0 && running.latest[0]?.at !== now) continue;
      running.total.add(text, now);
      const { quantity } = running.total;
      if (running.latest[0]?.at === now) for (const crossing of running.latest) crossing.used = quantity;
      else running.latest = [];
      while (running.waiting[0] && reaches(quantity, running.waiting[0])) {
        const crossing = { at: now, used: quantity };
        current.crossings.set(keyOf(running.waiting.shift()!), crossing);
        running.latest.push(crossing);
      }
    }
  }

  /** All rows are in. */
  finish(): void {
    for (const followed of this.followed.values()) if (typeof followed !== 'string') finishSecond(followed.current);
  }

  /** Undefined for a customer whose rows were not in time order. */
  crossingOf(customer: string, stretch: Period, mark: Mark): LiveCrossing | undefined {
    return this.pastOf(customer, stretch)?.crossings.get(keyOf(mark));
  }

  ratesOf(customer: string, stretch: Period): RateDays | undefined {
    return this.pastOf(customer, stretch)?.rates;
  }

  /** Customers whose rows were not in time order. */
  get outOfOrder(): number {
    return [...this.followed.values()].filter((followed) => followed === 'out of order').length;
  }

  isInOrder(customer: string): boolean {
    return this.followed.get(customer) !== 'out of order';
  }

  private pastOf(customer: string, stretch: Period): Past | undefined {
    const followed = this.followed.get(customer);
    return typeof followed === 'object' ? followed.past.get(stretch.start) : undefined;
  }

  private follow(id: string): Followed | 'no tier' {
    const customer = customerCalled(this.terms, id);
    const followed: Followed | 'no tier' = customer
      ? { customer, last: -(2n ** 127n), current: undefined, past: new Map() }
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
    const perSecond = tier.rateLimit?.perSecond;
    const begun: Past = {
      crossings: new Map(),
      rates: perSecond && new RateDays({ perSecond, start: stretch.start, timezone: rateCard.timezone }),
    };
    past.set(stretch.start, begun);
    return {
      ...begun,
      stretch,
      meters: this.meters.map((meter) => {
        const own = marks.filter((mark) => mark.meter === meter);
        return {
          total: accumulatorFor(meter.aggregation),
          waiting: own.filter(({ window }) => !window),
          latest: [],
          later: own.filter(({ window }) => window),
        };
      }),
      rateLimit: perSecond,
      second: -(2n ** 127n),
      requests: this.newCount(),
    };
  }

  private countSecond(current: Running, text: string, now: bigint): void {
    const second = floorTo(now, SECOND);
    if (second !== current.second) {
      finishSecond(current);
      current.second = second;
      current.requests = this.newCount();
    }
    current.requests.add(text, now);
  }

  private newCount(): Accumulator {
    return accumulatorFor(this.meters[this.rated]?.aggregation ?? 'sum');
  }
}

/** Begins to count anew in the window of `instant`; marks of windows before it will not be reached any more. */
function enterWindow(running: RunningMeter, { aggregation }: Meter, instant: number): void {
  running.total = accumulatorFor(aggregation);
  running.waiting = running.later.filter(({ window }) => contains(window!, instant));
  running.later = running.later.filter(({ window }) => window!.start > instant);
  running.latest = [];
}

function finishSecond(current: Running | undefined): void {
  if (!current?.rateLimit || !current.requests.quantity.gt(current.rateLimit)) return;
  current.rates!.add(current.second, current.requests.quantity);
}

function keyOf({ meter, threshold, window }: Mark): string {
  return `${meter.name} ${threshold.toFixed()} ${window?.start}`;
}
