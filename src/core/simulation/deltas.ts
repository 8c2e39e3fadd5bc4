/** Who pays more and who pays less after a price change, and whom it should spare for a while. */
import { GRANDFATHER_RISE } from './defaults.ts';
import type { Behaviour } from './parameters.ts';

/** Who pays more and who pays less than under the baseline. */
export type DeltaSummary = {
  readonly winners: number;
  readonly losers: number;
  readonly unchanged: number;
  /** Losers whose bill rises so much that a price change should spare them for a while. */
  readonly grandfather: number;
  /** What sparing them costs a month. */
  readonly grandfatherCost: number;
  readonly largest: { readonly winners: readonly AccountDelta[]; readonly losers: readonly AccountDelta[] };
};
export type AccountDelta = { readonly account: string; readonly before: number; readonly after: number };

const LARGEST_SHOWN = 10;

/** True if a price change that does this to a bill should spare the account for a while. */
export function callsForGrandfathering(before: number, after: number, { materiality }: Behaviour): boolean {
  return after - before > materiality && after > before * (1 + GRANDFATHER_RISE);
}

/** Mean monthly bills by account, under the baseline and under a scenario. */
export type BillChange = {
  readonly before: Float64Array;
  readonly after: Float64Array;
  readonly behaviour: Behaviour;
};

export function deltasOf(accounts: readonly string[], { before, after, behaviour }: BillChange): DeltaSummary {
  let [winners, losers, unchanged, grandfather, grandfatherCost] = [0, 0, 0, 0, 0];
  const falls = new Largest((i) => before[i]! - after[i]!);
  const rises = new Largest((i) => after[i]! - before[i]!);
  for (let i = 0; i < accounts.length; i++) {
    const delta = after[i]! - before[i]!;
    if (Math.abs(delta) < 0.005) unchanged++;
    else {
      if (delta < 0) winners++;
      else losers++;
      (delta < 0 ? falls : rises).offer(i);
    }
    if (!callsForGrandfathering(before[i]!, after[i]!, behaviour)) continue;
    grandfather++;
    grandfatherCost += delta;
  }
  const tell = (i: number) => ({ account: accounts[i]!, before: before[i]!, after: after[i]! });
  const largest = { winners: falls.accounts.map(tell), losers: rises.accounts.map(tell) };
  return { winners, losers, unchanged, grandfather, grandfatherCost, largest };
}

/** The accounts with the largest changes, of equals the first. */
class Largest {
  /** The largest first. */
  readonly accounts: number[] = [];
  private readonly change: (account: number) => number;

  constructor(change: (account: number) => number) {
    this.change = change;
  }

  offer(account: number): void {
    const { accounts, change } = this;
    const own = change(account);
    let at = accounts.length;
    while (at > 0 && change(accounts[at - 1]!) < own) at--;
    if (at === LARGEST_SHOWN) return;
    accounts.splice(at, 0, account);
    if (accounts.length > LARGEST_SHOWN) accounts.pop();
  }
}
