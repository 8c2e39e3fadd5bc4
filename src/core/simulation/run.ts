/**
 * A whole simulation: every account through every run, in one pass over the population.
 *
 * A run is a scenario's tariff under some policies and parameters. Accounts are rated once for each tariff, block by block,
 * and every run goes over the block while its bills are there: memory grows with runs and replicates, not with accounts.
 */
import type { Tariff } from './billing.ts';
import { Draw } from './draw.ts';
import { Expectation } from './expectation.ts';
import type { Population } from './population.ts';
import { poissonOne, RandomStream } from './random.ts';
import { RatedBlock, type RatedRun } from './ratedBlock.ts';
import { RateSums, Sums } from './sums.ts';
import { Walker } from './walk.ts';
import type { WalkedAccount } from './walkedAccount.ts';

/** A scenario's tariff under some policies and parameters. */
export type Run = RatedRun & {
  /** True: the bootstrap over accounts has replicates of this run. Every run has them under Monte Carlo, but for newcomers. */
  readonly isBootstrapped?: boolean;
};

export type EngineChoice =
  | { readonly kind: 'ev' }
  /** `seed` keys every draw together with the replicate and the account. */
  | { readonly kind: 'mc'; readonly replicates: number; readonly seed: number };

export type RunOptions = {
  readonly engine: EngineChoice;
  /** Replicates of the bootstrap over accounts. */
  readonly bootstrap: { readonly replicates: number; readonly seed: number };
  /** The price list in force, that runs under other lists are a change from; absent: nobody knows another list than the run's. */
  readonly inForce?: Tariff | undefined;
  /** Called after each block of accounts with the share of them that is done; may pause the run. */
  readonly progress?: ((done: number) => Promise<void>) | undefined;
};

export type RunResult = {
  /** Over all accounts; under Monte Carlo the mean of the replicates. */
  readonly sums: Sums;
  /** Totals of each bootstrap replicate, or, under Monte Carlo, of each replicate. */
  readonly replicates: readonly RateSums[];
};

export type RunObservers = {
  /** Receives the sums of each account of a run, in order of accounts; the sums are overwritten after the call. */
  readonly account?: (run: number, account: number, sums: Sums) => void;
  /** Receives each bill that a run's accounts have, with its weight in account-months. */
  readonly bill?: (run: number, bill: number, weight: number) => void;
};

/** Accounts that are rated at a time. */
export const BLOCK = 256;

export async function simulateRuns(
  population: Population,
  runs: readonly Run[],
  options: RunOptions,
  observers: RunObservers = {},
): Promise<RunResult[]> {
  const { accounts } = population;
  const { engine, bootstrap } = options;
  const block = new RatedBlock(population, runs, { inForce: options.inForce, size: Math.min(BLOCK, accounts.length) });
  const ongoing = runs.map((run, i) => {
    const observe = observers.bill && ((bill: number, weight: number) => observers.bill!(i, bill, weight));
    return engine.kind === 'mc' && !run.newcomers
      ? new DrawnRun(run, population, engine, observe)
      : new ExpectedRun(run, population, bootstrap, observe);
  });
  const weights = new Uint8Array(engine.kind === 'ev' ? bootstrap.replicates : 0);

  for (let from = 0; from < accounts.length; from += BLOCK) {
    const to = Math.min(from + BLOCK, accounts.length);
    block.rate({ from, to });
    for (let index = from; index < to; index++) {
      drawWeights(weights, bootstrap.seed, accounts[index]!);
      for (const [i, run] of ongoing.entries()) {
        const { newcomers } = runs[i]!;
        if (newcomers?.[index] === 0) continue;
        const sums = run.walk(block.account(i, index), weights);
        observers.account?.(i, index, sums);
      }
    }
    await options.progress?.(to / accounts.length);
  }
  return ongoing.map(({ sums, replicates }) => ({ sums, replicates }));
}

/** Poisson(1) for each bootstrap replicate: how often it drew this account. The numbers are the same for every run. */
export function drawWeights(weights: Uint8Array, seed: number, account: string): void {
  if (weights.length === 0) return;
  const random = new RandomStream(seed, 'bootstrap', account);
  for (let b = 0; b < weights.length; b++) weights[b] = poissonOne(random.next32());
}

type Observe = ((bill: number, weight: number) => void) | undefined;

/** A run that is under way. */
abstract class OngoingRun {
  readonly sums: Sums;
  readonly replicates: readonly RateSums[];
  protected readonly tariff: Run['tariff'];
  protected readonly walker: Walker;

  constructor(run: Run, population: Population, replicates: number) {
    this.tariff = run.tariff;
    this.walker = new Walker(run, population);
    this.sums = this.newSums(population);
    this.replicates = Array.from({ length: replicates }, () => new RateSums(population));
  }

  protected newSums({ horizon }: Population): Sums {
    return new Sums({ horizon, plans: this.tariff.terms.length });
  }

  /** Adds an account, and returns its sums. `weights` are its numbers in the bootstrap replicates. */
  abstract walk(account: WalkedAccount, weights: Uint8Array): Sums;
}

class ExpectedRun extends OngoingRun {
  private readonly decisions: Expectation;
  private readonly observe: Observe;

  constructor(run: Run, population: Population, bootstrap: RunOptions['bootstrap'], observe: Observe) {
    super(run, population, run.isBootstrapped ? bootstrap.replicates : 0);
    this.decisions = new Expectation(run.tariff.terms.length);
    this.observe = observe;
  }

  walk(account: WalkedAccount, weights: Uint8Array): Sums {
    const own = this.walker.walkAccount(account, this.decisions, this.observe);
    for (const [b, replicate] of this.replicates.entries()) if (weights[b]! > 0) replicate.add(own, weights[b]!);
    this.sums.add(own, 1);
    return own;
  }
}

class DrawnRun extends OngoingRun {
  private readonly decisions: Draw;
  private readonly observe: Observe;
  private readonly mean: Sums;
  private readonly seed: number;
  private readonly accounts: readonly string[];

  constructor(run: Run, population: Population, engine: EngineChoice & { kind: 'mc' }, observe: Observe) {
    super(run, population, engine.replicates);
    this.decisions = new Draw(run.tariff.terms.length);
    this.observe = observe && ((bill, weight) => observe(bill, weight / engine.replicates));
    this.mean = this.newSums(population);
    this.seed = engine.seed;
    this.accounts = population.accounts;
  }

  /** All replicates of an account; its sums are their mean. */
  walk(account: WalkedAccount): Sums {
    const { mean, replicates } = this;
    mean.clear();
    for (const [r, replicate] of replicates.entries()) {
      const stream = new RandomStream(this.seed, r, this.accounts[account.index]!);
      const own = this.walker.walkAccount(account, this.decisions.drawFrom(stream), this.observe);
      replicate.add(own, 1);
      mean.add(own, 1 / replicates.length);
    }
    this.sums.add(mean, 1);
    return mean;
  }
}
