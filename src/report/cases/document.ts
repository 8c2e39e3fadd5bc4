/** Results of test files as blocks for people: what failed with its arithmetic, and what no case reaches. */
import { shareOf } from '../../core/cases/coverage.ts';
import type { RateCard } from '../../core/catalog/rateCard.ts';
import type { ProblemSource } from '../../core/problem.ts';
import { type Block, type Column, type Row, text } from '../document.ts';
import { counted, percentText } from '../words.ts';
import { type CaseReport, type CasesReport, isPassed } from './report.ts';
import { failureLines, partText } from './words.ts';

export function* casesDocument({ files, priceLists }: CasesReport): Generator<Block> {
  for (const { name, tiers, rateCard, results } of files) {
    yield { kind: 'heading', level: 2, text: name, aside: `cases of ${tiers}` };
    yield {
      kind: 'table',
      title: '',
      columns: COLUMNS,
      lead: 'mark',
      rows: results.map((result) => caseRow(result, rateCard)),
    };
  }
  const results = files.flatMap((file) => file.results);
  const failed = results.filter((result) => !isPassed(result)).length;
  yield {
    kind: 'paragraph',
    text: [
      `${counted(results.length, 'case')}, `,
      failed === 0 ? { text: 'all passed', tone: 'good' } : { text: `${failed} failed`, tone: 'error' },
    ],
  };
  for (const { name, parts, missing } of priceLists) {
    const reached = coverageText({ name, parts, missing });
    if (missing.length === 0) yield { kind: 'paragraph', text: reached };
    else {
      const { rateCard } = files.find(({ tiers }) => tiers === name)!;
      yield {
        kind: 'table',
        title: reached,
        note: 'no case reaches',
        columns: COLUMNS,
        rows: missing.map((part) => ({ cells: [text(partText(part, rateCard)), text(placeText(part.source))] })),
      };
    }
  }
}

function coverageText({
  name,
  parts,
  missing,
}: Pick<CasesReport['priceLists'][number], 'name' | 'parts' | 'missing'>): string {
  const share = percentText(shareOf([{ parts, missing }]), 1);
  return `${share} of ${name} covered: ${parts - missing.length} of ${counted(parts, 'part')}`;
}

const COLUMNS: readonly Column[] = [
  { head: '', align: 'left' },
  { head: '', align: 'left' },
];

function caseRow(result: CaseReport, rateCard: RateCard): Row {
  const { it, source } = result.case;
  if (isPassed(result)) return { cells: [text(it), text('')], mark: '✓' };
  return {
    cells: [text([{ text: it, tone: 'error' }]), text(placeText(source))],
    mark: '✗',
    below: failureLines(result, rateCard).map(({ text: shown, isArithmetic }) =>
      isArithmetic ? `  ${shown}` : [{ text: shown, tone: 'warning' }],
    ),
  };
}

/** `tiers.yaml:12:5`. */
function placeText({ file, line, column }: ProblemSource): string {
  return [file, line, column].filter((part) => part !== undefined).join(':');
}
