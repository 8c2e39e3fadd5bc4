/** Which scenario is best, by which rate, and how surely. */
import type { RateName, Rates } from './outcomes.ts';

export type Ranked = {
  readonly rate: RateName;
  readonly best: string;
  /** Share of replicates in which it is the best one, the same customers being drawn for every scenario. */
  readonly certainty: number | undefined;
};

/** Rates by which scenarios are ranked, and whether more is better. */
export const RANKED: readonly { readonly rate: RateName; readonly better: 'more' | 'less' }[] = [
  { rate: 'conversion', better: 'more' },
  { rate: 'monthlyChurn', better: 'less' },
  { rate: 'disputeRate', better: 'less' },
  { rate: 'grossMargin', better: 'more' },
  { rate: 'nrr', better: 'more' },
];

export function rankingOf(
  names: readonly string[],
  rates: readonly Rates[],
  replicates: readonly (readonly Rates[])[],
): Ranked[] {
  const ranking: Ranked[] = [];
  for (const { rate, better } of RANKED) {
    if (rates.some((own) => own[rate] === undefined)) continue;
    const bestOf = (of: (scenario: number) => Rates) =>
      names.reduce((best, _, i) => {
        const [challenger, champion] = [of(i)[rate]!, of(best)[rate]!];
        return (better === 'more' ? challenger > champion : challenger < champion) ? i : best;
      }, 0);
    const best = bestOf((i) => rates[i]!);
    const count = replicates[0]?.length ?? 0;
    let [holds, known] = [0, 0];
    for (let b = 0; b < count; b++) {
      if (!replicates.every((own) => Number.isFinite(own[b]![rate]))) continue;
      known++;
      if (bestOf((i) => replicates[i]![b]!) === best) holds++;
    }
    ranking.push({ rate, best: names[best]!, certainty: known > 1 ? holds / known : undefined });
  }
  return ranking;
}

export type Interval = readonly [low: number, high: number];

/** 95 % of the replicates, for each rate that has any. */
export function intervalsOf(replicates: {
  readonly all: readonly Rates[];
  readonly conversion: readonly number[];
}): Partial<Record<RateName, Interval>> {
  const { all, conversion } = replicates;
  const names = ['monthlyChurn', 'disputeRate', 'ticketsPerAccountMonth', 'grossMargin', 'nrr', 'grr'] as const;
  const intervals: Partial<Record<RateName, Interval>> = {};
  for (const [name, values] of [
    ['conversion', conversion],
    ...names.map((rate) => [rate, all.map((rates) => rates[rate])] as const),
  ] as const) {
    // A resample of a handful of accounts may have drawn none of them.
    const known = values.filter(Number.isFinite);
    if (known.length > 1) intervals[name] = middle95(known);
  }
  return intervals;
}

function middle95(values: readonly number[]): Interval {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => {
    const position = share * (sorted.length - 1);
    const below = Math.floor(position);
    return sorted[below]! + (position - below) * ((sorted[below + 1] ?? sorted[below]!) - sorted[below]!);
  };
  return [at(0.025), at(0.975)];
}
