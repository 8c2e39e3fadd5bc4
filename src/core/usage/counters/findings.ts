/** Signs in readings and intervals that usage was missed, counted twice, or booked in another time than it was used in. */
import type { Decimal } from '../../decimal.ts';
import { type Increase, type Reading, runsOf } from './increases.ts';
import type { SeriesName } from './series.ts';

/**
 * `gap`: a reset within it cannot be seen, and amounts that were used in it may be missing. `overlap`: two amounts of
 * one series share time. `long`: an amount of more than an hour that began in an earlier billing period. `alternating`: a
 * counter falls and is at once where it was before, again and again, as two counters under one name do.
 */
export const FINDING_KINDS = ['gap', 'overlap', 'long', 'alternating'] as const;
export type FindingKind = (typeof FINDING_KINDS)[number];

export type Finding = {
  readonly kind: FindingKind;
  readonly name: SeriesName;
  /** Ends of the time in question, nanoseconds since 1970. */
  readonly from: bigint;
  readonly to: bigint;
};

const SECOND = 1_000_000_000n;
/** The time for which Prometheus takes a series to be alive without a reading. */
const LOOK_BACK = 300n * SECOND;
const HOUR = 3600n * SECOND;
/** A gap is longer than this many usual intervals of its series. */
const USUAL_INTERVALS = 3n;
/** Falls after which the counter is at once where it was: one may be a reset before a busy time. */
const LEAST_ALTERNATIONS = 2;

type Interval = { readonly from: bigint; readonly to: bigint };

/** Findings in the readings of one series. `countsFrom`: the begin of the billing period of an instant. */
export function readingFindings(
  name: SeriesName,
  readings: readonly Reading[],
  increases: readonly Increase[],
  countsFrom: (at: bigint) => bigint,
): Finding[] {
  const found: Finding[] = [];
  const note = (kind: FindingKind, { from, to }: Interval) => found.push({ kind, name, from, to });
  for (const run of runsOf(readings)) {
    const counted = run.filter((place) => increases[place]!.kind !== 'contradicted');
    const intervals = counted
      .slice(1)
      .map((place, i) => ({ from: readings[counted[i]!]!.at, to: readings[place]!.at }));
    const usual = median(intervals.map(lengthOf));
    for (const interval of intervals)
      if (lengthOf(interval) > LOOK_BACK && lengthOf(interval) > usual * USUAL_INTERVALS) note('gap', interval);
    const falls = alternations(counted.map((place) => readings[place]!));
    if (falls.length >= LEAST_ALTERNATIONS) note('alternating', { from: falls[0]!, to: falls.at(-1)! });
  }
  for (const [place, { from, quantity }] of increases.entries()) {
    const to = readings[place]!.at;
    if (from !== undefined && isLong({ from, to }, quantity, countsFrom)) note('long', { from, to });
  }
  return found;
}

/** An amount of the time (`start`, `at`], in nanoseconds since 1970. */
export type Amount = { readonly start: bigint; readonly at: bigint; readonly quantity: Decimal };

/** Findings in the amounts of one series. */
export function amountFindings(
  name: SeriesName,
  amounts: readonly Amount[],
  countsFrom: (at: bigint) => bigint,
): Finding[] {
  const found: Finding[] = [];
  const inOrder = [...amounts].sort((a, b) => (a.start === b.start ? compare(a.at, b.at) : compare(a.start, b.start)));
  let end: bigint | undefined;
  for (const { start, at, quantity } of inOrder) {
    if (end !== undefined && start > end) found.push({ kind: 'gap', name, from: end, to: start });
    if (end !== undefined && start < end) found.push({ kind: 'overlap', name, from: start, to: end < at ? end : at });
    if (isLong({ from: start, to: at }, quantity, countsFrom)) found.push({ kind: 'long', name, from: start, to: at });
    if (end === undefined || at > end) end = at;
  }
  return found;
}

function isLong({ from, to }: Interval, quantity: Decimal, countsFrom: (at: bigint) => bigint): boolean {
  return to - from > HOUR && from < countsFrom(to) && !quantity.isZero();
}

/** Instants of the readings that fall, and after which the next one is at least what was read before the fall. */
function alternations(readings: readonly Reading[]): bigint[] {
  return readings.flatMap(({ at, value }, i) => {
    const [before, next] = [readings[i - 1], readings[i + 1]];
    return before && next && value.lt(before.value) && next.value.gte(before.value) ? [at] : [];
  });
}

function lengthOf({ from, to }: Interval): bigint {
  return to - from;
}

/** The upper of the two middle values of an even number; 0 of none. */
function median(values: readonly bigint[]): bigint {
  return [...values].sort(compare)[Math.floor(values.length / 2)] ?? 0n;
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
