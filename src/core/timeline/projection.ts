/**
 * Usage at a stretch's end, from what is known at an instant: on a straight line from the stretch's start.
 *
 * A limit for a day or a week is compared with its windows. Windows that are over are known as they were; of the one that
 * runs, what was used so far is known. What the straight line still adds is spread evenly over the time that is left.
 */
import { allocate } from '../allocate.ts';
import type { Instant } from '../calendar.ts';
import { isLevel, type Meter } from '../catalog/meter.ts';
import type { RateCard } from '../catalog/rateCard.ts';
import { Decimal } from '../decimal.ts';
import { Fraction, SHOWN_FRACTION_DIGITS } from '../fraction.ts';
import type { Period } from '../period.ts';
import { exactQuantity, type MeteredUsage, type MeterUsage, type Usage } from '../usage/ledger.ts';
import { elapsedOf, type Known } from './known.ts';
import type { StretchView } from './stretchView.ts';

export type Projection = {
  /** At the stretch's end. */
  readonly usage: Usage;
  /** In a window of the stretch; the windows add up to `usage`. */
  readonly usageIn: (window: Period) => Usage;
};

/** Only of an instant after the stretch's start: otherwise there is no pace at which usage could go on. */
export function projectionOf(view: StretchView, known: Known, { meters }: Pick<RateCard, 'meters'>): Projection {
  const { start } = view.stretch.period;
  const factors = new Map<bigint, Fraction>();
  const usage = new Map(
    [...known.usage].map(([name, used]): [string, MeteredUsage] => {
      const meter = meters.get(name)!;
      const elapsedNs = elapsedOf(meter, known, start);
      const factor = factors.get(elapsedNs) ?? factorOf(view.stretch.period, elapsedNs);
      factors.set(elapsedNs, factor);
      return [name, projected(used, meter, factor)];
    }),
  );
  const windows = new Map<string, Usage>();
  const inWindow = (window: Period): Usage => {
    const before = knownIn(view, known, window);
    return new Map(
      [...usage].flatMap(([name, total]): [string, MeteredUsage][] => {
        const meter = meters.get(name)!;
        if (isLevel(meter)) return [];
        const share = shareOfRest(window, start, elapsedOf(meter, known, start), view);
        return [[name, withRest(before.get(name), { total, known: known.usage.get(name)!, share })]];
      }),
    );
  };
  return {
    usage,
    // Several tiers ask for the same windows.
    usageIn: (window) => {
      const key = `${window.start} ${window.end}`;
      const found = windows.get(key) ?? inWindow(window);
      windows.set(key, found);
      return found;
    },
  };
}

/** Time of the stretch ÷ the time that has gone by. */
function factorOf({ start, end }: Period, elapsedNs: bigint): Fraction {
  return Fraction.of(end - start).dividedBy(Fraction.of(String(elapsedNs), 1_000_000));
}

/**
 * A meter's usage at the stretch's end, with as many fraction digits as it has now. Maxima and last values do not grow
 * with time: they stay.
 */
function projected(used: MeteredUsage, meter: Meter, factor: Fraction): MeteredUsage {
  const stays = meter.aggregation === 'max' || meter.aggregation === 'last' || meter.aggregation === 'percentile';
  if (stays || used.quantity.isZero()) return used;
  const digits = used.quantity.decimalPlaces();
  const quantity = exactQuantity(used).timesRounded(factor, digits);
  const events = (count: number) => Fraction.of(count).timesRounded(factor, 0).toNumber();
  if (used.by.size === 0) return { quantity, events: events(used.events), by: used.by };
  const unit = new Decimal(10).pow(-digits);
  return {
    quantity,
    events: events(used.events),
    by: new Map(
      [...used.by].map(([dimension, found]): [string, ReadonlyMap<string, MeterUsage>] => {
        // By value, so that neither the order of rows nor of files decides who gets the last unit.
        const parts = [...found].sort(([a], [b]) => (a < b ? -1 : 1));
        // A meter that is weighted by time is known as a whole only.
        if (parts.length === 0) return [dimension, found];
        const shares = allocate({ total: quantity, weights: parts.map(([, part]) => part.quantity), unit });
        return [
          dimension,
          new Map(parts.map(([value, part], i) => [value, { quantity: shares[i]!, events: events(part.events) }])),
        ];
      }),
    ),
  };
}

/**
 * Known usage of a window: the ledger's rows before `edge`, and in the window of `edge` also the usage found after it.
 */
function knownIn(view: StretchView, known: Known, { start, end }: Period): Usage {
  const { edge } = known;
  if (start > edge) return NOTHING;
  if (end <= edge) return view.usageIn({ start, end });
  const before = start < edge ? view.usageIn({ start, end: edge }) : NOTHING;
  const beforeEdge = edge > view.stretch.period.start ? view.usageBefore(edge) : NOTHING;
  return new Map(
    [...known.usage].map(([name, used]): [string, MeteredUsage] => {
      const found = combined(used, beforeEdge.get(name), (all, earlier) => all.minus(earlier));
      const own = before.get(name);
      return [name, own ? combined(own, found, (one, more) => one.plus(more)) : found];
    }),
  );
}

const NOTHING: Usage = new Map();

/** The part of what is still to come that falls into a window: the time in it that is left ÷ all that is left. */
function shareOfRest({ start, end }: Period, stretchStart: Instant, elapsedNs: bigint, view: StretchView): Fraction {
  const now = Fraction.of(stretchStart).plus(Fraction.of(String(elapsedNs), 1_000_000));
  const left = Fraction.of(end).minus(Fraction.max(Fraction.of(start), now));
  if (!left.isPositive()) return Fraction.ZERO;
  return left.dividedBy(Fraction.of(view.stretch.period.end).minus(now));
}

/** Known usage of a window plus its share of the usage that the projection adds to the stretch's known usage. */
function withRest(
  window: MeteredUsage | undefined,
  { total, known, share }: { total: MeteredUsage; known: MeteredUsage; share: Fraction },
): MeteredUsage {
  const rest = combined(total, known, (all, so) => all.minus(so).times(share));
  return window ? combined(window, rest, (one, more) => one.plus(more)) : rest;
}

/** Two usages of a meter, quantity by quantity; absent: of nothing. Events are those of the first one. */
function combined(
  one: MeteredUsage,
  other: MeteredUsage | undefined,
  together: (one: Fraction, other: Fraction) => Fraction,
): MeteredUsage {
  const join = (part: MeterUsage | undefined, more: MeterUsage | undefined): MeterUsage => {
    const exact = together(part ? exactQuantity(part) : Fraction.ZERO, more ? exactQuantity(more) : Fraction.ZERO);
    return { quantity: exact.round(SHOWN_FRACTION_DIGITS), exact, events: part?.events ?? 0 };
  };
  const dimensions = new Set([...one.by.keys(), ...(other?.by.keys() ?? [])]);
  const by = new Map(
    [...dimensions].map((dimension) => {
      const [parts, more] = [one.by.get(dimension), other?.by.get(dimension)];
      const values = new Set([...(parts?.keys() ?? []), ...(more?.keys() ?? [])]);
      return [dimension, new Map([...values].map((value) => [value, join(parts?.get(value), more?.get(value))]))];
    }),
  );
  return { ...join(one, other), by };
}
