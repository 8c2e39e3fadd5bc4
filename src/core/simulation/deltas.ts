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
  const order: number[] = [];
  for (let i = 0; i < accounts.length; i++) {
    const delta = after[i]! - before[i]!;
    if (Math.abs(delta) < 0.005) unchanged++;
    else {
      if (delta < 0) winners++;
      else losers++;
      order.push(i);
    }
    if (!callsForGrandfathering(before[i]!, after[i]!, behaviour)) continue;
    grandfather++;
    grandfatherCost += delta;
  }
  order.sort((a, b) => after[a]! - before[a]! - (after[b]! - before[b]!) || a - b);
  const tell = (i: number) => ({ account: accounts[i]!, before: before[i]!, after: after[i]! });
  const falls = order.slice(0, LARGEST_SHOWN).filter((i) => after[i]! < before[i]!);
  const rises = order.slice(-LARGEST_SHOWN).filter((i) => after[i]! > before[i]!);
  const largest = { winners: falls.map(tell), losers: rises.reverse().map(tell) };
  return { winners, losers, unchanged, grandfather, grandfatherCost, largest };
}
