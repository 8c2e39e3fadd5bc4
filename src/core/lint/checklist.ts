/** The production checklist: twelve points, each decided by its lints. */
import type { Problem } from '../problem.ts';
import { POINTS } from './index.ts';
import type { Lint } from './lint.ts';

/** A lint with its findings as problems. */
export type LintAnswer = {
  readonly lint: Lint;
  readonly problems: readonly Problem[];
  /** Reason why the files do not decide it. */
  readonly undecided?: string;
};

/** `undecided`: the files at hand do not say. */
export type PointState = 'good' | 'bad' | 'undecided';

export type PointAnswer = {
  readonly title: string;
  readonly codes: readonly string[];
  readonly state: PointState;
  /** Findings that no comment silences. */
  readonly problems: readonly Problem[];
  /** Findings that a comment silences. */
  readonly ignored: number;
  /** Reasons why it is not decided; empty for any other state. */
  readonly reasons: readonly string[];
};

/** `answers` are empty for a tier file that does not load. */
export function checklist(answers: readonly LintAnswer[], ignored: ReadonlySet<Problem>): PointAnswer[] {
  return POINTS.map(({ title, lints }) => {
    const own = answers.filter(({ lint }) => lints.includes(lint));
    const all = own.flatMap(({ problems }) => problems);
    const problems = all.filter((problem) => !ignored.has(problem));
    const reasons = own.length === 0 ? ['the tier file has errors'] : own.flatMap(({ undecided }) => undecided ?? []);
    const state = problems.length > 0 ? 'bad' : reasons.length > 0 ? 'undecided' : 'good';
    const codes = lints.map(({ code }) => code);
    return {
      title,
      codes,
      state,
      problems,
      ignored: all.length - problems.length,
      reasons: state === 'undecided' ? reasons : [],
    };
  });
}
