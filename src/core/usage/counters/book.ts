/** Readings of many counters, in any order, to what each of them grew by. */
import { type Amount, amountFindings, type Finding, readingFindings } from './findings.ts';
import { type Increase, increasesOf, type Reading, runsOf } from './increases.ts';
import { type KnownReading, type SeriesName, seriesKey } from './series.ts';

export type CounterReport = {
  /** Counters with readings in the exports. */
  readonly counters: number;
  /** Counters whose first reading is above zero and only a baseline: what they counted before is not in the usage. */
  readonly baselines: number;
  readonly resets: number;
  readonly findings: readonly Finding[];
  /** The last reading of each counter up to the end of its billed time: a later run goes on from there. */
  readonly closing: readonly KnownReading[];
};

export type BilledTimes = {
  /** Begin of the billing period in which what was used up to `at` lies; nanoseconds since 1970. */
  readonly countsFrom: (customer: string, at: bigint) => bigint;
  /** End of the billed time, nanoseconds since 1970; absent: there is none. */
  readonly closesAt: (customer: string) => bigint | undefined;
};

type Counter = {
  readonly name: SeriesName;
  readonly readings: Reading[] /** How many are from the run before. */;
  known: number;
};
type Series = { readonly name: SeriesName; readonly amounts: Amount[] };

/** Memory: for each reading about 200 bytes. */
export class CounterBook {
  private readonly counters = new Map<string, Counter>();
  private readonly series = new Map<string, Series>();
  private readonly times: BilledTimes;
  private increases = new Map<Counter, readonly Increase[]>();

  /** `opening`: the last readings of the run before. */
  constructor(opening: readonly KnownReading[], times: BilledTimes) {
    this.times = times;
    for (const { at, start, value, ...name } of opening) {
      const counter = this.counterOf(name);
      counter.readings.push({ at, start, value });
      counter.known++;
    }
  }

  /** Takes a reading; once the book is settled, the function that comes back returns its increase. */
  addReading(name: SeriesName, reading: Reading): () => Increase {
    const counter = this.counterOf(name);
    const place = counter.readings.push(reading) - 1;
    return () => this.increases.get(counter)![place]!;
  }

  /** Takes an amount that counts as it is. */
  addAmount(name: SeriesName, amount: Amount): void {
    const key = seriesKey(name);
    const known = this.series.get(key);
    if (known) known.amounts.push(amount);
    else this.series.set(key, { name, amounts: [amount] });
  }

  /** All readings are in. */
  settle(): CounterReport {
    const findings: Finding[] = [];
    const closing: KnownReading[] = [];
    let [counters, baselines, resets] = [0, 0, 0];
    for (const counter of this.counters.values()) {
      const { name, readings, known } = counter;
      const countsFrom = (at: bigint) => this.times.countsFrom(name.customer, at);
      const increases = increasesOf(readings, countsFrom);
      this.increases.set(counter, increases);
      if (readings.length > known) counters++;
      const isBaseline = ({ kind }: Increase, i: number) =>
        i >= known && kind === 'baseline' && !readings[i]!.value.isZero();
      if (increases.some(isBaseline)) baselines++;
      resets += increases.filter(({ kind }) => kind === 'reset').length;
      findings.push(...readingFindings(name, readings, increases, countsFrom));
      closing.push(
        ...lastReadings(readings, this.times.closesAt(name.customer)).map((reading) => ({ ...name, ...reading })),
      );
    }
    for (const { name, amounts } of this.series.values())
      findings.push(...amountFindings(name, amounts, (at) => this.times.countsFrom(name.customer, at)));
    return { counters, baselines, resets, findings, closing: closing.sort(byName) };
  }

  private counterOf(name: SeriesName): Counter {
    const key = seriesKey(name);
    const known = this.counters.get(key);
    if (known) return known;
    const counter: Counter = { name, readings: [], known: 0 };
    this.counters.set(key, counter);
    return counter;
  }
}

/**
 * The last reading, up to `end`, of the latest run of a counter, and of the runs that were still read when that one
 * began.
 */
function lastReadings(readings: readonly Reading[], end: bigint | undefined): Reading[] {
  const inTime = readings.filter(({ at }) => end === undefined || at <= end);
  const runs = runsOf(inTime).map((places) => ({ first: inTime[places[0]!]!, last: inTime[places.at(-1)!]! }));
  const begins = runs.reduce(
    (latest, { first, last }) => {
      const isLater = last.at > latest.at || (last.at === latest.at && first.at > latest.first);
      return isLater ? { at: last.at, first: first.at } : latest;
    },
    {
      at: -1n,
      first: -1n,
    },
  );
  return runs.filter(({ last }) => last.at >= begins.first).map(({ last }) => last);
}

function byName(a: KnownReading, b: KnownReading): number {
  const [one, other] = [seriesKey(a), seriesKey(b)];
  return one === other ? Number((a.start ?? 0n) > (b.start ?? 0n)) * 2 - 1 : one < other ? -1 : 1;
}
