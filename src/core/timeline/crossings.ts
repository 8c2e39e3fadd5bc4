/**
 * Crossings: the times at which usage reached a threshold. A crossing is the smallest instant t such that the usage of
 * all rows with a timestamp up to t is enough.
 *
 * The ledger, whose buckets are an hour long or less, gives the bucket of that instant. The exports are then read again for this
 * bucket alone, in steps of a second or less, as narrow as there is room for; a step wider than an instant is read again in
 * narrower ones.
 * Sums, counts and maxima only grow, so the first step that is enough is the answer, whatever the order of the rows.
 *
 * `unique` is known by the bucket only: steps would have to carry every value of every earlier row. So is `last`, which
 * besides may fall again: it has reached a threshold at the end of the first bucket whose last value is enough.
 */
import type { Instant } from '../calendar.ts';
import type { Meter } from '../catalog/meter.ts';
import type { Decimal } from '../decimal.ts';
import type { Period } from '../period.ts';
import type { ProbedStep, ProbedUsage } from '../usage/probe.ts';
import type { Resolution } from './entry.ts';
import { probedMeters, quantityTogether, stepsTogether } from './known.ts';
import { type LedgerQuery, stepFor } from './ledgerQuery.ts';
import type { StretchView } from './stretchView.ts';
import { reaches, type Threshold } from './thresholds.ts';

export type Crossing = {
  readonly view: StretchView;
  readonly threshold: Threshold;
  /** View in which usage is counted: the stretch, or the threshold's window of it. */
  readonly within: StretchView;
  /** The ledger's bucket in which the threshold was reached. */
  readonly bucket: Period;
  /** Nanoseconds since 1970: the bucket's start, until {@link instantQuery} has found the instant and set these three. */
  at: bigint;
  resolution: Resolution;
  /** Within the stretch or window up to and including `at`; if that is not exact, up to the bucket's end. */
  used: Decimal;
};

const NANOSECONDS_PER_MS = 1_000_000n;

/** The first bucket at whose end the threshold is reached, and the crossing as far as the ledger knows it. */
export function crossingOf(view: StretchView, threshold: Threshold): Crossing | undefined {
  const { name } = threshold.meter;
  const within = threshold.window ? view.within(threshold.window) : view;
  const isReachedAt = (edge: Instant) => reaches(within.quantityBefore(name, edge), threshold);
  let bucket: Period | undefined;
  if (threshold.meter.aggregation !== 'last' && !within.mayFall) bucket = within.firstBucket(isReachedAt);
  else {
    for (const next of within.allBuckets(within.stretch.period.end)) {
      if (!isReachedAt(next.end)) continue;
      bucket = next;
      break;
    }
  }
  if (!bucket) return undefined;
  const used = within.quantityBefore(name, bucket.end);
  return { view, threshold, within, bucket, at: BigInt(bucket.start) * NANOSECONDS_PER_MS, resolution: 'hour', used };
}

/** True for meters whose crossings can be known to the instant. */
export function hasInstants({ aggregation }: Meter): boolean {
  return aggregation === 'sum' || aggregation === 'count' || aggregation === 'max';
}

export type InstantOrder = {
  /** Meters of the rate card, by name. */
  readonly meters: ReadonlyMap<string, Meter>;
  /** Most steps of one answer, see {@link stepFor}. */
  readonly most: number;
  /** Called once the crossing is exact, with what was used of all meters from its bucket's start to it. */
  readonly settle: (found: ProbedUsage) => void;
};

/**
 * The query for the instant of a crossing. Its answer sets the crossing's `at`, `resolution` and `used`, and gives `settle` the
 * usage of all meters up to that instant. Throws {@link ChangedInput} if the rows no longer reach the threshold.
 */
export function instantQuery(crossing: Crossing, order: InstantOrder): LedgerQuery {
  const { view, within, threshold, bucket } = crossing;
  const before = view.usageBefore(bucket.start);
  const after = view.usageBefore(bucket.end);
  const events = probedMeters(order.meters).map((name) => after.get(name)!.events - before.get(name)!.events);
  const settle = (found: ProbedUsage) => {
    view.remember(bucket.start, before);
    order.settle(found);
  };
  return queryWithin(
    crossing,
    { ...order, settle },
    {
      from: BigInt(bucket.start) * NANOSECONDS_PER_MS,
      to: BigInt(bucket.end) * NANOSECONDS_PER_MS,
      events: events.reduce((sum, count) => sum + count, 0),
      before: within.usageBefore(bucket.start).get(threshold.meter.name)!.quantity,
      found: new Map(),
    },
  );
}

/** A part of the bucket that holds the instant, and what is known of it. */
type Within = {
  /** Nanoseconds since 1970, `to` excluded. */
  readonly from: bigint;
  readonly to: bigint;
  /** Rows of all meters between the two. */
  readonly events: number;
  /** Usage of the threshold's meter before `from`, since the stretch or window began. */
  readonly before: Decimal;
  /** Usage of all meters from the bucket's start to `from`. */
  readonly found: ProbedUsage;
};

function queryWithin(crossing: Crossing, order: InstantOrder, within: Within): LedgerQuery {
  const { threshold, view } = crossing;
  const { from, to } = within;
  const { name } = threshold.meter;
  const { step, cost } = stepFor(within, order.most);
  return {
    probe: {
      customer: view.customer,
      meters: probedMeters(order.meters, name),
      byDimension: true,
      byRow: false,
      from,
      to,
      step,
    },
    cost,
    answer: (steps) => {
      let before = within.before;
      for (const [i, { usage }] of steps.entries()) {
        const more = usage.get(name);
        if (!more) continue;
        const used = quantityTogether(threshold.meter, before, more.quantity);
        if (reaches(used, threshold)) return narrowed(crossing, order, { step, steps, i, before, used, within });
        before = used;
      }
      throw new ChangedInput(view.customer, name, from);
    },
  };
}

/** Takes in the step at which the threshold is reached: a narrower query within it, or, if it is one instant, the result. */
function narrowed(
  crossing: Crossing,
  order: InstantOrder,
  {
    step,
    steps,
    i,
    before,
    used,
    within,
  }: { step: bigint; steps: readonly ProbedStep[]; i: number; before: Decimal; used: Decimal; within: Within },
): LedgerQuery | undefined {
  const { at, usage } = steps[i]!;
  const earlier = steps.slice(0, i);
  if (step > 1n) {
    // A step may reach beyond the bucket's ends.
    let [from, to] = [at, at + step];
    if (from < within.from) from = within.from;
    if (to > within.to) to = within.to;
    const events = [...usage.values()].reduce((sum, more) => sum + more.events, 0);
    const found = stepsTogether([{ usage: within.found }, ...earlier], order.meters);
    return queryWithin(crossing, order, { from, to, events, before, found });
  }
  crossing.at = at;
  crossing.resolution = 'exact';
  crossing.used = used;
  order.settle(stepsTogether([{ usage: within.found }, ...earlier, { usage }], order.meters));
  return undefined;
}

/** The rows of the second pass are not those of the first: a file was written to in between. */
export class ChangedInput extends Error {
  constructor(customer: string, meter: string, from: bigint) {
    super(`the rows of ${meter} of "${customer}" from ${from} on are not those that were read before`);
  }
}
