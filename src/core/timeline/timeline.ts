/** When each customer reached a limit: everything that {@link BillingRun} tells, put into entries. */
import { assert } from '../assert.ts';
import type { RateCard } from '../catalog/rateCard.ts';
import type { Decimal } from '../decimal.ts';
import { ONE } from '../decimal.ts';
import { Fraction } from '../fraction.ts';
import { type BillingRun, billings } from '../invoice/billingRun.ts';
import { instantOf } from '../timestamp.ts';
import type { Buckets } from '../usage/buckets.ts';
import { type CreditEvent, creditEventsOf } from './creditUse.ts';
import { type Crossing, crossingOf, hasInstants, instantQuestion } from './crossings.ts';
import { compareEntries, type TimelineEntry } from './entry.ts';
import type { LiveTimeline } from './live.ts';
import { marksOf } from './marks.ts';
import { type OutlookInput, outlookOf } from './outlook.ts';
import type { Question } from './question.ts';
import { instantIn, RATED_METER, RateDays, rateQuestions, rateTimesOf } from './rates.ts';
import { StretchView } from './stretchView.ts';
import { upgradeUrlFor } from './upgradeUrl.ts';

export type TimelineInput = {
  readonly run: BillingRun;
  /** The ledger's. */
  readonly buckets: Buckets;
  /** Shares of a limit. The whole limit is always one. */
  readonly thresholds: readonly Decimal[];
  /** What was seen while the rows came in; absent: the rows can be asked. */
  readonly live?: LiveTimeline | undefined;
  /** Steps that the answer to one question may have. */
  readonly mostSteps: number;
};

export class Timeline {
  private readonly input: TimelineInput;
  private readonly crossings: Crossing[] = [];
  private readonly rates: { view: StretchView; days: RateDays; perSecond: Decimal }[] = [];
  private readonly credits: CreditEvent[] = [];

  constructor(input: TimelineInput) {
    this.input = input;
  }

  /**
   * Goes through all customers and asks what the ledger cannot tell; entries are complete once every question is
   * answered. To be called once.
   */
  *questions(): Generator<Question> {
    const { run, buckets, live } = this.input;
    live?.finish();
    for (const billing of billings(run)) {
      const { customer, period, stretches } = billing.input;
      const views = stretches.map((stretch) => new StretchView({ customer, period, stretch, buckets }));
      this.credits.push(...creditEventsOf(billing, views));
      for (const view of views) {
        yield* this.crossingQuestions(view);
        yield* this.rateQuestions(view);
        view.forget();
      }
    }
  }

  private *crossingQuestions(view: StretchView): Generator<Question> {
    const { run, thresholds, live, mostSteps } = this.input;
    const place = { tier: view.tier, stretch: view.stretch.period, period: view.period };
    for (const mark of marksOf(place, thresholds, run.rateCard)) {
      const crossing = crossingOf(view, mark, run.ledger.span?.end ?? 0);
      if (!crossing) continue;
      this.crossings.push(crossing);
      if (!hasInstants(mark.meter)) continue;
      if (!live) yield instantQuestion(crossing, mostSteps);
      else this.takeLive(crossing, live);
    }
  }

  private takeLive(crossing: Crossing, live: LiveTimeline): void {
    const { view, mark, bucket } = crossing;
    const seen = live.crossingOf(view.customer, view.stretch.period, mark);
    if (!seen) {
      assert(!live.isInOrder(view.customer), () => `the rows of "${view.customer}" never reached ${mark.quantity}`);
      return;
    }
    assert(
      view.bucketAt(instantOf(seen.at)).start === bucket.start,
      () => `"${view.customer}" reached ${mark.quantity} at ${seen.at}, but in the bucket of ${bucket.start}`,
    );
    crossing.at = seen.at;
    crossing.used = seen.used;
    crossing.resolution = 'exact';
  }

