/** Each file as a suite, each lint of a tier file and each other problem as a case. */
import type { PointAnswer } from '../../core/lint/checklist.ts';
import { isError, type Problem } from '../../core/problem.ts';
import { junit } from '../render/junit.ts';
import type { SuiteCase, SuiteOutcome } from '../suites.ts';
import { fails, type ValidatedFile, type ValidationReport } from './report.ts';
import { placeText } from './words.ts';

export function validationJunit(report: ValidationReport): Iterable<string> {
  const suites = report.files.map((file) => ({ name: file.file, cases: casesOf(file, report) }));
  const others = report.others.map((problem) => problemCase(problem, report));
  return junit('meter validate', others.length > 0 ? [...suites, { name: 'other files', cases: others }] : suites);
}

function casesOf(file: ValidatedFile, report: ValidationReport): SuiteCase[] {
  const isPoint = new Set((file.points ?? []).flatMap(({ problems }) => problems));
  const form: SuiteCase[] =
    file.what === undefined ? [] : [{ name: `is a valid ${file.what}`, outcome: { kind: 'passed' } }];
  return [
    ...form,
    ...file.problems.filter((problem) => !isPoint.has(problem)).map((problem) => problemCase(problem, report)),
    ...(file.points ?? []).map((point) => pointCase(point, report)),
  ];
}

function problemCase(problem: Problem, report: ValidationReport): SuiteCase {
  const { code, source } = problem;
  return { name: code, ...(source && { source }), outcome: outcomeOf([problem], report) };
}

function pointCase({ title, codes, state, problems, reasons }: PointAnswer, report: ValidationReport): SuiteCase {
  const name = `${title} [${codes.join(', ')}]`;
  if (state === 'undecided') return { name, outcome: { kind: 'skipped', message: reasons.join('; ') } };
  const source = problems[0]?.source;
  return { name, ...(source && { source }), outcome: outcomeOf(problems, report) };
}

/** Warnings that do not fail the run are notes of a case that passes. */
function outcomeOf(problems: readonly Problem[], report: ValidationReport): SuiteOutcome {
  const [first, ...more] = problems;
  if (!first) return { kind: 'passed' };
  const lines = more.map((problem) => `${placeText(problem.source)}: ${problem.message}`);
  const hint = first.hint === undefined ? [] : [`hint: ${first.hint}`];
  if (!fails(first, report))
    return { kind: 'passed', note: [`warning: ${placeText(first.source)}: ${first.message}`, ...hint, ...lines] };
  return {
    kind: 'failed',
    message: first.message,
    type: first.code,
    detail: [...hint, ...lines],
    isError: isError(first),
  };
}
