/** A timeline as a Markdown table, for issues, pull requests and mails. */
import type { TimelineEntry } from '../../core/timeline/entry.ts';
import { markdownText } from '../safeText.ts';
import type { TimelineFormat, TimelineReport } from './report.ts';
import { outlookTexts, whatText, whenText } from './words.ts';

export const timelineMarkdown: TimelineFormat = function* (report) {
  if (report.entries.length === 0) {
    yield 'Nobody reached a limit.\n';
    return;
  }
  yield row([`when (${markdownText(report.timezone)})`, 'customer', 'tier', 'what', 'outlook']);
  yield row(['---', '---', '---', '---', '---']);
  for (const entry of report.entries) yield row(cells(entry, report));
};

function cells(entry: TimelineEntry, report: TimelineReport): string[] {
  const outlook = outlookTexts(entry, report).map(markdownText).join('<br>');
  return [...[whenText(entry, report), entry.customer, entry.tier, whatText(entry, report)].map(markdownText), outlook];
}

function row(texts: readonly string[]): string {
  return `| ${texts.join(' | ')} |\n`;
}