  private *rateQuestions(view: StretchView): Generator<Question> {
    const { run, live } = this.input;
    const aggregation = run.rateCard.meters.get(RATED_METER)?.aggregation;
    if (aggregation !== 'sum' && aggregation !== 'count') return;
    const { timezone } = run.rateCard;
    for (const { period, perSecond } of rateTimesOf(view.stretch)) {
      if (live) {
        const days = live.ratesOf(view.customer, view.stretch.period, period);
        if (days) this.rates.push({ view, days, perSecond });
        continue;
      }
      const days = new RateDays({ perSecond, start: period.start, timezone });
      this.rates.push({ view, days, perSecond });
      yield* rateQuestions(view, perSecond, days, period);
    }
  }

  /** In time order. */
  entries(): TimelineEntry[] {
    const entries = [
      ...this.crossings.map((crossing) => this.crossingEntry(crossing)),
      ...this.credits.map((event) => this.creditEntry(event)),
      ...this.rates.flatMap(({ view, days, perSecond }) =>
        days.days().map(({ first, used, ...rate }) =>
          this.entry(view, {
            at: first,
            resolution: 'second',
            kind: 'rate_limit',
            meter: RATED_METER,
            used,
            limit: Fraction.of(perSecond),
            rate,
          }),
        ),
      ),
    ];
    return entries.sort(compareEntries);
  }

  private crossingEntry({ view, mark, at, resolution, used }: Crossing): TimelineEntry {
    const { meter, threshold, limit } = mark;
    const kind = threshold.eq(ONE) ? 'limit' : 'threshold';
    const { charges } = view.tier;
    const isCapped = charges !== 'negotiated' && !charges.has(meter.name);
    return this.entry(view, { at, resolution, kind, meter: meter.name, threshold, used, limit, isCapped });
  }

  private creditEntry({ view, kind, grant, opening, drawn, bucket }: CreditEvent): TimelineEntry {
    const { id, pack } = grant;
    const at = BigInt(bucket.start) * 1_000_000n;
    const credit = { id, ...(pack !== undefined && { pack }) };
    return this.entry(view, { at, resolution: 'hour', kind, used: drawn, limit: Fraction.of(opening), credit });
  }

  private entry(
    view: StretchView,
    own: Omit<TimelineEntry, 'customer' | 'tier' | 'period' | 'stretch' | 'outlook' | 'upgradeUrl'>,
  ): TimelineEntry {
    const { rateCard } = this.input.run;
    const { customer, period, stretch } = view;
    const instant = instantIn(own.at, stretch.period.start);
    const tier = view.tierAt(instant);
    const known = view.bucketAt(instant).end;
    const outlook = outlookOf({ view, known, ...ownUsage(view, known, own), rateCard });
    view.forget();
    const to = outlook.recommend?.tier ?? outlook.unblock?.tier ?? tierAfter(tier.name, rateCard);
    const template = rateCard.notifications.upgradeUrl;
    const upgradeUrl = template === undefined ? undefined : upgradeUrlFor(template, { customer, tier: to });
    return {
      ...own,
      customer,
      tier: tier.name,
      period,
      stretch: stretch.period,
      outlook,
      ...(upgradeUrl !== undefined && { upgradeUrl }),
    };
  }
}

/** What is projected: a crossing's own usage at its instant; of a rate limit, the requests of the stretch so far. */
function ownUsage(
  view: StretchView,
  known: number,
  { kind, meter, used, at, resolution }: Pick<TimelineEntry, 'kind' | 'meter' | 'used' | 'at' | 'resolution'>,
): Pick<OutlookInput, 'own'> {
  if (meter === undefined) return {};
  if (kind === 'rate_limit') return { own: { meter, used: view.usageBefore(known).get(meter)!.quantity } };
  return { own: { meter, used, ...(resolution === 'exact' && { at }) } };
}

/** The tiers of a file are in the order of upgrades. */
function tierAfter(name: string, { tiers }: RateCard): string | undefined {
  const names = [...tiers.keys()];
  const place = names.indexOf(name);
  return place < 0 ? undefined : names[place + 1];
}
