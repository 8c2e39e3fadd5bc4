/** `--assert`, `--warn`, `checks:` and `warn:` for every command: rules in, verdict out. */

import { Refusal } from '../app/refusal.ts';
import { type Check, type CheckOutcome, isCheck, readCheck, runChecks } from '../core/checks/check.ts';
import type { Result } from '../core/checks/lookUp.ts';
import type { Problem } from '../core/problem.ts';
import { formatOutcomes } from '../report/checks.ts';
import { styleFor } from './colour.ts';
import { annotateChecks } from './github.ts';
import { EXIT, type ExitCode, type Io } from './io.ts';

export type RuleFlags = { readonly assert?: readonly string[]; readonly warn?: readonly string[] };

/** The rules of `--assert` and `--warn`. One that is not a rule ends the command before it begins. */
export function ruleOptions(flags: RuleFlags): Check[] {
  const from = (flag: string, rules: readonly string[] = [], severity: Problem['severity']) =>
    rules.map((rule) => readCheck(rule, { file: flag, line: 1, column: 1, excerpt: rule }, severity));
  const read = [...from('--assert', flags.assert, 'error'), ...from('--warn', flags.warn, 'warning')];
  const problems = read.filter((one): one is Problem => !isCheck(one));
  if (problems.length > 0) throw new Refusal('usage', problems);
  return read.filter(isCheck);
}

/** Works rules out over a result. A rule that the result cannot answer ends the command. */
export function outcomesOf(checks: readonly Check[], result: Result): readonly CheckOutcome[] {
  const { outcomes, problems } = runChecks(checks, result);
  if (problems.length > 0) throw new Refusal('usage', problems);
  return outcomes;
}

/** Says on stderr how the checks went, after the result; the exit code is 1 if one failed that is not only a warning. */
export function verdict(
  outcomes: readonly CheckOutcome[],
  flags: { readonly color?: boolean; readonly quiet?: boolean },
  io: Io,
): ExitCode {
  const failed = outcomes.filter(({ passed }) => !passed);
  const shown = flags.quiet ? failed : outcomes;
  io.stderr.write(formatOutcomes(shown, styleFor(io, io.stderr, flags)));
  annotateChecks(failed, io);
  return failed.some(({ severity }) => severity === 'error') ? EXIT.checkFailed : EXIT.done;
}
