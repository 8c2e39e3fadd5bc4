/** Results of test files for a pull request: the verdict, what failed, and folded away what no case reaches. */
import { shareOf } from '../../core/cases/coverage.ts';
import { checkList } from '../checkList.ts';
import type { Document, Text } from '../document.ts';
import { counted, percentText } from '../words.ts';
import { type CasesReport, isPassed } from './report.ts';
import { failureLines, partText } from './words.ts';

export function* casesComment({ files, priceLists, checks }: CasesReport): Document {
  const results = files.flatMap((file) => file.results);
  const failed = results.filter((result) => !isPassed(result)).length;
  yield { kind: 'heading', level: 1, text: 'Price tests' };
  const cases = `${counted(results.length, 'case')} in ${counted(files.length, 'file')}`;
  yield { kind: 'paragraph', text: failed === 0 ? `✅ ${cases}, all passed.` : `❌ ${failed} of ${cases} failed.` };
  for (const { name, rateCard, results: own } of files) {
    const items = own.flatMap((result): Text[] => {
      if (isPassed(result)) return [];
      const shown = failureLines(result, rateCard).filter(({ isArithmetic }) => !isArithmetic);
      return [[{ text: result.case.it, tone: 'strong' }, `: ${shown.map(({ text }) => text).join('; ')}`]];
    });
    if (items.length > 0) yield { kind: 'list', title: name, items };
  }
  if (checks.length > 0) yield checkList(checks, 'markdown');
  for (const { name, parts, missing } of priceLists) {
    const { rateCard } = files.find(({ tiers }) => tiers === name)!;
    const reached = `${percentText(shareOf([{ parts, missing }]), 1)} of ${name} covered`;
    const items = missing.map((part) => partText(part, rateCard));
    if (items.length === 0) yield { kind: 'paragraph', text: `${reached}.` };
    else yield { kind: 'folded', title: `${reached}; no case reaches`, blocks: [{ kind: 'list', items }] };
  }
}
