import type { PointAnswer } from '../../core/lint/checklist.ts';
import { isError, type Problem } from '../../core/problem.ts';

/** A warning that a comment in its file silences, and the reason that the comment gives. */
export type SilencedProblem = { readonly problem: Problem; readonly reason: string };

export type ValidatedFile = {
  readonly file: string;
  /** The file's kind and contents in words; absent for one with errors. */
  readonly what?: string;
  readonly problems: readonly Problem[];
  readonly ignored: readonly SilencedProblem[];
  /** Of a tier file: the production checklist. */
  readonly points?: readonly PointAnswer[];
};

/** Result of `meter validate`. */
export type ValidationReport = {
  readonly files: readonly ValidatedFile[];
  /** Problems of none of the files: one that cannot be read, the tier file that the others are checked against. */
  readonly others: readonly Problem[];
  /** Warnings fail. */
  readonly isStrict: boolean;
  readonly showsChecklist: boolean;
  /** Only results: no line for a good file. */
  readonly isQuiet: boolean;
  /** Path of a file from the root of its repository. */
  readonly pathOf: (file: string) => string;
};

export type ValidationCounts = { readonly errors: number; readonly warnings: number; readonly ignored: number };

export function allProblems({ files, others }: Pick<ValidationReport, 'files' | 'others'>): Problem[] {
  return [...others, ...files.flatMap(({ problems }) => problems)];
}

export function countsOf(report: Pick<ValidationReport, 'files' | 'others'>): ValidationCounts {
  const problems = allProblems(report);
  const errors = problems.filter(isError).length;
  const ignored = report.files.reduce((sum, file) => sum + file.ignored.length, 0);
  return { errors, warnings: problems.length - errors, ignored };
}

/** True if the run fails: for an error, and with `--strict` for a warning, too. */
export function fails(problem: Problem, { isStrict }: Pick<ValidationReport, 'isStrict'>): boolean {
  return isStrict || isError(problem);
}
