/**
 * Predicted and observed churn side by side: by tenths of the predicted churn, and by groups in which a wrong parameter shows.
 *
 * The overall rate says little: a wrong price parameter is made up for by the base rate. It shows where customers differ in
 * the price list, in how their bills vary and surprise, in size and in tenure.
 */
import type { Behaviour } from '../parameters.ts';
import type { Matrix } from './matrix.ts';
import { interval95, tail } from './negativeBinomial.ts';
import { predict } from './observed.ts';
import type { ReactionRow } from './reactionRows.ts';

/** Rows of similar predicted churn: what was predicted and what happened, as rates. */
export type Decile = { readonly rows: number; readonly predicted: number; readonly observed: number };

export const GROUPINGS = ['all', 'priceList', 'unpredictability', 'surprise', 'size', 'tenure'] as const;
export type Grouping = (typeof GROUPINGS)[number];

export type Group = {
  readonly by: Grouping;
  /** Of a price list: `scenario/plan`. */
  readonly name?: string;
  /** Of a measured grouping: from, and up to below; the last group is open (infinite). */
  readonly range?: readonly [number, number];
  readonly rows: number;
  /** Exits. */
  readonly predicted: number;
  readonly observed: number;
  /** 95 % of the exits that the fit predicts. */
  readonly interval: readonly [number, number];
  /** So far out that it would happen in fewer than 5 of 100 checks to any of the groups, if the fit were right. */
  readonly isOutside: boolean;
};

export type Check = { readonly deciles: readonly Decile[]; readonly groups: readonly Group[] };

/** A fit: the behaviour it came to, and how uncertain it is. */
export type Fitted = {
  readonly behaviour: Behaviour;
  /** Behaviours a small step from the fitted one, one for each free parameter, and the length of the step on the free scale. */
  readonly nearby: { readonly behaviours: readonly Behaviour[]; readonly step: number };
  /** Of the free parameters, on their free scales. */
  readonly covariance: Matrix;
  /** Observed ÷ expected variance of exits by account, at least 1. */
  readonly dispersion: number;
};

const FALSE_ALARMS = 0.05;
const TENURES = [0, 6, 12, 24, 48, Number.POSITIVE_INFINITY];
const MOST_LISTS = 12;

/** Exits of an account beyond its expectation, squared, ÷ their variance: 1 if the rows of an account are independent. */
export function dispersionOf(rows: readonly ReactionRow[], behaviour: Behaviour): number {
  let [squares, variance, miss] = [0, 0, 0];
  predict(rows, behaviour, (row, { churn }) => {
    miss += (rows[row]!.churned ? 1 : 0) - churn;
    variance += churn * (1 - churn);
    if (rows[row + 1]?.cluster === rows[row]!.cluster) return;
    squares += miss ** 2;
    miss = 0;
  });
  return variance > 0 ? Math.max(1, squares / variance) : 1;
}

export function checkOf(rows: readonly ReactionRow[], fitted: Fitted): Check {
  const churn = churnOf(rows, fitted.behaviour);
  return { deciles: decilesOf(rows, churn), groups: groupsOf(rows, churn, fitted) };
}

function churnOf(rows: readonly ReactionRow[], behaviour: Behaviour): Float64Array {
  const churn = new Float64Array(rows.length);
  predict(rows, behaviour, (row, reaction) => {
    churn[row] = reaction.churn;
  });
  return churn;
}

function decilesOf(rows: readonly ReactionRow[], churn: Float64Array): Decile[] {
  const order = [...rows.keys()].sort((a, b) => churn[a]! - churn[b]!);
  return Array.from({ length: 10 }, (_, d) => {
    const part = order.slice(Math.floor((d * order.length) / 10), Math.floor(((d + 1) * order.length) / 10));
    const meanOf = (of: (row: number) => number) => part.reduce((sum, row) => sum + of(row), 0) / part.length;
    return {
      rows: part.length,
      predicted: meanOf((row) => churn[row]!),
      observed: meanOf((row) => (rows[row]!.churned ? 1 : 0)),
    };
  }).filter((decile) => decile.rows > 0);
}

