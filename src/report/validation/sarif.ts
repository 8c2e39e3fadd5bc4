/**
 * SARIF 2.1.0, which code scanning of GitHub, GitLab and editors read: a result for each problem, and for each that a
 * comment silences one that says so.
 */
import { LINTS } from '../../core/lint/index.ts';
import type { Problem } from '../../core/problem.ts';
import { safeJson } from '../safeText.ts';
import { allProblems, type SilencedProblem, type ValidationReport } from './report.ts';

const SCHEMA = 'https://json.schemastore.org/sarif-2.1.0.json';

export function* validationSarif(report: ValidationReport): Generator<string> {
  const problems = allProblems(report);
  const silenced = report.files.flatMap(({ ignored }) => ignored);
  const codes = [...new Set([...problems, ...silenced.map(({ problem }) => problem)].map(({ code }) => code))];
  const lints: readonly string[] = LINTS.map(({ code }) => code);
  const rules = [...lints, ...codes.filter((code) => !lints.includes(code)).sort()];
  const results = [
    ...problems.map((problem) => resultOf(problem, rules, report)),
    ...silenced.map((one) => ({ ...resultOf(one.problem, rules, report), suppressions: [suppression(one)] })),
  ];
  const driver = { name: 'meter', rules: rules.map(ruleOf) };
  yield `${safeJson({ $schema: SCHEMA, version: '2.1.0', runs: [{ tool: { driver }, columnKind: 'utf16CodeUnits', results }] }, 2)}\n`;
}

function ruleOf(code: string) {
  const lint = LINTS.find((one) => one.code === code);
  if (!lint) return { id: code };
  const text = `${lint.explanation}\n\n${lint.reason}\n\n${lint.remedy}`;
  return {
    id: code,
    shortDescription: { text: lint.title },
    fullDescription: { text: lint.explanation },
    help: { text },
    defaultConfiguration: { level: lint.severity },
  };
}

function resultOf(problem: Problem, rules: readonly string[], { isStrict, pathOf }: ValidationReport) {
  const { code, severity, message, hint, source } = problem;
  const uri = source && encodeURI(pathOf(source.file));
  const region = source?.line !== undefined && {
    region: { startLine: source.line, ...(source.column !== undefined && { startColumn: source.column }) },
  };
  return {
    ruleId: code,
    ruleIndex: rules.indexOf(code),
    level: isStrict ? 'error' : severity,
    message: { text: hint === undefined ? message : `${message}\n${hint}` },
    ...(uri !== undefined && { locations: [{ physicalLocation: { artifactLocation: { uri }, ...region } }] }),
  };
}

function suppression({ reason }: SilencedProblem) {
  return { kind: 'inSource', justification: reason };
}
