/**
 * When grants began to be drawn, and when they were used up: to the ledger's hour, or, where the minimum of a period
 * did it, exactly at the period's end.
 *
 * What is drawn by an instant is what the invoice's own burn-down draws if usage stops there, without the minimum. So
 * the charges before every boundary of the burn-down are those of the invoice, up to that instant, and stay what they
 * are then. The minimum is owed at the period's end, and draws last.
 */
import type { Instant } from '../calendar.ts';
import type { CreditGrant } from '../catalog/credit.ts';
import type { Meter } from '../catalog/meter.ts';
import type { ListedTier } from '../catalog/tier.ts';
import { type BurnDownInput, burnDown, type CreditUse } from '../credits/burnDown.ts';
import { type Decimal, ZERO } from '../decimal.ts';
import type { Billing } from '../invoice/billingRun.ts';
import { burnDownInputOf, chargesBefore, mayHaveCredit } from '../invoice/payFromCredit.ts';
import type { Period } from '../period.ts';
import { costMayFall } from '../pricing/index.ts';
import { rateStretch } from '../rating/rateStretch.ts';
import type { StretchView } from './stretchView.ts';

type CreditEventKind = 'credit_pack_started' | 'credit_exhausted';

export type CreditEvent = {
  readonly kind: CreditEventKind;
  readonly grant: CreditGrant;
  /** Before the period, or when it was bought. */
  readonly opening: Decimal;
  /** Drawn in the period: up to `known`, or, at the period's end, with the minimum. */
  readonly drawn: Decimal;
  readonly view: StretchView;
  /** `hour`: `at` is the begin of the bucket; `exact`: it is the period's end, at which the minimum was charged. */
  readonly at: Instant;
  readonly resolution: 'hour' | 'exact';
  /** Rows before this instant count: the end of the bucket, or of the stretch. */
  readonly known: Instant;
};

/** `views` are the stretches of the billing's period. */
export function creditEventsOf(
  billing: Billing,
  views: readonly StretchView[],
  meters: ReadonlyMap<string, Meter>,
): CreditEvent[] {
  const { input } = billing;
  if (!mayHaveCredit(input)) return []; // before the invoice is looked at, which would issue it
  const mayFall = views.some(({ tier }) => chargesMayFall(tier, meters));
  const begun = billing.invoice.credits.filter(({ drawn }) => !drawn.isZero());
  if (begun.length === 0 && !mayFall) return [];
  const draw = new CreditDraw(input);
  if (!draw.isPossible) return [];
  const early = mayFall ? firstsByLooking(draw, views) : firstsByHalving(draw, views, begun);
  return [...early, ...eventsAtTheEnd(begun, early, views.at(-1)!)];
}

/** True where more usage can be charged less: a later edge may then find less drawn than an earlier one. */
function chargesMayFall({ charges }: ListedTier, meters: ReadonlyMap<string, Meter>): boolean {
  return [...charges].some(([meter, charge]) => {
    if (!NEVER_FALLING.has(meters.get(meter)!.aggregation)) return true;
    const prices = charge.kind === 'single' ? [charge.price] : [...charge.prices.values(), charge.otherwise];
    return prices.some((price) => price !== undefined && costMayFall(price));
  });
}

const NEVER_FALLING: ReadonlySet<string> = new Set(['sum', 'count', 'max', 'unique']);

/** Events that a use of a grant shows to have happened. A grant that an earlier period drew on has begun before. */
const REACHED: readonly (readonly [CreditEventKind, (use: CreditUse) => boolean])[] = [
  ['credit_pack_started', ({ grant, opening, drawn }) => opening.eq(grant.amount) && !drawn.isZero()],
  ['credit_exhausted', ({ opening, drawn }) => !drawn.isZero() && drawn.eq(opening)],
];

/** First events of the invoice's uses: the first bucket at whose end each event has happened. Charges only grow. */
function firstsByHalving(draw: CreditDraw, views: readonly StretchView[], begun: readonly CreditUse[]): CreditEvent[] {
  return begun.flatMap(({ grant: { id } }) =>
    REACHED.flatMap(([kind, isReached]) => {
      for (const view of views) {
        const bucket = view.firstBucket((edge) => {
          const use = draw.useBefore(edge, id);
          return use !== undefined && isReached(use);
        });
        if (bucket) return [eventIn(bucket, view, kind, draw.useBefore(bucket.end, id)!)];
      }
      return [];
    }),
  );
}

