/** Invoices for the terminal: a block each where there are few, a line each where there are many. */
import type { Invoice } from '../../core/invoice/invoice.ts';
import { formatMoney } from '../../core/money.ts';
import { groupDigits } from '../../core/quantity.ts';
import { plainTable, type Row, tablePieces } from '../render/columns.ts';
import { printable, shortened } from '../safeText.ts';
import { timelineTable } from '../timeline/table.ts';
import { overviewOf } from './overview.ts';
import { type InvoiceFormat, type InvoiceReport, layoutOf, type Presentation, Totals } from './report.ts';
import { blockedDetails, blockedText, blockRows, creditTexts, heading } from './words.ts';

export const invoiceTable: InvoiceFormat = function* (report, presentation) {
  yield* invoices(report, presentation);
  if (!report.timeline) return;
  yield '\n';
  yield* timelineTable(report.timeline, presentation);
};

function* invoices(report: InvoiceReport, presentation: Presentation): Generator<string> {
  const layout = layoutOf(report);
  if (layout === 'nothing') {
    yield 'no usage, no invoices\n';
    return;
  }
  if (layout === 'overview') {
    yield* overview(report, presentation);
    return;
  }
  const totals = new Totals();
  const blocks: Row[] = [];
  for (const invoice of report.invoices()) {
    totals.add(invoice);
    if (blocks.length > 0) blocks.push(across(''));
    blocks.push(...block(invoice, report, presentation));
  }
  yield plainTable(blocks, ['left', 'left', 'right']); // one table, so that amounts stand below each other in all blocks
  const total = `${groupDigits(formatMoney(totals.total, report.currency))} ${report.currency.code}`;
  if (totals.invoices > 1) yield `\n${presentation.style.strong(`${totals.invoices} invoices, ${total}`)}\n`;
}

function block(invoice: Invoice, report: InvoiceReport, { style, all }: Presentation): Row[] {
  const { customer, tier, period } = heading(invoice, report);
  const rows: Row[] = [
    [style.strong(readable(customer)), style.dim(`${readable(tier)}, ${period}`), style.dim(invoice.currency.code)],
  ];
  const small = (texts: readonly string[], indent: string) => {
    for (const text of texts) rows.push(across(style.dim(`${indent}${printable(text)}`)));
  };
  for (const { kind, label, calculation, amount, details } of blockRows(invoice, report, all)) {
    const tint = kind === 'total' ? style.strong : kind === 'stretch' ? style.dim : (text: string) => text;
    const money = amount ? groupDigits(formatMoney(amount, invoice.currency)) : '';
    if (kind === 'stretch') rows.push(across(tint(`  ${readable(label)}`)));
    else rows.push([tint(`  ${readable(label)}`), readable(calculation), tint(money)]);
    small(details, '    ');
  }
  small(creditTexts(invoice), '  ');
  const blocked = blockedText(invoice, report);
  if (blocked !== '') rows.push(across(`  ${style.warning(`blocked by hard cap: ${printable(blocked)}`)}`));
  small(blockedDetails(invoice, report), '    ');
  return rows;
}

/** One name must not push every amount off the screen: JSON and CSV have it in full. */
function readable(text: string): string {
  return printable(shortened(text, 100));
}

/** A row that goes across the whole table, so that it does not widen the first column. */
function across(text: string): Row {
  return [{ content: text, colSpan: 3 }];
}

function* overview(report: InvoiceReport, { style }: Presentation): Generator<string> {
  const { head, rows, total, align } = yield* overviewOf(report);
  const safe = (cells: readonly string[]) => cells.map(readable);
  yield* tablePieces([safe(head).map(style.dim), ...rows.map(safe), safe(total).map(style.strong)], align);
}
