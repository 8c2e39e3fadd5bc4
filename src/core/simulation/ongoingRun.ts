/** Runs under way: how an account is walked over, and what its sums are added to. */
import type { Tariff } from './billing.ts';
import { Draw } from './draw.ts';
import type { Replication, Run } from './engine.ts';
import { Expectation } from './expectation.ts';
import type { Outlook } from './outlook.ts';
import type { Population } from './population.ts';
import { poissonOne, RandomStream } from './random.ts';
import { RATE_SUMS_LENGTH, Sums } from './sums.ts';
import { type BillObserver, Walker } from './walk.ts';

/** Poisson(1) for each bootstrap replicate: how often it drew this account. The numbers are the same for every run. */
export function drawWeights(weights: Uint8Array, seed: number, account: string): void {
  if (weights.length === 0) return;
  const random = new RandomStream(seed, 'bootstrap', account);
  for (let b = 0; b < weights.length; b++) weights[b] = poissonOne(random.next32());
}

/** Customers of a run on the same plans: all, or those on monthly plans and those on annual ones. */
export type Lane = { readonly share: number; readonly tariff: Tariff; readonly outlook: Outlook };

/** An account that a run walks over: the outlook has looked at it. */
export type Met = {
  readonly name: string;
  /** Its numbers in the replicates of the bootstrap. */
  readonly weights: Uint8Array;
};

export abstract class OngoingRun {
  /** Totals of the accounts since {@link clear}; under Monte Carlo means over the replicates. */
  readonly sums: Sums;
  /** Totals of each replicate, one after the other: {@link RATE_SUMS_LENGTH} and a number for each month. */
  readonly replicates: Float64Array;
  /** Sums of the account that was walked over last. */
  own: Sums;
  /** Walks over each account, at most. */
  abstract readonly walks: number;
  /** Of the lanes. */
  protected readonly walkers: readonly { readonly walker: Walker; readonly share: number }[];
  protected readonly tariff: Tariff;
  protected readonly horizon: number;
  private readonly width: number;

  constructor(run: Run, population: Population, lanes: readonly Lane[], replicates: number) {
    this.tariff = run.tariff;
    this.horizon = population.horizon;
    this.walkers = lanes.map(({ share, tariff, outlook }) => ({
      share,
      walker: new Walker({ ...run, tariff }, population, outlook),
    }));
    this.sums = this.newSums();
    this.own = lanes.length === 1 ? this.walkers[0]!.walker.sums : this.newSums();
    this.width = RATE_SUMS_LENGTH + population.horizon + 1;
    this.replicates = new Float64Array(replicates * this.width);
  }

  clear(): void {
    this.sums.clear();
    this.replicates.fill(0);
  }

  /** Walks number `from` to before `to` over the account that the outlook has looked at; the last ones close it. */
  abstract walk(met: Met, from: number, to: number): void;

  protected newSums(): Sums {
    return new Sums({ horizon: this.horizon, plans: this.tariff.terms.length });
  }

  /** The walker of one drawn customer: with a single lane nothing is drawn. */
  protected drawnWalker(seed: number, year: number | string, name: string): Walker {
    const [first, annual] = this.walkers;
    if (!annual) return first!.walker;
    const uniform = new RandomStream(seed, 'annual', year, name).next();
    return uniform > 1 - annual.share ? annual.walker : first!.walker;
  }

  protected addToReplicate(replicate: number, { values, normalisedByMonth }: Sums, factor: number): void {
    const { replicates, horizon } = this;
    let at = replicate * this.width;
    for (let i = 0; i < RATE_SUMS_LENGTH; i++) replicates[at++]! += factor * values[i]!;
    for (let t = 0; t <= horizon; t++) replicates[at++]! += factor * normalisedByMonth[t]!;
  }
}

/** The expected values of an account, once; replicates weight them. */
class ExpectedRun extends OngoingRun {
  readonly walks = 1;
  private readonly decisions: Expectation;
  private readonly observe: BillObserver | undefined;
  /** Of the lane that is walked over. */
  private share = 1;

