/** A problem with the user's input. Problems are collected and shown together; they are never thrown one by one. */
import type { ProblemCode } from './problemCodes.ts';

export type Severity = 'error' | 'warning';

export type Problem = {
  readonly severity: Severity;
  /** For searching: `area/what`, for instance `tiers/not-ascending`; problemCodes.ts holds all of them. */
  readonly code: ProblemCode;
  readonly source?: ProblemSource;
  /** Lower case, without a full stop, with the offending value. */
  readonly message: string;
  /** The remedy: the text to write or the thing to do instead. */
  readonly hint?: string;
};

/** Place of a problem. `line` and `column` count from 1; a column counts characters (UTF-16 units). */
export type ProblemSource = {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
  /** The text of that line, without its end. */
  readonly excerpt?: string;
};

export function isError(problem: Problem): boolean {
  return problem.severity === 'error';
}

/** For sorting: by line, then column; problems without a place come first. */
export function byPlace(a: Pick<Problem, 'source'>, b: Pick<Problem, 'source'>): number {
  return (a.source?.line ?? 0) - (b.source?.line ?? 0) || (a.source?.column ?? 0) - (b.source?.column ?? 0);
}

/**
 * The candidate that `word` most likely was meant to be, or undefined: at most a third of its letters differ
 * (insertions, deletions, replacements and swapped neighbours count one each), letter case aside.
 */
export function didYouMean(word: string, candidates: Iterable<string>): string | undefined {
  let best: { candidate: string; distance: number } | undefined;
  const lower = word.toLowerCase();
  for (const candidate of candidates) {
    const allowed = Math.max(1, Math.floor(candidate.length / 3));
    // Each letter that one of them has more is a difference; most of many candidates are ruled out by that.
    if (Math.abs(word.length - candidate.length) > allowed || candidate.length > LONGEST_COMPARED) continue;
    const distance = editDistance(lower, candidate.toLowerCase());
    if (distance <= allowed && (!best || distance < best.distance)) best = { candidate, distance };
  }
  return best?.candidate;
}

/** Characters of a name; comparing two takes the product of their lengths. */
const LONGEST_COMPARED = 1000;

/** Optimal string alignment distance (Damerau–Levenshtein without overlapping swaps). */
export function editDistance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 8) return Number.POSITIVE_INFINITY; // too far to be a typo; keeps this cheap
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = last[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      row[j] = Math.min(last[j]! + 1, row[j - 1]! + 1, replaced);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        row[j] = Math.min(row[j]!, beforeLast[j - 2]! + 1);
      }
    }
    [beforeLast, last] = [last, row];
  }
  return last[b.length]!;
}
