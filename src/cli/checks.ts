/** `--assert` and `checks:` for every command: rules in, verdict out. */
import { type Check, type CheckOutcome, isCheck, readCheck, runChecks } from '../core/checks/check.ts';
import type { Problem } from '../core/problem.ts';
import { formatOutcomes } from '../report/checks.ts';
import { styleFor } from './colour.ts';
import { CommandFailure } from './failure.ts';
import { annotateChecks } from './github.ts';
import { EXIT, type ExitCode, type Io } from './io.ts';

/** The rules of `--assert`. One that is not a rule ends the command before it begins. */
export function assertOption(rules: readonly string[] = []): Check[] {
  const read = rules.map((rule) => readCheck(rule, { file: '--assert', line: 1, column: 1, excerpt: rule }));
  const problems = read.filter((one): one is Problem => !isCheck(one));
  if (problems.length > 0) throw new CommandFailure(EXIT.usage, problems);
  return read.filter(isCheck);
}

/** Works rules out over a result's JSON. A rule that the result cannot answer ends the command. */
export function outcomesOf(checks: readonly Check[], result: unknown): readonly CheckOutcome[] {
  const { outcomes, problems } = runChecks(checks, result);
  if (problems.length > 0) throw new CommandFailure(EXIT.usage, problems);
  return outcomes;
}

/** Says on stderr how the checks went, after the result; the exit code is 1 if one failed. */
export function verdict(
  outcomes: readonly CheckOutcome[],
  flags: { readonly color?: boolean; readonly quiet?: boolean },
  io: Io,
): ExitCode {
  const failed = outcomes.filter(({ passed }) => !passed);
  const shown = flags.quiet ? failed : outcomes;
  io.stderr.write(formatOutcomes(shown, styleFor(io, io.stderr, flags)));
  annotateChecks(failed, io);
  return failed.length > 0 ? EXIT.checkFailed : EXIT.done;
}
