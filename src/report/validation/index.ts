/** The registry of formats of `meter validate`. A new one is a file beside this one and a line here. */
import { isError } from '../../core/problem.ts';
import { markdown } from '../render/markdown.ts';
import { type TerminalPresentation, terminal } from '../render/terminal.ts';
import { printable } from '../safeText.ts';
import { counted } from '../words.ts';
import { checklistBlocks, validationDocument } from './document.ts';
import { validationJson } from './json.ts';
import { validationJunit } from './junit.ts';
import type { ValidatedFile, ValidationReport } from './report.ts';
import { validationSarif } from './sarif.ts';

export { explanation } from './explanation.ts';
export type { ValidatedFile, ValidationReport } from './report.ts';

export type ValidationFormat = (report: ValidationReport, presentation: TerminalPresentation) => Iterable<string>;

export const VALIDATION_FORMATS = {
  table: validationLines,
  json: validationJson,
  md: (report) => markdown(validationDocument(report)),
  sarif: validationSarif,
  junit: validationJunit,
} as const satisfies Record<string, ValidationFormat>;
export type ValidationFormatName = keyof typeof VALIDATION_FORMATS;

/** Formats that have a place for the checklist; the cases of JUnit are its points. */
export const WITH_CHECKLIST: ReadonlySet<ValidationFormatName> = new Set<ValidationFormatName>(['table', 'json', 'md']);

/** A line for each good file, and the checklist; problems are on standard error. */
function* validationLines(report: ValidationReport, presentation: TerminalPresentation): Generator<string> {
  if (!report.isQuiet) yield* report.files.map((file) => validLine(file, report));
  if (!report.showsChecklist) return;
  for (const block of checklistBlocks(report.files)) {
    if (!report.isQuiet) yield '\n';
    yield* terminal([block], presentation);
  }
}

/** '' for a file with errors, and, with `--strict`, for one with warnings. */
function validLine({ file, what, problems }: ValidatedFile, { isStrict }: ValidationReport): string {
  if (what === undefined || problems.some(isError) || (isStrict && problems.length > 0)) return '';
  const warned = problems.length === 0 ? '' : `, ${counted(problems.length, 'warning')}`;
  return `${printable(file)}: a valid ${what}${warned}\n`;
}
