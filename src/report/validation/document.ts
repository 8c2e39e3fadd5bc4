/** What was validated, and the production checklist, as people read it. */
import type { PointAnswer } from '../../core/lint/checklist.ts';
import { isError, type Problem } from '../../core/problem.ts';
import { type Block, type Document, type Row, type Table, type Text, text } from '../document.ts';
import { counted } from '../words.ts';
import { allProblems, countsOf, type ValidatedFile, type ValidationReport } from './report.ts';
import { placeText, STATE_MARKS } from './words.ts';

/** For a comment or an issue: the verdict, the problems, and with `--checklist` the points of each tier file. */
export function* validationDocument(report: ValidationReport): Document {
  const problems = allProblems(report);
  yield { kind: 'heading', level: 1, text: 'Configuration' };
  yield { kind: 'paragraph', text: verdict(report) };
  if (problems.length > 0) yield problemTable(problems);
  const ignored = report.files.flatMap((file) => file.ignored);
  if (ignored.length > 0) {
    const items = ignored.map(
      ({ problem, reason }): Text => [
        `${placeText(problem.source)}: ${problem.message} `,
        { text: problem.code, tone: 'code' },
        ` – ${reason}`,
      ],
    );
    yield {
      kind: 'folded',
      title: `${counted(items.length, 'warning')} that ${items.length === 1 ? 'is' : 'are'} meant`,
      blocks: [{ kind: 'list', items }],
    };
  }
  if (report.showsChecklist) yield* checklistBlocks(report.files);
}

function verdict(report: ValidationReport): string {
  const { errors, warnings } = countsOf(report);
  const files = counted(report.files.length, 'file');
  if (errors + warnings === 0) return `✅ ${files} without a problem.`;
  const found = [errors > 0 ? counted(errors, 'error') : '', warnings > 0 ? counted(warnings, 'warning') : ''];
  const isRed = errors > 0 || report.isStrict;
  return `${isRed ? '❌' : '⚠'} ${found.filter((part) => part !== '').join(' and ')} in ${files}.`;
}

function problemTable(problems: readonly Problem[]): Table {
  const rows = problems.map((problem): Row => {
    const { source, message, code, hint } = problem;
    const cells = [
      text(isError(problem) ? '❌' : '⚠'),
      text(source ? [{ text: placeText(source), tone: 'code' }] : ''),
      text([`${message} `, { text: code, tone: 'code' }]),
    ];
    return { cells, ...(hint !== undefined && { below: [`hint: ${hint}`], belowIn: 2 }) };
  });
  return { kind: 'table', title: '', columns: leftColumns('', 'place', 'problem'), rows };
}

function leftColumns(...heads: readonly string[]): Table['columns'] {
  return heads.map((head) => ({ head, align: 'left' }));
}

/** The twelve points of each tier file. */
export function checklistBlocks(files: readonly ValidatedFile[]): Block[] {
  return files.flatMap(({ file, points }): Block[] => (points ? [checklistTable(file, points)] : []));
}

function checklistTable(file: string, points: readonly PointAnswer[]): Table {
  const decided = points.filter(({ state }) => state !== 'undecided');
  const good = decided.filter(({ state }) => state === 'good').length;
  const rows = points.map((point): Row => {
    const [first = '', ...below] = detailOf(point);
    const mark = STATE_MARKS[point.state];
    return { cells: [text(mark), text(point.title), text(first)], ...(below.length > 0 && { below, belowIn: 2 }) };
  });
  const note = `${good} of ${decided.length} points met, ${points.length - decided.length} not decidable from these files`;
  return {
    kind: 'table',
    title: `Checklist of ${file}`,
    columns: leftColumns('', 'point', 'finding'),
    rows,
    foot: [{ text: note }],
  };
}

function detailOf({ state, problems, ignored, reasons }: PointAnswer): string[] {
  if (state === 'undecided') return [`not decidable: ${reasons.join('; ')}`];
  const found = problems.map((problem) => `${lineOf(problem)}${problem.message} [${problem.code}]`);
  return ignored > 0 ? [...found, `${counted(ignored, 'finding')} meant to be there`] : found;
}

function lineOf({ source }: Problem): string {
  return source?.line === undefined ? '' : `line ${source.line}: `;
}
