/** Invoices as people read them: a table each where there are few, a line each where there are many. */
import type { Decimal } from '../../core/decimal.ts';
import type { Invoice } from '../../core/invoice/invoice.ts';
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
import { sampleText } from '../sampleText.ts';
import { timelineDocument } from '../timeline/document.ts';
import { counted, countText, moneyText } from '../words.ts';
import { type DigestRow, InvoiceDigest } from './digest.ts';
import { type InvoiceReport, Totals } from './report.ts';
import { type BlockRow, blockedDetails, blockedText, blockRows, creditTexts, estimateTexts, heading } from './words.ts';

/** `all`: lines whose amount is 0, too. */
type Wish = { readonly medium: Medium; readonly all: boolean };

/** Between so many invoices, the work can be interrupted. */
const INVOICES_BETWEEN = 256;

/** A run's document. Explained invoices are put out as they come; others are gathered first, since columns depend on all. */
export function* invoiceDocument(report: InvoiceReport, wish: Wish): Generator<Block> {
  if (report.explain) {
    yield* blocks(report.invoices(), report, wish);
    yield* timelineOf(report, wish);
  } else {
    const digest = new InvoiceDigest(report);
    for (const invoice of report.invoices()) {
      digest.add(invoice);
      if (digest.totals.invoices % INVOICES_BETWEEN === 0) yield PAUSE;
    }
    yield* digestDocument(digest, report, wish);
  }
}

/** The document of invoices that have passed. */
export function* digestDocument(digest: InvoiceDigest, report: InvoiceReport, wish: Wish): Generator<Block> {
  if (digest.blocks) yield* blocks(digest.blocks, report, wish);
  else yield overview(digest, report, wish.medium);
  yield* timelineOf(report, wish);
}

function* timelineOf({ timeline }: InvoiceReport, { medium }: Wish): Generator<Block> {
  if (timeline) yield* timelineDocument(timeline, medium);
}

function* blocks(invoices: Iterable<Invoice>, report: InvoiceReport, wish: Wish): Generator<Block> {
  const totals = new Totals();
  const tables: Table[] = [];
  for (const invoice of invoices) {
    totals.add(invoice);
    const table = invoiceTable(invoice, report, wish);
    if (wish.medium === 'terminal') tables.push(table);
    else yield table;
  }
  if (totals.invoices === 0) yield { kind: 'paragraph', text: 'no usage, no invoices', isSentence: true };
  if (tables.length > 0) yield { kind: 'tables', tables, alike: 'columns' };
  const total = `${moneyText(totals.total, report.currency)} ${report.currency.code}${boundsText(totals, report)}`;
  if (totals.invoices > 1)
    yield { kind: 'paragraph', text: [{ text: `${counted(totals.invoices, 'invoice')}, ${total}`, tone: 'strong' }] };
}

/** `, 95% bounds 36.10 to 41.70 (estimate from a 10% sample)`, '' where all was measured. */
function boundsText({ estimated }: Totals, { currency, notes: { sample } }: InvoiceReport): string {
  if (!estimated || !sample) return '';
  const [from, to] = [estimated.lower, estimated.upper].map((amount) => moneyText(amount, currency));
  return `, 95% bounds ${from} to ${to} (${sampleText(sample)})`;
}

/** One name must not push every amount off the screen: JSON and CSV have it in full. */
function readable(shown: string, medium: Medium): string {
  return medium === 'terminal' ? shortened(shown, 100) : shown;
}

function invoiceTable(invoice: Invoice, report: InvoiceReport, { medium, all }: Wish): Table {
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
      ...estimateTexts(invoice, report).map((estimate) => ({ text: estimate })),
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

/** A column of the overview, with its cell for an invoice and for all of them together. */
type OverviewColumn = Column & { readonly cell: (row: DigestRow) => Cell; readonly total?: Cell };

/** Meters that lines or caps are about have a column; the JSON has the others, too. */
function overview(digest: InvoiceDigest, report: InvoiceReport, medium: Medium): Table {
  const { totals } = digest;
  const { currency } = report;
  const amount = (head: string, total: Decimal, cell: (row: DigestRow) => Decimal): OverviewColumn => ({
    head,
    align: 'right',
    cell: (row) => money(cell(row), currency),
    total: money(total, currency),
  });
  const name = (head: string, cell: (row: DigestRow) => string, total?: Cell): OverviewColumn => ({
    head,
    align: 'left',
    cell: (row) => text(readable(cell(row), medium)),
    ...(total && { total }),
  });
  const used = [...report.meters.values()].flatMap((meter, position): OverviewColumn[] => {
    if (!digest.meters.has(meter.name)) return [];
    return [{ head: meter.name, align: 'right', cell: ({ usage }) => quantity(usage[position]!, meter.unit) }];
  });
  const hasTax = !totals.tax.isZero() || !totals.creditsApplied.isZero();
  const columns: OverviewColumn[] = [
    name('customer', ({ customer }) => customer, text(`${countText(totals.invoices)} invoices`)),
    ...(digest.periods.size > 1 ? [name('period', ({ period }) => period)] : []),
    name('tier', ({ tier }) => tier),
    ...used,
    amount('fee', digest.fees, ({ fees }) => fees),
    amount('usage', digest.charges, ({ charges }) => charges),
    amount(`total ${currency.code}${hasTax ? ', credits and tax in it' : ''}`, totals.total, ({ total }) => total),
    ...(totals.estimated
      ? [
          amount(
            'lower bound',
            totals.estimated.lower,
            ({ total, estimated = { lower: total, upper: total } }) => estimated.lower,
          ),
          amount(
            'upper bound',
            totals.estimated.upper,
            ({ total, estimated = { lower: total, upper: total } }) => estimated.upper,
          ),
        ]
      : []),
    ...(digest.isAnyBlocked ? [name('blocked', ({ blocked }) => blocked)] : []),
  ];
  return {
    kind: 'table',
    title: report.notes.sample ? `${sampleText(report.notes.sample)}, bounds of 95%` : '',
    columns,
    rows: [
      ...digest.rows.map((row) => ({ cells: columns.map(({ cell }) => cell(row)) })),
      { role: 'total', cells: columns.map(({ total }) => total ?? none()) },
    ],
  };
}
