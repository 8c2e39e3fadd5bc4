/**
 * Suites as JUnit XML, which GitLab, GitHub actions, Jenkins and others read. The format has no standard; this is the part
 * of it that all of them agree on. Without times: the same result is the same file.
 */
import { printable } from '../safeText.ts';
import type { Suite, SuiteCase } from '../suites.ts';

/** `name`: of the whole run, for instance `meter test`. */
export function* junit(name: string, suites: readonly Suite[]): Generator<string> {
  yield '<?xml version="1.0" encoding="UTF-8"?>\n';
  yield `<testsuites name="${xml(name)}"${countsOf(suites.flatMap(({ cases }) => cases))}>\n`;
  for (const suite of suites) {
    yield `  <testsuite name="${xml(suite.name)}"${countsOf(suite.cases)}>\n`;
    for (const one of suite.cases) yield caseElement(one, suite);
    yield '  </testsuite>\n';
  }
  yield '</testsuites>\n';
}

function countsOf(cases: readonly SuiteCase[]): string {
  const failed = cases.flatMap(({ outcome }) => (outcome.kind === 'failed' ? [outcome] : []));
  const errors = failed.filter(({ isError }) => isError).length;
  const skipped = cases.filter(({ outcome }) => outcome.kind === 'skipped').length;
  return ` tests="${cases.length}" failures="${failed.length - errors}" errors="${errors}" skipped="${skipped}"`;
}

function caseElement({ name, source, outcome }: SuiteCase, suite: Suite): string {
  const line = source?.line === undefined ? '' : ` line="${source.line}"`;
  const place = source ? ` file="${xml(source.file)}"${line}` : '';
  const open = `    <testcase classname="${xml(suite.name)}" name="${xml(name)}"${place}`;
  switch (outcome.kind) {
    case 'passed':
      if (!outcome.note) return `${open}/>\n`;
      return `${open}>\n      <system-out>${linesOf(outcome.note)}</system-out>\n    </testcase>\n`;
    case 'skipped':
      return `${open}>\n      <skipped message="${xml(outcome.message)}"/>\n    </testcase>\n`;
    case 'failed': {
      const { message, type, detail = [], isError = false } = outcome;
      const element = isError ? 'error' : 'failure';
      const typed = type === undefined ? '' : ` type="${xml(type)}"`;
      // Some readers show the attribute alone, others the text alone.
      const shown = linesOf([...placeLine(source), message, ...detail]);
      return `${open}>\n      <${element} message="${xml(message)}"${typed}>${shown}</${element}>\n    </testcase>\n`;
    }
  }
}

/** `tiers.test.yaml:12:5`, where a reader of a build log can jump to. */
function placeLine(source: SuiteCase['source']): string[] {
  if (!source) return [];
  return [[source.file, source.line, source.column].filter((part) => part !== undefined).join(':')];
}

function linesOf(lines: readonly string[]): string {
  return lines.map(xml).join('\n');
}

/** Text in XML 1.0, between tags or in a quoted attribute: characters that it forbids even as references are written out. */
function xml(text: string): string {
  return printable(text)
    .replace(/[\ufffe\uffff]/g, (char) => `\\u${char.charCodeAt(0).toString(16)}`)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
