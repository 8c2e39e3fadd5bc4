import { markdownText } from '../safeText.ts';
import type { SimulationFormat } from './report.ts';
import {
  bridgeSection,
  churnSection,
  comparison,
  costSection,
  deltaSection,
  flipTexts,
  planSection,
  policySections,
  type Section,
  sensitivitySections,
} from './sections.ts';
import { alarmText, populationNotes, subject, verdicts } from './words.ts';

const SHOWN_PARAMETERS = 8;

export const simulationMarkdown: SimulationFormat = function* (report) {
  const { outcomes, hashes } = report.result;
  yield `## Pricing models compared\n\n${markdownText(subject(report))}\n`;
  yield list([...verdicts(report), ...outcomes.flatMap((outcome) => alarmText(outcome) ?? []), ...flipTexts(report)]);
  yield table(comparison(report, outcomes, true));
  yield table(churnSection(outcomes));
  yield table(bridgeSection(report, outcomes));
  yield table(costSection(report, outcomes));
  yield table(deltaSection(report, outcomes));
  yield table(planSection(outcomes));
  for (const section of [...policySections(report), ...sensitivitySections(report, SHOWN_PARAMETERS)])
    yield table(section);
  yield `\n### Assumptions\n${list([...report.assumptions, ...populationNotes(report)])}`;
  yield `\nCohort ${hashes.cohort}, parameters ${hashes.parameters}, scenarios ${hashes.scenarios}, run ${hashes.run}.\n`;
};

function table({ title, note, head, rows }: Section): string {
  const row = (cells: readonly string[]) => `| ${cells.map(markdownText).join(' | ')} |\n`;
  return [
    `\n### ${markdownText(title)}\n\n`,
    note === undefined ? '' : `${markdownText(note)}\n\n`,
    row(head),
    `| ${head.map((_, i) => (i === 0 ? '---' : '---:')).join(' | ')} |\n`,
    ...rows.map(row),
  ].join('');
}

function list(texts: readonly string[]): string {
  return texts.length === 0 ? '' : `\n${texts.map((text) => `- ${markdownText(text)}\n`).join('')}`;
}
