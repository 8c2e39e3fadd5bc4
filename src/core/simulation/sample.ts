/** A sample of a population for work that goes over it many times. */
import type { Decimal } from '../decimal.ts';
import type { Population } from './population.ts';
import { RandomStream } from './random.ts';
import { sharedNumbers } from './sharedNumbers.ts';

/** Accounts of a sample, and those that they were drawn from. */
export type SampleSize = { readonly accounts: number; readonly of: number; readonly seed: number };

/**
 * One account from each of `count` strata, if there are more accounts than that; otherwise all of them.
 *
 * Strata are runs of accounts in the order of their requests in month 0 (of equals the first), as equally long as can be. The account
 * of a stratum is drawn by a number that depends on the seed and the stratum alone.
 */
export function stratifiedSample(population: Population, count: number, seed: number): Population {
  const { accounts, quantities, meters, requests, periods, pre } = population;
  if (accounts.length <= count) return population;
  const size = (account: number) => quantities[(account * periods.length + pre) * meters.length + requests]!;
  const order = Uint32Array.from(accounts.keys()).sort((a, b) => size(a) - size(b) || a - b);
  const drawn = Array.from({ length: count }, (_, stratum) => {
    const from = Math.floor((stratum * order.length) / count);
    const to = Math.floor(((stratum + 1) * order.length) / count);
    const uniform = new RandomStream(seed, 'stratum', stratum).next();
    return order[from + Math.floor(uniform * (to - from))]!;
  });
  return accountsOf(
    population,
    drawn.sort((a, b) => a - b),
  );
}

/** The accounts at ascending positions, as a population. */
function accountsOf(population: Population, positions: readonly number[]): Population {
  const { accounts, quantities, peakDays, tenures, exact, periods, meters } = population;
  const width = periods.length * meters.length;
  const own = {
    quantities: sharedNumbers(positions.length * width),
    peakDays: sharedNumbers(positions.length * periods.length),
    exact: new Map<number, Decimal>(),
  };
  for (const [to, from] of positions.entries()) {
    own.quantities.set(quantities.subarray(from * width, (from + 1) * width), to * width);
    own.peakDays.set(peakDays.subarray(from * periods.length, (from + 1) * periods.length), to * periods.length);
    for (let i = 0; exact.size > 0 && i < width; i++) {
      const precise = exact.get(from * width + i);
      if (precise) own.exact.set(to * width + i, precise);
    }
  }
  return {
    ...population,
    ...own,
    accounts: positions.map((from) => accounts[from]!),
    tenures: Float64Array.from(positions, (from) => tenures[from]!),
  };
}
