/**
 * A part of a population, walked over by every run of a simulation.
 *
 * Parts are the same whatever the number of threads, and their totals are added in their order: so are the bytes of the result.
 */
import { type Collected, type Collecting, Collector } from './collect.ts';
import type { Replication, Run } from './engine.ts';
import { drawWeights, type OngoingRun, ongoingRun } from './ongoingRun.ts';
import { Outlook } from './outlook.ts';
import type { Population } from './population.ts';
import { RatedBlock } from './ratedBlock.ts';

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
  readonly options: Replication;
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
type Group = {
  readonly outlook: Outlook;
  readonly run: Run;
  /** Position of the first of its lanes. */
  readonly lane: number;
};

/** A run as far as customers on the same plans go over it. */
type RunLane = Run & { readonly share: number };

/** One for all customers, or one for those on monthly plans and one for those on annual ones. */
function lanesOf(run: Run): RunLane[] {
  const { annual } = run.tariff;
  if (!annual) return [{ ...run, share: 1 }];
  const { share, tariff } = annual;
  const yearly = { ...run, share, tariff, monthly: run.tariff };
  return share === 1 ? [yearly] : [{ ...run, share: 1 - share }, yearly];
}

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
    const lanes = runs.flatMap(lanesOf);
    this.block = new RatedBlock(population, lanes, { inForce, size: Math.min(BLOCK, population.accounts.length) });
    const groups = groupsOf(lanes, population);
    this.groups = [...new Set(groups)];
    let first = 0;
    this.ongoing = runs.map((run, i) => {
      const own = lanesOf(run).map(({ share, tariff }) => ({ share, tariff, outlook: groups[first++]!.outlook }));
      return ongoingRun(run, population, { lanes: own, options, observe: this.collector?.billsOf(i) });
    });
    this.weights = new Uint8Array(engine.kind === 'ev' ? bootstrap.replicates : 0);
  }

  async walk({ from, to }: Part, pause: Pause): Promise<PartResult> {
    const { population } = this.job;
    for (const run of this.ongoing) run.clear();
    this.collector?.begin(from, to);
    for (let begin = from; begin < to; begin += BLOCK) {
      const end = Math.min(begin + BLOCK, to);
      this.block.rate({ from: begin, to: end });
      for (let index = begin; index < end; index++) {
        drawWeights(this.weights, this.job.options.bootstrap.seed, population.accounts[index]!);
        for (const { outlook, run, lane } of this.groups)
          if (this.concerns(run, index)) outlook.look(this.block.account(lane, index));
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

/** By lane. */
function groupsOf(lanes: readonly RunLane[], population: Population): Group[] {
  const groups: Group[] = [];
  return lanes.map((run, lane) => {
    const known = groups.find((group) => seesAlike(group.run, run));
    if (known) return known;
    const alike = lanes.filter((other) => seesAlike(other, run)).map(({ policies }) => policies);
    const packs = alike.some(({ credits }) => credits);
    const prompts = alike.some(({ oneClick, notify }) => oneClick && notify);
    const group = { outlook: new Outlook({ ...run, packs, prompts }, population), run, lane };
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
