/** Timeline of a {@link BillingRun}: an entry for each time at which a customer reached a limit. */
import { rateCardFor } from '../catalog/ownZone.ts';
import type { RateCard } from '../catalog/rateCard.ts';
import type { Decimal } from '../decimal.ts';
import { ONE } from '../decimal.ts';
import { Fraction } from '../fraction.ts';
import type { Billing, BillingRun } from '../invoice/billingRun.ts';
import type { Period } from '../period.ts';
import type { Buckets } from '../usage/buckets.ts';
import type { ProbedUsage } from '../usage/probe.ts';
import { type CreditEvent, creditEventsOf } from './creditUse.ts';
import { type Crossing, crossingOf, hasInstants, instantQuery } from './crossings.ts';
import { compareEntries, type EntryEvent, type TimelineEntry } from './entry.ts';
import { forecastOf } from './forecast.ts';
import { type Known, knownAt, knownAtEdge } from './known.ts';
import type { LedgerQuery } from './ledgerQuery.ts';
import {
  endOfSecond,
  instantIn,
  knownAfterSecond,
  RATED_METER,
  type RateDay,
  RateDays,
  type RateTime,
  rateQueries,
  rateTimesOf,
} from './rates.ts';
import { StretchView } from './stretchView.ts';
import { type Threshold, thresholdsOf } from './thresholds.ts';
import { upgradeOf } from './upgrade.ts';
import { upgradeUrlFor } from './upgradeUrl.ts';

export type TimelineInput = {
  readonly run: BillingRun;
  /** Billings of the run, in its order; gone through once. */
  readonly billings: Iterable<Billing>;
  /** The ledger's. */
  readonly buckets: Buckets;
  /** Shares of a limit. The whole limit is always one. */
  readonly thresholds: readonly Decimal[];
  /** Steps that the answer to one query may have. */
  readonly mostSteps: number;
  /** There are no rows to be asked, only the ledger: times are known to its buckets, and rate limits not at all. */
  readonly hasNoRows?: boolean;
  /** Leave out what entries project: nobody reads it. */
  readonly withoutForecasts?: boolean | undefined;
  /** Parts of the timeline that are known from an earlier look at fewer rows; absent: none is. */
  readonly known?: KnownParts | undefined;
};

export type KnownParts = {
  /** True for a crossing whose entry no new row can have changed. */
  isSettled(event: EntryEvent): boolean;
  /** Time of a customer in whose days rate limits are to be looked at: its ends lie on edges of buckets; undefined: in none. */
  ratesWithin(customer: string, timezone: string): Period | undefined;
};

/** Fields of an entry that do not depend on the usage up to it. */
type OwnPart = Omit<
  TimelineEntry,
  'customer' | 'tier' | 'period' | 'stretch' | 'forecast' | 'upgradeUrl' | 'upgradeReason'
>;
type Rates = { readonly view: StretchView; readonly days: RateDays; readonly time: RateTime };

export class Timeline {
  private readonly input: TimelineInput;
  private readonly rates: Rates[] = [];
  private readonly made: TimelineEntry[] = [];

  constructor(input: TimelineInput) {
    this.input = input;
  }

  /**
   * Yields queries for times that the ledger's buckets do not show, over all customers. To be called once, before all
   * else.
   */
  *queries(): Generator<LedgerQuery> {
    const { run, billings, buckets } = this.input;
    const mayFall = run.hasCorrections === true;
    for (const billing of billings) {
      const { customer, period, stretches } = billing.input;
      const views = stretches.map((stretch) => new StretchView({ customer, period, stretch, buckets, mayFall }));
      for (const event of creditEventsOf(billing, views, run.rateCard.meters)) this.addCredit(event);
      for (const view of views) {
        yield* this.crossingQueries(view);
        yield* this.rateQueries(view);
        view.forget();
      }
    }
  }

  /**
   * Yields queries for the usage up to the seconds that the answers of {@link queries} have found. Entries are complete
   * once these are answered, too.
   */
  *furtherQueries(): Generator<LedgerQuery> {
    const { run, buckets } = this.input;
    const { meters } = run.rateCard;
    for (const { view, days, time } of this.rates) {
      const { perSecond } = time;
      for (const day of days.days()) {
        const until = endOfSecond(day.first.at, time.period, buckets);
        const settle = (known: Known) => this.addRateSecond(view, perSecond, day, known);
        yield knownAfterSecond(view, until, { meters, settle });
        this.addRateDay(view, perSecond, day);
        view.forget();
      }
    }
  }

  private *crossingQueries(view: StretchView): Generator<LedgerQuery> {
    const { run, thresholds, mostSteps } = this.input;
    const { meters } = run.rateCard;
    const scope = { tier: view.tier, stretch: view.stretch.period, period: view.period };
    for (const threshold of thresholdsOf(scope, thresholds, this.rateCardOf(view))) {
      if (this.isSettled(view, threshold)) continue;
      const crossing = crossingOf(view, threshold);
      if (!crossing) continue;
      const settle = (found: ProbedUsage) => {
        this.addCrossing(crossing, knownAt(view, { edge: crossing.bucket.start, at: crossing.at, found }, meters));
        view.forget();
      };
      if (hasInstants(threshold.meter) && !this.input.hasNoRows)
        yield instantQuery(crossing, { meters, most: mostSteps, settle });
      else this.addCrossing(crossing, knownAtEdge(view, crossing.bucket.end));
    }
  }

