/** The result of `meter validate` where it goes to, and the explanation of a lint. */
import { Refusal, usageProblem } from '../app/refusal.ts';
import { LINTS } from '../core/lint/index.ts';
import { didYouMean, isError, type Problem } from '../core/problem.ts';
import { formatProblems } from '../report/problems.ts';
import { markdown } from '../report/render/markdown.ts';
import { terminal } from '../report/render/terminal.ts';
import {
  explanation,
  VALIDATION_FORMATS,
  type ValidationFormatName,
  type ValidationReport,
  WITH_CHECKLIST,
} from '../report/validation/index.ts';
import { allProblems } from '../report/validation/report.ts';
import { styleFor } from './colour.ts';
import { annotateProblems } from './github.ts';
import { EXIT, type ExitCode, type Io } from './io.ts';
import { presentationFor, putResult, type ResultTarget, resultTarget } from './resultTarget.ts';
import { asErrors, refuseWarnings } from './warnings.ts';

export type ValidationFlags = {
  readonly format?: ValidationFormatName;
  readonly output?: string;
  readonly checklist?: boolean;
  readonly show?: boolean;
  readonly strict?: boolean;
  readonly color?: boolean;
};

/** Names of files that go by another ending than their format. */
const ENDINGS = { junit: 'xml' } as const;

/** Target of the result. Throws a Refusal where a flag has no place in its format. */
export function validationTarget(flags: ValidationFlags): ResultTarget<ValidationFormatName> {
  const target = resultTarget(flags, { formats: VALIDATION_FORMATS, endings: ENDINGS });
  if (flags.checklist && !WITH_CHECKLIST.has(target.format)) {
    const hint = `use one of ${[...WITH_CHECKLIST].join(', ')}; the cases of junit are the points of the checklist`;
    throw new Refusal('usage', [usageProblem('no-place-for-checklist', noPlace('checklist', target.format), hint)]);
  }
  if (flags.show && target.format !== 'table')
    throw new Refusal('usage', [
      usageProblem('no-place-for-show', noPlace('show', target.format), 'leave out --format'),
    ]);
  return target;
}

function noPlace(flag: string, format: string): string {
  return `--${flag} has no place in ${format}`;
}

/** Writes the report, then its problems to standard error. Throws a Refusal for an error, and with `--strict` for a warning. */
export async function putValidation(
  report: ValidationReport,
  target: ResultTarget<ValidationFormatName>,
  flags: ValidationFlags,
  io: Io,
): Promise<ExitCode> {
  await putResult(target, VALIDATION_FORMATS[target.format](report, presentationFor(target, flags, io)), io);
  const problems = allProblems(report);
  if (problems.some(isError)) throw new Refusal('usage', flags.strict ? asErrors(problems) : problems);
  refuseWarnings(problems, flags, 'usage');
  io.stderr.write(formatProblems(problems, styleFor(io, io.stderr, flags)));
  annotateProblems(problems, io);
  return EXIT.done;
}

/** Explains a lint. Throws a Refusal for a code that is none. */
export async function explainLint(
  code: string,
  target: ResultTarget<ValidationFormatName>,
  flags: ValidationFlags,
  io: Io,
): Promise<ExitCode> {
  const lint = LINTS.find((one) => one.code === code || one.code === `lint/${code}`);
  if (!lint) throw new Refusal('usage', [unknownLint(code)]);
  if (target.format !== 'table' && target.format !== 'md') {
    const problem = usageProblem('no-place-for-explain', noPlace('explain', target.format), 'use --format md, or none');
    throw new Refusal('usage', [problem]);
  }
  const document = explanation(lint);
  const pieces = target.format === 'md' ? markdown(document) : terminal(document, presentationFor(target, flags, io));
  await putResult(target, pieces, io);
  return EXIT.done;
}

function unknownLint(code: string): Problem {
  const codes = LINTS.map((lint) => lint.code);
  const meant = didYouMean(code, codes);
  const hint = meant ? `did you mean ${meant}?` : `use one of ${codes.join(', ')}`;
  return usageProblem('unknown-lint', `there is no lint "${code}"`, hint);
}
