/** A block of accounts with their bills under every tariff, ready to be walked over by every run. */
import { type AccountRange, Bills, rateAccounts, type Tariff } from './billing.ts';
import type { Population } from './population.ts';
import { PriceChange, reactsToChange } from './priceChange.ts';
import type { WalkerInput } from './walk.ts';
import type { WalkedAccount } from './walkedAccount.ts';

/** A run as far as it rates accounts. */
export type RatedRun = WalkerInput & {
  /** The accounts to walk over (1), as if they had come in month 0 and known no other price list. Absent: all, as they are. */
  readonly newcomers?: Uint8Array | undefined;
  /** The monthly plans beside the annual ones of \`tariff\`; absent: there are none. */
  readonly monthly?: Tariff | undefined;
};

export type BlockOptions = {
  /** The price list in force; absent: no run is a change from another list. */
  readonly inForce: Tariff | undefined;
  /** Most accounts in a block. */
  readonly size: number;
};

export class RatedBlock {
  private readonly population: Population;
  private readonly runs: readonly RatedRun[];
  private readonly inForce: Tariff | undefined;
  private readonly billed: ReadonlyMap<Tariff, Bills>;
  /** By run; undefined where its price list is the one in force, or where nothing reacts to a change. */
  private readonly changes: readonly (PriceChange | undefined)[];
  private from = 0;

  constructor(population: Population, runs: readonly RatedRun[], { inForce, size }: BlockOptions) {
    this.population = population;
    this.runs = runs;
    this.inForce = inForce;
    this.changes = runs.map((run) => {
      const knowsBoth = inForce && (run.monthly ?? run.tariff) !== inForce && !run.newcomers;
      return knowsBoth && reactsToChange(run.behaviour, run.policies)
        ? new PriceChange({ ...run, inForce }, population)
        : undefined;
    });
    const tariffs = new Set(runs.map(({ tariff }) => tariff));
    if (inForce && this.changes.some(Boolean)) tariffs.add(inForce);
    this.billed = new Map(
      [...tariffs].map((tariff) => {
        const bills = new Bills({ accounts: size, months: population.periods.length, plans: tariff.terms.length });
        return [tariff, bills] as const;
      }),
    );
  }

  /** Rates the accounts of a range, at most as many as a block holds. */
  rate(range: AccountRange): void {
    this.from = range.from;
    for (const [tariff, bills] of this.billed) rateAccounts(tariff, this.population, range, bills);
  }

  /** An account of the block, by its index in the population, as the run with index `run` meets it. */
  account(run: number, index: number): WalkedAccount {
    const { policies, tariff, newcomers } = this.runs[run]!;
    const row = index - this.from;
    const tenure = newcomers ? 0 : this.population.tenures[index]!;
    const own = { bills: this.billed.get(tariff)!, row };
    const change = this.changes[run];
    if (!change) return { index, tenure, ...own };
    const old = { bills: this.billed.get(this.inForce!)!, row };
    const { billed, ...rest } = change.apply(index, own, old, policies);
    return { index, tenure, ...billed, ...rest };
  }
}