  private *rateQueries(view: StretchView): Generator<LedgerQuery> {
    const { run } = this.input;
    const aggregation = run.rateCard.meters.get(RATED_METER)?.aggregation;
    if ((aggregation !== 'sum' && aggregation !== 'count') || this.input.hasNoRows) return;
    const { timezone } = this.rateCardOf(view);
    const { known } = this.input;
    const within = known ? known.ratesWithin(view.customer, timezone) : view.stretch.period;
    for (const time of within ? rateTimesOf(view.stretch) : []) {
      const days = new RateDays({ perSecond: time.perSecond, time: time.period, timezone });
      this.rates.push({ view, days, time });
      const part = { start: Math.max(time.period.start, within!.start), end: Math.min(time.period.end, within!.end) };
      if (part.start < part.end) yield* rateQueries(view, time.perSecond, days, part);
    }
  }

  private isSettled(view: StretchView, threshold: Threshold): boolean {
    const { meter, share, window } = threshold;
    const event = { meter: meter.name, threshold: share, kind: kindOf(share), ...(window && { window }) };
    const { customer, stretch } = view;
    return this.input.known?.isSettled({ customer, stretch: stretch.period, ...event }) === true;
  }

  /** The rate card with the zone of the view's customer. */
  private rateCardOf({ customer }: StretchView): RateCard {
    const { rateCard, customers } = this.input.run;
    return rateCardFor(rateCard, customers.get(customer) ?? {});
  }

  /** In time order. */
  entries(): TimelineEntry[] {
    return this.made.toSorted(compareEntries);
  }

  private addCrossing({ view, threshold, at, resolution, used }: Crossing, known: Known): void {
    const { meter, share, limit, beyond, window } = threshold;
    const kind = kindOf(share);
    const isCapped = beyond === 'blocked';
    const own = { at, resolution, kind, meter: meter.name, threshold: share, used, limit, isCapped } as const;
    this.add(view, { ...own, ...(window && { window }) }, known);
  }

  private addCredit({ view, kind, grant, opening, drawn, at, resolution, known }: CreditEvent): void {
    const { id, pack } = grant;
    const credit = { id, ...(pack !== undefined && { pack }) };
    const own = { at: BigInt(at) * 1_000_000n, resolution, kind, used: drawn, limit: Fraction.of(opening), credit };
    this.add(view, own, knownAtEdge(view, known));
  }

  private addRateSecond(view: StretchView, perSecond: Decimal, { day, first }: RateDay, known: Known): void {
    const limit = Fraction.of(perSecond);
    const caveat = first.mayAddUp ? ({ caveat: 'summed_rows' } as const) : {};
    const { at, requests: used } = first;
    this.add(
      view,
      { at, resolution: 'second', kind: 'rate_limit', meter: RATED_METER, used, limit, day, ...caveat },
      known,
    );
  }

  private addRateDay(view: StretchView, perSecond: Decimal, found: RateDay): void {
    const { day, end, requests: used, seconds, above, unsure } = found;
    const limit = Fraction.of(perSecond);
    const caveat = unsure > 0 ? ({ caveat: 'summed_rows' } as const) : {};
    const rate = { seconds, above, unsure };
    const at = BigInt(end) * 1_000_000n;
    const own = {
      at,
      resolution: 'exact',
      kind: 'rate_limit_day',
      meter: RATED_METER,
      used,
      limit,
      day,
      rate,
    } as const;
    this.add(view, { ...own, ...caveat }, knownAtEdge(view, end));
  }

  private add(view: StretchView, own: OwnPart, known: Known): void {
    const { customer, period, stretch } = view;
    const rateCard = rateCardIn(stretch, this.rateCardOf(view));
    // What is told at a day's end is about the tier of that day.
    const within = own.kind === 'rate_limit_day' ? own.at - 1n : own.at;
    const tier = view.tierAt(instantIn(within, stretch.period.start));
    const forecast = this.input.withoutForecasts ? {} : forecastOf({ view, known, own: own.meter, rateCard });
    const upgrade = upgradeOf(view, own, forecast, rateCard);
    const template = rateCard.notifications.upgradeUrl;
    const upgradeUrl = template === undefined ? undefined : upgradeUrlFor(template, { customer, tier: upgrade?.tier });
    this.made.push({
      ...own,
      customer,
      tier: tier.name,
      period,
      stretch: stretch.period,
      forecast,
      ...(upgradeUrl !== undefined && { upgradeUrl }),
      ...(upgradeUrl !== undefined && upgrade?.reason && { upgradeReason: upgrade.reason }),
    });
  }
}

function kindOf(share: Decimal): 'limit' | 'threshold' {
  return share.eq(ONE) ? 'limit' : 'threshold';
}

/** The run's rate card with the tiers of the stretch's price list: nobody is to move to a tier of another list. */
function rateCardIn({ list }: StretchView['stretch'], rateCard: RateCard): RateCard {
  return list ? { ...rateCard, tiers: list.rateCard.tiers } : rateCard;
}
