/** A stretch on one tier, and its usage up to any bucket's edge. */
import type { Instant } from '../calendar.ts';
import type { ListedTier } from '../catalog/tier.ts';
import type { Decimal } from '../decimal.ts';
import { contains, type Period } from '../period.ts';
import type { Stretch } from '../rating/rateStretch.ts';
import { type Buckets, bucketEnd, bucketStart } from '../usage/buckets.ts';
import type { Usage } from '../usage/ledger.ts';

export class StretchView {
  readonly customer: string;
  /** The billing period. */
  readonly period: Period;
  readonly stretch: Stretch;
  /** Rows may have taken usage back, so that it does not only grow. */
  readonly mayFall: boolean;
  private readonly buckets: Buckets;
  private readonly known = new Map<Instant, Usage>();
  private readonly knownParts = new Map<string, Usage>();

  constructor(place: { customer: string; period: Period; stretch: Stretch; buckets: Buckets; mayFall: boolean }) {
    this.customer = place.customer;
    this.period = place.period;
    this.stretch = place.stretch;
    this.mayFall = place.mayFall;
    this.buckets = place.buckets;
  }

  get tier(): ListedTier {
    return this.stretch.tier;
  }

  /** The tier at an instant of the stretch: on the same terms as all of it, perhaps under another name. */
  tierAt(instant: Instant): ListedTier {
    return this.stretch.parts?.find(({ period }) => contains(period, instant))?.tier ?? this.tier;
  }

  /** Usage before an edge of a bucket within the stretch, or before its end. */
  usageBefore(edge: Instant): Usage {
    if (edge >= this.stretch.period.end) return this.stretch.usage;
    const known = this.known.get(edge) ?? this.stretch.usageBefore!(edge);
    this.known.set(edge, known);
    return known;
  }

  /** Takes over the usage before an edge, as {@link usageBefore} gave it, so that it need not be added up again. */
  remember(edge: Instant, usage: Usage): void {
    this.known.set(edge, usage);
  }

  /** The quantity of one meter before such an edge. */
  quantityBefore(meter: string, edge: Instant): Decimal {
    const { start, end } = this.stretch.period;
    const isLooked = edge < end && !this.known.has(edge);
    const quantity = isLooked ? this.stretch.quantityIn?.(meter, { start, end: edge }) : undefined;
    return quantity ?? this.usageBefore(edge).get(meter)!.quantity;
  }

  /** Usage in a part of the stretch that ends on bucket edges. Only for a stretch whose usage is known by bucket. */
  usageIn({ start, end }: Period): Usage {
    const key = `${start} ${end}`;
    const known = this.knownParts.get(key) ?? this.stretch.usageIn!({ start, end });
    this.knownParts.set(key, known);
    return known;
  }

  /** A day or week of the stretch, seen by itself. Only of a stretch whose usage is known by bucket. */
  within(window: Period): StretchView {
    const usageIn = this.stretch.usageIn!;
    const { customer, period, tier, buckets, mayFall } = this;
    const usageBefore = (edge: Instant) => usageIn({ start: window.start, end: edge });
    const { list } = this.stretch;
    const { quantityIn } = this.stretch;
    const optional = { ...(list && { list }), ...(quantityIn && { quantityIn }) };
    const stretch = { tier, period: window, usage: usageIn(window), usageBefore, usageIn, ...optional };
    return new StretchView({ customer, period, stretch, buckets, mayFall });
  }

  /** Frees the usage at edges, which is remembered because many queries are about the same edges. */
  forget(): void {
    this.known.clear();
    this.knownParts.clear();
  }

  bucketAt(instant: Instant): Period {
    const { start, end } = this.stretch.period;
    return {
      start: Math.max(start, bucketStart(this.buckets, instant)),
      end: Math.min(end, bucketEnd(this.buckets, bucketStart(this.buckets, instant))),
    };
  }

  /**
   * The first bucket at whose end `isReached` holds, which once true must stay true; undefined if it does not hold at
   * the stretch's end. By bisection: a month of hours takes ten looks.
   */
  firstBucket(isReached: (edge: Instant) => boolean): Period | undefined {
    let { start, end } = this.stretch.period;
    if (!isReached(end)) return undefined;
    while (this.bucketAt(start).end < end) {
      const middle = this.bucketAt(Math.floor((start + end) / 2));
      const edge = middle.start > start ? middle.start : middle.end;
      if (isReached(edge)) end = edge;
      else start = edge;
    }
    return { start, end };
  }

  /** The buckets of the stretch that begin before `until`, with usage or without, in time order; the first one always. */
  *allBuckets(until: Instant): Generator<Period> {
    const { start, end } = this.stretch.period;
    for (let at = start; at < end && (at === start || at < until); ) {
      const bucket = this.bucketAt(at);
      yield bucket;
      at = bucket.end;
    }
  }
}
