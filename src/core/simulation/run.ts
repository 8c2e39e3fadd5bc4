/**
 * A whole simulation: every account through every run, in one pass over the population.
 *
 * A run is a scenario's tariff under some policies and parameters. Accounts are rated once for each tariff, block by block,
 * and every run goes over the block while its bills are there: memory grows with runs and replicates, not with accounts.
 */
import { BILL_FIELDS, rateAccounts, type Tariff } from './billing.ts';
import { ExpectedValueEngine } from './expectedValue.ts';
import { MonteCarloEngine } from './monteCarlo.ts';
import type { Behaviour } from './parameters.ts';
import type { Population } from './population.ts';
import { poissonOne, RandomStream } from './random.ts';
import type { Policies } from './scenario.ts';
import { SUM, sumsLength } from './sums.ts';

export type Run = {
  readonly tariff: Tariff;
  readonly policies: Policies;
  readonly behaviour: Behaviour;
};

export type EngineChoice =
  | { readonly kind: 'ev' }
  /** `seed` keys every draw together with the replicate and the account. */
  | { readonly kind: 'mc'; readonly replicates: number; readonly seed: number };

export type RunOptions = {
  readonly engine: EngineChoice;
  /** Replicates of the bootstrap over accounts for {@link bootstrapped} runs. */
  readonly bootstrap: { readonly replicates: number; readonly seed: number };
  /** Called after each block of accounts with the share of them that is done; may pause the run. */
  readonly progress?: ((done: number) => Promise<void>) | undefined;
};

export type RunResult = {
  readonly sums: Float64Array;
  /** The leading sums of each bootstrap replicate, or, under Monte Carlo, of each replicate. */
  readonly replicates: readonly Float64Array[];
};

/** Told the sums of each account of a run, in order of accounts, before the next one; the array is used again. */
export type AccountObserver = (run: number, account: number, sums: Float64Array) => void;

/** Told each bill that a run's accounts receive, with its weight. */
export type RunBillObserver = (run: number, bill: number, weight: number) => void;

/** Sums up to this position are kept for every replicate: all that rates are made of. */
const REPLICATE_SUMS: number = SUM.survivors + 1;
const BLOCK = 256;

export async function simulateRuns(
  population: Population,
  runs: readonly Run[],
  bootstrapped: readonly boolean[],
  options: RunOptions,
  observers: { readonly account?: AccountObserver; readonly bill?: RunBillObserver } = {},
): Promise<RunResult[]> {
  const { accounts, periods, horizon } = population;
  const tariffs = [...new Set(runs.map((run) => run.tariff))];
  const stride = tariffs.map((tariff) => periods.length * tariff.terms.length * BILL_FIELDS);
  const bills = stride.map((length) => new Float64Array(length * BLOCK));
  const { engine, bootstrap } = options;
  const replicateCount = engine.kind === 'mc' ? engine.replicates : bootstrap.replicates;
  const weights = new Uint8Array(replicateCount);
  const states = runs.map((run, i) => ({
    run,
    tariff: tariffs.indexOf(run.tariff),
    sums: new Float64Array(sumsLength(horizon, run.tariff.terms.length)),
    replicates:
      engine.kind === 'mc' || bootstrapped[i]
        ? Array.from({ length: replicateCount }, () => new Float64Array(REPLICATE_SUMS))
        : [],
    expected: new ExpectedValueEngine(run.tariff, population, run.behaviour, run.policies),
    drawn: engine.kind === 'mc' ? new MonteCarloEngine(run.tariff, population, run.behaviour, run.policies) : undefined,
    observe: observers.bill && ((bill: number, weight: number) => observers.bill!(i, bill, weight)),
  }));

  for (let from = 0; from < accounts.length; from += BLOCK) {
    const to = Math.min(from + BLOCK, accounts.length);
    for (const [i, tariff] of tariffs.entries()) rateAccounts(tariff, population, from, to, bills[i]!);
    for (let account = from; account < to; account++) {
      if (engine.kind === 'ev' && bootstrap.replicates > 0) drawWeights(accounts[account]!);
      for (const [i, state] of states.entries()) {
        const offset = (account - from) * stride[state.tariff]!;
        const own = state.drawn ? draw(state, account, offset) : expect(state, account, offset);
        add(state.sums, own, 1, own.length);
        observers.account?.(i, account, own);
      }
    }
    await options.progress?.(to / accounts.length);
  }
  return states.map(({ sums, replicates }) => ({ sums, replicates }));

  type State = (typeof states)[number];

  function expect(state: State, account: number, offset: number): Float64Array {
    const own = state.expected.run(account, bills[state.tariff]!, offset, state.observe);
    for (const [b, replicate] of state.replicates.entries()) {
      if (weights[b]! > 0) add(replicate, own, weights[b]!, REPLICATE_SUMS);
    }
    return own;
  }

  /** All replicates of an account; its sums are their mean. */
  function draw(state: State, account: number, offset: number): Float64Array {
    const mean = state.expected.sums.fill(0);
    const { replicates, seed } = engine as Extract<EngineChoice, { kind: 'mc' }>;
    for (let r = 0; r < replicates; r++) {
      const random = new RandomStream(seed, r, accounts[account]!);
      const own = state.drawn!.run(account, bills[state.tariff]!, offset, random);
      add(state.replicates[r]!, own, 1, REPLICATE_SUMS);
      add(mean, own, 1 / replicates, own.length);
    }
    return mean;
  }

  /** How often each bootstrap replicate drew this account: Poisson(1), the same for every run. */
  function drawWeights(account: string): void {
    const random = new RandomStream(bootstrap.seed, 'bootstrap', account);
    for (let b = 0; b < weights.length; b++) weights[b] = poissonOne(random.next32());
  }
}

function add(into: Float64Array, from: Float64Array, factor: number, length: number): void {
  for (let i = 0; i < length; i++) into[i]! += factor * from[i]!;
}
