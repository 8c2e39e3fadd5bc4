/** The alarm that price and value have come apart: the revenue of those who are there shrinks, and not by chance. */
import { middle95 } from './ranking.ts';
import type { RateSums, Sums } from './sums.ts';

export type Alarm = { readonly code: 'misaligned'; readonly months: readonly [number, number] };

/** Months that are taken together, so that a single burst is no trend. */
const TRAILING = 3;

/**
 * Revenue retention of the trailing three months, month 0 being 1, is below 1 in two months running, and so is the upper end of its
 * 95 % interval in both: the first such pair. Months count as if each had the mean number of days. None without replicates.
 */
export function alarmOf(sums: Sums, replicates: readonly RateSums[]): Alarm | undefined {
  if (replicates.length < 2) return undefined;
  const shrinks = (t: number) => {
    if (!(retention(sums.normalisedByMonth, t) < 1)) return false;
    const drawn = replicates.map(({ normalisedByMonth }) => retention(normalisedByMonth, t)).filter(Number.isFinite);
    return drawn.length > 1 && middle95(drawn)[1] < 1;
  };
  for (let t = TRAILING + 1; t < sums.normalisedByMonth.length; t++)
    if (shrinks(t - 1) && shrinks(t)) return { code: 'misaligned', months: [t - 1, t] };
  return undefined;
}

function retention(revenue: Float64Array, t: number): number {
  let sum = 0;
  for (let back = 0; back < TRAILING; back++) sum += revenue[t - back]!;
  return sum / TRAILING / revenue[0]!;
}
