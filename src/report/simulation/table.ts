/** A simulation for the terminal: at most 100 columns, three scenarios side by side. */
import { printable } from '../safeText.ts';
import { plainTable } from '../table.ts';
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

/** As many as fit beside their intervals; more scenarios follow below. */
const SIDE_BY_SIDE = 3;
const WIDEST = 100;
const SHOWN_PARAMETERS = 8;

export const simulationTable: SimulationFormat = function* (report, { style }) {
  const { outcomes, hashes, input } = report.result;
  const engine =
    input.engine.kind === 'ev'
      ? 'expected values'
      : `Monte Carlo, ${input.engine.replicates} replicates, seed ${input.engine.seed}`;
  yield `${printable(subject(report))}; ${engine}\n`;
  for (let from = 0; from < outcomes.length; from += SIDE_BY_SIDE) {
    const shown = outcomes.slice(from, from + SIDE_BY_SIDE);
    yield block(comparison(report, shown, true));
    yield block(churnSection(shown));
    yield block(bridgeSection(report, shown));
    yield block(costSection(report, shown));
    yield block(deltaSection(report, shown));
  }
  yield block(planSection(outcomes));
  for (const section of [...policySections(report), ...sensitivitySections(report, SHOWN_PARAMETERS)])
    yield block(section);

  yield paragraphs('Verdict', [
    ...verdicts(report),
    ...outcomes.flatMap((outcome) => alarmText(outcome) ?? []),
    ...[...(report.weekly ?? [])].flatMap(([name, { alarm, weeks }]) => {
      const last = weeks.at(-1);
      const now = last ? `${(last.nrr * 100).toFixed(1)} %` : 'unknown';
      return `${name}: weekly NRR on the telemetry itself is ${now}${alarm ? ', below 100 % two months running' : ''}`;
    }),
    ...flipTexts(report),
  ]);
  yield paragraphs('Assumptions', [...report.assumptions, ...populationNotes(report)]);
  yield style.dim(
    `cohort ${hashes.cohort}, parameters ${hashes.parameters}, scenarios ${hashes.scenarios}, run ${hashes.run}\n`,
  );

  function block({ title, note, head, rows }: Section): string {
    const heading = note === undefined ? style.strong(title) : `${style.strong(title)} – ${note}`;
    const cells = [head, ...rows].map((row) => row.map(printable));
    return `\n${heading}\n${plainTable(
      cells,
      head.map((_, i) => (i === 0 ? 'left' : 'right')),
    )}`;
  }

  function paragraphs(title: string, texts: readonly string[]): string {
    if (texts.length === 0) return '';
    return `\n${style.strong(title)}\n${texts.map((text) => `${wrapped(printable(text))}\n`).join('')}\n`.replace(
      /\n\n$/,
      '\n',
    );
  }
};

/** `- text`, broken between words at the width of the table. */
function wrapped(text: string): string {
  const lines = ['-'];
  for (const word of text.split(' ')) {
    if (lines.at(-1)!.length + 1 + word.length > WIDEST) lines.push(' ');
    lines.push(`${lines.pop()} ${word}`);
  }
  return lines.join('\n');
}
