/** The tables of a comparison. */
import { type Decimal, minus } from '../../core/decimal.ts';
import { CAUSES } from '../../core/diff/causes.ts';
import type { CustomerChange } from '../../core/diff/customerChange.ts';
import { type BookedPair, matchLines } from '../../core/diff/matchLines.ts';
import { type Counts, type Distribution, isOnBothSides, type Money } from '../../core/diff/summary.ts';
import type { Fraction } from '../../core/fraction.ts';
import { type Cell, columns, type Medium, money, none, type Row, type Table, text } from '../document.ts';
import { shortened } from '../safeText.ts';
import { countText } from '../words.ts';
import type { ComparisonReport, DiffReport } from './report.ts';
import { CAUSE_LABELS, causesText, increaseCell, increaseText } from './words.ts';

/** Customers in a table of the largest changes. */
const MOST_CHANGES: Readonly<Record<Medium, number>> = { terminal: 10, markdown: 10, html: 40 };

/** A name must not push every amount off the screen. */
function named(name: string, medium: Medium): Cell {
  return text(medium === 'html' ? name : shortened(name, 60));
}

function count(number: number): Cell {
  return { kind: 'number', text: countText(number), value: String(number) };
}

export function tierTable({ summary }: ComparisonReport, { currency }: DiffReport, medium: Medium): Table {
  const row = (name: Cell, counts: Counts, { before, after, change, increase }: Money, role?: 'total'): Row => ({
    cells: [
      name,
      count(counts.all),
      count(counts.more),
      count(counts.less),
      count(counts.same),
      money(before, currency),
      money(after, currency),
      money(change, currency, true),
      increaseCell(increase),
    ],
    ...(role && { role }),
  });
  return {
    kind: 'table',
    title: 'By tier',
    note: 'the tier before the change',
    columns: columns('tier', 'customers', 'more', 'less', 'same', 'before', 'after', 'change', 'increase'),
    rows: [
      ...summary.tiers.map(({ tier, customers, revenue }) => {
        return row(tier === '' ? text('none') : named(tier, medium), customers, revenue);
      }),
      row(text('all'), summary.customers, summary.revenue, 'total'),
    ],
  };
}

export function causeTable({ summary }: ComparisonReport, { currency }: DiffReport): Table {
  const rows = CAUSES.flatMap((cause): Row[] => {
    const amount = summary.causes[cause];
    return amount ? [{ cells: [text(CAUSE_LABELS[cause]), money(amount, currency, true)] }] : [];
  });
  const total: Row = { cells: [text('change'), money(summary.revenue.change, currency, true)], role: 'total' };
  return { kind: 'table', title: 'Causes', columns: columns('cause', currency.code), rows: [...rows, total] };
}

/** None where nobody is billed on both sides. */
export function distributionTable({ summary }: ComparisonReport, { currency }: DiffReport): Table[] {
  const { change, increase } = summary;
  if (!change) return [];
  const cells = <V>({ smallest, p5, p25, p50, p75, p95, largest }: Distribution<V>, cell: (value: V) => Cell) =>
    [smallest, p5, p25, p50, p75, p95, largest].map(cell);
  const rows: Row[] = [
    { cells: [text(`change ${currency.code}`), ...cells(change, (amount: Decimal) => money(amount, currency, true))] },
    ...(increase ? [{ cells: [text('increase'), ...cells(increase, (share: Fraction) => increaseCell(share))] }] : []),
  ];
  return [
    {
      kind: 'table',
      title: 'Distribution',
      note: 'a quarter of the customers is at p25 or below',
      columns: columns('', 'smallest', 'p5', 'p25', 'median', 'p75', 'p95', 'largest'),
      rows,
    },
  ];
}

/** The changed customers, the largest change in money first. */
export function largestChanges({ changes }: ComparisonReport, medium: Medium): readonly CustomerChange[] {
  return changes
    .filter(({ change }) => !change.isZero())
    .sort((a, b) => b.change.abs().cmp(a.change.abs()))
    .slice(0, MOST_CHANGES[medium]);
}

