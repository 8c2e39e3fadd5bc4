/**
 * A part of a population, walked over by every run of a simulation.
 *
 * Parts are the same whatever the number of threads, and their totals are added in their order: so are the bytes of the result.
 */
import { type Collected, type Collecting, Collector } from './collect.ts';
import { drawWeights, type OngoingRun, ongoingRun } from './ongoingRun.ts';
import { Outlook } from './outlook.ts';
import type { Population } from './population.ts';
import { RatedBlock } from './ratedBlock.ts';
import type { Run, RunOptions } from './run.ts';

/** The accounts from `from` to before `to`. */
export type Part = { readonly from: number; readonly to: number };

/** Accounts that are rated at a time. */
export const BLOCK = 256;
const MOST_PARTS = 64;

/** At most 64 parts of whole blocks; the last one may be smaller. */
export function partsOf(accounts: number): Part[] {
  const size = BLOCK * Math.max(1, Math.ceil(accounts / BLOCK / MOST_PARTS));
  const parts: Part[] = [];
  for (let from = 0; from < accounts; from += size) parts.push({ from, to: Math.min(from + size, accounts) });
  return parts;
}

export type Job = {
  readonly population: Population;
  readonly runs: readonly Run[];
  readonly options: Pick<RunOptions, 'engine' | 'bootstrap' | 'inForce'>;
  readonly collecting: Collecting | undefined;
};

export type PartResult = {
  /** By run: values of its sums, and of its replicates one after the other. */
  readonly runs: readonly { readonly sums: Float64Array; readonly replicates: Float64Array }[];
  readonly collected: Collected | undefined;
};

/** Called now and then with the share of the part that is done; may pause the work. */
export type Pause = (done: number) => Promise<void>;

/** Walks over accounts between two pauses: some hundredths of a second. */
const WALKS_AT_ONCE = 1000;

/** Runs over the same outlook: the same tariff and behaviour, and the same accounts, changed alike. */
type Group = { readonly outlook: Outlook /** The first of the runs. */; readonly run: number };

export class PartWalker {
  readonly collector: Collector | undefined;
  private readonly job: Job;
  private readonly block: RatedBlock;
  private readonly groups: readonly Group[];
  private readonly ongoing: readonly OngoingRun[];
  private readonly weights: Uint8Array;
  private walks = 0;

  constructor(job: Job) {
    const { population, runs, options, collecting } = job;
    const { engine, bootstrap, inForce } = options;
    this.job = job;
    this.collector = collecting && new Collector(collecting, population);
    this.block = new RatedBlock(population, runs, { inForce, size: Math.min(BLOCK, population.accounts.length) });
    const groups = groupsOf(runs, population);
    this.groups = [...new Set(groups)];
    this.ongoing = runs.map((run, i) =>
      ongoingRun(run, population, { outlook: groups[i]!.outlook, options, observe: this.collector?.billsOf(i) }),
    );
    this.weights = new Uint8Array(engine.kind === 'ev' ? bootstrap.replicates : 0);
  }

  async walk({ from, to }: Part, pause: Pause): Promise<PartResult> {
    const { population, runs } = this.job;
    for (const run of this.ongoing) run.clear();
    this.collector?.begin(from, to);
    for (let begin = from; begin < to; begin += BLOCK) {
      const end = Math.min(begin + BLOCK, to);
      this.block.rate({ from: begin, to: end });
      for (let index = begin; index < end; index++) {
        drawWeights(this.weights, this.job.options.bootstrap.seed, population.accounts[index]!);
        for (const { outlook, run } of this.groups)
          if (this.concerns(runs[run]!, index)) outlook.look(this.block.account(run, index));
        await this.walkOver(index, () => pause((index - from) / (to - from)));
      }
    }
    return {
      runs: this.ongoing.map(({ sums, replicates }) => ({ sums: sums.values.slice(), replicates: replicates.slice() })),
      collected: this.collector?.take(),
    };
  }

  /** False: the run does not go over the account. */
  private concerns({ newcomers, year }: Run, index: number): boolean {
    return newcomers?.[index] !== 0 && (year === undefined || this.weights[year]! > 0);
  }

  private async walkOver(index: number, pause: () => Promise<void>): Promise<void> {
    const { runs, population } = this.job;
    const met = { name: population.accounts[index]!, weights: this.weights };
    for (let i = 0; i < runs.length; i++) {
      if (!this.concerns(runs[i]!, index)) continue;
      const run = this.ongoing[i]!;
      for (let from = 0; from < run.walks; from += WALKS_AT_ONCE) {
        const to = Math.min(from + WALKS_AT_ONCE, run.walks);
        run.walk(met, from, to);
        this.walks += to - from;
        if (this.walks < WALKS_AT_ONCE) continue;
        this.walks = 0;
        await pause();
      }
      this.collector?.account(i, index, run.own);
    }
  }
}

/** By run. */
function groupsOf(runs: readonly Run[], population: Population): Group[] {
  const groups: Group[] = [];
  return runs.map((own, run) => {
    const known = groups.find((group) => seesAlike(runs[group.run]!, own));
    if (known) return known;
    const packs = runs.some((other) => other.policies.credits && seesAlike(other, own));
    const group = { outlook: new Outlook({ ...own, packs }, population), run };
    groups.push(group);
    return group;
  });
}

function seesAlike(a: Run, b: Run): boolean {
  const [own, other] = [a.policies.grandfather, b.policies.grandfather];
  return (
    a.tariff === b.tariff &&
    a.behaviour === b.behaviour &&
    a.newcomers === b.newcomers &&
    own?.months === other?.months &&
    own?.above === other?.above
  );
}
