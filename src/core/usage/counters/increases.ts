/**
 * Readings of one counter to the amounts by which it grew. A counter only grows, until it is reset and begins at zero again.
 * The result does not depend on the order of the readings.
 */
import { type Decimal, ZERO } from '../../decimal.ts';

/** A reading of a counter. */
export type Reading = {
  /** Nanoseconds since 1970. */
  readonly at: bigint;
  /** Time at which it began to count from zero, nanoseconds since 1970; absent: unknown. */
  readonly start?: bigint | undefined;
  readonly value: Decimal;
};

/**
 * Meaning of a reading. `baseline`: nothing is known of the time before it. `growth`: compared with the reading before
 * it. `reset`: it is less than the one before it, so it counted from zero in between. `fromStart`: it counts from its
 * `start`. `contradicted`: there is a larger reading of the same counter at the same instant; it is left out.
 */
export type IncreaseKind = 'baseline' | 'growth' | 'reset' | 'fromStart' | 'contradicted';

export type Increase = {
  readonly kind: IncreaseKind;
  /** Of the time (`from`, reading]; 0 for a baseline and for a reading that is contradicted. */
  readonly quantity: Decimal;
  /** Nanoseconds since 1970; absent where nothing is counted. */
  readonly from?: bigint;
};

/**
 * The increase that each reading of one series stands for, in the order of the readings.
 *
 * Readings with different starts are different runs of the counter, which may even overlap. The first reading of a run
 * counts from its start if that is within the reading's billing period (`countsFrom`: the first start that is), or if
 * the series was read before: then the whole run lies in time that was watched.
 */
export function increasesOf(readings: readonly Reading[], countsFrom: (at: bigint) => bigint): Increase[] {
  const increases = new Array<Increase>(readings.length);
  const earliest = readings.reduce<bigint | undefined>(
    (min, { at }) => (min === undefined || at < min ? at : min),
    undefined,
  );
  for (const run of runsOf(readings)) {
    let before: Reading | undefined;
    for (const [i, place] of run.entries()) {
      const reading = readings[place]!;
      const next = readings[run[i + 1] ?? -1];
      if (next?.at === reading.at && next.value.gt(reading.value)) {
        increases[place] = { kind: 'contradicted', quantity: ZERO };
        continue;
      }
      increases[place] = before ? growth(before, reading) : first(reading, earliest!, countsFrom);
      before = reading;
    }
  }
  return increases;
}

function first({ at, start, value }: Reading, earliest: bigint, countsFrom: (at: bigint) => bigint): Increase {
  const counts = start !== undefined && (start >= countsFrom(at) || (earliest < at && earliest <= start));
  return counts ? { kind: 'fromStart', quantity: value, from: start } : { kind: 'baseline', quantity: ZERO };
}

function growth(before: Reading, { value }: Reading): Increase {
  return value.lt(before.value)
    ? { kind: 'reset', quantity: value, from: before.at }
    : { kind: 'growth', quantity: value.minus(before.value), from: before.at };
}

/** Places of the readings by start; within each in time order, of equal instants the smaller value first. */
export function runsOf(readings: readonly Reading[]): number[][] {
  const runs = new Map<bigint | undefined, number[]>();
  for (const [place, { start }] of readings.entries()) {
    const run = runs.get(start);
    if (run) run.push(place);
    else runs.set(start, [place]);
  }
  const order = (a: number, b: number) => {
    const [one, other] = [readings[a]!, readings[b]!];
    return one.at === other.at ? one.value.cmp(other.value) : one.at < other.at ? -1 : 1;
  };
  return [...runs.values()].map((run) => run.sort(order));
}
