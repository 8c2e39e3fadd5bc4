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
import { RATED_METER, RateDays, type RateTime, rateTimesOf, SECOND } from './rates.ts';

export type LiveTerms = Omit<BillingRun, 'ledger'>;
export type LiveCrossing = { readonly at: bigint; used: Decimal };

type Followed = {
  readonly customer: Customer;
  last: bigint;
  current: Running | undefined;
  readonly past: Map<number, Past>;
};
/** What is kept of a stretch once it is over. */
type Past = { readonly crossings: Map<string, LiveCrossing>; readonly rates: readonly LiveRate[] };
type LiveRate = RateTime & { readonly days: RateDays };
type Running = Past & {
  readonly stretch: Period;
  readonly meters: readonly { total: Accumulator; waiting: Mark[]; latest: LiveCrossing[] }[];
  /** The one that holds for the latest row; undefined: none. */
  rate: LiveRate | undefined;
  second: bigint;
  requests: Accumulator;
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
      if (m === this.rated && current.rates.length > 0) this.countSecond(current, text, at.ms, now);
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

  /** Undefined as for {@link crossingOf}. `time` is one of those with a rate limit. */
  ratesOf(customer: string, stretch: Period, time: Period): RateDays | undefined {
    return this.pastOf(customer, stretch)?.rates.find(({ period }) => period.start === time.start)?.days;
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
    const { timezone } = rateCard;
    const marks = marksOf({ tier, stretch, period }, this.thresholds, rateCard).filter(({ meter }) =>
      hasInstants(meter),
    );
    const begun: Past = {
      crossings: new Map(),
      rates: rateTimesOf(assignment).map((time) => {
        const days = new RateDays({ perSecond: time.perSecond, start: time.period.start, timezone });
        return { ...time, days };
      }),
    };
    past.set(stretch.start, begun);
    return {
      ...begun,
      stretch,
      meters: this.meters.map((meter) => ({
        total: accumulatorFor(meter),
        waiting: marks.filter((mark) => mark.meter === meter),
        latest: [],
      })),
      rate: undefined,
      second: -(2n ** 127n),
      requests: this.newCount(),
    };
  }

  private countSecond(current: Running, text: string, instant: number, now: bigint): void {
    const second = floorTo(now, SECOND);
    const rate = current.rates.find(({ period }) => contains(period, instant));
    if (second !== current.second || rate !== current.rate) {
      finishSecond(current);
      current.rate = rate;
      current.second = second;
      current.requests = this.newCount();
    }
    current.requests.add(text, now);
  }

  private newCount(): Accumulator {
    return accumulatorFor(this.meters[this.rated] ?? { aggregation: 'sum' });
  }
}

function finishSecond(current: Running | undefined): void {
  if (!current?.rate || !current.requests.quantity.gt(current.rate.perSecond)) return;
  current.rate.days.add(current.second, current.requests.quantity);
}

function keyOf({ meter, threshold }: Mark): string {
  return `${meter.name} ${threshold.toFixed()}`;
}
