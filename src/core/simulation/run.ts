/**
 * A whole simulation: every account through every run, in one pass over the population.
 *
 * A run is a scenario's tariff under some policies and parameters. Accounts are rated once for each tariff, block by block,
 * and every run goes over the block while its bills are there: memory grows with runs and replicates, not with accounts.
 */
import { BillDistribution } from './bills.ts';
import { type AccountOutcomes, type Collecting, type Gains, outcomesFor } from './collect.ts';
import { billsOf, type Crew, claim, newQueue, plainJob } from './crew.ts';
import type { Replication, Run } from './engine.ts';
import { type Job, type PartResult, PartWalker, partsOf } from './part.ts';
import type { Population } from './population.ts';
import { RATE_SUMS_LENGTH, RateSums, Sums } from './sums.ts';

export type { EngineChoice, Run } from './engine.ts';

export type RunOptions = Replication & {
  /** Called now and then with the share of the accounts that is done; may pause the run. */
  readonly progress?: ((done: number) => Promise<void>) | undefined;
  /** Threads that help; absent: this one does everything. The results are the same. */
  readonly crew?: Crew | undefined;
};

export type RunResult = {
  /** Over all accounts; under Monte Carlo the mean of the replicates. */
  readonly sums: Sums;
  /** Totals of each bootstrap replicate, or, under Monte Carlo, of each replicate. */
  readonly replicates: readonly RateSums[];
};

/** What was collected of all accounts. */
export type CollectedRuns = {
  /** By scenario. */
  readonly accounts: readonly AccountOutcomes[];
  readonly bills: readonly BillDistribution[];
  /** In the order of {@link Collecting}: by account. */
  readonly gains: readonly (readonly Gains[])[];
};

export async function simulateRuns(
  population: Population,
  runs: readonly Run[],
  options: RunOptions,
): Promise<RunResult[]> {
  return (await simulateParts({ population, runs, options, collecting: undefined }, options)).results;
}

/** The same, and what is to be collected of the accounts. */
export async function simulateCollecting(
  population: Population,
  runs: readonly Run[],
  options: RunOptions,
  collecting: Collecting,
): Promise<{ readonly results: RunResult[]; readonly collected: CollectedRuns }> {
  const { results, collected } = await simulateParts({ population, runs, options, collecting }, options);
  return { results, collected: collected! };
}

async function simulateParts(job: Job, { crew, progress }: RunOptions) {
  const { accounts } = job.population;
  const parts = partsOf(accounts.length);
  const totals = new Totals(job);
  const queue = newQueue();
  let done = 0;
  const deliver = (part: number, result: PartResult) => {
    totals.add(part, result);
    done += parts[part]!.to - parts[part]!.from;
  };
  const helping = crew && isLong(job) ? crew.work(plainJob(job), queue, deliver) : undefined;
  helping?.catch(() => undefined); // it is waited for below
  const walker = new PartWalker(job);
  for (let part = claim(queue); part < parts.length; part = claim(queue)) {
    const { from, to } = parts[part]!;
    const result = await walker.walk({ from, to }, async (share) => {
      await progress?.((done + share * (to - from)) / accounts.length);
    });
    deliver(part, result);
    await progress?.(done / accounts.length);
  }
  for (const bills of [walker.collector?.bills ?? [], ...((await helping) ?? []).map(billsOf)]) totals.addBills(bills);
  return { results: totals.results(), collected: totals.collected() };
}

/** Walks over accounts that are worth the start of a thread. */
const MANY_WALKS = 30_000;

function isLong({ population, runs, options }: Pick<Job, 'population' | 'runs' | 'options'>): boolean {
  const { engine } = options;
  const walks = engine.kind === 'mc' ? engine.replicates / 4 : 1;
  return population.accounts.length * runs.length * walks >= MANY_WALKS;
}

/** Adds up the results of parts in the order of the parts, whatever the order in which they come. */
class Totals {
  private readonly job: Job;
  private readonly sums: readonly Sums[];
  private readonly replicates: Float64Array[];
  private readonly accounts: readonly AccountOutcomes[];
  private readonly bills: readonly BillDistribution[];
  private readonly gains: readonly (readonly Gains[])[];
  /** Parts that came before their turn. */
  private readonly waiting = new Map<number, PartResult>();
  private next = 0;

  constructor(job: Job) {
    const { population, runs, collecting } = job;
    const { length } = population.accounts;
    this.job = job;
    this.sums = runs.map(({ tariff }) => new Sums({ horizon: population.horizon, plans: tariff.terms.length }));
    this.replicates = runs.map(() => new Float64Array(0));
    const minorUnits = collecting?.minorUnits ?? [];
    this.accounts = minorUnits.map(() => outcomesFor(length));
    this.bills = minorUnits.map((units) => new BillDistribution(units));
    this.gains = (collecting?.newcomers ?? []).map(({ policies }) =>
      policies.map(() => ({ each: new Float64Array(length), monthly: new Float64Array(length) })),
    );
  }

  add(part: number, result: PartResult): void {
    this.waiting.set(part, result);
    for (let turn = this.waiting.get(this.next); turn; turn = this.waiting.get(this.next)) {
      this.waiting.delete(this.next);
      this.take(turn, partsOf(this.job.population.accounts.length)[this.next]!.from);
      this.next++;
    }
  }

  addBills(bills: readonly BillDistribution[]): void {
    for (const [s, own] of this.bills.entries()) own.addAll(bills[s]!);
  }

  results(): RunResult[] {
    const { horizon } = this.job.population;
    const width = RATE_SUMS_LENGTH + horizon + 1;
    return this.sums.map((sums, i) => {
      const values = this.replicates[i]!;
      const replicates = Array.from(
        { length: values.length / width },
        (_, b) => new RateSums({ horizon }, values.subarray(b * width, (b + 1) * width)),
      );
      return { sums, replicates };
    });
  }

  collected(): CollectedRuns | undefined {
    const { accounts, bills, gains } = this;
    return this.job.collecting && { accounts, bills, gains };
  }

  private take({ runs, collected }: PartResult, from: number): void {
    for (const [i, { sums, replicates }] of runs.entries()) {
      addAll(this.sums[i]!.values, sums);
      if (this.replicates[i]!.length === 0) this.replicates[i] = replicates;
      else addAll(this.replicates[i]!, replicates);
    }
    if (!collected) return;
    for (const [s, { bills, survival, plan }] of collected.accounts.entries()) {
      const own = this.accounts[s]!;
      own.bills.set(bills, from);
      own.survival.set(survival, from);
      own.plan.set(plan, from);
    }
    for (const [n, arms] of collected.gains.entries())
      for (const [a, { each, monthly }] of arms.entries()) {
        this.gains[n]![a]!.each.set(each, from);
        this.gains[n]![a]!.monthly.set(monthly, from);
      }
  }
}

function addAll(into: Float64Array, from: Float64Array): void {
  for (let i = 0; i < into.length; i++) into[i]! += from[i]!;
}
