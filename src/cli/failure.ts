import type { Problem } from '../core/problem.ts';
import type { ExitCode } from './io.ts';

/** Ends a command: the problems are shown and the process ends with `exitCode`. */
export class CommandFailure extends Error {
  readonly problems: readonly Problem[];
  readonly exitCode: ExitCode;

  constructor(exitCode: ExitCode, problems: readonly Problem[]) {
    super(problems[0]?.message ?? 'the command failed');
    this.problems = problems;
    this.exitCode = exitCode;
  }
}

/** A problem of the command line itself: no file, no line. */
export function usageProblem(code: string, message: string, hint?: string): Problem {
  return { severity: 'error', code: `usage/${code}`, message, ...(hint !== undefined && { hint }) };
}
