/** Suites in the Test Anything Protocol, version 14: a line for each case, numbered through, with diagnostics in YAML. */
import { printable, safeJson } from '../safeText.ts';
import type { Suite, SuiteCase } from '../suites.ts';

export function* tap(suites: readonly Suite[]): Generator<string> {
  yield 'TAP version 14\n';
  yield `1..${suites.reduce((count, { cases }) => count + cases.length, 0)}\n`;
  let number = 0;
  for (const { name, cases } of suites) {
    if (suites.length > 1) yield `# ${printable(name)}\n`;
    for (const one of cases) {
      number++;
      yield caseLines(one, number);
    }
  }
}

function caseLines({ name, source, outcome }: SuiteCase, number: number): string {
  const verdict = outcome.kind === 'failed' ? 'not ok' : 'ok';
  const skipped = outcome.kind === 'skipped' ? ` # SKIP ${description(outcome.message)}` : '';
  const line = `${verdict} ${number} - ${description(name)}${skipped}\n`;
  if (outcome.kind === 'passed') return line + (outcome.note ?? []).map((note) => `# ${printable(note)}\n`).join('');
  if (outcome.kind === 'skipped') return line;
  const { message, type, detail = [], isError } = outcome;
  const fields = [
    `message: ${safeJson(message)}`,
    `severity: ${isError ? 'error' : 'fail'}`,
    ...(type === undefined ? [] : [`type: ${safeJson(type)}`]),
    ...(source ? [`at: ${safeJson(source)}`] : []),
    // The number says how far the lines are indented: the first of them may begin with blanks of its own.
    ...(detail.length === 0 ? [] : ['detail: |2-', ...detail.map((text) => `  ${printable(text)}`)]),
  ];
  return [line.slice(0, -1), '---', ...fields, '...'].map((text, i) => `${i === 0 ? '' : '  '}${text}\n`).join('');
}

/** Text of a line: `#` would begin a directive. */
function description(text: string): string {
  return printable(text).replace(/[\\#]/g, '\\$&');
}
