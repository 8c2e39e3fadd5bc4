/** Which scenario is best, by which measure, and how surely. */
import type { Money } from './money.ts';
import type { Rates } from './outcomes.ts';
import { toldShare } from './shares.ts';

/** Everything that scenarios are compared by. */
export type Measures = Rates & Money;
export type MeasureName = keyof Measures;

export type Ranked = {
  readonly measure: MeasureName;
  /** Those that are best, in the order of the scenarios: more than one if they are equal. */
  readonly best: readonly string[];
  /** Share of replicates in which one of them is the best one, as far as their number tells; the same customers are drawn for all. */
  readonly certainty: number | undefined;
  /** The best of the others, and by how much it is worse; undefined if there are no others. */
  readonly next: { readonly name: string; readonly gap: number; readonly interval: Interval | undefined } | undefined;
};

/** Measures by which scenarios are ranked, money first, and whether more is better. */
export const RANKED: readonly { readonly measure: MeasureName; readonly better: 'more' | 'less' }[] = [
  { measure: 'total', better: 'more' },
  { measure: 'grossProfit', better: 'more' },
  { measure: 'runRate', better: 'more' },
  { measure: 'grossProfitPerSignup', better: 'more' },
  { measure: 'conversion', better: 'more' },
  { measure: 'monthlyChurn', better: 'less' },
  { measure: 'disputeRate', better: 'less' },
  { measure: 'grossMargin', better: 'more' },
  { measure: 'nrr', better: 'more' },
];

/** Numbers closer than this, relative to the larger one, are equal: sums of doubles in another order differ by less. */
const EQUAL_WITHIN = 1e-9;

export function areEqual(a: number, b: number): boolean {
  return Math.abs(a - b) <= EQUAL_WITHIN * Math.max(Math.abs(a), Math.abs(b));
}

export function rankingOf(
  names: readonly string[],
  measures: readonly Measures[],
  replicates: readonly (readonly Measures[])[],
): Ranked[] {
  return RANKED.flatMap(({ measure, better }): Ranked[] => {
    const values = measures.map((own) => own[measure]);
    if (values.some((value) => value === undefined || !Number.isFinite(value))) return [];
    const sign = better === 'more' ? 1 : -1;
    const scores = values.map((value) => sign * value!);
    const top = Math.max(...scores);
    const isBest = scores.map((score) => areEqual(score, top));
    const next = scores.reduce<number | undefined>(
      (found, score, i) => (isBest[i] || (found !== undefined && score <= scores[found]!) ? found : i),
      undefined,
    );
    const best = names.filter((_, i) => isBest[i]);
    if (next === undefined) return [{ measure, best, certainty: undefined, next: undefined }];

    const leads: number[] = [];
    const gaps: number[] = [];
    for (let b = 0; b < (replicates[0]?.length ?? 0); b++) {
      const drawn = replicates.map((own) => sign * (own[b]![measure] ?? Number.NaN));
      if (!drawn.every(Number.isFinite)) continue; // a resample of a handful of accounts may have drawn none
      const of = (wanted: boolean) => Math.max(...drawn.filter((_, i) => isBest[i] === wanted));
      leads.push(of(true) - of(false));
      gaps.push(of(true) - drawn[next]!);
    }
    const holds = leads.filter((lead) => lead > 0).length;
    return [
      {
        measure,
        best,
        certainty: leads.length > 1 ? toldShare(holds, leads.length) : undefined,
        next: {
          name: names[next]!,
          gap: top - scores[next]!,
          interval: gaps.length > 1 ? middle95(gaps) : undefined,
        },
      },
    ];
  });
}

/** By scenario, the share of replicates in which it is the best one by a measure; undefined where the measure is unknown. */
export function leadingShares(
  measure: MeasureName,
  replicates: readonly (readonly Measures[])[],
): readonly number[] | undefined {
  const sign = RANKED.find((ranked) => ranked.measure === measure)!.better === 'more' ? 1 : -1;
  const leads = replicates.map(() => 0);
  let count = 0;
  for (let b = 0; b < (replicates[0]?.length ?? 0); b++) {
    const scores = replicates.map((own) => sign * (own[b]![measure] ?? Number.NaN));
    if (!scores.every(Number.isFinite)) continue;
    const top = Math.max(...scores);
    const best = scores.flatMap((score, i) => (areEqual(score, top) ? [i] : []));
    for (const i of best) leads[i]! += 1 / best.length;
    count++;
  }
  return count === 0 ? undefined : leads.map((lead) => lead / count);
}

/** True if what is measured tells the best one from the next: its lead is above 0 in 95 % of resamples, or none were drawn. */
export function isTold({ next }: Ranked): boolean {
  return next !== undefined && (next.interval === undefined || next.interval[0] > 0);
}

export type Interval = readonly [low: number, high: number];

/** 95 % of the replicates, for each measure that has any. */
export function intervalsOf(replicates: readonly Measures[]): Partial<Record<MeasureName, Interval>> {
  const intervals: Partial<Record<MeasureName, Interval>> = {};
  for (const name of Object.keys(replicates[0] ?? {}) as MeasureName[]) {
    // A resample of a handful of accounts may have drawn none of them.
    const known = replicates.flatMap((measures) => measures[name] ?? []).filter(Number.isFinite);
    if (known.length > 1) intervals[name] = middle95(known);
  }
  return intervals;
}

export function middle95(values: readonly number[]): Interval {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => {
    const position = share * (sorted.length - 1);
    const below = Math.floor(position);
    return sorted[below]! + (position - below) * ((sorted[below + 1] ?? sorted[below]!) - sorted[below]!);
  };
  return [at(0.025), at(0.975)];
}
