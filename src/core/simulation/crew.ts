/** Jobs for other threads: as data, with a queue of their parts that every thread claims the next one from. */

import { type Tariff, tariffOf } from './billing.ts';
import { BillDistribution, type BillTable } from './bills.ts';
import { type Job, type PartResult, PartWalker, partsOf } from './part.ts';
import { fromPlain, toPlain } from './plain.ts';

/** A job as it is sent to a thread. */
export type PlainJob = { readonly plain: unknown };

/** The number of the next part that nobody has claimed, in memory that all threads share. */
export type Queue = Int32Array;

/** Threads beside this one. */
export type Crew = {
  /**
   * Works on parts of a job until the queue is empty. `deliver` is called on this thread with each part. Resolves to the bills of each
   * thread, by scenario; rejects if a thread fails or the run is interrupted.
   */
  work(
    job: PlainJob,
    queue: Queue,
    deliver: (part: number, result: PartResult) => void,
  ): Promise<readonly (readonly BillTable[])[]>;
};

export function newQueue(): Queue {
  return new Int32Array(new SharedArrayBuffer(4));
}

export function claim(queue: Queue): number {
  return Atomics.add(queue, 0, 1);
}

type Packed = Omit<Job, 'runs' | 'options'> & {
  readonly tariffs: readonly Tariff['scenario'][];
  readonly runs: readonly (Omit<Job['runs'][number], 'tariff'> & { readonly tariff: number })[];
  readonly options: Omit<Job['options'], 'inForce'> & { readonly inForce: number };
};

/** The arrays of the population, which may lie in shared memory, are not copied. */
export function plainJob({ population, runs, options, collecting }: Job): PlainJob {
  const { engine, bootstrap, inForce } = options;
  const tariffs = [...new Set([...runs.map(({ tariff }) => tariff), ...(inForce ? [inForce] : [])])];
  const packed: Packed = {
    ...{ population, collecting },
    tariffs: tariffs.map(({ scenario: { rateCard, plans, annual } }) => ({
      rateCard: { currency: rateCard.currency, timezone: rateCard.timezone },
      plans,
      annual,
    })),
    runs: runs.map((run) => ({ ...run, tariff: tariffs.indexOf(run.tariff) })),
    options: { engine, bootstrap, inForce: inForce ? tariffs.indexOf(inForce) : -1 },
  };
  return { plain: toPlain(packed) };
}

function jobOf({ plain }: PlainJob): Job {
  const { tariffs: scenarios, population, runs, options, collecting } = fromPlain(plain) as Packed;
  const tariffs = scenarios.map((scenario) => tariffOf(scenario, population));
  const behaviours = new Map(runs.map(({ behaviour }) => [JSON.stringify(behaviour), behaviour]));
  return {
    ...{ population, collecting },
    runs: runs.map((run) => ({
      ...run,
      tariff: tariffs[run.tariff]!,
      behaviour: behaviours.get(JSON.stringify(run.behaviour))!,
    })),
    options: { ...options, inForce: tariffs[options.inForce] },
  };
}

/** Claims parts of a job until there are none, on whatever thread this is; returns the bills by scenario. */
export async function workOnParts(
  job: PlainJob,
  queue: Queue,
  deliver: (part: number, result: PartResult) => void,
): Promise<readonly BillTable[]> {
  const own = jobOf(job);
  const parts = partsOf(own.population.accounts.length);
  const walker = new PartWalker(own);
  for (let part = claim(queue); part < parts.length; part = claim(queue))
    deliver(part, await walker.walk(parts[part]!, async () => {}));
  return walker.collector?.bills.map((bills) => bills.table()) ?? [];
}

/** Bills that another thread has sent. */
export function billsOf(tables: readonly BillTable[]): BillDistribution[] {
  return tables.map((table) => BillDistribution.of(table));
}
