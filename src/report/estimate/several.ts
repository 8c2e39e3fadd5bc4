/** Several estimates of one run: a block for each, and what they cost together. */

import { plainTable } from '../render/columns.ts';
import { csvRow, markdownText, printable } from '../safeText.ts';
import { ESTIMATE_COLUMNS, estimateRows } from './csv.ts';
import { checkList, estimateMarkdown, noteList, row } from './markdown.ts';
import type { EstimatesFormat } from './report.ts';
import { estimateTable } from './table.ts';
import { totalsOf } from './totals.ts';
import { blockedShares, money } from './words.ts';

export const estimatesTable: EstimatesFormat = function* ({ reports }, presentation) {
  const { style } = presentation;
  const { currency } = reports[0]!.estimate.rateCard;
  for (const report of reports) {
    yield* estimateTable(report, presentation);
    yield '\n';
  }
  yield plainTable(
    [
      [style.strong('all together'), style.dim('tier'), style.dim(currency.code), ''],
      ...reports.map(({ name, estimate }) => [
        `  ${printable(name)}`,
        printable(estimate.tier),
        money(estimate.invoice.total, currency),
        style.warning(printable(blockedShares(estimate))),
      ]),
      [style.strong('  total a month'), '', style.strong(money(totalsOf(reports).total, currency)), ''],
    ],
    ['left', 'left', 'right', 'left'],
  );
};

export const estimatesMarkdown: EstimatesFormat = function* ({ reports, checks, notes }, presentation) {
  const { currency } = reports[0]!.estimate.rateCard;
  const { total } = totalsOf(reports);
  yield `## ${money(total, currency)} ${currency.code} a month, ${reports.length} configurations\n\n`;
  yield* checkList(checks);
  if (checks.length > 0) yield '\n';
  yield row(['configuration', 'tier', currency.code, '']);
  yield row(['---', '---', '---:', '---']);
  for (const { name, estimate } of reports) {
    const cells = [name, estimate.tier].map(markdownText);
    yield row([...cells, money(estimate.invoice.total, currency), markdownText(blockedShares(estimate))]);
  }
  yield row(['**total**', '', `**${money(total, currency)}**`, '']);
  yield* noteList(notes);
  for (const report of reports) {
    yield '\n';
    yield* estimateMarkdown(report, presentation);
  }
};

/** The rows of all, with the configuration before each. */
export const estimatesCsv: EstimatesFormat = function* ({ reports }) {
  yield csvRow(['configuration', ...ESTIMATE_COLUMNS]);
  for (const { name, estimate } of reports) {
    for (const cells of estimateRows(estimate)) yield csvRow([name, ...cells]);
  }
};
