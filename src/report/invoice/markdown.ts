/** Invoices as Markdown, for issues, pull requests and mails. */
import type { Invoice } from '../../core/invoice/invoice.ts';
import { formatMoney } from '../../core/money.ts';
import { groupDigits } from '../../core/quantity.ts';
import { markdownText } from '../safeText.ts';
import { timelineMarkdown } from '../timeline/markdown.ts';
import { overviewOf } from './overview.ts';
import { type InvoiceFormat, type InvoiceReport, layoutOf, type Presentation } from './report.ts';
import { blockedDetails, blockedText, blockRows, creditTexts, heading } from './words.ts';

export const invoiceMarkdown: InvoiceFormat = function* (report, presentation) {
  yield* invoices(report, presentation);
  if (!report.timeline) return;
  yield '\n';
  yield* timelineMarkdown(report.timeline, presentation);
};

function* invoices(report: InvoiceReport, presentation: Presentation): Generator<string> {
  const layout = layoutOf(report);
  if (layout === 'nothing') {
    yield 'No usage, no invoices.\n';
  } else if (layout === 'overview') {
    yield* overview(report);
  } else {
    let before = '';
    for (const invoice of report.invoices()) {
      yield before + block(invoice, report, presentation);
      before = '\n';
    }
  }
}

function block(invoice: Invoice, report: InvoiceReport, { all }: Presentation): string {
  const { customer, tier, period } = heading(invoice, report);
  const blocked = [blockedText(invoice, report), ...blockedDetails(invoice, report)];
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |\n`;
  return [
    `### ${markdownText(customer)}, ${markdownText(tier)}, ${period}\n\n`,
    row(['line', 'calculation', invoice.currency.code]),
    row(['---', '---', '---:']),
    ...blockRows(invoice, report, all).map(({ kind, label, calculation, amount, details }) => {
      const strong = (text: string) => (kind === 'line' || text === '' ? text : `**${text}**`);
      const how = [calculation, ...details].filter((text) => text !== '').map(markdownText);
      const money = amount ? groupDigits(formatMoney(amount, invoice.currency)) : '';
      return row([strong(markdownText(label)), how.join('<br>'), strong(money)]);
    }),
    ...creditTexts(invoice).map((text) => `\n${markdownText(text)}\n`),
    blocked[0] === '' ? '' : `\nBlocked by hard cap: ${blocked.map(markdownText).join('<br>')}\n`,
  ].join('');
}

function* overview(report: InvoiceReport): Generator<string> {
  const { head, align, rows, total } = yield* overviewOf(report);
  const row = (cells: readonly string[]) => `| ${cells.map(markdownText).join(' | ')} |\n`;
  yield row(head);
  yield `| ${align.map((side) => (side === 'left' ? '---' : '---:')).join(' | ')} |\n`;
  for (const cells of rows) yield row(cells);
  yield `| ${total.map((cell) => (cell === '' ? '' : `**${markdownText(cell)}**`)).join(' | ')} |\n`;
}
