import type { PointAnswer } from '../../core/lint/checklist.ts';
import type { Problem } from '../../core/problem.ts';
import { FORMAT_VERSION } from '../machine.ts';
import { safeJson } from '../safeText.ts';
import { allProblems, countsOf, fails, type ValidationReport } from './report.ts';

export function* validationJson(report: ValidationReport): Generator<string> {
  const { files, others } = report;
  const document = {
    formatVersion: FORMAT_VERSION,
    kind: 'validation',
    passed: !allProblems(report).some((problem) => fails(problem, report)),
    ...countsOf(report),
    files: files.map(({ file, what, problems, ignored, points }) => ({
      file,
      what: what ?? null,
      problems: problems.map(problemObject),
      ignored: ignored.map(({ problem, reason }) => ({ ...problemObject(problem), reason })),
      ...(report.showsChecklist && { checklist: points?.map(pointObject) ?? null }),
    })),
    others: others.map(problemObject),
  };
  yield `${safeJson(document, 2)}\n`;
}

function problemObject({ severity, code, message, hint, source }: Problem) {
  return {
    ...{ severity, code, file: source?.file ?? null, line: source?.line ?? null, column: source?.column ?? null },
    ...{ message, hint: hint ?? null },
  };
}

function pointObject({ title, codes, state, problems, ignored, reasons }: PointAnswer) {
  return { point: title, codes, state, findings: problems.length, ignored, reasons };
}