  constructor(
    run: Run,
    population: Population,
    lanes: readonly Lane[],
    replicates: number,
    observe: BillObserver | undefined,
  ) {
    super(run, population, lanes, replicates);
    this.decisions = new Expectation(run.tariff.terms.length);
    this.observe = observe && ((bill, weight) => observe(bill, weight * this.share));
  }

  walk({ weights }: Met): void {
    const { own, walkers, decisions } = this;
    if (walkers.length === 1) walkers[0]!.walker.walk(decisions, this.observe);
    else {
      own.clear();
      for (const { walker, share } of walkers) {
        this.share = share;
        own.add(walker.walk(decisions, this.observe), share);
      }
    }
    if (this.replicates.length > 0)
      for (let b = 0; b < weights.length; b++) if (weights[b]! > 0) this.addToReplicate(b, own, weights[b]!);
    this.sums.add(own, 1);
  }
}

/** Each replicate draws every account once; the account's own sums are the mean of them. */
class DrawnRun extends OngoingRun {
  readonly walks: number;
  private readonly decisions: Draw;
  private readonly observe: BillObserver | undefined;
  private readonly seed: number;

  constructor(
    run: Run,
    population: Population,
    lanes: readonly Lane[],
    { replicates, seed }: { readonly replicates: number; readonly seed: number },
    observe: BillObserver | undefined,
  ) {
    super(run, population, lanes, replicates);
    this.walks = replicates;
    this.decisions = new Draw(run.tariff.terms.length);
    this.observe = observe && ((bill, weight) => observe(bill, weight / replicates));
    this.own = this.newSums();
    this.seed = seed;
  }

  walk({ name }: Met, from: number, to: number): void {
    if (from === 0) this.own.clear();
    for (let r = from; r < to; r++) {
      const stream = new RandomStream(this.seed, r, name);
      const walker = this.drawnWalker(this.seed, r, name);
      const drawn = walker.walk(this.decisions.drawFrom(stream), this.observe);
      this.addToReplicate(r, drawn, 1);
      this.own.add(drawn, 1 / this.walks);
    }
    if (to === this.walks) this.sums.add(this.own, 1);
  }
}

/**
 * One year of other customers: as many copies of the account as a replicate of the bootstrap has, each with luck of its own. The
 * account's own sums are the mean of its copies.
 */
class YearRun extends OngoingRun {
  readonly walks = 1;
  private readonly decisions: Draw;
  private readonly seed: number;
  private readonly year: number;

  constructor(run: Run, population: Population, lanes: readonly Lane[], seed: number) {
    super(run, population, lanes, 1);
    this.decisions = new Draw(run.tariff.terms.length);
    this.seed = seed;
    this.year = run.year!;
    this.own = this.newSums();
  }

  walk({ name, weights }: Met): void {
    const copies = weights[this.year]!;
    this.own.clear();
    for (let copy = 0; copy < copies; copy++) {
      const random = new RandomStream(this.seed, 'year', this.year, copy, name);
      const walker = this.drawnWalker(this.seed, `${this.year} ${copy}`, name);
      const drawn = walker.walk(this.decisions.drawFrom(random));
      this.addToReplicate(0, drawn, 1);
      this.own.add(drawn, 1 / copies);
    }
  }
}

/** `observe` receives each bill with its weight in account-months. */
export function ongoingRun(
  run: Run,
  population: Population,
  {
    lanes,
    options,
    observe,
  }: {
    readonly lanes: readonly Lane[];
    readonly options: Pick<Replication, 'engine' | 'bootstrap'>;
    readonly observe: BillObserver | undefined;
  },
): OngoingRun {
  const { engine, bootstrap } = options;
  if (run.year !== undefined) return new YearRun(run, population, lanes, bootstrap.seed);
  if (engine.kind === 'mc' && !run.newcomers) return new DrawnRun(run, population, lanes, engine, observe);
  return new ExpectedRun(run, population, lanes, run.isBootstrapped ? bootstrap.replicates : 0, observe);
}