export function changeTable(
  comparison: ComparisonReport,
  { currency }: DiffReport,
  medium: Medium,
  linkOf?: (change: CustomerChange) => string,
): Table[] {
  const shown = largestChanges(comparison, medium);
  if (shown.length === 0) return [];
  const { more, less } = comparison.summary.customers;
  const note = more + less > shown.length ? `${countText(shown.length)} of ${countText(more + less)}` : undefined;
  return [
    {
      kind: 'table',
      title: 'Largest changes',
      ...(note !== undefined && { note }),
      columns: [
        ...columns('customer', 'before', 'after', 'change', 'increase'),
        { head: 'tier', align: 'left' },
        { head: 'because of', align: 'left' },
      ],
      rows: shown.map((one) => ({
        cells: [
          named(one.customer, medium),
          money(one.before, currency),
          money(one.after, currency),
          money(one.change, currency, true),
          isOnBothSides(one) ? { ...increaseCell(one.increase), text: increaseText(one.increase) } : none('–'),
          named(tierText(one), medium),
          text([{ text: causesText(one, currency), tone: 'figure' }]),
        ],
        ...(linkOf && { link: linkOf(one) }),
      })),
    },
  ];
}

/** `production`, `sandbox → production` */
function tierText({ tierBefore, tierAfter }: CustomerChange): string {
  if (tierBefore === undefined) return `new on ${tierAfter}`;
  if (tierAfter === undefined) return `gone from ${tierBefore}`;
  return tierBefore === tierAfter ? tierAfter : `${tierBefore} → ${tierAfter}`;
}

/** Customers for whom another tier costs less, the largest saving first. */
export function cheaperTable(comparison: ComparisonReport, { currency }: DiffReport, medium: Medium): Table[] {
  const all = comparison.changes.flatMap((one) => {
    return one.cheaper ? [{ ...one, cheaper: one.cheaper, saving: minus(one.after, one.cheaper.total) }] : [];
  });
  if (all.length === 0) return [];
  const shown = all.sort((a, b) => b.saving.cmp(a.saving)).slice(0, MOST_CHANGES[medium]);
  const note = all.length > shown.length ? `${countText(shown.length)} of ${countText(all.length)}` : undefined;
  return [
    {
      kind: 'table',
      title: 'Cheaper on another tier',
      ...(note !== undefined && { note }),
      columns: [
        { head: 'customer', align: 'left' },
        { head: 'tier', align: 'left' },
        { head: 'owes', align: 'right' },
        { head: 'cheaper tier', align: 'left' },
        { head: 'would owe', align: 'right' },
        { head: 'saves', align: 'right' },
      ],
      rows: shown.map(({ customer, tierAfter, after, cheaper, saving }) => ({
        cells: [
          named(customer, medium),
          named(tierAfter!, medium),
          money(after, currency),
          named(cheaper.tier, medium),
          money(cheaper.total, currency),
          money(saving, currency),
        ],
      })),
    },
  ];
}

/** The lines of two invoices side by side, with their calculations. */
export function invoiceTable(pair: BookedPair, { currency }: DiffReport): Table {
  const { before, after } = pair;
  const cell = (amount: Decimal | undefined) => (amount ? money(amount, currency) : none('–'));
  const tiers = [...new Set([before?.tier, after?.tier].filter((tier) => tier !== undefined))];
  return {
    kind: 'table',
    title: `${(after ?? before)!.period}, ${tiers.join(' → ')}`,
    columns: [
      ...columns('line', 'before', 'after', 'change'),
      { head: 'calculation before', align: 'left' },
      { head: 'calculation after', align: 'left' },
    ],
    rows: [
      ...matchLines(pair).map((line) => ({
        cells: [
          text((line.after ?? line.before)!.description),
          cell(line.before?.amount),
          cell(line.after?.amount),
          money(line.change, currency, true),
          text(line.before?.calculation ?? ''),
          text(line.after?.calculation ?? ''),
        ],
      })),
      {
        role: 'total',
        cells: [text('total'), cell(before?.total), cell(after?.total), none(), none(), none()],
      },
    ],
  };
}

/** A row for each list that was compared. */
export function listTable({ comparisons, currency, before }: DiffReport, medium: Medium): Table {
  return {
    kind: 'table',
    title: `Compared with ${before}`,
    columns: columns('list', 'revenue', 'change', 'increase', 'more', 'less', 'same', 'p95', 'largest'),
    rows: comparisons.map(({ name, summary }) => ({
      cells: [
        named(name, medium),
        money(summary.revenue.after, currency),
        money(summary.revenue.change, currency, true),
        increaseCell(summary.revenue.increase),
        count(summary.customers.more),
        count(summary.customers.less),
        count(summary.customers.same),
        increaseCell(summary.increase?.p95),
        increaseCell(summary.increase?.largest),
      ],
    })),
  };
}
