/** Formats of the results of test files. */
import { junit } from '../render/junit.ts';
import { markdown } from '../render/markdown.ts';
import { rulesSuites } from '../render/rulesJunit.ts';
import { tap } from '../render/tap.ts';
import { type TerminalPresentation, terminal } from '../render/terminal.ts';
import { safeJson } from '../safeText.ts';
import type { Suite } from '../suites.ts';
import { casesComment } from './comment.ts';
import { casesDocument } from './document.ts';
import { casesObject } from './json.ts';
import { type CasesReport, isPassed } from './report.ts';
import { failureLines } from './words.ts';

export type CasesFormat = (report: CasesReport, presentation: TerminalPresentation) => Iterable<string>;

export const CASES_FORMATS = {
  table: (report, presentation) => terminal(casesDocument(report), presentation),
  json: (report) => [`${safeJson(casesObject(report), 2)}\n`],
  md: (report) => markdown(casesComment(report)),
  junit: (report) => junit('meter test', suitesOf(report)),
  tap: (report) => tap(suitesOf(report)),
} as const satisfies Record<string, CasesFormat>;

/** A suite for each test file, and one for the rules about the result, if there are any. */
export function suitesOf({ files, checks }: CasesReport): Suite[] {
  const suites = files.map(({ name, rateCard, results }): Suite => {
    const cases = results.map((result) => {
      const { it, source } = result.case;
      const about = { name: it, source: { file: source.file, ...placeIn(source) } };
      if (isPassed(result)) return { ...about, outcome: { kind: 'passed' } as const };
      const [first, ...more] = failureLines(result, rateCard).map((line) =>
        line.isArithmetic ? `  ${line.text}` : line.text,
      );
      const isError = result.invoice === undefined;
      return { ...about, outcome: { kind: 'failed', message: first!, detail: more, isError } as const };
    });
    return { name, cases };
  });
  return [...suites, ...rulesSuites(checks)];
}

function placeIn({ line, column }: { readonly line?: number; readonly column?: number }) {
  return { ...(line !== undefined && { line }), ...(column !== undefined && { column }) };
}
