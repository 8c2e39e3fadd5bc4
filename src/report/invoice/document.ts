/** Invoices as people read them: a table each where there are few, a line each where there are many. */
import { type Decimal, ZERO } from '../../core/decimal.ts';
import type { Invoice, LineKind } from '../../core/invoice/invoice.ts';
import { formatMoney } from '../../core/money.ts';
import { groupDigits } from '../../core/quantity.ts';
import {
  type Block,
  type Cell,
  type Column,
  type Medium,
  money,
  none,
  PAUSE,
  quantity,
  type Row,
  type Table,
  text,
} from '../document.ts';
import { shortened } from '../safeText.ts';
import { timelineDocument } from '../timeline/document.ts';
import { counted, countText } from '../words.ts';
import { type InvoiceReport, layoutOf, Totals } from './report.ts';
import { type BlockRow, blockedDetails, blockedText, blockRows, creditTexts, heading } from './words.ts';

/** `all`: lines whose amount is 0, too. */
export function* invoiceDocument(report: InvoiceReport, medium: Medium, all: boolean): Generator<Block> {
  const layout = layoutOf(report);
  if (layout === 'nothing') yield { kind: 'paragraph', text: 'no usage, no invoices', isSentence: true };
  else if (layout === 'overview') yield* overview(report, medium);
  else yield* blocks(report, medium, all);
  if (report.timeline) yield* timelineDocument(report.timeline, medium);
}

function* blocks(report: InvoiceReport, medium: Medium, all: boolean): Generator<Block> {
  const totals = new Totals();
  const tables: Table[] = [];
  for (const invoice of report.invoices()) {
    totals.add(invoice);
    const table = invoiceTable(invoice, report, { medium, all });
    if (medium === 'terminal') tables.push(table);
    else yield table;
  }
  if (tables.length > 0) yield { kind: 'tables', tables, alike: 'columns' };
  const total = `${groupDigits(formatMoney(totals.total, report.currency))} ${report.currency.code}`;
  if (totals.invoices > 1)
    yield { kind: 'paragraph', text: [{ text: `${counted(totals.invoices, 'invoice')}, ${total}`, tone: 'strong' }] };
}

/** One name must not push every amount off the screen: JSON and CSV have it in full. */
function readable(shown: string, medium: Medium): string {
  return medium === 'terminal' ? shortened(shown, 100) : shown;
}

function invoiceTable(
  invoice: Invoice,
  report: InvoiceReport,
  { medium, all }: { readonly medium: Medium; readonly all: boolean },
): Table {
  const { customer, tier, period } = heading(invoice, report);
  const blocked = blockedText(invoice, report);
  const caps = [{ text: `blocked by hard cap: ${blocked}`, tone: 'warning' as const }];
  const shown = readable(customer, medium);
  return {
    kind: 'table',
    title: shown,
    aside: `${readable(tier, medium)}, ${period}`,
    label: shown,
    lead: 'mark',
    columns: [
      { head: 'line', align: 'left' },
      { head: 'calculation', align: 'left' },
      { head: invoice.currency.code, align: 'right' },
    ],
    rows: blockRows(invoice, report, all).map((row) => rowOf(row, invoice, medium)),
    foot: [
      ...creditTexts(invoice).map((credit) => ({ text: credit })),
      ...(blocked === '' ? [] : [{ text: caps, below: blockedDetails(invoice, report) }]),
    ],
  };
}

const ROLES = { stretch: 'group', line: undefined, sum: 'sum', total: 'total' } as const;

function rowOf({ kind, label, calculation, amount, details }: BlockRow, { currency }: Invoice, medium: Medium): Row {
  const role = ROLES[kind];
  return {
    cells: [
      text(readable(label, medium)),
      text(readable(calculation, medium)),
      amount ? money(amount, currency) : none(),
    ],
    ...(role && { role }),
    below: details,
    belowIn: 1,
  };
}

/** Between so many invoices, the work can be interrupted. */
const INVOICES_BETWEEN = 256;

type Entry = { readonly invoice: Invoice; readonly fee: Decimal; readonly usage: Decimal; readonly blocked: string };
/** A column of the overview, with its cell for an invoice and for all of them together. */
type OverviewColumn = Column & { readonly cell: (entry: Entry) => Cell; readonly total?: Cell };

/** Meters that lines or caps are about have a column; of the others the JSON tells. */
function* overview(report: InvoiceReport, medium: Medium): Generator<Block> {
  const shown = new Set<string>();
  const periods = new Set<string>();
  const totals = new Totals();
  let [fees, usages] = [ZERO, ZERO];
  const entries: Entry[] = [];
  for (const invoice of report.invoices()) {
    totals.add(invoice);
    if (totals.invoices % INVOICES_BETWEEN === 0) yield PAUSE;
    for (const line of invoice.lines) if (line.kind === 'usage') shown.add(line.meter);
    for (const meter of invoice.blocked.keys()) shown.add(meter);
    periods.add(heading(invoice, report).period);
    const fee = sumOf(invoice, (kind) => kind === 'fee' || kind === 'pack');
    const usage = sumOf(invoice, (kind) => kind !== 'fee' && kind !== 'pack');
    [fees, usages] = [fees.plus(fee), usages.plus(usage)];
    entries.push({ invoice, fee, usage, blocked: blockedText(invoice, report) });
  }
  const { currency, meters } = report;
  const amount = (head: string, total: Decimal, cell: (entry: Entry) => Decimal): OverviewColumn => ({
    head,
    align: 'right',
    cell: (entry) => money(cell(entry), currency),
    total: money(total, currency),
  });
  const name = (head: string, cell: (entry: Entry) => string, total?: Cell): OverviewColumn => ({
    head,
    align: 'left',
    cell: (entry) => text(readable(cell(entry), medium)),
    ...(total && { total }),
  });
  const hasTax = !totals.tax.isZero() || !totals.creditsApplied.isZero();
  const columns: OverviewColumn[] = [
    name('customer', ({ invoice }) => invoice.customer, text(`${countText(totals.invoices)} invoices`)),
    ...(periods.size > 1 ? [name('period', ({ invoice }) => heading(invoice, report).period)] : []),
    name('tier', ({ invoice }) => invoice.tier),
    ...[...meters.values()]
      .filter((meter) => shown.has(meter.name))
      .map(
        (meter): OverviewColumn => ({
          head: meter.name,
          align: 'right',
          cell: ({ invoice }) => quantity(invoice.usage.get(meter.name)!, meter.unit),
        }),
      ),
    amount('fee', fees, ({ fee }) => fee),
    amount('usage', usages, ({ usage }) => usage),
    amount(
      `total ${currency.code}${hasTax ? ', credits and tax in it' : ''}`,
      totals.total,
      (entry) => entry.invoice.total,
    ),
    ...(entries.some(({ blocked }) => blocked !== '') ? [name('blocked', ({ blocked }) => blocked)] : []),
  ];
  yield {
    kind: 'table',
    title: '',
    columns,
    rows: [
      ...entries.map((entry) => ({ cells: columns.map(({ cell }) => cell(entry)) })),
      { role: 'total', cells: columns.map(({ total }) => total ?? none()) },
    ],
  };
}

function sumOf(invoice: Invoice, belongs: (kind: LineKind) => boolean): Decimal {
  let total = ZERO;
  for (const line of invoice.lines) if (belongs(line.kind)) total = total.plus(line.amount);
  return total;
}
