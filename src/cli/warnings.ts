import { type Fault, Refusal } from '../app/refusal.ts';
import type { Problem } from '../core/problem.ts';
import { formatProblems } from '../report/problems.ts';
import { styleFor } from './colour.ts';
import { annotateProblems } from './github.ts';
import type { Io } from './io.ts';

export type WarningFlags = {
  /** Warnings are errors. */
  readonly strict?: boolean;
  readonly quiet?: boolean;
  readonly color?: boolean;
};

/** Shows warnings on stderr. With `--strict` they end the command instead. */
export function warn(warnings: readonly Problem[], flags: WarningFlags, io: Io, fault: Fault): void {
  refuseWarnings(warnings, flags, fault);
  if (!flags.quiet) io.stderr.write(formatProblems(warnings, styleFor(io, io.stderr, flags)));
  annotateProblems(warnings, io);
}

/** Ends the command if there are warnings and they are errors: to be called before a result is written. */
export function refuseWarnings(warnings: readonly Problem[], { strict }: WarningFlags, fault: Fault): void {
  if (strict && warnings.length > 0) throw new Refusal(fault, asErrors(warnings));
}

export function asErrors(warnings: readonly Problem[]): Problem[] {
  return warnings.map((warning) => ({ ...warning, severity: 'error' }));
}
