/**
 * When usage reached a mark: the smallest instant t such that the usage of all rows with a timestamp up to t is enough.
 *
 * A ledger tells the bucket in which that was; the rows of this one bucket, sorted into fine steps, tell the instant.
 * Sums, counts and maxima only grow, so the first step that is enough is the answer, whatever the order of the rows.
 *
 * `unique` is known by the hour only: steps would have to carry every value of every earlier row. So is `last`, which
 * besides may fall again: it has reached a mark at the end of the first bucket whose last value is enough.
 */
import type { Instant } from '../calendar.ts';
import type { Meter } from '../catalog/meter.ts';
import { Decimal } from '../decimal.ts';
import type { Period } from '../period.ts';
import type { MeterUsage } from '../usage/ledger.ts';
import type { WatchedStep } from '../usage/watch.ts';
import type { Resolution } from './entry.ts';
import { type Mark, reaches } from './marks.ts';
import { type Question, stepFor } from './question.ts';
import type { StretchView } from './stretchView.ts';

export type Crossing = {
  readonly view: StretchView;
  readonly mark: Mark;
  /** Where usage is counted: the stretch, or the mark's window of it. */
  readonly within: StretchView;
  /** The ledger's bucket in which it was. */
  readonly bucket: Period;
  at: bigint;
  resolution: Resolution;
  /** Within the stretch or window up to and including `at`; if that is not exact, up to the bucket's end. */
  used: Decimal;
};

const NANOSECONDS = 1_000_000n;

/** The first bucket at whose end the mark is reached, and the crossing as far as the ledger knows it. */
export function crossingOf(view: StretchView, mark: Mark, ledgerEnd: Instant): Crossing | undefined {
  const { name } = mark.meter;
  const within = mark.window ? view.within(mark.window) : view;
  const usedBefore = (edge: Instant): MeterUsage => within.usageBefore(edge).get(name)!;
  const isReachedAt = (edge: Instant) => reaches(usedBefore(edge).quantity, mark);
  let bucket: Period | undefined;
  if (mark.meter.aggregation !== 'last') bucket = within.firstBucket(isReachedAt);
  else {
    for (const next of within.allBuckets(ledgerEnd)) {
      if (!isReachedAt(next.end)) continue;
      bucket = next;
      break;
    }
  }
  if (!bucket) return undefined;
  const used = usedBefore(bucket.end).quantity;
  return { view, mark, within, bucket, at: BigInt(bucket.start) * NANOSECONDS, resolution: 'hour', used };
}

/** True for meters whose crossings can be known to the instant. */
export function hasInstants({ aggregation }: Meter): boolean {
  return aggregation === 'sum' || aggregation === 'count' || aggregation === 'max';
}

/** Asks for the instant of a crossing, and puts it in. `most` as in {@link stepFor}. */
export function instantQuestion(crossing: Crossing, most: number): Question {
  const { within, mark, bucket } = crossing;
  const [before, after] = [bucket.start, bucket.end].map((edge) => within.usageBefore(edge).get(mark.meter.name)!);
  return questionWithin(crossing, most, {
    from: BigInt(bucket.start) * NANOSECONDS,
    to: BigInt(bucket.end) * NANOSECONDS,
    events: after!.events - before!.events,
    before: before!.quantity,
  });
}

type Within = {
  readonly from: bigint;
  readonly to: bigint;
  readonly events: number;
  /** Used before `from`. */
  readonly before: Decimal;
};

function questionWithin(crossing: Crossing, most: number, within: Within): Question {
  const { mark, view } = crossing;
  const { from, to } = within;
  const { step, cost } = stepFor(within, most);
  return {
    watch: { customer: view.customer, meter: mark.meter.name, from, to, step },
    cost,
    answer: (steps) => {
      let before = within.before;
      for (const found of steps) {
        const used = together(mark.meter, before, found.quantity);
        if (reaches(used, mark)) return narrowed(crossing, most, { step, found, before, used, within });
        before = used;
      }
      throw new ChangedInput(view.customer, mark.meter.name, from);
    },
  };
}

function narrowed(
  crossing: Crossing,
  most: number,
  {
    step,
    found,
    before,
    used,
    within,
  }: { step: bigint; found: WatchedStep; before: Decimal; used: Decimal; within: Within },
): Question | undefined {
  if (step > 1n) {
    // A step may reach beyond the bucket's ends.
    let [from, to] = [found.at, found.at + step];
    if (from < within.from) from = within.from;
    if (to > within.to) to = within.to;
    return questionWithin(crossing, most, { from, to, events: found.events, before });
  }
  crossing.at = found.at;
  crossing.resolution = 'exact';
  crossing.used = used;
  return undefined;
}

/** Two parts of a stretch as one. */
export function together({ aggregation }: Meter, before: Decimal, added: Decimal): Decimal {
  return aggregation === 'max' ? Decimal.max(before, added) : before.plus(added);
}

/** The rows of the second pass are not those of the first: a file was written to in between. */
export class ChangedInput extends Error {
  constructor(customer: string, meter: string, from: bigint) {
    super(`the rows of ${meter} of "${customer}" from ${from} on are not those that were read before`);
  }
}