/** A group before anything is predicted of it. */
type Members = Pick<Group, 'by' | 'name' | 'range'> & { readonly members: readonly number[] };

function groupsOf(rows: readonly ReactionRow[], churn: Float64Array, fitted: Fitted): Group[] {
  const groups = membersOf(rows, fitted.behaviour);
  const { nearby, covariance, dispersion } = fitted;
  const expectedOf = (members: readonly number[], by: Float64Array) => members.reduce((sum, row) => sum + by[row]!, 0);
  const moved = nearby.behaviours.map((behaviour) => churnOf(rows, behaviour));
  return groups.map(({ members, ...group }): Group => {
    const mean = expectedOf(members, churn);
    const slopes = moved.map((there) => (expectedOf(members, there) - mean) / nearby.step);
    const scatter = dispersion * members.reduce((sum, row) => sum + churn[row]! * (1 - churn[row]!), 0);
    const variance = scatter + quadraticForm(covariance, slopes);
    const observed = members.filter((row) => rows[row]!.churned).length;
    return {
      ...group,
      ...{ rows: members.length, predicted: mean, observed },
      interval: interval95({ mean, variance }),
      isOutside: tail({ mean, variance }, observed) < FALSE_ALARMS / 2 / groups.length,
    };
  });
}

function quadraticForm(matrix: Matrix, vector: readonly number[]): number {
  return matrix.reduce(
    (sum, row, i) => sum + row.reduce((own, value, j) => own + value * vector[j]!, 0) * vector[i]!,
    0,
  );
}

/** Groups of the rows, by position; a grouping that leaves all rows together is left out. */
function membersOf(rows: readonly ReactionRow[], behaviour: Behaviour): Members[] {
  const [unpredictability, surprise] = [new Float64Array(rows.length), new Float64Array(rows.length)];
  predict(rows, behaviour, (row, reaction) => {
    unpredictability[row] = reaction.unpredictability;
    surprise[row] = reaction.surprise;
  });
  const sizes = Float64Array.from(rows, ({ expectedRequests }) => expectedRequests);
  const tenures = Float64Array.from(rows, ({ tenure }) => tenure);
  const groupings = [
    byName(rows.map(({ scenario, plan }) => `${scenario}/${plan}`)),
    byRange('unpredictability', unpredictability, quarters(unpredictability)),
    byRange('surprise', surprise, upperHalf(surprise)),
    byRange('size', sizes, quarters(sizes)),
    byRange('tenure', tenures, TENURES),
  ].filter(({ length }) => length > 1);
  return [{ by: 'all', members: [...rows.keys()] }, ...groupings.flat()];
}

function byName(names: readonly string[]): Members[] {
  const lists = new Map<string, number[]>();
  for (const [row, name] of names.entries()) {
    const members = lists.get(name) ?? [];
    lists.set(name, members);
    members.push(row);
  }
  const largest = [...lists].sort(([, a], [, b]) => b.length - a.length).slice(0, MOST_LISTS);
  return largest.map(([name, members]) => ({ by: 'priceList', name, members }));
}

/** `bounds` ascend from the least to one above the most. */
function byRange(by: Grouping, values: Float64Array, bounds: readonly number[]): Members[] {
  return bounds.slice(1).flatMap((to, g) => {
    const from = bounds[g]!;
    const members = [...values.keys()].filter((row) => values[row]! >= from && values[row]! < to);
    return members.length === 0 ? [] : [{ by, range: [from, to] as const, members }];
  });
}

function quarters(values: Float64Array): number[] {
  const sorted = values.toSorted();
  const cuts = [0.25, 0.5, 0.75].map((share) => sorted[Math.floor(share * sorted.length)]!);
  return [...new Set([0, ...cuts, Number.POSITIVE_INFINITY])];
}

/** Nothing, the smaller half of what is above 0, and the larger half. */
function upperHalf(values: Float64Array): number[] {
  const positive = values.filter((value) => value > 0).toSorted();
  if (positive.length === 0) return [0, Number.POSITIVE_INFINITY];
  const bounds = [0, positive[0]!, positive[Math.floor(positive.length / 2)]!, Number.POSITIVE_INFINITY];
  return [...new Set(bounds)];
}