/** Looks at the end of every bucket in which something changed, because halving would miss what is undone later. */
function firstsByLooking(draw: CreditDraw, views: readonly StretchView[]): CreditEvent[] {
  const found = new Map<string, CreditEvent>();
  for (const view of views) {
    for (const bucket of changedBuckets(view, view.stretch.period)) {
      for (const use of draw.usesBefore(bucket.end).values()) {
        for (const [kind, isReached] of REACHED) {
          const key = `${kind} ${use.grant.id}`;
          if (!found.has(key) && isReached(use)) found.set(key, eventIn(bucket, view, kind, use));
        }
      }
    }
  }
  return [...found.values()];
}

/**
 * The stretch's first bucket, because a price may charge for nothing, and those in which there are rows, in time order.
 */
function* changedBuckets(view: StretchView, within: Period): Generator<Period> {
  const isFirst = within.start === view.stretch.period.start;
  if (!isFirst && eventsBefore(view, within.start) === eventsBefore(view, within.end)) return;
  const bucket = view.bucketAt(within.start);
  if (bucket.end >= within.end) {
    yield bucket;
    return;
  }
  const middle = view.bucketAt(Math.floor((within.start + within.end) / 2));
  const edge = middle.start > within.start ? middle.start : middle.end;
  yield* changedBuckets(view, { start: within.start, end: edge });
  yield* changedBuckets(view, { start: edge, end: within.end });
}

function eventsBefore(view: StretchView, edge: Instant): number {
  return [...view.usageBefore(edge).values()].reduce((count, { events }) => count + events, 0);
}

function eventIn(
  bucket: Period,
  view: StretchView,
  kind: CreditEventKind,
  { grant, opening, drawn }: CreditUse,
): CreditEvent {
  return { kind, grant, opening, drawn, view, at: bucket.start, resolution: 'hour', known: bucket.end };
}

/** Events that appear only in the invoice with its minimum; they happen when the minimum is charged. */
function eventsAtTheEnd(begun: readonly CreditUse[], early: readonly CreditEvent[], view: StretchView): CreditEvent[] {
  const at = view.period.end;
  const known = view.stretch.period.end;
  return begun.flatMap((use) =>
    REACHED.flatMap(([kind, isReached]): CreditEvent[] => {
      const { grant, opening, drawn } = use;
      const isKnown = early.some((event) => event.kind === kind && event.grant.id === grant.id);
      if (isKnown || !isReached(use)) return [];
      return [{ kind, grant, opening, drawn, view, at, resolution: 'exact', known }];
    }),
  );
}

class CreditDraw {
  private readonly input: Billing['input'];
  private readonly whole: BurnDownInput | undefined;
  private readonly rated: Parameters<typeof chargesBefore>[2];
  private readonly known = new Map<Instant, ReadonlyMap<string, CreditUse>>();

  constructor(input: Billing['input']) {
    const { currency, timezone } = input.rateCard;
    this.input = input;
    this.rated = input.stretches.map((stretch, position) =>
      rateStretch({ stretch, position, period: input.period, timezone, currency }),
    );
    const whole = burnDownInputOf(input, this.rated);
    this.whole = whole && { ...whole, topUp: ZERO };
  }

  /** False where there is neither a credit nor a pack that could be bought. */
  get isPossible(): boolean {
    return this.whole !== undefined;
  }

  /** Use of a grant if nothing is used from `instant` on; undefined for a pack that is not bought by then. */
  useBefore(instant: Instant, id: string): CreditUse | undefined {
    return this.usesBefore(instant).get(id);
  }

  usesBefore(instant: Instant): ReadonlyMap<string, CreditUse> {
    const known = this.known.get(instant) ?? new Map(this.burntBefore(instant).map((use) => [use.grant.id, use]));
    this.known.set(instant, known);
    return known;
  }

  private burntBefore(instant: Instant): readonly CreditUse[] {
    if (!this.whole) return [];
    if (instant >= this.input.period.end) return burnDown(this.whole).uses;
    const { boundaries, charges } = this.whole;
    const stopped = chargesBefore(instant, this.input, this.rated);
    return burnDown({ ...this.whole, charges: boundaries.map((at, i) => (at <= instant ? charges[i]! : stopped)) })
      .uses;
  }
}
